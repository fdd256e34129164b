package broker_test

import (
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/broker"
	"github.com/qismo-go/qismo/internal/sandbox/realtime"
)

// What the platform publishes comes in order, and with the quality that was asked for as
// far as it was published with it.
func TestThePlatformPublishes(t *testing.T) {
	for way, open := range ways() {
		t.Run(way, func(t *testing.T) {
			made := start(t, broker.Rules{}, broker.Limits{})
			address := open(t, made)
			for quality := range byte(3) {
				rini := join(t, address, "rini")
				assert.Equal(t, quality, rini.ask("token-rini/c", quality))
				assert.True(t, made.Subscribed("token-rini/c"))
				assert.False(t, made.Subscribed("token-rini/n"))
				const many = 500
				for i := range many {
					require.NoError(t, made.Publish("token-rini/c", []byte(strconv.Itoa(i)), false, 1))
					require.NoError(t, made.Publish("token-agus/c", []byte("rahasia"), false, 1))
				}
				for i := range many {
					message := rini.hears()
					assert.Equal(t, strconv.Itoa(i), string(message.Payload()))
					assert.Equal(t, min(quality, 1), message.Qos())
					assert.False(t, message.Retained())
				}
				rini.do(rini.Unsubscribe("token-rini/c"))
				require.NoError(t, made.Publish("token-rini/c", []byte("unheard"), false, 0))
				rini.subscribe("token-rini/n")
				require.NoError(t, made.Publish("token-rini/n", []byte("heard"), false, 0))
				rini.hearsText("token-rini/n", "heard")
				rini.leaves()
				await(t, func() bool { return made.Clients() == 0 })
				assert.False(t, made.Subscribed("token-rini/n"))
			}
		})
	}
}

func TestWhatIsRetained(t *testing.T) {
	made := start(t, broker.Rules{}, broker.Limits{})
	address := overTCP(t, made)
	require.NoError(t, made.Publish("u/agus/s", []byte("1:1"), true, 1))
	require.NoError(t, made.Publish("u/agus/s", []byte("1:2"), true, 1))
	rini := join(t, address, "rini")
	rini.subscribe("u/agus/s")
	message := rini.hears()
	assert.Equal(t, "1:2", string(message.Payload()))
	assert.True(t, message.Retained())
	require.NoError(t, made.Publish("u/agus/s", nil, true, 1))
	assert.Empty(t, rini.hears().Payload())
	putri := join(t, address, "putri")
	putri.subscribe("u/agus/s")
	require.NoError(t, made.Publish("u/agus/s", []byte("0:3"), false, 0))
	putri.hearsText("u/agus/s", "0:3")
}

func TestWhatCannotBePublished(t *testing.T) {
	made := start(t, broker.Rules{}, broker.Limits{})
	for _, topic := range []string{"", "r/1/1/+/t", "#", "$SYS/broker/version"} {
		require.Error(t, made.Publish(topic, nil, false, 0), topic)
	}
	require.Error(t, made.Publish("a/c", nil, false, 3))
	end(t, made)
	require.ErrorIs(t, made.Publish("a/c", nil, false, 0), broker.ErrClosed)
}

func TestWhoMayConnect(t *testing.T) {
	var mu sync.Mutex
	var logins []realtime.Login
	rules := broker.Rules{
		Connect: func(login realtime.Login) (string, bool) {
			mu.Lock()
			defer mu.Unlock()
			logins = append(logins, login)
			return "user " + login.UserName, login.Password == "kata-sandi"
		},
		Subscribe: func(client realtime.Client, _ realtime.Topic) bool { return client.User == "user rini" },
	}
	for way, open := range ways() {
		t.Run(way, func(t *testing.T) {
			made := start(t, rules, broker.Limits{})
			address := open(t, made)
			logins = nil
			for password, passes := range map[string]bool{"kata-sandi": true, "salah": false} {
				rini := meet(t, options(address, "rini-1").SetUsername("rini").SetPassword(password))
				token := rini.Connect()
				require.True(t, token.WaitTimeout(patience))
				assert.Equal(t, passes, token.Error() == nil, token.Error())
				if passes {
					rini.subscribe("token/c")
				} else {
					require.ErrorContains(t, token.Error(), "not Authorized")
				}
			}
			anybody := meet(t, options(address, "anybody"))
			token := anybody.Connect()
			require.True(t, token.WaitTimeout(patience))
			require.Error(t, token.Error())
			assert.Contains(t, logins, realtime.Login{ClientID: "rini-1", UserName: "rini", Password: "salah"})
			assert.Contains(t, logins, realtime.Login{ClientID: "anybody"})
			await(t, func() bool { return made.Clients() == 1 })
		})
	}
}

