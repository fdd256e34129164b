package webhook

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Keys that nobody asks for again do not stay, and no call has to drop them all.
func TestMemoryStoreDropsWhatExpired(t *testing.T) {
	t.Parallel()
	const each = 1000
	now := time.Time{}
	store, err := NewMemoryStore(10*each, MemoryStoreClock(func() time.Time { return now }))
	require.NoError(t, err)
	for i := range each {
		key := fmt.Sprint(i)
		_, err := store.Claim(t.Context(), "claimed "+key, "owner", time.Minute)
		require.NoError(t, err)
		require.NoError(t, store.Commit(t.Context(), "handled "+key, "owner", time.Minute))
	}
	require.Len(t, store.entries, 2*each)

	now = now.Add(time.Minute)
	calls := 0
	for left := len(store.entries); left > 0; left = len(store.entries) {
		require.NoError(t, store.Release(t.Context(), "another", "owner"))
		assert.LessOrEqual(t, left-len(store.entries), 2*droppedPerCall)
		calls++
		require.LessOrEqual(t, calls, each/droppedPerCall)
	}
	assert.Zero(t, store.claimed.Len())
	assert.Zero(t, store.handled.Len())
}
