package realtime

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	wire "github.com/qismo-go/qismo/gen/chat"
)

// told is a platform that tells where the broker is, and has none.
func toldOf(config wire.GetConfigResult) *platform {
	config.EnableRealtime = true
	return &platform{settings: config, calls: map[string]int{}}
}

// all are the addresses that are tried before they are learnt anew.
func all(t *testing.T, b *brokers) []string {
	t.Helper()
	var addresses []string
	for {
		address, err := b.next(t.Context())
		require.NoError(t, err)
		addresses = append(addresses, address.String())
		if b.failed() {
			return addresses
		}
	}
}

func TestWhereTheBrokerMayBe(t *testing.T) {
	for address, want := range map[string][]string{
		"realtime.example.id":             {"ssl://realtime.example.id:1885", "wss://realtime.example.id:1886/mqtt"},
		"realtime.example.id:443":         {"ssl://realtime.example.id:443", "wss://realtime.example.id:443/mqtt"},
		"realtime.example.id/":            {"ssl://realtime.example.id:1885", "wss://realtime.example.id:1886/mqtt"},
		"[::1]":                           {"ssl://[::1]:1885", "wss://[::1]:1886/mqtt"},
		"mqtt://realtime.example.id":      {"tcp://realtime.example.id:1883"},
		"tcp://127.0.0.1:1884/":           {"tcp://127.0.0.1:1884"},
		"mqtts://realtime.example.id":     {"ssl://realtime.example.id:1885"},
		"ssl://realtime.example.id:8883":  {"ssl://realtime.example.id:8883"},
		"tls://realtime.example.id":       {"ssl://realtime.example.id:1885"},
		"ws://127.0.0.1:8080":             {"ws://127.0.0.1:8080/mqtt"},
		"ws://127.0.0.1:8080/a/b":         {"ws://127.0.0.1:8080/a/b"},
		"WSS://realtime.example.id/":      {"wss://realtime.example.id:1886/mqtt"},
		"wss://rina:kunci@realtime.id":    {"wss://realtime.id:1886/mqtt"},
		"wss://realtime.example.id?a=b#c": {"wss://realtime.example.id:1886/mqtt"},
	} {
		b := &brokers{service: toldOf(wire.GetConfigResult{BrokerURL: address})}
		assert.Equal(t, want, all(t, b), address)
		assert.Equal(t, want, all(t, b), "once more")
	}
	for _, address := range []string{"http://realtime.example.id", "mqtt://", "://a", "mqtt://:1883", "a/b", "a b", ":1883"} {
		b := &brokers{service: toldOf(wire.GetConfigResult{BrokerURL: address})}
		_, err := b.next(t.Context())
		require.Error(t, err, address)
		require.Error(t, WithBroker(address)(&settings{}), address)
	}
}

func TestTheVendorsBrokersAreTheLastResort(t *testing.T) {
	inCloud := toldOf(wire.GetConfigResult{BrokerURL: "mqtt://realtime.example.id"})
	inCloud.cloud = true
	b := &brokers{service: inCloud}
	addresses := all(t, b)
	assert.Len(t, addresses, 7)
	assert.Equal(t, "tcp://realtime.example.id:1883", addresses[0])
	assert.Contains(t, addresses, "wss://mqtt.qiscus.com:1886/mqtt")
	assert.Equal(t, cloudLookup, b.lookup)

	elsewhere := &brokers{service: toldOf(wire.GetConfigResult{})}
	_, err := elsewhere.next(t.Context())
	require.ErrorIs(t, err, errNoBroker)
	assert.True(t, elsewhere.failed())
}

func TestTheCallersBrokersAreTheOnlyOnes(t *testing.T) {
	s, err := newSettings([]Option{WithBroker("mqtt://a.example.id", "b.example.id")})
	require.NoError(t, err)
	service := toldOf(wire.GetConfigResult{BrokerURL: "c.example.id", BrokerLbURL: "https://lb.example.id"})
	b := &brokers{service: service, given: s.brokers}
	want := []string{"tcp://a.example.id:1883", "ssl://b.example.id:1885", "wss://b.example.id:1886/mqtt"}
	assert.Equal(t, want, all(t, b))
	_, err = b.next(t.Context())
	require.NoError(t, err)
	require.NoError(t, b.locate(t.Context()))
	assert.Empty(t, service.calls, "nobody is asked")
}

func TestALostBrokerIsLookedUp(t *testing.T) {
	lost := errors.New("no answer")
	for name, test := range map[string]struct {
		found wire.BrokerLocation
		fails error
		want  []string
	}{
		"with its ports": {
			found: wire.BrokerLocation{Data: wire.BrokerAddress{URL: "b.example.id", SslPort: 1, WssPort: 2}},
			want:  []string{"ssl://b.example.id:1", "wss://b.example.id:2/mqtt"},
		},
		"without":    {found: wire.BrokerLocation{Node: "b.example.id"}, want: []string{"ssl://b.example.id:1885", "wss://b.example.id:1886/mqtt"}},
		"an address": {found: wire.BrokerLocation{Data: wire.BrokerAddress{URL: "ws://b.example.id:80/mqtt"}}, want: []string{"ws://b.example.id:80/mqtt"}},
		"the same":   {found: wire.BrokerLocation{Data: wire.BrokerAddress{URL: "mqtt://a.example.id"}}},
		"none":       {found: wire.BrokerLocation{}},
		"a failure":  {fails: lost},
	} {
		t.Run(name, func(t *testing.T) {
			service := toldOf(wire.GetConfigResult{BrokerURL: "mqtt://a.example.id", BrokerLbURL: "https://lb.example.id"})
			service.found = test.found
			service.failure = func(call string) error {
				if call == "locate" {
					return test.fails
				}
				return nil
			}
			b := &brokers{service: service}
			_, err := b.next(t.Context())
			require.NoError(t, err)
			err = b.locate(t.Context())
			if test.fails != nil {
				require.ErrorIs(t, err, lost)
			} else {
				assert.Equal(t, name == "none", err != nil)
			}
			assert.Equal(t, append(test.want, "tcp://a.example.id:1883"), all(t, b))
		})
	}
}

func TestTheConfigurationIsLearntAnew(t *testing.T) {
	service := toldOf(wire.GetConfigResult{BrokerURL: "mqtt://a.example.id"})
	b := &brokers{service: service, config: &wire.GetConfigResult{EnableRealtime: true, BrokerURL: "mqtt://b.example.id"}}
	assert.Equal(t, []string{"tcp://b.example.id:1883"}, all(t, b))
	assert.Equal(t, []string{"tcp://a.example.id:1883"}, all(t, b))
	service.failure = func(string) error { return errors.New("no answer") }
	_, err := b.next(t.Context())
	require.ErrorContains(t, err, "no answer")
	service.failure = nil
	service.settings.EnableRealtime = false
	_, err = b.next(t.Context())
	require.ErrorIs(t, err, ErrNoBroker)
}
