package sandbox

import (
	"fmt"
	"net/http"
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
	w = newWorld(t, Config{Now: frozen, Pace: Pace{Resolve: time.Second}})
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
	w.move(25 * time.Hour)
	return w, rooms, writes
}

func (w *world) isResolved(roomID string) bool {
	room, ok := w.Room(roomID)
	require.True(w.t, ok)
	return room.Resolved
}

// Each second a room is resolved, those first that expired first, and each sets off
// its webhook. To look changes nothing.
func TestBulkResolveGoesOnByTheClock(t *testing.T) {
	w, rooms, writes := bulkWorld(t, 9)
	before := w.asAdmin("GET", bulkPath+"/5120", nil)
	assert.JSONEq(t, `{"status":"","total":0,"processed":0,"success":0,"failed":0}`, string(encode(before.at("data/progress"))))
	list := w.asAdmin("GET", bulkPath, nil)
	assert.JSONEq(t, `{"data":[{"channel_id":5120,"channel_name":"WhatsApp Kopi Wangi","total_rooms":9}]}`, list.raw)

	begun := w.asAdmin("POST", bulkPath+"/5120", nil)
	assert.JSONEq(t, `{"data":{"progress":{"status":"running","total":9,"processed":0,"success":0,"failed":0},"total_rooms":9}}`, begun.raw)
	assert.Equal(t, http.StatusBadRequest, w.asAdmin("POST", bulkPath+"/5120", nil).status, "while it runs")
	w.move(3 * time.Second)
	w.asAdmin("GET", bulkPath+"/5120", nil)
	first := w.asAdmin("GET", bulkPath+"/5120", nil)
	assert.JSONEq(t, `{"data":{"progress":{"status":"running","total":9,"processed":3,"success":3,"failed":0},"total_rooms":6}}`, first.raw)
	for i, room := range rooms {
		assert.Equal(t, i < 3, w.isResolved(room), i)
	}

	// Of the next three, one writes again and one is resolved by somebody else.
	writes(3)
	require.Equal(t, http.StatusOK, w.asAdmin("POST", "/api/v1/admin/service/mark_as_resolved", object{"room_id": rooms[4]}).status)
	w.move(3 * time.Second)
	second := w.asAdmin("GET", bulkPath+"/5120", nil)
	assert.JSONEq(t, `{"data":{"progress":{"status":"running","total":9,"processed":6,"success":4,"failed":2},"total_rooms":3}}`, second.raw)
	assert.False(t, w.isResolved(rooms[3]))
	w.move(time.Hour)
	for range 2 {
		last := w.asAdmin("GET", bulkPath+"/5120", nil)
		assert.JSONEq(t, `{"data":{"progress":{"status":"finished","total":9,"processed":9,"success":7,"failed":2},"total_rooms":0}}`, last.raw)
	}
	assert.JSONEq(t, `{"data":[]}`, w.asAdmin("GET", bulkPath, nil).raw)

	last, _ := w.Room(rooms[8])
	assert.Equal(t, frozen().Add(25*time.Hour+9*time.Second), last.Last.At, "each at its time, though nobody looked")
	assert.Equal(t, 8, count(w.delivered(), "markAsResolved"), "seven together, one by hand")
}

// What is due happens though nobody asks for anything: whoever watches is told.
func TestBulkResolveWithNobodyLooking(t *testing.T) {
	w, rooms, _ := bulkWorld(t, 2)
	require.Equal(t, http.StatusOK, w.asAdmin("POST", bulkPath+"/5120", nil).status)
	changed, end := w.Watch()
	defer end()
	w.move(time.Second)
	select {
	case <-changed:
	case <-t.Context().Done():
	}
	assert.True(t, w.isResolved(rooms[0]))
	assert.False(t, w.isResolved(rooms[1]))
}

// With the pace of none all is done at once.
func TestBulkResolveAtOnce(t *testing.T) {
	w := newWorld(t, Config{Now: frozen})
	room := w.writes("wa", "628115550501", "halo")
	w.move(windowLength)
	require.Equal(t, http.StatusOK, w.asAdmin("POST", bulkPath+"/5120", nil).status)
	assert.True(t, w.isResolved(room))
	empty := w.asAdmin("POST", bulkPath+"/5120", nil)
	assert.Equal(t, bulkResolveFinished, empty.at("data/progress/status"), "there is nothing to do")
}

func TestBulkResolveIsAborted(t *testing.T) {
	w, rooms, _ := bulkWorld(t, 4)
	w.asAdmin("POST", bulkPath+"/5120", nil)
	w.move(time.Second)
	for range 2 {
		assert.JSONEq(t, `{"data":{"total_rooms":3}}`, w.asAdmin("POST", bulkPath+"/5120/abort", nil).raw)
	}
	w.move(time.Minute)
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

// One that is begun anew goes no faster than the first.
func TestABulkResolveThatIsBegunAnew(t *testing.T) {
	w, _, _ := bulkWorld(t, 9)
	for range 3 {
		require.Equal(t, http.StatusOK, w.asAdmin("POST", bulkPath+"/5120", nil).status)
		require.Equal(t, http.StatusOK, w.asAdmin("POST", bulkPath+"/5120/abort", nil).status)
	}
	require.Equal(t, http.StatusOK, w.asAdmin("POST", bulkPath+"/5120", nil).status)
	w.move(2 * time.Second)
	assert.InDelta(t, 2, w.asAdmin("GET", bulkPath+"/5120", nil).at("data/progress/processed"), 0)
}
