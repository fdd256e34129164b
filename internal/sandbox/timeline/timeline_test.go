package timeline_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"weak"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/internal/sandbox/timeline"
)

func ids(entries []timeline.Entry) []int64 {
	ids := []int64{}
	for _, entry := range entries {
		ids = append(ids, entry.ID)
	}
	return ids
}

func even(entry timeline.Entry) bool { return entry.ID%2 == 0 }

func TestTimelineKeepsTheNewest(t *testing.T) {
	for name, test := range map[string]struct {
		keep, add     int
		all, newest   []int64 // of those with even ids the newest two
		kept, unknown []int64
	}{
		"nothing yet":   {3, 0, []int64{}, []int64{}, nil, []int64{-1, 0, 1}},
		"not yet full":  {3, 2, []int64{1, 2}, []int64{2}, []int64{1, 2}, []int64{0, 3}},
		"just full":     {3, 3, []int64{1, 2, 3}, []int64{2}, []int64{1, 3}, []int64{0, 4}},
		"some are lost": {5, 13, []int64{9, 10, 11, 12, 13}, []int64{12, 10}, []int64{9, 13}, []int64{8, 14}},
		"one is kept":   {1, 4, []int64{4}, []int64{4}, []int64{4}, []int64{3, 5}},
		"none is kept":  {0, 4, []int64{}, []int64{}, nil, []int64{1, 4, 5}},
		"nor here":      {-1, 4, []int64{}, []int64{}, nil, []int64{1, 4, 5}},
	} {
		t.Run(name, func(t *testing.T) {
			line := timeline.New(test.keep)
			for i := range test.add {
				added := line.Add(timeline.Entry{Name: fmt.Sprint(i + 1)})
				assert.Equal(t, int64(i+1), added.ID)
			}
			assert.Equal(t, test.all, ids(line.Since(0, nil)))
			assert.Equal(t, test.all, ids(line.Since(-5, nil)))
			assert.Empty(t, line.Since(int64(test.add), nil))
			assert.Empty(t, line.Since(99, nil))
			assert.Equal(t, test.newest, ids(line.Newest(2, even)))
			assert.Empty(t, line.Newest(0, nil))
			for _, id := range test.kept {
				entry, found := line.Get(id)
				assert.True(t, found, id)
				assert.Equal(t, fmt.Sprint(id), entry.Name)
			}
			for _, id := range test.unknown {
				_, found := line.Get(id)
				assert.False(t, found, id)
			}
		})
	}
}

func TestSinceGoesOnWhereItEnded(t *testing.T) {
	line := timeline.New(4)
	for range 6 {
		line.Add(timeline.Entry{})
	}
	assert.Equal(t, []int64{5, 6}, ids(line.Since(4, nil)))
	assert.Equal(t, []int64{4, 6}, ids(line.Since(3, even)))
}

func TestClear(t *testing.T) {
	line := timeline.New(2)
	for range 3 {
		line.Add(timeline.Entry{Kind: timeline.Call})
	}
	line.Clear()
	assert.Empty(t, line.Since(0, nil))
	_, found := line.Get(3)
	assert.False(t, found)
	assert.Equal(t, int64(4), line.Add(timeline.Entry{}).ID)
	assert.Equal(t, []int64{4}, ids(line.Newest(9, nil)))
	assert.Equal(t, timeline.Count{Calls: 4}, line.Total())
}

func TestWatch(t *testing.T) {
	line := timeline.New(2)
	added, end := line.Watch()
	assert.Empty(t, added)
	line.Add(timeline.Entry{})
	line.Add(timeline.Entry{})
	<-added
	assert.Empty(t, added, "one word for both")
	line.Clear()
	<-added
	end()
	end() // twice does no harm
	line.Add(timeline.Entry{})
	assert.Empty(t, added)
}

// A filter that is asked may look at the timeline, and does not hold up those who add.
func TestFiltersAreAskedWithoutTheLock(t *testing.T) {
	line := timeline.New(9)
	line.Add(timeline.Entry{})
	found := line.Since(0, func(entry timeline.Entry) bool {
		line.Add(timeline.Entry{})
		_, kept := line.Get(entry.ID)
		return kept
	})
	assert.Equal(t, []int64{1}, ids(found))
}

func TestOK(t *testing.T) {
	for name, test := range map[string]struct {
		entry timeline.Entry
		ok    bool
	}{
		"a success":        {timeline.Entry{Status: 200}, true},
		"a redirect":       {timeline.Entry{Status: 302}, true},
		"refused":          {timeline.Entry{Status: 400}, false},
		"a server's error": {timeline.Entry{Status: 500}, false},
		"no answer":        {timeline.Entry{Failure: "nobody listens"}, false},
		"does not fit":     {timeline.Entry{Status: 200, Problems: []string{"/a: is missing"}}, false},
		"late on purpose":  {timeline.Entry{Status: 200, Trouble: []string{"latency"}}, true},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, test.ok, test.entry.OK()) })
	}
}

