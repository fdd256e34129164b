package control

import (
	"encoding/base64"
	"math"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/qismo-go/qismo/internal/sandbox/timeline"
)

// How many entries are listed, and intervals counted, unless a request says otherwise.
const (
	listedEntries  = 100
	chartIntervals = 60
)

// entryRow is a call or a delivery.
type entryRow struct {
	ID       int64         `json:"id"`
	Kind     timeline.Kind `json:"kind"`
	Name     string        `json:"name,omitempty"`
	RoomID   string        `json:"room_id,omitempty"`
	At       time.Time     `json:"at"`
	Seconds  float64       `json:"seconds"`
	Method   string        `json:"method"`
	URL      string        `json:"url"`
	Status   int           `json:"status"`
	OK       bool          `json:"ok"`
	Failure  string        `json:"failure,omitempty"`
	Attempt  int           `json:"attempt,omitempty"`
	Problems []string      `json:"problems,omitempty"`
	Trouble  []string      `json:"trouble,omitempty"`
	ReplayOf int64         `json:"replay_of,omitempty"`
	Request  *bodyRow      `json:"request,omitempty"`
	Response *bodyRow      `json:"response,omitempty"`
}

// bodyRow is one direction of an exchange.
type bodyRow struct {
	Header http.Header `json:"header"`
	Text   string      `json:"text,omitempty"`
	Base64 string      `json:"base64,omitempty"` // of what is no text
	Cut    bool        `json:"cut,omitempty"`
}

// rowOf writes an entry, with its bodies or without. Credentials are masked.
func rowOf(entry timeline.Entry, bodies bool) entryRow {
	entry = entry.Shown()
	row := entryRow{
		ID: entry.ID, Kind: entry.Kind, Name: entry.Name, RoomID: entry.RoomID, At: entry.At.UTC(),
		Seconds: entry.Duration.Seconds(), Method: entry.Method, URL: entry.URL, Status: entry.Status, OK: entry.OK(),
		Failure: entry.Failure, Attempt: entry.Attempt, Problems: entry.Problems, Trouble: entry.Trouble,
		ReplayOf: entry.ReplayOf,
	}
	if bodies {
		row.Request, row.Response = rowOfBody(entry.Request), rowOfBody(entry.Response)
	}
	return row
}

func rowOfBody(body timeline.Body) *bodyRow {
	row := &bodyRow{Header: body.Header, Cut: body.Cut}
	if row.Header == nil {
		row.Header = http.Header{}
	}
	if utf8.Valid(body.Bytes) {
		row.Text = string(body.Bytes)
	} else {
		row.Base64 = base64.StdEncoding.EncodeToString(body.Bytes)
	}
	return row
}

// listEntries lists the newest first or, with after, those that came after an entry,
// the oldest first, so that a program can go on where it ended.
func (a *api) listEntries(r *http.Request) (any, error) {
	q := readQuery(r)
	filter := timeline.Filter{
		Kind: timeline.Kind(q.text("kind")), Name: q.text("name"), RoomID: q.text("room_id"), Text: q.text("text"),
	}
	if ok, has := q.flag("ok"); has {
		filter.OK, filter.Failed = ok, !ok
	}
	goesOn := q.values.Has("after")
	after := q.whole("after", 0, math.MaxInt64)
	limit := int(q.whole("limit", listedEntries, math.MaxInt32))
	bodies, _ := q.flag("bodies")
	if err := q.end(); err != nil {
		return nil, err
	}
	if filter.Kind != "" && filter.Kind != timeline.Call && filter.Kind != timeline.Delivery {
		return nil, wrong("kind", "it must be call or delivery")
	}
	var entries []timeline.Entry
	if goesOn {
		entries = a.platform.Timeline().Since(after, filter.Fits)
		entries = entries[:min(limit, len(entries))]
	} else {
		entries = a.platform.Timeline().Newest(limit, filter.Fits)
	}
	rows := []entryRow{}
	for _, entry := range entries {
		rows = append(rows, rowOf(entry, bodies))
	}
	return map[string]any{"entries": rows}, nil
}

func (a *api) clearTimeline(*http.Request) (any, error) {
	a.platform.Timeline().Clear()
	return nil, nil //nolint:nilnil // there is nothing to say
}

// chartRow counts calls and deliveries.
type chartRow struct {
	Interval string            `json:"interval"`
	Buckets  []timeline.Bucket `json:"buckets"` // the oldest first, the last one not over yet
	Total    timeline.Count    `json:"total"`   // since the sandbox began
}

func (a *api) getChart(r *http.Request) (any, error) {
	q := readQuery(r)
	interval := q.duration("interval", time.Second)
	intervals := int(q.whole("intervals", chartIntervals, int64(timeline.Remembered/time.Second)))
	if err := q.end(); err != nil {
		return nil, err
	}
	if interval < time.Second || interval > timeline.Remembered || interval%time.Second != 0 {
		return nil, wrong("interval", "it must have whole seconds, and at most %s", timeline.Remembered)
	}
	line := a.platform.Timeline()
	return chartRow{interval.String(), line.Chart(a.platform.Clock().Now(), interval, intervals), line.Total()}, nil
}

// entryID is the one that a path names.
func entryID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, refuse(http.StatusNotFound, "id", "the ids of entries are whole numbers")
	}
	return id, nil
}

func (a *api) getEntry(r *http.Request) (any, error) {
	id, err := entryID(r)
	if err != nil {
		return nil, err
	}
	entry, ok := a.platform.Timeline().Get(id)
	if !ok {
		return nil, refuse(http.StatusNotFound, "id", "the timeline does not hold it")
	}
	return rowOf(entry, true), nil
}

// replay answers with the entry that it makes.
func (a *api) replay(r *http.Request) (any, error) {
	id, err := entryID(r)
	if err != nil {
		return nil, err
	}
	if err := nothingSaid(r); err != nil {
		return nil, err
	}
	made, err := a.platform.Replay(r.Context(), id)
	if err != nil {
		return nil, refused(err)
	}
	return rowOf(made, true), nil
}

// settle waits as long as the caller does.
func (a *api) settle(r *http.Request) (any, error) {
	if err := nothingSaid(r); err != nil {
		return nil, err
	}
	if err := a.platform.Settle(r.Context()); err != nil {
		return nil, refused(err)
	}
	return nil, nil //nolint:nilnil // there is nothing to say
}

// nothingSaid refuses a body where none is wanted.
func nothingSaid(r *http.Request) error {
	in, err := readMembers(r)
	if err != nil {
		return err
	}
	return in.end()
}
