package chat_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

const (
	gudangRoom = `{"id":60418822,"chat_type":"group","room_name":"Gudang Solo","unique_id":"9a4e0c7d","options":"{\"cabang\":\"solo\"}"}`
	opened     = `{"results":{"room":` + gudangRoom + `,"comments":[]},"status":200}`
)

func branch(t *testing.T) flex.JSON {
	t.Helper()
	return jsonOf(t, map[string]string{"cabang": "solo"})
}

func TestRoomsCalls(t *testing.T) {
	t.Parallel()
	options := branch(t)
	testUserCalls(t, []userCall{
		{
			"with a user", func(ctx context.Context, user *chat.User) (any, error) {
				opened, err := user.Rooms.GetOrCreateWithUser(ctx, chat.RoomWithUserParams{UserID: "bagas", Options: options})
				return opened.Room.ID, err
			},
			"POST", "get_or_create_room_with_target", `{"emails":["bagas"],"options":"{\"cabang\":\"solo\"}"}`, opened, flex.ID("60418822"),
		},
		{
			"a group", func(ctx context.Context, user *chat.User) (any, error) {
				opened, err := user.Rooms.CreateGroup(ctx, chat.CreateGroupParams{Name: "Gudang Solo", Participants: []string{"bagas", "dewi"}, Options: options})
				return opened.Room.RoomName, err
			},
			"POST", "create_room", `{"name":"Gudang Solo","participants":["bagas","dewi"],"options":"{\"cabang\":\"solo\"}"}`, opened, "Gudang Solo",
		},
		{
			"get", func(ctx context.Context, user *chat.User) (any, error) {
				view, err := user.Rooms.Get(ctx, "60418822")
				return view.IsParticipant, err
			},
			"GET", "get_room_by_id?id=60418822", "", `{"results":{"room":` + gudangRoom + `,"comments":[],"is_participant":true}}`, true,
		},
		{
			"info", func(ctx context.Context, user *chat.User) (any, error) {
				rooms, err := user.Rooms.Info(ctx, chat.RoomsInfoParams{RoomIDs: []flex.ID{"60418822"}, RoomUniqueIDs: []string{"9a4e0c7d"}, ShowParticipants: true})
				return rooms[0].UniqueID, err
			},
			"POST", "rooms_info", `{"room_id":["60418822"],"room_unique_id":["9a4e0c7d"],"show_participants":true}`,
			`{"results":{"meta":{},"rooms_info":[` + gudangRoom + `]}}`, "9a4e0c7d",
		},
		{
			"list", func(ctx context.Context, user *chat.User) (any, error) {
				page, err := user.Rooms.List(ctx, chat.ListRoomsParams{Page: 3, Limit: 50, ShowEmpty: true, RoomType: chat.RoomsGroup})
				return page.Items[0].RoomName, err
			},
			"GET", "user_rooms?page=3&limit=50&show_participants=false&show_empty=true&show_removed=false&room_type=group", "",
			`{"results":{"meta":{"current_page":3,"total_room":101},"rooms_info":[` + gudangRoom + `]}}`, "Gudang Solo",
		},
		{
			"update", func(ctx context.Context, user *chat.User) (any, error) {
				change, err := user.Rooms.Update(ctx, chat.UpdateRoomParams{ID: "60418822", RoomName: "Gudang Solo", Options: options})
				return change.Changed, err
			},
			"POST", "update_room", `{"id":"60418822","room_name":"Gudang Solo","options":"{\"cabang\":\"solo\"}"}`,
			`{"results":{"changed":true,"room":` + gudangRoom + `,"comments":[]}}`, true,
		},
		{
			"participants", func(ctx context.Context, user *chat.User) (any, error) {
				page, err := user.Rooms.ListParticipants(ctx, chat.ListParticipantsParams{RoomUniqueID: "9a4e0c7d", Limit: 5, Sorting: chat.Descending})
				return page.Items[0].Email, err
			},
			"GET", "room_participants?room_unique_id=9a4e0c7d&limit=5&sorting=desc", "",
			`{"results":{"meta":{"total":1},"participants":[{"id":71902,"email":"bagas","username":"Bagas"}]}}`, "bagas",
		},
		{
			"add", func(ctx context.Context, user *chat.User) (any, error) {
				added, err := user.Rooms.AddParticipants(ctx, "60418822", []string{"dewi"})
				return added[0].Email, err
			},
			"POST", "add_room_participants", `{"room_id":"60418822","emails":["dewi"]}`,
			`{"results":{"participants_added":[{"id":71903,"email":"dewi","username":"Dewi"}]}}`, "dewi",
		},
		{
			"remove", func(ctx context.Context, user *chat.User) (any, error) {
				return user.Rooms.RemoveParticipants(ctx, "60418822", []string{"dewi"})
			},
			"POST", "remove_room_participants", `{"room_id":"60418822","emails":["dewi"]}`,
			`{"results":{"participants_removed":["dewi"]}}`, []string{"dewi"},
		},
		{
			"unread messages", func(ctx context.Context, user *chat.User) (any, error) { return user.Rooms.CountUnreadMessages(ctx) },
			"GET", "total_unread_count", "", `{"results":{"total_unread_count":14}}`, int64(14),
		},
		{
			"unread rooms", func(ctx context.Context, user *chat.User) (any, error) { return user.Rooms.CountUnreadRooms(ctx) },
			"GET", "get_room_unread_count", "", `{"results":{"total_unread_count":5}}`, int64(5),
		},
	})
}

