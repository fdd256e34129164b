package realtime

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestASlowConsumerMissesNoMessage(t *testing.T) {
	const buffer, messages = 20, 600
	p := newPlatform(t)
	c := p.connect(WithBuffer(buffer), WithSyncInterval(time.Hour, time.Hour))
	require.NoError(t, c.JoinRoom(t.Context(), "12"))
	for i := range messages {
		p.post(fmt.Sprint(i%7), other, fmt.Sprint(i))
		p.publish("r/12/12/"+other+"/t", "1")
		p.publish(p.token1()+"/update", `{"id": 1, "room_id": 1}`)
	}
	eventually(t, func() bool { return c.Stats().Received == 3*messages }, "all has come")
	assert.LessOrEqual(t, c.Stats().Waiting, 2*buffer+buffer/2+1)
	assert.Positive(t, c.Stats().LetGo)

	l := p.listen(c)
	told := map[string]int{}
	last := map[string]int64{}
	typing, edits, dropped := 0, 0, Dropped{}
	for len(told) < messages || typing+dropped.Others < messages+1 || edits+dropped.Edits < messages {
		event, err, _ := l.next()
		require.NoError(t, err)
		switch event := event.(type) {
		case *NewMessage:
			id := numberOf(event.Message.ID)
			room := event.Message.RoomID.String()
			assert.Greater(t, id, last[room])
			last[room] = id
			told[event.Message.Message]++
		case *Typing, *Connected:
			typing++
		case *MessageEdited:
			edits++
		case *Dropped:
			dropped.Edits += event.Edits
			dropped.Others += event.Others
		}
	}
	for text, times := range told {
		assert.Equal(t, 1, times, text)
	}
	assert.Equal(t, messages+1, typing+dropped.Others)
	assert.Equal(t, messages, edits+dropped.Edits)
	p.post("12", other, "sesudahnya")
	assert.Equal(t, []string{"sesudahnya"}, l.texts(1))
}

func TestHandlersAreCalledOneAfterTheOther(t *testing.T) {
	p := newPlatform(t)
	c := p.connect()
	require.NoError(t, c.JoinRoom(t.Context(), "12"))
	stop := errors.New("enough")
	var names []string
	note := func(name string) { names = append(names, name) }
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	before := p.post("12", other, "halo")
	go func() {
		assert.Eventually(t, func() bool { return c.Stats().Messages == 1 }, patience, time.Millisecond)
		p.publish("r/12/12/"+other+"/t", "1")
		p.publish("r/12/12/"+other+"/d", "31:unik-31")
		p.publish("r/12/12/"+other+"/r", "31:unik-31")
		p.publish("r/12/12/e", `{}`)
		p.publish(p.token1()+"/update", realtimeJSON(t, before))
		p.publish(p.token1()+"/n", p.happen("delete_message", `{"deleted_messages": []}`))
		p.publish(p.token1()+"/n", p.happen("clear_room", `{"deleted_rooms": []}`))
		p.publish("r/12/12/e", `not JSON`)
		assert.Eventually(t, func() bool { return c.Stats().Received == 9 }, patience, time.Millisecond)
		p.stopBroker()
	}()
	err := c.Handle(ctx, Handlers{
		NewMessage:      func(context.Context, *NewMessage) error { note("message"); return nil },
		MessageEdited:   func(context.Context, *MessageEdited) error { note("edited"); return nil },
		MessagesDeleted: func(context.Context, *MessagesDeleted) error { note("deleted"); return nil },
		RoomCleared:     func(context.Context, *RoomCleared) error { note("cleared"); return nil },
		Delivered:       func(context.Context, *Delivered) error { note("delivered"); return nil },
		Read:            func(context.Context, *Read) error { note("read"); return nil },
		Typing:          func(context.Context, *Typing) error { note("typing"); return nil },
		Presence:        func(context.Context, *Presence) error { note("presence"); return nil },
		Custom:          func(context.Context, *Custom) error { note("custom"); return nil },
		Connected:       func(context.Context, *Connected) error { note("connected"); return nil },
		Disconnected:    func(context.Context, *Disconnected) error { note("disconnected"); return stop },
		Else: func(_ context.Context, event Event) error {
			if _, is := event.(*Unknown); is {
				note("unknown")
			}
			return nil
		},
	})
	require.ErrorIs(t, err, stop)
	assert.Equal(t, []string{
		"connected", "message", "typing", "delivered", "read", "custom", "edited", "deleted", "cleared", "unknown", "disconnected",
	}, names)
}

func TestAnEventWhoseHandlerFailedComesAgain(t *testing.T) {
	p := newPlatform(t)
	c := p.connect()
	p.post("12", other, "satu")
	p.post("12", other, "dua")
	failure := errors.New("the disk is full")
	var texts []string
	handlers := Handlers{NewMessage: func(_ context.Context, m *NewMessage) error {
		texts = append(texts, m.Message.Message)
		if len(texts) == 2 {
			return failure
		}
		if len(texts) == 3 {
			panic("a bug")
		}
		return nil
	}}
	require.ErrorIs(t, c.Handle(t.Context(), handlers), failure)
	assert.Equal(t, []int64{1}, c.Position().Messages)
	assert.PanicsWithValue(t, "a bug", func() { _ = c.Handle(t.Context(), handlers) })
	assert.Equal(t, []int64{1}, c.Position().Messages)
	assert.Equal(t, []string{"dua"}, p.listen(c).texts(1))
	assert.Equal(t, []string{"satu", "dua", "dua"}, texts)
	assert.Equal(t, []int64{1, 2}, c.Position().Messages)
}

func TestThereIsOneConsumerAtATime(t *testing.T) {
	p := newPlatform(t)
	c := p.connect()
	for _, err := range c.Events(t.Context()) { // the loop has Connected
		require.NoError(t, err)
		for event, err := range c.Events(t.Context()) {
			assert.Nil(t, event)
			require.ErrorIs(t, err, ErrConsumed)
		}
		require.ErrorIs(t, c.Handle(t.Context(), Handlers{}), ErrConsumed)
		break
	}
	p.post("12", other, "halo")
	assert.Equal(t, []string{"halo"}, p.listen(c).texts(1), "after a loop that was left, another goes on")
}

func TestAConsumersContextEnds(t *testing.T) {
	p := newPlatform(t)
	c := p.connect()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	reason := errors.New("closing time")
	for event, err := range c.Events(ctx) {
		if err != nil {
			require.ErrorIs(t, err, reason)
			break
		}
		require.IsType(t, &Connected{}, event)
		cancel(reason)
	}
	require.ErrorIs(t, c.Handle(ctx, Handlers{}), reason)
}

func TestAClosedConnectionHasNoEvents(t *testing.T) {
	p := newPlatform(t)
	c := p.connect()
	for event, err := range c.Events(t.Context()) {
		require.IsType(t, &Connected{}, event)
		require.NoError(t, err)
		p.post("12", other, "halo")
		p.end(c)
		p.end(c) // once more is nothing
	}
	require.NoError(t, c.Handle(t.Context(), Handlers{}))
	require.ErrorIs(t, c.Typing(t.Context(), "12", true), ErrClosed)
	require.ErrorIs(t, c.JoinRoom(t.Context(), "12"), ErrClosed)
	require.ErrorIs(t, c.LeaveRoom(t.Context(), "12"), ErrClosed)
	assert.Zero(t, c.Position().MessageID, "what was not taken stays for the next one")
	assert.Empty(t, c.Position().Messages)
}
