package realtime

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	wire "github.com/qismo-go/qismo/gen/chat"
)

func TestOptionsThatCannotWork(t *testing.T) {
	for name, option := range map[string]Option{
		"nil":                         nil,
		"a position below zero":       After(-1, 0),
		"an event below zero":         After(0, -1),
		"no broker":                   WithBroker(),
		"a broker without a host":     WithBroker("mqtt://"),
		"no TLS":                      WithTLS(nil),
		"no dialer":                   WithDialer(nil),
		"no buffer":                   WithBuffer(0),
		"no page":                     WithSyncPage(0),
		"no interval":                 WithSyncInterval(0, time.Second),
		"no interval while away":      WithSyncInterval(time.Second, 0),
		"no interval of presence":     WithPresenceInterval(0),
		"a keep-alive of no seconds":  WithKeepAlive(time.Millisecond),
		"no wait":                     WithBackoff(0, time.Second),
		"a longest wait that is less": WithBackoff(time.Second, time.Millisecond),
	} {
		p := &platform{calls: map[string]int{}}
		_, err := connectAs(t.Context(), p, []Option{option})
		require.ErrorContains(t, err, "realtime: connect: ", name)
		assert.Empty(t, p.calls, "nothing was sent")
	}
	_, err := Connect(t.Context(), nil)
	require.Error(t, err)
}

func TestHowOftenToSync(t *testing.T) {
	for name, test := range map[string]struct {
		config  wire.GetConfigResult
		options []Option
		want    pace
	}{
		"as a rule": {want: pace{connected: 30 * time.Second, disconnected: 5 * time.Second}},
		"as the app says": {
			config: wire.GetConfigResult{EnableSync: true, EnableSyncEvent: true, SyncInterval: 7000, SyncOnConnect: 60000},
			want:   pace{messages: true, events: true, connected: time.Minute, disconnected: 7 * time.Second},
		},
		"not too often": {
			config: wire.GetConfigResult{EnableSync: true, SyncInterval: 1, SyncOnConnect: -1},
			want:   pace{messages: true, connected: 30 * time.Second, disconnected: time.Second},
		},
		"as the caller says": {
			config:  wire.GetConfigResult{SyncInterval: 7000},
			options: []Option{WithSyncInterval(time.Minute, time.Millisecond)},
			want:    pace{messages: true, events: true, connected: time.Minute, disconnected: time.Millisecond},
		},
	} {
		s, err := newSettings(test.options)
		require.NoError(t, err)
		assert.Equal(t, test.want, s.pace(&test.config), name)
	}
}

func TestWaitsAreRandomAndBounded(t *testing.T) {
	s, err := newSettings([]Option{WithBackoff(time.Second, 5*time.Second)})
	require.NoError(t, err)
	for range 100 {
		waits := s.backoff()
		for _, seconds := range []int{1, 2, 4, 5, 5} {
			wait := waits.next()
			assert.Positive(t, wait)
			assert.LessOrEqual(t, wait.Seconds(), float64(seconds))
		}
	}
}
