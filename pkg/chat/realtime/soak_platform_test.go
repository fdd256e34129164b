package realtime_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/faults"
	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/broker"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
	"github.com/qismo-go/qismo/internal/soak"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

func newSoak(t *testing.T) *soakTest {
	t.Helper()
	s := &soakTest{
		t: t, trouble: &trouble.Maker{}, byName: map[string]*program{}, byID: map[flex.ID]*soakRoom{}, progress: make(chan struct{}, 1),
		rounds: soak.Count(10, 20),
	}
	var err error
	s.platform, err = sandbox.New(sandbox.Config{
		ChatTokenLife: soakTokenLife, Trouble: s.trouble, RefuseAnonymous: true, Remember: -1,
	})
	require.NoError(t, err)
	service := httptest.NewServer(s.platform)
	t.Cleanup(func() {
		service.Close()
		assert.NoError(t, s.platform.Shutdown(context.WithoutCancel(t.Context())))
	})
	s.url = service.URL
	s.startBroker("127.0.0.1:0")
	t.Cleanup(s.killBroker)
	s.api = faults.NewProxy(t, service.Listener.Addr().String())
	s.web = faults.NewProxy(t, service.Listener.Addr().String())
	s.tcp = faults.NewProxy(t, s.address)
	config := s.platform.Config()
	s.server, err = chat.NewServer(config.AppCode, config.SecretKey, chat.WithBaseURL(s.url), chat.WithoutProxy())
	require.NoError(t, err)
	t.Cleanup(s.server.CloseIdleConnections)
	s.populate(soak.Count(16, 50))
	return s
}

// populate makes users and their rooms: one of all, groups, and rooms of two.
func (s *soakTest) populate(users int) {
	s.t.Helper()
	var names []string
	for number := range users {
		name := fmt.Sprintf("pegawai-%02d", number+1)
		names = append(names, name)
		p := newProgram(s, name, number)
		s.programs, s.byName[name] = append(s.programs, p), p
		s.t.Cleanup(p.forget)
		_, err := p.user().ID(s.t.Context()) // which makes the user
		require.NoError(s.t, err)
	}
	s.addGroup(names, soak.Count(25, 200))
	size := users / 5
	for g := range size {
		var members []string
		for m := range size {
			members = append(members, names[(g*size+m)%users])
		}
		s.addGroup(members, soak.Count(25, 120))
	}
	for pair := range slices.Chunk(names, 2) {
		room, err := s.server.Rooms.GetOrCreateWithTarget(s.t.Context(), chat.ServerRoomWithTargetParams{UserIDs: pair})
		require.NoError(s.t, err)
		s.addRoom(&soakRoom{id: room.RoomID, members: pair, share: int64(soak.Count(14, 144))})
	}
}

func (s *soakTest) addGroup(members []string, share int) {
	s.t.Helper()
	room, err := s.server.Rooms.CreateGroup(s.t.Context(), chat.ServerCreateGroupParams{
		RoomName: fmt.Sprintf("Regu %d", len(s.rooms)+1), Creator: members[0], Participants: members,
	})
	require.NoError(s.t, err)
	s.addRoom(&soakRoom{id: room.RoomID, members: members, share: int64(share), byServer: true})
}

func (s *soakTest) addRoom(room *soakRoom) {
	s.rooms, s.byID[room.id] = append(s.rooms, room), room
	for _, member := range room.members {
		s.byName[member].rooms[room.id] = struct{}{}
	}
}

// startBroker begins to listen, over TCP at an address.
func (s *soakTest) startBroker(address string) {
	s.t.Helper()
	made, err := broker.New(s.platform.RealtimeRules())
	if err != nil {
		s.t.Error(err)
		return
	}
	listens, err := made.Listen(s.t.Context(), address)
	if err != nil {
		s.t.Error(err)
		return
	}
	s.platform.SetRealtime(made, "")
	s.broker, s.address = made, listens.String()
}

// killBroker breaks all connections, and lets nobody connect any more.
func (s *soakTest) killBroker() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	assert.NoError(s.t, s.broker.Close(ctx))
}
