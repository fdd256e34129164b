package qismotest

import (
	"fmt"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// Event is an event that a test invents. It is valid as it is; its methods change it
// and return it. A setter writes the fact to every place where the event's shape has
// it, in the form that it has there: a room's id as text or as a number, a time in
// one of six ways. The later of two calls about one place counts, except that
// [Event.Shape] says what all others work on.
//
// What goes wrong is told by [Event.Body], and so by what delivers the event: a
// setter that the event has no place for, a pointer that leads nowhere, a text where
// the shape has a number.
//
// An Event is not safe for concurrent use. Make one with [Events].
type Event struct {
	name    webhook.Name
	shape   Shape
	appCode string
	fresh   []fill
	changes []change
	misuse  error
}

// fill is a value for a fact: text, or a time.
type fill struct {
	fact  fact
	value any
}

// change is one thing that was said of an event.
type change struct {
	call  string // such as Set("/a/b"), for errors
	apply func(*draft) error
}

// Name tells which event it is.
func (e *Event) Name() webhook.Name { return e.name }

// Shape chooses the form that the event has; see [Shapes].
func (e *Event) Shape(shape Shape) *Event {
	e.shape = shape
	return e
}

// Body implements [Payload]: the event's JSON, which is the same at each call. The
// error tells what is wrong with the event, all of it; it names places and never
// values.
func (e *Event) Body() ([]byte, error) {
	body, _, err := e.compose()
	return body, err
}

// compose writes the event, and tells what events must have in common to be delivered
// one after the other: the room, or on WhatsApp the customer; "" for nothing.
func (e *Event) compose() (body []byte, order string, err error) {
	draft, err := e.draft()
	if err != nil {
		return nil, "", err
	}
	for _, of := range []fact{roomID, customerID} {
		if places := find(draft.shape, placesOf(e.name, of)); len(places) > 0 {
			value, _ := lookUp(draft.body, places[0].pointer)
			order = fmt.Sprint(value)
			break
		}
	}
	body, err = encode(draft.body)
	return body, order, err
}
