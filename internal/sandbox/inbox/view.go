package inbox

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/timeline"
)

// How much is shown to begin with, and at most.
const (
	firstRooms, mostRooms       = 50, 1000
	firstMessages, mostMessages = 100, 2000
	firstEntries, mostEntries   = 60, 1000
)

// maxWords is how long what is searched for may be.
const maxWords = 100

// The columns, as a phone shows them: one at a time.
const (
	tabRooms    = "rooms"
	tabRoom     = "room"
	tabTimeline = "timeline"
)

// view is what the address of the page asks for.
type view struct {
	Room     string // whose conversation is open; "" for the newest
	Messages int    // how many of it are shown
	Agent    int64  // who acts; 0 for whoever fits the room
	By       string // as whom one writes: agent, or "" for the customer
	Tab      string

	Words string // that customers are searched for by
	State sandbox.RoomState
	Rooms int

	Kind    timeline.Kind
	Failed  bool // only what somebody has to look at
	Changes bool // not the calls that only read
	Here    bool // only what belongs to the open room
	Text    string
	Entry   int64 // which one is open
	Entries int
}

// readView reads an address's query. What makes no sense in it is left out: the page
// is to be seen whatever somebody typed.
func readView(query url.Values) view {
	v := view{
		Room: words(query.Get("room")), Messages: count(query.Get("messages"), firstMessages, mostMessages),
		Agent: whole(query.Get("as")), Tab: query.Get("tab"), Words: words(query.Get("q")),
		State: sandbox.RoomState(query.Get("state")), Rooms: count(query.Get("rooms"), firstRooms, mostRooms),
		Kind: timeline.Kind(query.Get("kind")), Failed: query.Has("failed"), Here: query.Has("here"),
		Changes: query.Has("changes"), By: query.Get("by"),
		Text: words(query.Get("text")), Entry: whole(query.Get("entry")),
		Entries: count(query.Get("entries"), firstEntries, mostEntries),
	}
	if !slices.Contains([]string{tabRooms, tabRoom, tabTimeline}, v.Tab) {
		v.Tab = tabRooms
	}
	if !slices.Contains(roomStates(), v.State) {
		v.State = ""
	}
	if v.By != string(sandbox.AuthorAgent) {
		v.By = ""
	}
	if v.Kind != timeline.Call && v.Kind != timeline.Delivery {
		v.Kind = ""
	}
	return v
}

// roomStates are the states in the order in which they are offered.
func roomStates() []sandbox.RoomState {
	return []sandbox.RoomState{
		sandbox.RoomWaiting, sandbox.RoomWithBot, sandbox.RoomServed, sandbox.RoomResolved, sandbox.RoomExpired,
		sandbox.RoomNew,
	}
}

// words cuts down what is too long.
func words(text string) string {
	for i := range text {
		if i >= maxWords {
			return text[:i]
		}
	}
	if !utf8.ValidString(text) {
		return ""
	}
	return text
}

func whole(text string) int64 {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 {
		return 0
	}
	return number
}

func count(text string, first, most int) int {
	return int(max(int64(first), min(whole(text), int64(most))))
}

// query writes a view the way readView reads it, without what is as it begins.
func (v view) query() url.Values {
	query := url.Values{}
	set := func(name, value, fallback string) {
		if value != fallback {
			query.Set(name, value)
		}
	}
	flag := func(name string, on bool) {
		if on {
			query.Set(name, "1")
		}
	}
	set("room", v.Room, "")
	set("messages", strconv.Itoa(v.Messages), strconv.Itoa(firstMessages))
	set("as", strconv.FormatInt(v.Agent, 10), "0")
	set("by", v.By, "")
	set("tab", v.Tab, tabRooms)
	set("q", v.Words, "")
	set("state", string(v.State), "")
	set("rooms", strconv.Itoa(v.Rooms), strconv.Itoa(firstRooms))
	set("kind", string(v.Kind), "")
	flag("failed", v.Failed)
	flag("here", v.Here)
	flag("changes", v.Changes)
	set("text", v.Text, "")
	set("entry", strconv.FormatInt(v.Entry, 10), "0")
	set("entries", strconv.Itoa(v.Entries), strconv.Itoa(firstEntries))
	return query
}

// Query is the view inside a form, and behind an address.
func (v view) Query() string { return v.query().Encode() }

// Link is the page's address with some of the view changed: names and values, one
// after the other. An empty value takes a name away.
func (v view) Link(changes ...any) string {
	query := v.query()
	for i := 0; i+1 < len(changes); i += 2 {
		name, value := fmt.Sprint(changes[i]), fmt.Sprint(changes[i+1])
		if value == "" {
			query.Del(name)
			continue
		}
		query.Set(name, value)
	}
	if len(query) == 0 {
		return "/"
	}
	return "/?" + query.Encode()
}

// Without is what a form that sends some of the view's names has to send besides.
func (v view) Without(names ...string) []pair {
	query := v.query()
	for _, name := range names {
		query.Del(name)
	}
	var rest []pair
	for _, name := range slices.Sorted(maps.Keys(query)) {
		rest = append(rest, pair{name, query.Get(name)})
	}
	return rest
}

// pair is a name and its value.
type pair struct{ Name, Value string }

// viewOf reads the view that a form carries along.
func viewOf(r *http.Request) view {
	query, err := url.ParseQuery(r.PostFormValue("view"))
	if err != nil {
		query = nil // the page as it begins
	}
	return readView(query)
}
