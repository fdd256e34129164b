//go:build !race

// What the race detector notes down of each access takes more memory than the rooms.

package sandbox

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// 100,000 rooms with a conversation each take less than 500 MB.
func TestManyRoomsTakeLittleMemory(t *testing.T) {
	const rooms, messages, limit = 100_000, 5, 500 << 20
	before := liveHeap()
	sandbox, err := New(Config{})
	require.NoError(t, err)
	for customer := range rooms {
		var id string
		for message := range messages {
			said := CustomerMessage{
				UserID: fmt.Sprintf("6281%08d", customer), Name: "Dewi Lestari",
				Text: fmt.Sprintf("apakah kopi susu nomor %d masih ada?", message),
			}
			if message%2 == 0 {
				id, err = sandbox.CustomerWrites(t.Context(), said)
			} else {
				err = sandbox.AgentWrites(t.Context(), AgentMessage{RoomID: id, Text: fmt.Sprintf("masih ada %d gelas", message)})
			}
			require.NoError(t, err)
		}
	}
	taken := liveHeap() - before
	t.Logf("%d rooms with %d messages each: %d MiB, %d bytes a room", rooms, messages, taken>>20, taken/rooms)
	assert.Less(t, taken, int64(limit))
	assert.Equal(t, rooms, sandbox.CountRooms())
	require.NoError(t, sandbox.Shutdown(t.Context())) // and it is still there to be measured
}

// liveHeap is what is in use, in bytes.
func liveHeap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
