//go:build unix

package redisstore_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// BenchmarkRedisStore compares handling an event once with what it takes at least: a
// SET if there is none, and another when it was handled. That neither tells whose the
// key is nor leaves it alone when it is somebody else's.
func BenchmarkRedisStore(b *testing.B) {
	client := startServer(b).client(b)
	b.Run("store=bare", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			key := fmt.Sprintf("bare:botMessage:%053d", i)
			require.NoError(b, client.SetNX(b.Context(), key, "claimed", time.Minute).Err())
			require.NoError(b, client.Set(b.Context(), key, "handled", time.Hour).Err())
		}
	})
	b.Run("store=qismo", func(b *testing.B) {
		store := newStore(b, client)
		for i := 0; b.Loop(); i++ {
			key, owner := fmt.Sprintf("botMessage:%053d", i), fmt.Sprintf("%032d", i)
			claimed, err := store.Claim(b.Context(), key, owner, time.Minute)
			require.NoError(b, err)
			require.Equal(b, webhook.Claimed, claimed)
			require.NoError(b, store.Commit(b.Context(), key, owner, time.Hour))
		}
		require.NoError(b, client.FlushDB(b.Context()).Err())
	})
}