// Of what the platform has, clients hear what the rules let them; of all else, nothing.
func TestWhatMayBeSubscribedTo(t *testing.T) {
	made := start(t, broker.Rules{
		Subscribe: func(_ realtime.Client, to realtime.Topic) bool { return to.Token != "token-agus" },
	}, broker.Limits{})
	rini := join(t, overTCP(t, made), "rini")
	for topic, answer := range map[string]byte{
		"token-rini/c": 0, "token-rini/n": 0, "token-rini/update": 0, "token-agus/c": refused,
		"r/1/1/+/t": 0, "r/1/+/+/t": 0, "r/1/1/rini/r": 0, "r/+/+/+/t": refused,
		"wangi/berita/c": 0, "wangi/+/c": refused, "+/c": refused, "u/+/s": refused, "u/agus/s": 0,
		"#": refused, "r/#": refused, "$SYS/#": refused, "/c": refused,
	} {
		assert.Equal(t, answer, rini.ask(topic, 0), topic)
	}
	require.NoError(t, made.Publish("token-agus/c", []byte("rahasia"), false, 0))
	require.NoError(t, made.Publish("token-rini/c", []byte("halo"), false, 0))
	rini.hearsText("token-rini/c", "halo")
}

// Of what clients publish, others hear what the rules make of it; the rest reaches nobody,
// and the connection stands.
func TestWhatClientsPublish(t *testing.T) {
	rules := broker.Rules{Publish: func(client realtime.Client, to realtime.Topic, payload []byte) ([]byte, bool) {
		return append([]byte(client.ID+" "+string(to.Kind)+" "), payload...), to.User != "agus"
	}}
	for way, open := range ways() {
		t.Run(way, func(t *testing.T) {
			made := start(t, rules, broker.Limits{})
			address := open(t, made)
			agus, rini := join(t, address, "agus"), join(t, address, "rini")
			for _, topic := range []string{"r/7/+/+/t", "r/7/7/e", "u/rini/s", "u/agus/s", "token/c", "r/7/typing", "r/7/7/+/r"} {
				agus.subscribe(topic)
			}
			for quality := range byte(3) {
				for _, topic := range []string{"token/c", "r/7/typing", "r/7/7/rini/r", "r/7/7/agus/t", "u/agus/s", "a", "r/7/8/e"} {
					rini.do(rini.Publish(topic, quality, true, "palsu"))
				}
				rini.do(rini.Publish("r/7/7/rini/t", quality, true, "1"))
				agus.hearsText("r/7/7/rini/t", "rini typing 1")
				rini.do(rini.Publish("r/7/7/e", quality, true, "{}"))
				agus.hearsText("r/7/7/e", "rini events {}")
				rini.do(rini.Publish("u/rini/s", quality, false, "1"))
				agus.hearsText("u/rini/s", "rini presence 1")
			}
			require.True(t, rini.IsConnectionOpen())
			putri := join(t, address, "putri")
			for _, topic := range []string{"r/7/7/+/t", "r/7/7/e", "token/c", "u/agus/s", "u/rini/s"} {
				putri.subscribe(topic)
			}
			putri.hearsText("u/rini/s", "rini presence 1") // which alone is retained
			assert.Empty(t, putri.heard)
		})
	}
}

// Many clients at once, each of whom publishes and hears all that is published.
func TestManyClientsAtOnce(t *testing.T) {
	const people, words = 12, 40
	for way, open := range ways() {
		t.Run(way, func(t *testing.T) {
			made := start(t, broker.Rules{}, broker.Limits{})
			address := open(t, made)
			all := make([]*person, people)
			for i := range all {
				all[i] = join(t, address, "person-"+strconv.Itoa(i))
				all[i].subscribe("r/1/1/e")
			}
			var running sync.WaitGroup
			for _, one := range all {
				running.Go(func() {
					for range words {
						token := one.Publish("r/1/1/e", 1, false, "{}")
						assert.True(t, token.WaitTimeout(patience))
					}
				})
			}
			running.Go(func() {
				for range words {
					assert.NoError(t, made.Publish("r/1/1/e", []byte("{}"), false, 1))
				}
			})
			running.Wait()
			for _, one := range all {
				for range (people + 1) * words {
					one.hears()
				}
			}
			assert.Equal(t, people, made.Drop(func(realtime.Client) bool { return true }))
			for _, one := range all {
				one.isLost()
			}
		})
	}
}
