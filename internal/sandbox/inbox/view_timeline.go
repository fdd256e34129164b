package inbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox/timeline"
)

// timelineView is the column of what programs and the platform said to each other.
type timelineView struct {
	View  view
	Home  string
	Total timeline.Count
	Chart chart
	Kinds []stateLink
	Rows  []entryRow
	More  string
}

// entryRow is one call or delivery.
type entryRow struct {
	ID       int64
	Kind     timeline.Kind
	Name     string
	Target   string
	Room     string
	RoomLink string
	At       string // to the millisecond
	Exact    string
	Status   string
	Grade    string // good, odd, bad or unsent, as a class of the style
	Duration string
	Attempt  int
	Problems int
	Trouble  []string
	Replayed bool
	Link     string // opens it, or closes the open one
	Open     *entryDetails
}

func (i *Inbox) timeline(v view) timelineView {
	entries := i.platform.Timeline()
	now := i.platform.Clock().Now()
	shown := timelineView{View: v, Home: Home, Total: entries.Total(), Chart: i.chart(now)}
	found := entries.Newest(v.Entries+1, v.finds)
	if len(found) > v.Entries {
		found = found[:v.Entries]
		if v.Entries < mostEntries {
			shown.More = v.Link("entries", v.Entries+firstEntries)
		}
	}
	slices.SortStableFunc(found, laterFirst)
	for _, entry := range found {
		shown.Rows = append(shown.Rows, i.entryRow(v, entry.Shown()))
	}
	shown.Kinds = []stateLink{
		{"All", v.Link("kind", ""), v.Kind == ""},
		{"API calls", v.Link("kind", timeline.Call), v.Kind == timeline.Call},
		{"Webhooks", v.Link("kind", timeline.Delivery), v.Kind == timeline.Delivery},
	}
	return shown
}

// laterFirst orders entries by the time that is shown, at which they began: a webhook
// then stands below what its receiver called before it answered. The timeline has them
// in the order in which they ended.
func laterFirst(a, b timeline.Entry) int { return b.At.Compare(a.At) }

// finds tells whether an entry is one of those that the view asks for.
func (v view) finds(entry timeline.Entry) bool {
	filter := timeline.Filter{Kind: v.Kind, Failed: v.Failed, Text: v.Text}
	if v.Here {
		filter.RoomID = v.Room
	}
	return filter.Fits(entry) && (!v.Changes || !onlyReads(entry))
}

// onlyReads tells whether an entry is a call that changes nothing. Rooms are listed
// with a POST.
func onlyReads(entry timeline.Entry) bool {
	return entry.Kind == timeline.Call && (entry.Method == http.MethodGet || strings.HasPrefix(entry.Name, "list"))
}

func (i *Inbox) entryRow(v view, entry timeline.Entry) entryRow {
	row := entryRow{
		ID: entry.ID, Kind: entry.Kind, Name: entry.Name, Target: entry.URL, Room: entry.RoomID,
		At: entry.At.Local().Format("15:04:05.000"), Exact: entry.At.Local().Format(time.RFC3339Nano),
		Status: fmt.Sprint(entry.Status), Grade: grade(entry), Duration: spell(entry.Duration),
		Attempt: entry.Attempt, Problems: len(entry.Problems), Trouble: entry.Trouble,
		Replayed: entry.ReplayOf != 0, Link: v.Link("entry", entry.ID, "tab", tabTimeline),
	}
	if row.Name == "" {
		path, _, _ := strings.Cut(entry.URL, "?")
		row.Name = entry.Method + " " + path
	}
	switch {
	case entry.Unsent():
		row.Status = "not sent"
	case entry.Status == 0:
		row.Status = "failed"
	}
	if row.Room != "" {
		row.RoomLink = v.Link("room", row.Room, "tab", tabRoom, "as", "", "by", "", "messages", "")
	}
	if entry.ID == v.Entry {
		row.Link = v.Link("entry", "", "tab", tabTimeline)
		row.Open = i.details(entry)
	}
	return row
}

// grade tells at a glance how an entry went.
func grade(entry timeline.Entry) string {
	switch {
	case entry.Unsent():
		return "unsent"
	case entry.Failure != "" || entry.Status >= http.StatusInternalServerError:
		return "bad"
	case !entry.OK():
		return "odd"
	default:
		return "good"
	}
}

// spell writes a duration as short as it can be read.
func spell(duration time.Duration) string {
	switch {
	case duration <= 0:
		return ""
	case duration < time.Millisecond:
		return fmt.Sprintf("%d µs", duration.Microseconds())
	case duration < 10*time.Second:
		return fmt.Sprintf("%d ms", duration.Milliseconds())
	default:
		return duration.Round(time.Second).String()
	}
}
