//go:build unix

package redisstore_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/storetest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
	"github.com/qismo-go/qismo/pkg/qismo/webhook/redisstore"
)

// ageScript takes time from what is left of all keys with a prefix: a server's clock
// cannot be moved.
const ageScript = `
for _, key in ipairs(redis.call("KEYS", ARGV[1] .. "*")) do
  redis.call("PEXPIRE", key, redis.call("PTTL", key) - ARGV[2])
end`

// The suite with a server as programs have it.
func TestRealStore(t *testing.T) {
	t.Parallel()
	client := startServer(t).client(t)
	var opened atomic.Int32
	storetest.Run(t, func(t *testing.T) storetest.Subject {
		t.Helper()
		prefix := fmt.Sprintf("subject-%d:", opened.Add(1))
		advance := func(t *testing.T, by time.Duration) {
			t.Helper()
			err := client.Eval(t.Context(), ageScript, nil, prefix, by.Milliseconds()).Err()
			require.ErrorIs(t, err, redis.Nil) // it returns nothing
		}
		return storetest.Subject{Store: newStore(t, client, redisstore.Prefix(prefix)), Advance: advance}
	})
}

// A lease ends by the server's own clock, with nobody's help.
func TestRealLeaseLapses(t *testing.T) {
	t.Parallel()
	store := newStore(t, startServer(t).client(t))
	claimed, err := store.Claim(t.Context(), "key", "dies", 20*time.Millisecond)
	require.NoError(t, err)
	require.Equal(t, webhook.Claimed, claimed)

	tooLate, again := time.After(patience), time.NewTicker(time.Millisecond)
	defer again.Stop()
	for claimed = 0; claimed != webhook.Claimed; {
		select {
		case <-again.C:
		case <-tooLate:
			t.Fatal("the claim does not lapse")
		}
		claimed, err = store.Claim(t.Context(), "key", "lives", time.Hour)
		require.NoError(t, err)
	}
	require.ErrorIs(t, store.Commit(t.Context(), "key", "dies", time.Hour), webhook.ErrClaimLost)
}

// Two processes get the same deliveries; each is handled by one of them.
func TestRealProcesses(t *testing.T) {
	t.Parallel()
	const keys, workers = 1000, 8
	server := startServer(t)
	var handled [keys]atomic.Int32
	var work sync.WaitGroup
	for process := range 2 {
		store := newStore(t, server.client(t))
		for worker := range workers {
			owner := fmt.Sprintf("process %d, worker %d", process, worker)
			work.Go(func() {
				for i := range keys {
					key := (i + worker*keys/workers) % keys
					claimed, err := store.Claim(t.Context(), fmt.Sprint(key), owner, time.Hour)
					if claimed == webhook.Claimed {
						handled[key].Add(1)
						err = store.Commit(t.Context(), fmt.Sprint(key), owner, time.Hour)
					}
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	work.Wait()
	for key := range handled {
		assert.EqualValues(t, 1, handled[key].Load(), "how often key %d was handled", key)
	}
}

// While the server is down each call fails, and soon; when it is back the same store
// works, though the server knows neither its keys nor its scripts any more.
func TestRealServerRestarts(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	store := newStore(t, server.client(t, func(o *redis.Options) { o.MaxRetries = -1 }))
	requireClaim(t, store, webhook.Claimed, "key", "one")

	server.kill(t)
	began := time.Now()
	requireErrors(t, store, "redis.sock")
	assert.Less(t, time.Since(began), patience)

	server.start(t)
	requireClaim(t, store, webhook.Claimed, "key", "two")
	require.ErrorIs(t, store.Commit(t.Context(), "key", "one", time.Hour), webhook.ErrClaimLost)
	require.NoError(t, store.Commit(t.Context(), "key", "two", time.Hour))
}

// A server that has stopped answering holds nobody longer than the context.
func TestRealServerHangs(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	store := newStore(t, server.client(t, func(o *redis.Options) { o.ReadTimeout = time.Hour }))
	requireClaim(t, store, webhook.Claimed, "key", "one")

	require.NoError(t, server.command.Process.Signal(syscall.SIGSTOP))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	require.ErrorIs(t, store.Commit(ctx, "key", "one", time.Hour), context.DeadlineExceeded)
	assert.Less(t, time.Since(began), patience)

	require.NoError(t, server.command.Process.Signal(syscall.SIGCONT))
	require.NoError(t, store.Commit(t.Context(), "key", "one", time.Hour))
}

// The server may lose the scripts at any time.
func TestRealScriptsAreFlushed(t *testing.T) {
	t.Parallel()
	client := startServer(t).client(t)
	store := newStore(t, client)
	for _, expected := range []webhook.Claim{webhook.Claimed, webhook.Busy} {
		require.NoError(t, client.ScriptFlush(t.Context()).Err())
		requireClaim(t, store, expected, "key", fmt.Sprint("owner ", expected))
	}
}

// What is refused by a server that is full or a replica, and what finds something
// else in the place of its key.
func TestRealRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options []string
		says    string
	}{
		"full":    {[]string{"--maxmemory", "1", "--maxmemory-policy", "noeviction"}, "OOM"},
		"replica": {[]string{"--replicaof", "127.0.0.1", "1"}, "READONLY"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := newStore(t, startServer(t, test.options...).client(t))
			claimed, err := store.Claim(t.Context(), "a key of somebody", "an owner of it", time.Minute)
			require.ErrorContains(t, err, "redisstore: claim a key: ")
			require.ErrorContains(t, err, test.says)
			assert.NotContains(t, err.Error(), "somebody")
			assert.NotContains(t, err.Error(), "owner")
			assert.Zero(t, claimed)
		})
	}
	t.Run("not a store's key", func(t *testing.T) {
		t.Parallel()
		client := startServer(t).client(t)
		require.NoError(t, client.RPush(t.Context(), "qismo:webhook:a key of somebody", "an item").Err())
		err := newStore(t, client).Commit(t.Context(), "a key of somebody", "an owner of it", time.Minute)
		require.ErrorContains(t, err, "WRONGTYPE")
		assert.NotContains(t, err.Error(), "somebody")
	})
}
