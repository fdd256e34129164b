package chat_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

func TestServerRooms(t *testing.T) {
	object, err := flex.NewJSON(map[string]string{"cabang": "solo"})
	require.NoError(t, err)
	text, err := flex.NewJSON(`{"cabang":"solo"}`)
	require.NoError(t, err)
	for _, call := range []serverCall{
		{
			name: "create a group", method: "POST", path: "create_room",
			body: `{"room_name":"Gudang","creator":"rina","participants":["rina","budi-07"],"room_avatar_url":"https://cdn.example.id/g.png",
				"room_options":"{\"cabang\":\"solo\"}"}`,
			call: func(server *chat.Server) error {
				room, err := server.Rooms.CreateGroup(t.Context(), chat.ServerCreateGroupParams{
					RoomName: "Gudang", Creator: "rina", Participants: []string{"rina", "budi-07"},
					RoomAvatarURL: "https://cdn.example.id/g.png", RoomOptions: object,
				})
				require.NoError(t, err)
				assert.NotEmpty(t, room.RoomID)
				return nil
			},
		},
		{
			name: "room of two", method: "POST", path: "get_or_create_room_with_target",
			body: `{"user_ids":["rina","budi-07"],"room_options":"{\"cabang\":\"solo\"}"}`,
			call: func(server *chat.Server) error {
				room, err := server.Rooms.GetOrCreateWithTarget(t.Context(), chat.ServerRoomWithTargetParams{
					UserIDs: []string{"rina", "budi-07"}, RoomOptions: text,
				})
				require.NoError(t, err)
				assert.Equal(t, string(chat.RoomSingle), room.RoomType)
				return nil
			},
		},
		{
			name: "channel", method: "POST", path: "get_or_create_channel",
			body: `{"unique_id":"promo-maret","participants":["rina"],"room_name":"Promo"}`,
			call: func(server *chat.Server) error {
				channel, err := server.Rooms.GetOrCreateChannel(t.Context(), chat.GetOrCreateChannelParams{
					UniqueID: "promo-maret", Participants: []string{"rina"}, RoomName: "Promo",
				})
				require.NoError(t, err)
				assert.NotEmpty(t, channel.Room.RoomID)
				return nil
			},
		},
		{
			name: "info", method: "GET", path: "get_rooms_info",
			query: url.Values{"room_ids[]": {"48210977", "48211630"}, "room_channel_ids[]": {"promo-maret"}},
			call: func(server *chat.Server) error {
				rooms, err := server.Rooms.Info(t.Context(), chat.ServerRoomsInfoParams{
					RoomIDs: []flex.ID{"48210977", "48211630"}, RoomChannelIDs: []string{"promo-maret"},
				})
				assert.Len(t, rooms, 2)
				return err
			},
		},
		{
			name: "update", method: "POST", path: "update_room",
			body: `{"room_id":"48210977","room_name":"Gudang Solo","room_channel_id":"gudang","room_options":"{\"cabang\":\"solo\"}"}`,
			call: func(server *chat.Server) error {
				room, err := server.Rooms.Update(t.Context(), chat.ServerUpdateRoomParams{
					RoomID: "48210977", RoomName: "Gudang Solo", RoomChannelID: "gudang", RoomOptions: object,
				})
				require.NoError(t, err)
				assert.True(t, room.Changed)
				return nil
			},
		},
		{
			name: "participants", method: "GET", path: "get_room_participants",
			query: url.Values{"room_id": {"48210977"}, "page": {"2"}, "limit": {"50"}},
			call: func(server *chat.Server) error {
				page, err := server.Rooms.ListParticipants(t.Context(), chat.ServerListParticipantsParams{
					RoomID: "48210977", Page: 2, Limit: 50,
				})
				require.NoError(t, err)
				assert.NotEmpty(t, page.Items[0].UserID)
				return nil
			},
		},
		{
			name: "add", method: "POST", path: "add_room_participants", body: `{"room_id":"48210977","user_ids":["budi-07"]}`,
			call: func(server *chat.Server) error {
				added, err := server.Rooms.AddParticipants(t.Context(), "48210977", []string{"budi-07"})
				assert.Len(t, added, 1)
				return err
			},
		},
		{
			name: "remove", method: "POST", path: "remove_room_participants", body: `{"room_id":"48210977","user_ids":["budi-07"]}`,
			call: func(server *chat.Server) error {
				removed, err := server.Rooms.RemoveParticipants(t.Context(), "48210977", []string{"budi-07"})
				assert.Len(t, removed, 1)
				return err
			},
		},
		{
			name: "rooms of a user", method: "GET", path: "get_user_rooms",
			query: url.Values{"user_id": {"budi-07"}, "page": {"1"}, "limit": {"100"}, "room_type": {"group"}},
			call: func(server *chat.Server) error {
				page, err := server.Rooms.ListOfUser(t.Context(), chat.ServerListUserRoomsParams{
					UserID: "budi-07", RoomType: chat.RoomGroup,
				})
				require.NoError(t, err)
				assert.NotNil(t, page.Total)
				return nil
			},
		},
		{
			name: "count unread", method: "GET", path: "get_unread_count",
			query: url.Values{"user_id": {"budi-07"}, "room_ids[]": {"48210977"}, "room_channel_ids[]": {"promo-maret"}},
			call: func(server *chat.Server) error {
				counts, err := server.Rooms.CountUnread(t.Context(), chat.CountUnreadParams{
					UserID: "budi-07", RoomIDs: []flex.ID{"48210977"}, RoomChannelIDs: []string{"promo-maret"},
				})
				assert.NotEmpty(t, counts)
				return err
			},
		},
	} {
		t.Run(call.name, call.test)
	}
}

