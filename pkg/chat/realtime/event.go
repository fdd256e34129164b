// Package realtime is a chat user in real time.
package realtime

type Event interface{ isEvent() }
type NewMessage struct {
	Late bool
	ID   int64
	Room string
}

func (*NewMessage) isEvent() {}

type MessageEdited struct{ ID int64 }

func (*MessageEdited) isEvent() {}

type Dropped struct{ Edits, Others int }

func (*Dropped) isEvent() {}
