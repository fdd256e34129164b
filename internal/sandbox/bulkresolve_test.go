package sandbox

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const bulkPath = "/api/v2/admin/bulk_resolve/wa"

// bulkWorld has WhatsApp customers who wrote a day and an hour ago, one after the
// other, and one who did on another channel. It returns their rooms.
func bulkWorld(t *testing.T, customers int) (w *world, rooms []string, writes func(i int) string) {
	t.Helper()
	var elapsed atomic.Int64
	start := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	w = newWorld(t, Config{Now: func() time.Time { return start.Add(time.Duration(elapsed.Load())) }})
	writes = func(i int) string {
		room, err := w.CustomerWrites(t.Context(), CustomerMessage{Source: "wa", UserID: fmt.Sprintf("6281155505%02d", i), Text: "Halo"})
		require.NoError(t, err)
		return room
	}
	for i := range customers {
		rooms = append(rooms, writes(i))
	}
	_, err := w.CustomerWrites(t.Context(), CustomerMessage{Source: "qiscus", UserID: "dewi@example.id", Text: "Halo"})
	require.NoError(t, err)
	elapsed.Store(int64(25 * time.Hour))
	return w, rooms, writes
}

func (w *world) isResolved(roomID string) bool {
	room, ok := w.Room(roomID)
	require.True(w.t, ok)
	return room.Resolved
}

// Each look resolves a quarter of the rooms, those that expired first, and each
// room sets off its webhook.
func TestBulkResolveGoesOnByLooks(t *testing.T) {
	w, rooms, writes := bulkWorld(t, 9)
	before := w.asAdmin("GET", bulkPath+"/5120", nil)
	assert.JSONEq(t, `{"status":"","total":0,"processed":0,"success":0,"failed":0}`, string(encode(before.at("data/progress"))))
	list := w.asAdmin("GET", bulkPath, nil)
	assert.JSONEq(t, `{"data":[{"channel_id":5120,"channel_name":"WhatsApp Kopi Wangi","total_rooms":9}]}`, list.raw)

	begun := w.asAdmin("POST", bulkPath+"/5120", nil)
	assert.JSONEq(t, `{"data":{"progress":{"status":"running","total":9,"processed":0,"success":0,"failed":0},"total_rooms":9}}`, begun.raw)
	assert.Equal(t, http.StatusBadRequest, w.asAdmin("POST", bulkPath+"/5120", nil).status, "while it runs")
	first := w.asAdmin("GET", bulkPath+"/5120", nil)
	assert.JSONEq(t, `{"data":{"progress":{"status":"running","total":9,"processed":3,"success":3,"failed":0},"total_rooms":6}}`, first.raw)
	for i, room := range rooms {
		assert.Equal(t, i < 3, w.isResolved(room), i)
	}

	// Of the next three, one writes again and one is resolved by somebody else.
	writes(3)
	require.Equal(t, http.StatusOK, w.asAdmin("POST", "/api/v1/admin/service/mark_as_resolved", object{"room_id": rooms[4]}).status)
	second := w.asAdmin("GET", bulkPath+"/5120", nil)
	assert.JSONEq(t, `{"data":{"progress":{"status":"running","total":9,"processed":6,"success":4,"failed":2},"total_rooms":3}}`, second.raw)
	assert.False(t, w.isResolved(rooms[3]))
	for range 2 {
		last := w.asAdmin("GET", bulkPath+"/5120", nil)
		assert.JSONEq(t, `{"data":{"progress":{"status":"finished","total":9,"processed":9,"success":7,"failed":2},"total_rooms":0}}`, last.raw)
	}
	assert.JSONEq(t, `{"data":[]}`, w.asAdmin("GET", bulkPath, nil).raw)

	assert.Equal(t, 8, count(w.delivered(), "markAsResolved"), "seven together, one by hand")
}

func TestBulkResolveIsAborted(t *testing.T) {
	w, rooms, _ := bulkWorld(t, 4)
	w.asAdmin("POST", bulkPath+"/5120", nil)
	w.asAdmin("GET", bulkPath+"/5120", nil)
	for range 2 {
		assert.JSONEq(t, `{"data":{"total_rooms":3}}`, w.asAdmin("POST", bulkPath+"/5120/abort", nil).raw)
	}
	for range 2 {
		stopped := w.asAdmin("GET", bulkPath+"/5120", nil)
		assert.JSONEq(t, `{"data":{"progress":{"status":"","total":4,"processed":1,"success":1,"failed":0},"total_rooms":3}}`, stopped.raw)
	}
	assert.True(t, w.isResolved(rooms[0]))
	assert.False(t, w.isResolved(rooms[1]))
	again := w.asAdmin("POST", bulkPath+"/5120", nil)
	assert.InDelta(t, 3, again.at("data/progress/total"), 0, "it can be begun again")
}

func TestBulkResolveOfOtherChannels(t *testing.T) {
	w, _, _ := bulkWorld(t, 1)
	for _, channel := range []string{"5121", "1", "0"} {
		for _, request := range []string{"GET " + bulkPath + "/", "POST " + bulkPath + "/"} {
			method, path := splitRequest(request)
			assert.Equal(t, http.StatusNotFound, w.asAdmin(method, path+channel, nil).status, "%s%s", request, channel)
		}
		assert.Equal(t, http.StatusNotFound, w.asAdmin("POST", bulkPath+"/"+channel+"/abort", nil).status, channel)
	}
}