func TestServerRoomsRefuse(t *testing.T) {
	t.Parallel()
	create := func(params chat.ServerCreateGroupParams) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Rooms.CreateGroup(t.Context(), params)
			return err
		}
	}
	target := func(ids ...string) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Rooms.GetOrCreateWithTarget(t.Context(), chat.ServerRoomWithTargetParams{UserIDs: ids})
			return err
		}
	}
	channel := func(id string, participants ...string) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Rooms.GetOrCreateChannel(t.Context(), chat.GetOrCreateChannelParams{UniqueID: id, Participants: participants})
			return err
		}
	}
	info := func(params chat.ServerRoomsInfoParams) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Rooms.Info(t.Context(), params)
			return err
		}
	}
	update := func(params chat.ServerUpdateRoomParams) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Rooms.Update(t.Context(), params)
			return err
		}
	}
	ofUser := func(params chat.ServerListUserRoomsParams) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Rooms.ListOfUser(t.Context(), params)
			return err
		}
	}
	participants := func(params chat.ServerListParticipantsParams) func(server *chat.Server) error {
		return func(server *chat.Server) error {
			_, err := server.Rooms.ListParticipants(t.Context(), params)
			return err
		}
	}
	many := strings.Split(strings.Repeat("a ", 100)+"a", " ")
	refused(t, map[string]func(server *chat.Server) error{
		"restCreateRoom: the name is empty":                                              create(chat.ServerCreateGroupParams{Creator: "a", Participants: []string{"a"}}),
		"restCreateRoom: the creator is empty":                                           create(chat.ServerCreateGroupParams{RoomName: "x", Participants: []string{"a"}}),
		"restCreateRoom: there is no participant, or one is empty":                       create(chat.ServerCreateGroupParams{RoomName: "x", Creator: "a"}),
		"restCreateRoom: the number of participants is above 100, the most there can be": create(chat.ServerCreateGroupParams{RoomName: "x", Creator: "a", Participants: many}),
		"restGetOrCreateRoomWithTarget: there is no user id, or one is empty":            target("a", ""),
		"restGetOrCreateRoomWithTarget: the room is one of two users":                    target("a", "a"),
		"restGetOrCreateChannel: the unique id is empty":                                 channel("", "a"),
		"restGetOrCreateChannel: the unique id has a # or a +":                           channel("promo#1", "a"),
		"restGetOrCreateChannel: there is no participant, or one is empty":               channel("promo"),
		"restGetRoomsInfo: there is no room id":                                          info(chat.ServerRoomsInfoParams{}),
		"restGetRoomsInfo: a room id is empty":                                           info(chat.ServerRoomsInfoParams{RoomIDs: []flex.ID{"0"}}),
		"restUpdateRoom: the room id is empty":                                           update(chat.ServerUpdateRoomParams{RoomName: "x"}),
		"restUpdateRoom: there is nothing to change":                                     update(chat.ServerUpdateRoomParams{RoomID: "1"}),
		"restUpdateRoom: the unique id has a # or a +":                                   update(chat.ServerUpdateRoomParams{RoomID: "1", RoomChannelID: "+"}),
		"restListRoomParticipants: the room id is empty":                                 participants(chat.ServerListParticipantsParams{}),
		"restListRoomParticipants: the page or the limit is negative":                    participants(chat.ServerListParticipantsParams{RoomID: "1", Page: -1}),
		"restListUserRooms: the user id is empty":                                        ofUser(chat.ServerListUserRoomsParams{}),
		"restListUserRooms: the page or the limit is negative":                           ofUser(chat.ServerListUserRoomsParams{UserID: "a", Limit: -1}),
		"restListUserRooms: the limit is above 100, the most there can be":               ofUser(chat.ServerListUserRoomsParams{UserID: "a", Limit: 101}),
		"restAddRoomParticipants: the room id is empty": func(s *chat.Server) error {
			_, err := s.Rooms.AddParticipants(t.Context(), "0", []string{"a"})
			return err
		},
		"restAddRoomParticipants: there is no user id, or one is empty": func(s *chat.Server) error {
			_, err := s.Rooms.AddParticipants(t.Context(), "1", nil)
			return err
		},
		"restRemoveRoomParticipants: there is no user id, or one is empty": func(s *chat.Server) error {
			_, err := s.Rooms.RemoveParticipants(t.Context(), "1", []string{""})
			return err
		},
		"restCountUnread: the user id is empty": func(s *chat.Server) error {
			_, err := s.Rooms.CountUnread(t.Context(), chat.CountUnreadParams{})
			return err
		},
		"restCountUnread: a room id is empty": func(s *chat.Server) error {
			_, err := s.Rooms.CountUnread(t.Context(), chat.CountUnreadParams{UserID: "a", RoomChannelIDs: []string{""}})
			return err
		},
	})
}

