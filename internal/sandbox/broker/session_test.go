package broker_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/eclipse/paho.mqtt.golang/packets"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/broker"
	"github.com/qismo-go/qismo/internal/sandbox/realtime"
)

// A last will is told when a connection breaks, and not when its client ends it.
func TestLastWills(t *testing.T) {
	var told notes
	for way, open := range ways() {
		t.Run(way, func(t *testing.T) {
			made := start(t, told.rules(), broker.Limits{})
			address := open(t, made)
			told.told = nil
			watcher := join(t, address, "watcher")
			watcher.subscribe("u/rini/s")
			watcher.subscribe("u/agus/s") // when it has the first one's retained message, if there were one
			for _, id := range []string{"breaks", "leaves"} {
				rini := meet(t, options(address, id).SetWill("u/rini/s", "0", 1, true))
				rini.do(rini.Connect())
				if id == "leaves" {
					rini.leaves()
					continue
				}
				assert.Equal(t, 1, made.Drop(func(client realtime.Client) bool { return client.ID == "breaks" }))
				rini.isLost()
				watcher.hearsText("u/rini/s", "0")
			}
			foreign := meet(t, options(address, "forger").SetWill("token-rini/c", "palsu", 1, true))
			foreign.do(foreign.Connect())
			made.Drop(func(client realtime.Client) bool { return client.ID == "forger" })
			foreign.isLost()
			for _, id := range []string{"breaks", "leaves", "forger"} {
				await(t, func() bool { return slices.Contains(told.all(), "disconnected "+id) })
			}
			assert.Subset(t, told.all(), []string{"connected watcher", "connected breaks", "breaks u/rini/s 0"})
			assert.NotContains(t, told.all(), "leaves u/rini/s 0")
			all := told.all()
			assert.Less(t, slices.Index(all, "breaks u/rini/s 0"), slices.Index(all, "disconnected breaks"))
			late := join(t, address, "late")
			late.subscribe("token-rini/c")
			late.subscribe("u/rini/s")
			late.hearsText("u/rini/s", "0")
			assert.Empty(t, watcher.heard)
		})
	}
}

// Who comes again replaces its connection, and has the platform's ear after that has
// ended. Nothing of the new one is lost with the old one, however often that happens.
func TestWhoComesAgain(t *testing.T) {
	var told notes
	for way, open := range ways() {
		t.Run(way, func(t *testing.T) {
			made := start(t, told.rules(), broker.Limits{})
			address := open(t, made)
			told.told = nil
			const times = 30
			var last *person
			for i := range times {
				next := meet(t, options(address, "rini").SetWill("u/rini/s", "0", 0, true))
				next.do(next.Connect())
				next.subscribe("token-rini/c")
				if last != nil {
					last.isLost()
				}
				require.NoError(t, made.Publish("token-rini/c", []byte(strconv.Itoa(i)), false, 1))
				next.hearsText("token-rini/c", strconv.Itoa(i))
				last = next
			}
			assert.Equal(t, 1, made.Clients())
			last.leaves()
			await(t, func() bool { return made.Clients() == 0 })
			want := []string{"connected rini"}
			for range times - 1 {
				want = append(want, "rini u/rini/s 0", "disconnected rini", "connected rini")
			}
			want = append(want, "disconnected rini")
			await(t, func() bool { return len(told.all()) == len(want) })
			assert.Equal(t, want, told.all())
		})
	}
}

// A client that asks for it finds its session again, with what came in between.
func TestSessionsThatAreKept(t *testing.T) {
	made := start(t, broker.Rules{}, broker.Limits{Clients: 3, Waiting: 10})
	address := overTCP(t, made)
	visit := func(id string) *person {
		one := meet(t, options(address, id).SetCleanSession(false).SetResumeSubs(false))
		one.do(one.Connect())
		return one
	}
	leave := func(one *person) {
		before := made.Clients()
		one.leaves()
		await(t, func() bool { return made.Clients() == before-1 })
	}
	for _, id := range []string{"first", "second"} {
		one := visit(id)
		assert.Equal(t, byte(1), one.ask("token-"+id+"/c", 1))
		leave(one)
	}
	require.NoError(t, made.Publish("token-first/c", []byte("one"), false, 1))
	first := visit("first")
	first.hearsText("token-first/c", "one")
	require.NoError(t, made.Publish("token-first/c", []byte("two"), false, 1))
	first.hearsText("token-first/c", "two")
	leave(first)

	for i := range 100 { // of which no more are kept than may wait
		require.NoError(t, made.Publish("token-first/c", []byte(strconv.Itoa(i)), false, 1))
	}
	first = visit("first")
	for range 10 {
		first.hears()
	}
	leave(first)

	// There is room for two more beside one who is there: whoever went first is forgotten.
	for _, id := range []string{"third", "fourth", "fifth"} {
		leave(visit(id))
	}
	require.NoError(t, made.Publish("token-second/c", []byte("lost"), false, 1))
	second := visit("second")
	second.subscribe("token-second/n")
	require.NoError(t, made.Publish("token-second/n", []byte("heard"), false, 0))
	second.hearsText("token-second/n", "heard")
}

