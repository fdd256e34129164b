// Command chat lets two people talk in two terminals: with messages, who is there, who
// types, and what has arrived and was read.
//
//	go run ./examples/chat budi sari     # in one terminal
//	go run ./examples/chat sari budi     # in another
//
// Without QISCUS_APP_ID in the environment it works for "qismo sandbox" on this machine;
// with it, CHAT_KEY is the key of the user who is named first.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/chat/realtime"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// talk is a conversation of two, as one of them has it.
type talk struct {
	me, other string
	user      *chat.User
	conn      *realtime.Connection
	room      flex.ID
	screen    *screen
	shown     map[flex.ID]bool // messages
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("say who you are, and with whom you talk: chat budi sari")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1], os.Args[2])
	stop()
	if err != nil && !errors.Is(err, context.Canceled) {
		log.Fatal(err)
	}
}

func run(ctx context.Context, me, other string) (err error) {
	user, err := connect(me)
	if err != nil {
		return err
	}
	t := &talk{me: me, other: other, user: user, shown: map[flex.ID]bool{}}
	if t.conn, err = realtime.Connect(ctx, user); err != nil { // before what was said is looked up
		return err
	}
	defer func() {
		rest, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = errors.Join(err, t.conn.Close(rest)) // the other one sees that we have gone
	}()
	before, err := t.meet(ctx)
	if err != nil {
		return err
	}
	err = errors.Join(t.conn.JoinRoom(ctx, t.room), t.conn.WatchPresence(ctx, other), t.conn.SetOnline(ctx, true))
	if err != nil {
		return err
	}
	if t.screen, err = openScreen(func() { _ = t.conn.Typing(ctx, t.room, true) }); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.screen.close()) }()
	for _, message := range slices.Backward(before) { // the newest comes first
		if err := t.hears(ctx, message); err != nil {
			return err
		}
	}
	heard := make(chan error, 1)
	go func() { heard <- t.hear(ctx) }()
	said := make(chan error, 1)
	go func() { said <- t.say(ctx) }()
	select {
	case err = <-heard:
	case err = <-said:
	}
	return err
}

// connect makes a client of the environment's app or, without one, of the sandbox's, whose
// invented credentials go nowhere but to this machine.
func connect(me string) (*chat.User, error) {
	who := chat.Password(me, cmp.Or(os.Getenv("CHAT_KEY"), "kunci-"+me))
	if appID := os.Getenv("QISCUS_APP_ID"); appID != "" {
		return chat.NewUser(appID, who)
	}
	return chat.NewUser("wangi-qjxw1k2m3n4o", who, chat.WithBaseURL("http://127.0.0.1:7080"))
}

// meet waits until the other one has an account, and finds the room of the two, with what
// was said last in it.
func (t *talk) meet(ctx context.Context) ([]chat.PostedMessage, error) {
	for waited := false; ; waited = true {
		found, err := t.user.Rooms.GetOrCreateWithUser(ctx, chat.RoomWithUserParams{UserID: t.other})
		if err == nil {
			t.room = found.Room.ID
			return found.Comments, nil
		}
		if !errors.Is(err, chat.ErrNotFound) && !errors.Is(err, chat.ErrBadRequest) {
			return nil, err
		}
		if !waited {
			log.Println("waiting for", t.other)
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// hear shows what happens.
func (t *talk) hear(ctx context.Context) error {
	for event, err := range t.conn.Events(ctx) {
		if err != nil {
			return err
		}
		switch event := event.(type) {
		case *realtime.NewMessage:
			if err := t.hears(ctx, event.Message); err != nil {
				return err
			}
		case *realtime.Typing:
			if event.UserID == t.other && event.IsTyping {
				t.screen.show("* " + t.other + " is typing")
			}
		case *realtime.Presence:
			t.screen.show(fmt.Sprintf("* %s is %s", t.other, map[bool]string{true: "here", false: "away"}[event.IsOnline]))
		case *realtime.Delivered:
			if event.UserID == t.other {
				t.screen.show("* it has reached " + t.other)
			}
		case *realtime.Read:
			if event.UserID == t.other {
				t.screen.show("* " + t.other + " has read it")
			}
		case *realtime.Disconnected:
			t.screen.show("* no connection; what is written meanwhile comes later")
		}
	}
	return nil
}

// hears shows a message of the other one, once, and says that it was read.
func (t *talk) hears(ctx context.Context, message chat.PostedMessage) error {
	if message.Email != t.other || message.RoomID != t.room || t.shown[message.ID] {
		return nil
	}
	t.shown[message.ID] = true
	t.screen.show(t.other + ": " + message.Message)
	_, err := t.user.Messages.MarkRead(ctx, t.room, message.ID)
	return err
}

// say sends what is typed, line by line.
func (t *talk) say(ctx context.Context) error {
	for line, err := range t.screen.typed() {
		if err != nil {
			return err
		}
		_ = t.conn.Typing(ctx, t.room, false) // the message says it, too
		if _, err := t.user.Messages.Send(ctx, t.room, chat.NewText(line)); err != nil {
			return err
		}
	}
	return nil
}
