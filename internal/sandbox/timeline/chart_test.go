package timeline_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/internal/sandbox/timeline"
)

func TestChart(t *testing.T) {
	noon := time.Date(2024, 5, 6, 12, 0, 0, 0, time.UTC)
	line := timeline.New(2) // entries that are not kept are counted too
	add := func(after time.Duration, kind timeline.Kind, status int) {
		line.Add(timeline.Entry{At: noon.Add(after), Kind: kind, Status: status})
	}
	add(0, timeline.Call, 200)
	add(900*time.Millisecond, timeline.Call, 404)
	add(9*time.Second, timeline.Delivery, 200)
	add(10*time.Second, timeline.Delivery, 500)
	add(4*time.Second, timeline.Call, 200) // slow ones come later
	add(31*time.Second, timeline.Call, 200)

	assert.Equal(t, []timeline.Bucket{
		{Begin: noon, Count: timeline.Count{Calls: 3, FailedCalls: 1, Deliveries: 1}},
		{Begin: noon.Add(10 * time.Second), Count: timeline.Count{Deliveries: 1, FailedDeliveries: 1}},
		{Begin: noon.Add(20 * time.Second)},
		{Begin: noon.Add(30 * time.Second), Count: timeline.Count{Calls: 1}},
	}, line.Chart(noon.Add(34*time.Second), 10*time.Second, 4))
	assert.Equal(t, []timeline.Bucket{{Begin: noon.Add(time.Second)}}, line.Chart(noon.Add(1999*time.Millisecond), 0, 0),
		"the least is a second, once")
	assert.Equal(t, timeline.Count{Calls: 4, FailedCalls: 1, Deliveries: 2, FailedDeliveries: 1}, line.Total())
}

// What was counted an hour ago does not come back as if it were new.
func TestChartForgets(t *testing.T) {
	noon := time.Date(2024, 5, 6, 12, 0, 0, 0, time.UTC)
	line := timeline.New(0)
	line.Add(timeline.Entry{At: noon, Kind: timeline.Call})
	hour := func(until time.Time) (calls int) {
		for _, bucket := range line.Chart(until, time.Minute, 1000) {
			calls += bucket.Calls
		}
		return calls
	}
	assert.Equal(t, 1, hour(noon))
	assert.Zero(t, hour(noon.Add(timeline.Remembered)))
	line.Add(timeline.Entry{At: noon.Add(timeline.Remembered), Kind: timeline.Call})
	assert.Zero(t, hour(noon), "its place was taken")
	assert.Equal(t, 1, hour(noon.Add(timeline.Remembered)))
	line.Add(timeline.Entry{At: noon, Kind: timeline.Call})
	assert.Equal(t, 1, hour(noon.Add(timeline.Remembered)), "nor does it take the place of what is newer")
	line.Add(timeline.Entry{Kind: timeline.Call}) // at no time
	assert.Equal(t, 4, line.Total().Calls)
	assert.Len(t, line.Chart(noon, 48*time.Hour, 5), 1)
}
