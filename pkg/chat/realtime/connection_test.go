package realtime

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/broker"
	"github.com/qismo-go/qismo/internal/sandbox/realtime"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

func TestMessagesComeAsTheyArePosted(t *testing.T) {
	for name, address := range map[string]func(*platform) string{
		"over TCP":       func(p *platform) string { return "tcp://" + p.address },
		"over WebSocket": func(p *platform) string { return p.webSocket() },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlatform(t)
			p.post("12", other, "sebelumnya")
			at := address(p)
			c := p.connect(WithBroker(at), WithSyncInterval(time.Hour, time.Hour))
			l := p.listen(c)
			assert.Equal(t, at, await[*Connected](l).Broker)
			for i := range 20 {
				posted := p.post(fmt.Sprint(i%3), other, fmt.Sprintf("pesan %d", i))
				told := await[*NewMessage](l)
				assert.Equal(t, posted.ID, told.Message.ID)
				assert.Equal(t, posted.Message, told.Message.Message)
				assert.Equal(t, "https://cdn.example.id/a.png", told.Message.UserAvatarURL)
				assert.False(t, told.Late)
			}
			eventually(t, func() bool { return c.Stats().Received == 20 }, "all came over MQTT")
			stats := c.Stats()
			assert.EqualValues(t, 1, stats.Connections)
			assert.EqualValues(t, 20, stats.Messages)
			assert.Equal(t, at, stats.Broker)
		})
	}
}

func TestWhatHappensInARoom(t *testing.T) {
	p := newPlatform(t)
	c := p.connect()
	l := p.listen(c)
	await[*Connected](l)
	ctx := t.Context()
	require.NoError(t, c.JoinRoom(ctx, "12"))
	require.NoError(t, c.WatchPresence(ctx, other))

	p.publish("r/12/12/"+other+"/t", "1")
	assert.Equal(t, &Typing{RoomID: "12", UserID: other, IsTyping: true}, await[*Typing](l))
	p.publish("r/12/12/"+other+"/t", "0")
	assert.False(t, await[*Typing](l).IsTyping)
	p.publish("r/12/typing", `{"sender_id": "bot", "sender_name": "Bot Wangi", "text": "Sebentar ya", "status": 1}`)
	assert.Equal(t, &Typing{
		RoomID: "12", UserID: "bot", IsTyping: true, IsBot: true, Name: "Bot Wangi", Text: "Sebentar ya",
	}, await[*Typing](l))
	p.publish("r/12/12/"+other+"/d", "31:unik-31")
	assert.Equal(t, &Delivered{RoomID: "12", UserID: other, MessageID: "31", UniqueID: "unik-31"}, await[*Delivered](l))
	p.publish("r/12/12/"+other+"/r", "31:unik-31")
	assert.Equal(t, &Read{RoomID: "12", UserID: other, MessageID: "31", UniqueID: "unik-31"}, await[*Read](l))
	p.publish("u/"+other+"/s", "1:1770693247118")
	assert.Equal(t, &Presence{UserID: other, IsOnline: true, At: time.UnixMilli(1770693247118)}, await[*Presence](l))
	p.publish("r/12/12/e", `{"sender": "agus", "data": {"kegiatan": "mengemas"}}`)
	assert.Equal(t, &Custom{RoomID: "12", Sender: "agus", Data: []byte(`{"kegiatan": "mengemas"}`)}, await[*Custom](l))

	// One's own come back, as they do to all in the room.
	require.NoError(t, c.Typing(ctx, "12", true))
	assert.Equal(t, &Typing{RoomID: "12", UserID: testUser, IsTyping: true}, await[*Typing](l))
	require.NoError(t, c.PublishEvent(ctx, "12", map[string]bool{"aktif": true}))
	assert.Equal(t, &Custom{RoomID: "12", Sender: testUser, Data: []byte(`{"aktif":true}`)}, await[*Custom](l))

	require.NoError(t, c.LeaveRoom(ctx, "12"))
	require.NoError(t, c.UnwatchPresence(ctx, other))
	p.publish("r/12/12/"+other+"/t", "1")
	p.publish("u/"+other+"/s", "0")
	require.NoError(t, c.JoinChannel(ctx, "berita/pagi"))
	p.publish(testApp+"/berita/pagi/c", `{"id": 40, "room_id": 70, "email": "agus", "is_public_channel": true}`)
	event, err, _ := l.next()
	require.NoError(t, err)
	require.IsType(t, &NewMessage{}, event, "of the room that was left nothing is heard")
	assert.Equal(t, flex.ID("40"), event.(*NewMessage).Message.ID)
	require.NoError(t, c.LeaveChannel(ctx, "berita/pagi"))
	require.NoError(t, c.LeaveChannel(ctx, "berita/pagi"), "once more is nothing")
}

// Whoever loads anew what sync does not tell, once connected, does so before what follows.
func TestItIsConnectedBeforeWhatWasMissedIsTold(t *testing.T) {
	p := newPlatform(t)
	p.stopBroker()
	p.rules = broker.Rules{Publish: func(_ realtime.Client, _ realtime.Topic, payload []byte) ([]byte, bool) {
		// That the user is online is said while sync reads: the second page is asked for
		// when the first one was taken.
		assert.Eventually(t, func() bool { return p.count("messages") > 1 }, patience, time.Millisecond)
		return payload, true
	}}
	c := p.connect(After(0, 0), WithSyncInterval(time.Hour, time.Hour))
	require.NoError(t, c.SetOnline(t.Context(), true))
	p.write("12", other, "sebelumnya")
	p.startBroker()
	l := p.listen(c)
	for {
		event, err, _ := l.next()
		require.NoError(t, err)
		if _, isAway := event.(*Disconnected); isAway {
			continue
		}
		require.IsType(t, &Connected{}, event)
		break
	}
	assert.Equal(t, []string{"sebelumnya"}, l.texts(1))
}
