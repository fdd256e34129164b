package sandbox

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Errands come by their times, and those of one time as they were entered.
func TestAgenda(t *testing.T) {
	var all agenda
	for i, seconds := range []int{3, 1, 2, 1, 0} {
		all.enter(frozen().Add(time.Duration(seconds)*time.Second), sendNext, int64(i))
	}
	var taken []int64
	for _, second := range []int{0, 1, 1, 2} {
		for {
			due, ok := all.take(frozen().Add(time.Duration(second) * time.Second))
			if !ok {
				break
			}
			taken = append(taken, due.id)
		}
	}
	assert.Equal(t, []int64{4, 1, 3, 2}, taken)
	next, waits := all.next()
	assert.True(t, waits)
	assert.Equal(t, frozen().Add(3*time.Second), next)
}

// An errand that is due before the one that is waited for does not wait for that.
func TestAnEarlierErrandIsNotLate(t *testing.T) {
	w := newWorld(t, Config{Now: frozen, Pace: Pace{Approval: time.Minute, Send: time.Second}})
	require.Equal(t, http.StatusOK, w.call("POST", createTemplatePath, submission(nil)).status)
	require.Equal(t, http.StatusOK, w.call("POST", broadcastV2Path, object{
		"channel_id": 5120, "template_name": "kode_masuk", "namespace": templateNamespace, "language": "id",
		"phone_numbers": []string{"628115551001", "628115551002"}, "variables": []string{"4471"},
	}).status)
	require.Equal(t, 1, w.CountRooms())
	changed, end := w.Watch()
	defer end()
	w.move(time.Second)
	<-changed
	assert.Equal(t, 2, w.CountRooms())
}

// After a shutdown nothing happens by itself, but what is due has when somebody asks.
func TestErrandsAfterAShutdown(t *testing.T) {
	w := newWorld(t, Config{Now: frozen, Pace: Pace{Approval: time.Minute}})
	w.call("POST", createTemplatePath, submission(nil))
	w.delivered()
	assert.False(t, w.alarm.isOn)
	w.move(time.Minute)
	assert.Contains(t, w.templateNames("?approved=true"), "pesanan_siap")
}