func TestWalkingRooms(t *testing.T) {
	t.Parallel()
	row := func(id string) string {
		return `{"id":` + id + `,"chat_type":"group","room_name":"x","unique_id":"u` + id + `"}`
	}
	service := pages(t, `{"meta":{},"rooms_info":[]}`,
		`{"meta":{"current_page":1,"total_room":3},"rooms_info":[`+row("1")+`,`+row("2")+`]}`,
		`{"meta":{"current_page":2,"total_room":3},"rooms_info":[`+row("3")+`]}`)
	rooms := service.user(t).Rooms.All(t.Context(), chat.ListRoomsParams{})
	assert.Equal(t, []string{"1", "2", "3"}, collected(t, rooms, func(room chat.RoomInfo) string { return room.ID.String() }))
	assert.Len(t, service.seen(), 3, "that a page is short says nothing")

	person := func(email string) string { return `{"id":1,"email":"` + email + `","username":"x"}` }
	room := pages(t, `{"meta":{},"participants":[]}`,
		`{"meta":{"total":3},"participants":[`+person("a")+`,`+person("b")+`]}`, `{"meta":{"total":3},"participants":[`+person("c")+`]}`)
	people := room.user(t).Rooms.AllParticipants(t.Context(), chat.ListParticipantsParams{RoomUniqueID: "9a4e0c7d", Offset: 7})
	assert.Equal(t, []string{"a", "b", "c"}, collected(t, people, func(who chat.Participant) string { return who.Email }))
	assert.Equal(t, []string{"offset=7&room_unique_id=9a4e0c7d", "page=2&room_unique_id=9a4e0c7d"}, room.queries(t)[:2])
}

func TestUnusableRooms(t *testing.T) {
	t.Parallel()
	testUnusableAnswers(t, `{"results":{},"status":200}`, []unusable{
		{"the answer has no room id", func(ctx context.Context, user *chat.User) error {
			return second(user.Rooms.GetOrCreateWithUser(ctx, chat.RoomWithUserParams{UserID: "bagas"}))
		}},
		{"the answer has no room id", func(ctx context.Context, user *chat.User) error {
			return second(user.Rooms.CreateGroup(ctx, chat.CreateGroupParams{Name: "x", Participants: []string{"bagas"}}))
		}},
		{"the answer has no room id", func(ctx context.Context, user *chat.User) error { return second(user.Rooms.Get(ctx, "1")) }},
		{"the answer has no list of rooms", func(ctx context.Context, user *chat.User) error {
			return second(user.Rooms.Info(ctx, chat.RoomsInfoParams{RoomIDs: []flex.ID{"1"}}))
		}},
		{"the answer has no list of rooms", func(ctx context.Context, user *chat.User) error {
			return second(user.Rooms.List(ctx, chat.ListRoomsParams{}))
		}},
		{"the answer has no room id", func(ctx context.Context, user *chat.User) error {
			return second(user.Rooms.Update(ctx, chat.UpdateRoomParams{ID: "1", RoomName: "x"}))
		}},
		{"the answer has no list of users", func(ctx context.Context, user *chat.User) error {
			return second(user.Rooms.ListParticipants(ctx, chat.ListParticipantsParams{RoomUniqueID: "9a4e0c7d"}))
		}},
		{"", func(ctx context.Context, user *chat.User) error {
			return second(user.Rooms.AddParticipants(ctx, "1", []string{"dewi"}))
		}},
		{"", func(ctx context.Context, user *chat.User) error {
			return second(user.Rooms.RemoveParticipants(ctx, "1", []string{"dewi"}))
		}},
		{"", func(ctx context.Context, user *chat.User) error { return second(user.Rooms.CountUnreadMessages(ctx)) }},
		{"", func(ctx context.Context, user *chat.User) error { return second(user.Rooms.CountUnreadRooms(ctx)) }},
	})
}

