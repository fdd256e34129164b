package webhook_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/storetest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// fakeClock is a time that passes when a test says so. It starts as the zero time.
type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) Advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

func TestMemoryStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Subject {
		t.Helper()
		store, clock := newMemoryStore(t, 100_000)
		return storetest.Subject{Store: store, Advance: func(_ *testing.T, by time.Duration) { clock.Advance(by) }}
	})
}

func TestMemoryStoreRefusesWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limit   int
		options []webhook.MemoryStoreOption
		says    string
	}{
		"no limit":       {0, nil, "webhook: NewMemoryStore: the limit must be positive"},
		"negative limit": {-1, nil, "webhook: NewMemoryStore: the limit must be positive"},
		"nil option":     {1, []webhook.MemoryStoreOption{nil}, "webhook: NewMemoryStore: an option is nil"},
		"no clock": {
			1, []webhook.MemoryStoreOption{webhook.MemoryStoreClock(nil)},
			"webhook: NewMemoryStore: MemoryStoreClock: the function is nil",
		},
		"two clocks": {
			1, []webhook.MemoryStoreOption{webhook.MemoryStoreClock(time.Now), webhook.MemoryStoreClock(time.Now)},
			"webhook: NewMemoryStore: MemoryStoreClock: it was given twice",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, err := webhook.NewMemoryStore(test.limit, test.options...)
			require.EqualError(t, err, test.says)
			assert.Nil(t, store)
		})
	}
}

// Beyond the limit the store drops what was committed first. That a key was asked for
// or committed again by its owner in between makes a difference for the latter only.
func TestMemoryStoreDropsTheOldest(t *testing.T) {
	t.Parallel()
	store, _ := newMemoryStore(t, 3)
	for _, key := range []string{"1", "2", "3"} {
		handle(t, store, key, time.Hour)
	}
	assert.Equal(t, webhook.Handled, claim(t, store, "1", "somebody"))
	require.NoError(t, store.Commit(t.Context(), "2", "owner of 2", time.Hour))

	handle(t, store, "4", time.Hour)
	handle(t, store, "5", time.Hour)
	assert.Equal(t, webhook.Claimed, claim(t, store, "1", "somebody"))
	assert.Equal(t, webhook.Claimed, claim(t, store, "3", "somebody"))
	for _, key := range []string{"2", "4", "5"} {
		assert.Equal(t, webhook.Handled, claim(t, store, key, "somebody"), key)
	}
}

func TestMemoryStoreDoesNotCountClaims(t *testing.T) {
	t.Parallel()
	store, _ := newMemoryStore(t, 1)
	handle(t, store, "handled", time.Hour)
	for i := range 1000 {
		assert.Equal(t, webhook.Claimed, claim(t, store, fmt.Sprint(i), "somebody"))
	}
	for i := range 1000 {
		assert.Equal(t, webhook.Busy, claim(t, store, fmt.Sprint(i), "somebody else"))
	}
	assert.Equal(t, webhook.Handled, claim(t, store, "handled", "somebody"))
}

// BenchmarkMemoryStoreFull tells the memory that a key takes: keys and owners are as
// long as a handler's.
func BenchmarkMemoryStoreFull(b *testing.B) {
	const keys = 100_000
	for b.Loop() {
		store, err := webhook.NewMemoryStore(keys)
		require.NoError(b, err)
		before := heap()
		for i := range keys {
			key, owner := fmt.Sprintf("botMessage:%053d", i), fmt.Sprintf("%032d", i)
			_, err := store.Claim(b.Context(), key, owner, time.Minute)
			require.NoError(b, err)
			require.NoError(b, store.Commit(b.Context(), key, owner, time.Hour))
		}
		b.ReportMetric(float64(heap()-before)/keys, "B/key")
		runtime.KeepAlive(store)
	}
}

// BenchmarkMemoryStore compares handling an event once with what it takes at least:
// a map that grows for ever, behind a mutex.
func BenchmarkMemoryStore(b *testing.B) {
	b.Run("store=bare", func(b *testing.B) {
		var mu sync.Mutex
		handled := map[string]bool{}
		benchmarkClaims(b, func(key, _ string) error {
			mu.Lock()
			_, known := handled[key]
			if !known {
				handled[key] = false
			}
			mu.Unlock()
			if known {
				return fmt.Errorf("%s is not new", key)
			}
			mu.Lock()
			handled[key] = true
			mu.Unlock()
			return nil
		})
	})
	b.Run("store=qismo", func(b *testing.B) {
		store, err := webhook.NewMemoryStore(100_000)
		require.NoError(b, err)
		benchmarkClaims(b, func(key, owner string) error {
			claimed, err := store.Claim(b.Context(), key, owner, time.Minute)
			if err != nil {
				return err
			}
			if claimed != webhook.Claimed {
				return fmt.Errorf("%s is not new", key)
			}
			return store.Commit(b.Context(), key, owner, time.Hour)
		})
	})
}

func benchmarkClaims(b *testing.B, handle func(key, owner string) error) {
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		key := fmt.Sprintf("botMessage:%053d", i)
		if err := handle(key, key[11:43]); err != nil {
			b.Fatal(err)
		}
	}
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func newMemoryStore(t *testing.T, limit int) (*webhook.MemoryStore, *fakeClock) {
	t.Helper()
	clock := &fakeClock{}
	store, err := webhook.NewMemoryStore(limit, webhook.MemoryStoreClock(clock.Now))
	require.NoError(t, err)
	return store, clock
}

func claim(t *testing.T, store webhook.Store, key, owner string) webhook.Claim {
	t.Helper()
	claimed, err := store.Claim(t.Context(), key, owner, time.Minute)
	require.NoError(t, err)
	return claimed
}

func handle(t *testing.T, store webhook.Store, key string, keep time.Duration) {
	t.Helper()
	require.Equal(t, webhook.Claimed, claim(t, store, key, "owner of "+key))
	require.NoError(t, store.Commit(t.Context(), key, "owner of "+key, keep))
}
