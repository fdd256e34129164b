package timeline

import (
	"bytes"
	"strings"
)

// Filter finds entries: those that fit all that it says. The zero value lets
// everything through.
type Filter struct {
	Kind   Kind
	Name   string // an operation's id or an event's name
	RoomID string
	// OK lets only good entries through, Failed only those that are not [Entry.OK].
	OK, Failed bool
	// Text stands somewhere in what is shown of an entry: its address, name, failure,
	// problems, trouble or bodies, in capital letters or not. Headers are not searched.
	Text string
}

// Fits tells whether a Filter lets an entry through.
func (f Filter) Fits(entry Entry) bool {
	return (f.Kind == "" || f.Kind == entry.Kind) &&
		(f.Name == "" || f.Name == entry.Name) &&
		(f.RoomID == "" || f.RoomID == entry.RoomID) &&
		(!f.OK || entry.OK()) && (!f.Failed || !entry.OK()) &&
		(f.Text == "" || entry.says(strings.ToLower(f.Text)))
}

// says tells whether something stands in what is shown of an entry.
func (e Entry) says(lower string) bool {
	texts := []string{e.Name, e.RoomID, shownURL(e.URL), e.Failure}
	texts = append(append(texts, e.Problems...), e.Trouble...)
	for _, text := range texts {
		if strings.Contains(strings.ToLower(text), lower) {
			return true
		}
	}
	return bytes.Contains(bytes.ToLower(e.Request.Bytes), []byte(lower)) ||
		bytes.Contains(bytes.ToLower(e.Response.Bytes), []byte(lower))
}
