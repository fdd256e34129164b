package realtime

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/broker"
	"github.com/qismo-go/qismo/internal/sandbox/realtime"
)

func TestTheBrokerIsKilledAndComesBack(t *testing.T) {
	p := newPlatform(t)
	c := p.connect(WithSyncInterval(time.Hour, time.Hour))
	l := p.listen(c)
	await[*Connected](l)
	require.NoError(t, c.JoinRoom(t.Context(), "12"))
	p.post("12", other, "satu")
	assert.Equal(t, []string{"satu"}, l.texts(1))
	isUpToDate(t, c)

	p.stopBroker()
	gone := await[*Disconnected](l)
	require.Error(t, gone.Err)
	p.write("12", other, "dua")
	p.write("13", other, "tiga")
	p.happen("delete_message", `{"deleted_messages": [{"room_id": "12", "message_unique_ids": ["unik-1"]}], "is_hard_delete": true}`)
	p.startBroker()
	await[*Connected](l)
	assert.Equal(t, []string{"dua", "tiga"}, l.texts(2), "what was missed follows by sync")
	deleted := await[*MessagesDeleted](l)
	assert.Equal(t, []string{"unik-1"}, deleted.Deleted[0].MessageUniqueIDs)
	assert.True(t, deleted.IsHard)
	assert.Equal(t, other, deleted.By.Email)
	assert.Equal(t, time.Unix(0, 1770693247118000000), deleted.At)

	p.post("12", other, "empat")
	assert.Equal(t, []string{"empat"}, l.texts(1))
	p.publish("r/12/12/"+other+"/t", "1")
	assert.True(t, await[*Typing](l).IsTyping, "the rooms were joined again")
	assert.EqualValues(t, 2, c.Stats().Connections)
}

func TestWithoutABrokerSyncTells(t *testing.T) {
	p := newPlatform(t)
	p.stopBroker()
	c := p.connect()
	require.NoError(t, c.JoinRoom(t.Context(), "12"), "it is noted")
	require.NoError(t, c.SetOnline(t.Context(), true), "it is noted")
	l := p.listen(c)
	assert.Positive(t, await[*Disconnected](l).Retry)
	p.write("12", other, "satu")
	assert.Equal(t, []string{"satu"}, l.texts(1))
	p.happen("clear_room", `{"deleted_rooms": [{"id": 12, "unique_id": "kamar"}]}`)
	assert.EqualValues(t, "12", await[*RoomCleared](l).Rooms[0].ID)
	p.happen("read", fmt.Sprintf(`{"comment_id": 1, "comment_unique_id": "unik-1", "email": %q, "room_id": 12}`, other))
	assert.Equal(t, &Read{RoomID: "12", UserID: other, MessageID: "1", UniqueID: "unik-1"}, await[*Read](l))
	p.happen("something_new", `{}`)
	assert.Contains(t, string(await[*Unknown](l).Payload), "something_new")

	p.startBroker()
	await[*Connected](l)
	p.publish("r/12/12/"+other+"/t", "1")
	await[*Typing](l)
	require.NoError(t, c.WatchPresence(t.Context(), testUser))
	assert.True(t, await[*Presence](l).IsOnline)
}

func TestEachMessageIsToldOnceWhileTheConnectionBreaksAgainAndAgain(t *testing.T) {
	const rooms, messages = 5, 1500
	p := newPlatform(t)
	c := p.connect()
	l := p.listen(c)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	for i := range messages {
		m := p.write(fmt.Sprint(rng.IntN(rooms)), other, fmt.Sprint(i))
		if rng.IntN(10) > 0 {
			p.show(m)
		}
		switch rng.IntN(100) {
		case 0:
			p.broker.Drop(func(realtime.Client) bool { return true })
		case 1:
			p.changeToken(fmt.Sprintf("token-rahasia-%d", i))
		case 2:
			p.show(m)
		}
	}
	last := map[string]int64{}
	told := map[string]int{}
	for range messages {
		m := await[*NewMessage](l)
		id := numberOf(m.Message.ID)
		assert.Greater(t, id, last[m.Message.RoomID.String()])
		last[m.Message.RoomID.String()] = id
		told[m.Message.Message]++
		assert.False(t, m.Late)
	}
	assert.Len(t, told, messages)
}

func TestTheUsersTokenChanges(t *testing.T) {
	p := newPlatform(t)
	c := p.connect(WithSyncInterval(time.Hour, time.Hour))
	l := p.listen(c)
	await[*Connected](l)
	for _, token := range []string{"token-rahasia-2", "token-rahasia-3"} {
		before := p.token1()
		p.changeToken(token)
		eventually(t, func() bool { return !p.broker.Subscribed(before + "/c") }, "the old topics are left")
		for _, topic := range ownTopics(token) {
			assert.True(t, p.broker.Subscribed(topic), "those of the new one are heard")
		}
		p.post("12", other, token)
		assert.Equal(t, []string{token}, l.texts(1))
	}
	p.changeToken("token-rahasia-3") // the same again
	p.post("12", other, "lagi")
	assert.Equal(t, []string{"lagi"}, l.texts(1))
	assert.EqualValues(t, 1, c.Stats().Connections)
}

func TestTheNewTokenIsRefusedByTheBroker(t *testing.T) {
	p := newPlatform(t)
	p.stopBroker()
	p.rules = broker.Rules{Subscribe: func(_ realtime.Client, topic realtime.Topic) bool {
		return topic.Token != "token-buruk"
	}}
	p.startBroker()
	c := p.connect()
	l := p.listen(c)
	await[*Connected](l)
	p.changeToken("token-buruk")
	lost := await[*Disconnected](l)
	require.ErrorIs(t, lost.Err, errTokenRefused)
	p.changeToken("token-baik")
	await[*Connected](l)
	p.post("12", other, "halo")
	assert.Equal(t, []string{"halo"}, l.texts(1))
}

func TestAProgramGoesOnWhereItStopped(t *testing.T) {
	p := newPlatform(t)
	first := p.connect()
	l := p.listen(first)
	for i := range 10 {
		p.post("12", other, fmt.Sprint(i))
	}
	assert.Equal(t, []string{"0", "1", "2"}, l.texts(3))
	position := first.Position()
	p.end(first)
	p.write("12", other, "10")

	second := p.connect(From(position))
	l = p.listen(second)
	assert.Equal(t, strings.Fields("3 4 5 6 7 8 9 10"), l.texts(8))
	third := p.connect(After(5, 0))
	assert.Equal(t, strings.Fields("5 6 7"), p.listen(third).texts(3))
	fourth := p.connect()
	p.post("12", other, "11")
	assert.Equal(t, []string{"11"}, p.listen(fourth).texts(1))
}
