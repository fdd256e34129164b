package webhook

import (
	"encoding/json"
	"fmt"
	"io"
)

// Format prints what it is, whatever the verb. Without it package fmt would, for verbs
// such as %s, print also the rooms and phone numbers whose events wait, while these
// change.
func (h Handler) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, "webhook.Handler") }

// Format prints what Error tells, whatever the verb: some, such as %#v, would print the
// value too. Print Value and Stack by themselves where that is meant.
func (e PanicError) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, (&e).Error()) }

// MarshalJSON writes what Error tells, as loggers marshal what they are given.
func (e PanicError) MarshalJSON() ([]byte, error) {
	return json.Marshal((&e).Error()) //nolint:wrapcheck // text always marshals
}