func TestRoomsRefuse(t *testing.T) {
	t.Parallel()
	info := func(params chat.RoomsInfoParams) func(context.Context, *chat.User) error {
		return func(ctx context.Context, user *chat.User) error { return second(user.Rooms.Info(ctx, params)) }
	}
	list := func(params chat.ListRoomsParams) func(context.Context, *chat.User) error {
		return func(ctx context.Context, user *chat.User) error { return second(user.Rooms.List(ctx, params)) }
	}
	group := func(params chat.CreateGroupParams) func(context.Context, *chat.User) error {
		return func(ctx context.Context, user *chat.User) error { return second(user.Rooms.CreateGroup(ctx, params)) }
	}
	update := func(params chat.UpdateRoomParams) func(context.Context, *chat.User) error {
		return func(ctx context.Context, user *chat.User) error { return second(user.Rooms.Update(ctx, params)) }
	}
	participants := func(params chat.ListParticipantsParams) func(context.Context, *chat.User) error {
		return func(ctx context.Context, user *chat.User) error {
			return firstError(user.Rooms.AllParticipants(ctx, params))
		}
	}
	testRefusals(t, map[string]func(context.Context, *chat.User) error{
		"sdkGetOrCreateRoomWithTarget: the user id is empty": func(ctx context.Context, user *chat.User) error {
			return second(user.Rooms.GetOrCreateWithUser(ctx, chat.RoomWithUserParams{}))
		},
		"sdkCreateRoom: the name is empty":                               group(chat.CreateGroupParams{Participants: []string{"dewi"}}),
		"sdkCreateRoom: there is no user id, or one is empty":            group(chat.CreateGroupParams{Name: "x"}),
		"sdkGetRoomByID: the room id is empty":                           func(ctx context.Context, user *chat.User) error { return second(user.Rooms.Get(ctx, "0")) },
		"sdkGetRoomsInfo: no room is named":                              info(chat.RoomsInfoParams{}),
		"sdkGetRoomsInfo: a room id is empty":                            info(chat.RoomsInfoParams{RoomIDs: []flex.ID{""}}),
		"sdkGetRoomsInfo: the page or the limit is negative":             info(chat.RoomsInfoParams{RoomIDs: []flex.ID{"1"}, Page: -1}),
		"sdkListUserRooms: the page or the limit is negative":            list(chat.ListRoomsParams{Limit: -1}),
		"sdkListUserRooms: the limit is above 50, the most there can be": list(chat.ListRoomsParams{Limit: 51}),
		"sdkUpdateRoom: the room id is empty":                            update(chat.UpdateRoomParams{RoomName: "x"}),
		"sdkUpdateRoom: there is nothing to change":                      update(chat.UpdateRoomParams{ID: "1"}),
		"sdkListRoomParticipants: the room's unique id is empty":         participants(chat.ListParticipantsParams{}),
		"sdkListRoomParticipants: the page or the limit is negative":     participants(chat.ListParticipantsParams{RoomUniqueID: "x", Offset: -1}),
		"sdkAddRoomParticipants: there is no user id, or one is empty": func(ctx context.Context, user *chat.User) error {
			return second(user.Rooms.AddParticipants(ctx, "1", nil))
		},
		"sdkRemoveRoomParticipants: the room id is empty": func(ctx context.Context, user *chat.User) error {
			return second(user.Rooms.RemoveParticipants(ctx, "", []string{"x"}))
		},
	})
}