func TestFilter(t *testing.T) {
	entry := timeline.Entry{
		Kind: timeline.Call, Name: "getRoom", RoomID: "12", Status: 404, Method: http.MethodGet,
		URL:      "/api/v2/customer_rooms/12?token=rahasia-satu&page=3",
		Request:  timeline.Body{Header: http.Header{"Authorization": {"rahasia-dua"}}, Bytes: []byte(`{"text":"Halo DUNIA"}`)},
		Response: timeline.Body{Bytes: []byte(`{"errors":{"message":"room not found"}}`)},
		Problems: []string{"/room_id: is not a number"}, Trouble: []string{"latency"}, Failure: "it broke",
	}
	for name, test := range map[string]struct {
		filter timeline.Filter
		fits   bool
	}{
		"all":                   {timeline.Filter{}, true},
		"all that it says":      {timeline.Filter{Kind: timeline.Call, Name: "getRoom", RoomID: "12", Failed: true, Text: "halo"}, true},
		"another kind":          {timeline.Filter{Kind: timeline.Delivery}, false},
		"another name":          {timeline.Filter{Name: "getRooms"}, false},
		"another room":          {timeline.Filter{RoomID: "1"}, false},
		"good ones":             {timeline.Filter{OK: true}, false},
		"good and failed":       {timeline.Filter{OK: true, Failed: true}, false},
		"in the request":        {timeline.Filter{Text: "halo dunia"}, true},
		"in the response":       {timeline.Filter{Text: "NOT FOUND"}, true},
		"in the address":        {timeline.Filter{Text: "page=3"}, true},
		"in the problems":       {timeline.Filter{Text: "not a number"}, true},
		"in the trouble":        {timeline.Filter{Text: "Latency"}, true},
		"in the failure":        {timeline.Filter{Text: "broke"}, true},
		"in the name":           {timeline.Filter{Text: "getroom"}, true},
		"nowhere":               {timeline.Filter{Text: "selamat"}, false},
		"a secret in a header":  {timeline.Filter{Text: "rahasia-dua"}, false},
		"a secret in the query": {timeline.Filter{Text: "rahasia-satu"}, false},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, test.fits, test.filter.Fits(entry)) })
	}
	assert.True(t, timeline.Filter{OK: true}.Fits(timeline.Entry{Status: 200}))
	assert.False(t, timeline.Filter{Failed: true}.Fits(timeline.Entry{Status: 200}))
}

func TestTimelineIsSafeForConcurrentUse(t *testing.T) {
	line := timeline.New(50)
	var busy sync.WaitGroup
	const writers, each = 8, 200
	for range writers {
		busy.Go(func() {
			for range each {
				line.Add(timeline.Entry{Kind: timeline.Delivery, At: time.Unix(1, 0)})
			}
		})
		busy.Go(func() {
			_, end := line.Watch()
			defer end()
			for range each {
				kept := line.Since(0, nil)
				for i := 1; i < len(kept); i++ {
					assert.Equal(t, kept[i-1].ID+1, kept[i].ID)
				}
				line.Get(line.Add(timeline.Entry{Kind: timeline.Call}).ID)
				line.Chart(time.Unix(2, 0), time.Second, 2)
			}
		})
	}
	busy.Wait()
	assert.Equal(t, timeline.Count{Calls: writers * each, Deliveries: writers * each}, line.Total())
	assert.Equal(t, int64(2*writers*each), line.Newest(1, nil)[0].ID)
}

func BenchmarkAdd(b *testing.B) {
	line := timeline.New(1000)
	entry := timeline.Entry{
		Kind: timeline.Call, Name: "getRoom", At: time.Unix(1_700_000_000, 0), Status: 200,
		Request: timeline.Body{Bytes: []byte(strings.Repeat("x", 1000))},
	}
	b.ReportAllocs()
	for b.Loop() {
		line.Add(entry)
	}
}

func BenchmarkChart(b *testing.B) {
	line, now := timeline.New(1000), time.Unix(1_700_000_000, 0)
	for i := range 10_000 {
		line.Add(timeline.Entry{At: now.Add(-time.Duration(i) * time.Second / 3)})
	}
	for b.Loop() {
		line.Chart(now, 5*time.Second, 60)
	}
}

// What is forgotten is gone from the memory, with the secrets in it.
func TestWhatIsForgottenIsGone(t *testing.T) {
	for name, forget := range map[string]func(*timeline.Timeline){
		"by others": func(line *timeline.Timeline) { line.Add(timeline.Entry{}); line.Add(timeline.Entry{}) },
		"by Clear":  (*timeline.Timeline).Clear,
	} {
		t.Run(name, func(t *testing.T) {
			line := timeline.New(2)
			secret := weak.Make(&addSecret(line)[0])
			runtime.GC()
			assert.NotNil(t, secret.Value(), "it is kept so far")
			forget(line)
			runtime.GC()
			assert.Nil(t, secret.Value())
			runtime.KeepAlive(line)
		})
	}
}

//go:noinline
func addSecret(line *timeline.Timeline) []byte {
	secret := []byte(strings.Repeat("rahasia ", 100))
	line.Add(timeline.Entry{Request: timeline.Body{Bytes: secret}})
	return secret
}
