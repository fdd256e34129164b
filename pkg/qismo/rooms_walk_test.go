package qismo_test

import (
	"context"
	"net/http/httptest"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/soak"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// walkGrowth is by how many bytes the live heap may differ between the beginning of
// a walk and its end: more than a page of rooms takes, and far less than all of them.
const walkGrowth = 2 << 20

// A walk meets each room once, and holds no more of them at its end than at its
// beginning. In full there are a million of them, which takes less than a minute
// and 2 GB.
func TestSoakWalkHoldsOnePage(t *testing.T) {
	count, warm := soak.Count(20_000, 1_000_000), soak.Count(2_000, 10_000)
	client := crowdedPlatform(t, count)
	oldest, err := client.Rooms.List(t.Context(), qismo.ListRoomsParams{Order: qismo.Ascending, Limit: 1})
	require.NoError(t, err)
	require.Len(t, oldest.Items, 1)
	first, err := oldest.Items[0].RoomID.Int64()
	require.NoError(t, err)

	seen := make([]bool, count) // by the room's number; made before the heap is measured
	walked, before, after, started := 0, int64(0), int64(0), time.Now()
	for room, err := range client.Rooms.All(t.Context(), qismo.ListRoomsParams{Limit: 100}) {
		require.NoError(t, err)
		id, err := room.RoomID.Int64()
		require.NoError(t, err)
		number := int(id - first)
		require.True(t, number >= 0 && number < count, "room %d was never made", id)
		require.False(t, seen[number], "room %d came twice", id)
		seen[number] = true
		walked++
		switch walked { // within the walk, which still holds what it has gathered
		case warm:
			before = liveHeap()
		case count:
			after = liveHeap()
		}
	}
	took, growth := time.Since(started), after-before
	t.Logf("%d rooms in %s, %.0f a second; the live heap went from %d KiB by %+d KiB",
		walked, took.Round(time.Millisecond), float64(walked)/took.Seconds(), before>>10, growth>>10)
	require.False(t, slices.Contains(seen, false), "%d of %d rooms came", walked, count)
	assert.InDelta(t, 0, growth, walkGrowth)
}

// crowdedPlatform is a client of a sandbox with so many rooms. Unlike newPlatform it
// holds no answer against the document, which would take most of the time.
func crowdedPlatform(t *testing.T, rooms int) *qismo.Client {
	t.Helper()
	box, err := sandbox.New(sandbox.Config{Rooms: rooms, Remember: -1})
	require.NoError(t, err)
	server := httptest.NewServer(box)
	t.Cleanup(func() {
		server.Close()
		assert.NoError(t, box.Shutdown(context.WithoutCancel(t.Context())))
	})
	config := box.Config()
	client, err := qismo.New(qismo.WithSecretKey(config.AppCode, config.SecretKey), qismo.WithBaseURL(server.URL))
	require.NoError(t, err)
	return client
}

// liveHeap is how many bytes are in use that something still refers to.
func liveHeap() int64 {
	runtime.GC()
	runtime.GC() // what pools hold survives one collection
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return int64(memory.HeapAlloc)
}