// A request is not refused because it has the number of a message that is under way to
// the client.
func TestRequestsHaveTheClientsNumbers(t *testing.T) {
	made := start(t, broker.Rules{}, broker.Limits{})
	conn := dial(t, overTCP(t, made))
	send(t, conn, hello(t, "rini", 4))
	answer := func() packets.ControlPacket {
		packet, err := packets.ReadPacket(conn)
		require.NoError(t, err)
		return packet
	}
	answer()
	subscribe := func(topic string) {
		send(t, conn, subscription(t, 1, topic))
		subscribed, ok := answer().(*packets.SubackPacket)
		require.True(t, ok)
		assert.Equal(t, uint16(1), subscribed.MessageID)
		assert.Equal(t, []byte{1}, subscribed.ReturnCodes)
	}
	subscribe("token/c")
	for range 5 {
		require.NoError(t, made.Publish("token/c", []byte("a"), false, 1))
		message, ok := answer().(*packets.PublishPacket)
		require.True(t, ok)
		assert.NotZero(t, message.MessageID) // it is not acknowledged
	}
	subscribe("token/n")
	for number := range uint16(8) {
		unsubscribe := &packets.UnsubscribePacket{
			FixedHeader: packets.FixedHeader{MessageType: packets.Unsubscribe, Qos: 1},
			MessageID:   number + 1, Topics: []string{"token/c"},
		}
		subscribe("token/c")
		require.NoError(t, unsubscribe.Write(conn))
		unsubscribed, ok := answer().(*packets.UnsubackPacket)
		require.True(t, ok)
		assert.Equal(t, number+1, unsubscribed.MessageID)
		assert.False(t, made.Subscribed("token/c"))
	}
}

// Whom the platform no longer wants, it can single out.
func TestDrop(t *testing.T) {
	made := start(t, broker.Rules{}, broker.Limits{})
	address := overTCP(t, made)
	rini, agus := join(t, address, "rini"), join(t, address, "agus")
	rini.subscribe("token-rini/c")
	rini.subscribe("r/7/+/+/t")
	agus.subscribe("token-agus/c")
	var seen []realtime.Client
	dropped := made.Drop(func(client realtime.Client) bool {
		seen = append(seen, client)
		return slices.Contains(client.Topics, realtime.Topic{Kind: realtime.Messages, Token: "token-rini"})
	})
	assert.Equal(t, 1, dropped)
	rini.isLost()
	assert.True(t, agus.IsConnectionOpen())
	require.Len(t, seen, 2)
	assert.NotEqual(t, seen[0].Number, seen[1].Number)
	for _, client := range seen {
		if client.ID == "rini" {
			assert.Contains(t, client.Topics, realtime.Topic{Kind: realtime.Typing, Room: "7"})
		}
	}
	rini = join(t, address, "rini")
	rini.subscribe("token-rini/c")
}

// A session that was kept for a client goes on for the same user alone, whoever else comes
// with the client's id.
func TestASessionIsOneUsers(t *testing.T) {
	for way, open := range ways() {
		t.Run(way, func(t *testing.T) {
			made := start(t, broker.Rules{
				Connect: func(login realtime.Login) (string, bool) { return login.UserName, true },
			}, broker.Limits{})
			address := open(t, made)
			for _, next := range []string{"rini", "", "agus"} {
				agus := meet(t, options(address, "phone").SetUsername("agus").SetCleanSession(false))
				agus.do(agus.Connect())
				require.EqualValues(t, 1, agus.ask("token-agus/c", 1))
				agus.leaves()
				await(t, func() bool { return made.Clients() == 0 })
				require.NoError(t, made.Publish("token-agus/c", []byte("while away"), false, 1))

				heir := meet(t, options(address, "phone").SetUsername(next).SetCleanSession(false))
				heir.do(heir.Connect())
				require.EqualValues(t, 1, heir.ask("u/rini/s", 1))
				require.NoError(t, made.Publish("token-agus/c", []byte("later"), false, 1))
				require.NoError(t, made.Publish("u/rini/s", []byte("1"), false, 1))
				if next == "agus" {
					heir.hearsText("token-agus/c", "while away")
					heir.hearsText("token-agus/c", "later")
				}
				heir.hearsText("u/rini/s", "1")
				heir.leaves()
				await(t, func() bool { return made.Clients() == 0 })
			}
		})
	}
}
