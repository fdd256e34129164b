package sandbox

import (
	"errors"
	"time"
)

// Pace says how long the platform takes for what it does after it has answered. All
// of it goes by the Clock. The zero value does everything at once.
type Pace struct {
	// Approval is how long WhatsApp thinks about a template.
	Approval time.Duration
	// Send is the time between two sends of one broadcast.
	Send time.Duration
	// Resolve is the time between two rooms of a bulk resolve.
	Resolve time.Duration
	// Receipt is how long a message to a customer takes until it is delivered, and
	// as long again until it is read. With zero no message gets any further than
	// being sent.
	Receipt time.Duration
	// Backup is how long an export or an import of the chat server takes.
	Backup time.Duration
}

// EverydayPace is one at which people can watch.
func EverydayPace() Pace {
	return Pace{
		Approval: time.Minute, Send: 200 * time.Millisecond, Resolve: 50 * time.Millisecond, Receipt: 3 * time.Second,
		Backup: 5 * time.Second,
	}
}

func (p Pace) check() error {
	if min(p.Approval, p.Send, p.Resolve, p.Receipt, p.Backup) < 0 {
		return errors.New("sandbox: a negative time in the pace")
	}
	return nil
}
