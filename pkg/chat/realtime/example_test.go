package realtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/broker"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/chat/realtime"
)

// Messages are taken one after the other, and how far that has got is kept, so that the
// program goes on there the next time.
func Example() {
	ctx := context.Background()
	rina, agusSays, end := newConversation()
	defer end()

	conn, err := realtime.Connect(ctx, rina) // later: realtime.From(the position that was kept)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = conn.Close(ctx) }()
	for event, err := range conn.Events(ctx) {
		if err != nil {
			fmt.Println(err)
			return
		}
		switch event := event.(type) {
		case *realtime.Connected:
			agusSays("Apakah pesanan saya sudah dikirim?")
		case *realtime.NewMessage:
			fmt.Println(event.Message.Email + ": " + event.Message.Message)
			position, err := json.Marshal(conn.Position())
			fmt.Println(json.Valid(position), err)
			return
		}
	}
	// Output:
	// agus: Apakah pesanan saya sudah dikirim?
	// true <nil>
}

// With handlers there is a function for each type of event. One that fails ends the loop,
// and its event comes again.
func ExampleConnection_Handle() {
	ctx := context.Background()
	rina, agusSays, end := newConversation()
	defer end()

	conn, err := realtime.Connect(ctx, rina)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = conn.Close(ctx) }()
	agusSays("Halo")
	enough := errors.New("enough")
	err = conn.Handle(ctx, realtime.Handlers{
		NewMessage: func(_ context.Context, event *realtime.NewMessage) error {
			fmt.Println(event.Message.Message)
			return enough
		},
	})
	fmt.Println(errors.Is(err, enough))
	// Output:
	// Halo
	// true
}

// newConversation is a user of a sandbox, and what lets another one write to them.
func newConversation() (rina *chat.User, agusSays func(string), end func()) {
	ctx := context.Background()
	platform := must(sandbox.New(sandbox.Config{}))
	made := must(broker.New(platform.RealtimeRules()))
	platform.SetRealtime(made, "")
	service := httptest.NewServer(platform)
	user := func(id string) *chat.User {
		user := must(chat.NewUser(platform.Config().AppCode, chat.Password(id, "kunci-"+id), chat.WithBaseURL(service.URL)))
		must(user.ID(ctx))
		return user
	}
	rina, agus := user("rina"), user("agus")
	room := must(agus.Rooms.GetOrCreateWithUser(ctx, chat.RoomWithUserParams{UserID: "rina"})).Room.ID
	says := func(text string) { must(agus.Messages.Send(ctx, room, chat.NewText(text))) }
	return rina, says, func() {
		rina.CloseIdleConnections()
		agus.CloseIdleConnections()
		_ = made.Close(ctx)
		service.Close()
		_ = platform.Shutdown(ctx)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