func TestServerRoomsMiss(t *testing.T) {
	t.Parallel()
	group := chat.ServerCreateGroupParams{RoomName: "x", Creator: "a", Participants: []string{"a"}}
	incomplete(t, map[string][]func(server *chat.Server) error{
		"room id": {
			func(s *chat.Server) error { _, err := s.Rooms.CreateGroup(t.Context(), group); return err },
			func(s *chat.Server) error {
				_, err := s.Rooms.Update(t.Context(), chat.ServerUpdateRoomParams{RoomID: "1", RoomName: "x"})
				return err
			},
		},
		"list of rooms": {
			func(s *chat.Server) error {
				_, err := s.Rooms.Info(t.Context(), chat.ServerRoomsInfoParams{RoomIDs: []flex.ID{"1"}})
				return err
			},
			func(s *chat.Server) error {
				_, err := s.Rooms.ListOfUser(t.Context(), chat.ServerListUserRoomsParams{UserID: "a"})
				return err
			},
		},
		"list of participants": {func(s *chat.Server) error {
			_, err := s.Rooms.ListParticipants(t.Context(), chat.ServerListParticipantsParams{RoomID: "1"})
			return err
		}},
		"list of counts": {func(s *chat.Server) error {
			_, err := s.Rooms.CountUnread(t.Context(), chat.CountUnreadParams{UserID: "a"})
			return err
		}},
	})
}

func TestServerRoomsAreMadeOnce(t *testing.T) {
	for name, call := range map[string]func(server *chat.Server) error{
		"group": func(s *chat.Server) error {
			_, err := s.Rooms.CreateGroup(t.Context(), chat.ServerCreateGroupParams{RoomName: "x", Creator: "a", Participants: []string{"a"}})
			return err
		},
		"add": func(s *chat.Server) error {
			_, err := s.Rooms.AddParticipants(t.Context(), "1", []string{"a"})
			return err
		},
		"remove": func(s *chat.Server) error {
			_, err := s.Rooms.RemoveParticipants(t.Context(), "1", []string{"a"})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) { neverRepeated(t, call) })
	}
}

func TestServerParticipantsPageByPage(t *testing.T) {
	t.Parallel()
	service := pages(t, `{"participants":[]}`, `{"participants":[{"user_id":"a"},{"user_id":"b"}]}`, `{"participants":[{"user_id":"c"}]}`)
	var found []string
	for user, err := range service.server(t).Rooms.AllParticipants(t.Context(), chat.ServerListParticipantsParams{RoomID: "1"}) {
		require.NoError(t, err)
		found = append(found, user.UserID)
	}
	assert.Equal(t, []string{"a", "b", "c"}, found)
}

// The first page has the size of those after it: without a number, the service has been
// documented to give another.
func TestServerRoomsOfAUserPageByPage(t *testing.T) {
	t.Parallel()
	service := pages(t, `{"rooms":[],"meta":{"current_page":3,"total_room":3}}`,
		`{"rooms":[{"room_id":"1"},{"room_id":"2"}],"meta":{"current_page":1,"total_room":3}}`,
		`{"rooms":[{"room_id":"3"}],"meta":{"current_page":2,"total_room":3}}`)
	var found []flex.ID
	for room, err := range service.server(t).Rooms.AllOfUser(t.Context(), chat.ServerListUserRoomsParams{UserID: "a", Limit: 2}) {
		require.NoError(t, err)
		found = append(found, room.RoomID)
	}
	assert.Equal(t, []flex.ID{"1", "2", "3"}, found)
	for i, request := range service.seen() {
		assert.Contains(t, request.URI, "limit=2")
		assert.Contains(t, request.URI, "page="+string(rune('1'+i)))
	}
}
