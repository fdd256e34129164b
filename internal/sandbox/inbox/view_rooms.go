package inbox

import (
	"hash/fnv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// roomsView is the column of the customers.
type roomsView struct {
	View     view
	Home     string
	Count    int
	Rows     []roomRow
	More     string // where more of them are; "" when these are all
	States   []stateLink
	Channels []channelChoice
}

// roomRow is one customer.
type roomRow struct {
	sandbox.RoomSnapshot
	face

	Link     string
	Current  bool
	Customer string
	Channel  string
	Preview  string
	When     stamp
	Mark     string // the state, as a class of the style
}

// customerOf tells whose a room is. Another world may have the same room, of somebody
// else.
func customerOf(room sandbox.RoomSnapshot) string { return room.Source + " " + room.UserID }

// stateLink shows the rooms in one state.
type stateLink struct {
	Title, Link string
	Current     bool
}

// channelChoice is a channel that a new customer can write on.
type channelChoice struct{ Value, Title string }

func (i *Inbox) rooms(v view) roomsView {
	shown := roomsView{View: v, Home: Home, Count: i.platform.CountRooms()}
	var found []sandbox.RoomSnapshot
	if v.Words == "" && v.State == "" {
		found = i.platform.LatestRooms(v.Rooms + 1)
	} else {
		found = i.platform.SearchRooms(sandbox.RoomSearch{Words: v.Words, State: v.State}, v.Rooms+1)
	}
	if len(found) > v.Rooms {
		found = found[:v.Rooms]
		if v.Rooms < mostRooms {
			shown.More = v.Link("rooms", v.Rooms+firstRooms)
		}
	}
	for _, room := range found {
		shown.Rows = append(shown.Rows, i.roomRow(v, room))
	}
	shown.States = stateLinks(v)
	for _, channel := range i.platform.Channels() {
		title := channel.Name
		if kind := channelKind(channel.Source, channel.Custom); !strings.Contains(title, kind) {
			title += " · " + kind
		}
		shown.Channels = append(shown.Channels, channelChoice{channelValue(channel.Source, channel.ID), title})
	}
	return shown
}

// stateLinks offers the states that rooms are in for long.
func stateLinks(v view) []stateLink {
	var links []stateLink
	for _, state := range []struct {
		title string
		state sandbox.RoomState
	}{
		{"All", ""}, {"Waiting", sandbox.RoomWaiting}, {"Bot", sandbox.RoomWithBot}, {"Served", sandbox.RoomServed},
		{"Resolved", sandbox.RoomResolved},
	} {
		links = append(links, stateLink{state.title, v.Link("state", state.state, "rooms", ""), v.State == state.state})
	}
	return links
}

func (i *Inbox) roomRow(v view, room sandbox.RoomSnapshot) roomRow {
	row := roomRow{
		RoomSnapshot: room, face: faceOf(room.Name, room.UserID), Current: room.ID == v.Room,
		Customer: customerOf(room),
		Link:     v.Link("room", room.ID, "tab", tabRoom, "as", "", "by", "", "messages", ""),
		Channel:  channelKind(room.Source, false), Preview: preview(room.Last), Mark: mark(room.State),
	}
	if at := room.Last.At; !at.IsZero() {
		row.When = stampOf(at, i.platform.Clock().Now())
	}
	return row
}

// preview is the newest message of a room in one line.
func preview(message sandbox.Message) string {
	if message.At.IsZero() {
		return "Nothing was written yet"
	}
	shown := messageView{Text: message.Text}
	shown.show(message)
	text := strings.Join(strings.Fields(shown.Text), " ")
	switch {
	case shown.File != nil:
		text = "File: " + shown.File.Name
	case shown.Place != nil:
		text = "Place: " + shown.Place.Name
	case shown.Contact != nil:
		text = "Contact: " + shown.Contact.Name
	case text == "" && len(shown.Cards) > 0:
		text = "Cards: " + shown.Cards[0].Title
	case text == "" && message.Type != "":
		text = "[" + message.Type + "]"
	}
	if message.Author != sandbox.AuthorCustomer && message.Author != sandbox.AuthorSystem {
		name, _, _ := strings.Cut(message.Name, " ")
		text = name + ": " + text
	}
	return clip(text, 120)
}

// clip cuts a text down to so many characters.
func clip(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// mark is a state as a class of the style.
func mark(state sandbox.RoomState) string { return strings.ReplaceAll(string(state), " ", "-") }

// channelKind is the kind of a channel for people. A source that is not known is the
// key of a custom channel.
func channelKind(source string, custom bool) string {
	kinds := map[string]string{
		"wa": "WhatsApp", "qiscus": "Live chat", "ig": "Instagram", "fb": "Facebook", "telegram": "Telegram", "line": "LINE",
	}
	if kind := kinds[source]; kind != "" && !custom {
		return kind
	}
	return "Custom"
}

// hues is how many colours the style has for people.
const hues = 8

// face is how somebody without a picture is shown.
type face struct {
	Initials string
	Hue      int
}

// faceOf makes a face of the beginnings of a name and a colour of the id.
func faceOf(name, id string) face {
	var initials []rune
	for word := range strings.FieldsSeq(name) {
		first, _ := utf8.DecodeRuneInString(word)
		if unicode.IsLetter(first) || unicode.IsDigit(first) {
			initials = append(initials, unicode.ToUpper(first))
		}
	}
	if len(initials) > 2 {
		initials = []rune{initials[0], initials[len(initials)-1]}
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(id)) // a hash takes everything
	return face{Initials: string(initials), Hue: int(hash.Sum32() % hues)}
}

// stamp is a moment: for people, and for machines.
type stamp struct{ Short, Long, Exact string }

// stampOf shortens a moment as far as the time that it is now allows.
func stampOf(at, now time.Time) stamp {
	at, now = at.Local(), now.Local()
	short := at.Format("2 Jan 2006")
	switch {
	case at.Year() == now.Year() && at.YearDay() == now.YearDay():
		short = at.Format("15:04")
	case at.Year() == now.Year():
		short = at.Format("2 Jan")
	}
	return stamp{Short: short, Long: at.Format("Monday, 2 January 2006, 15:04:05"), Exact: at.Format(time.RFC3339)}
}

// capital begins a text with a capital.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
