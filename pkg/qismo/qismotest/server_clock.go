package qismotest

import (
	"time"

	"github.com/qismo-go/qismo/internal/sandbox/clock"
)

// AppClock is the time of a [Server]'s app, by which users' tokens and WhatsApp's windows
// expire, and webhooks are late or sent again. It goes as the real time does and is moved
// ahead, never back. Get it with [Server.Clock].
//
// The program under test has its own time. What a [webhook.Handler] remembers to handle
// an event once is kept by the real time; let it go with the app's by
//
//	webhook.NewMemoryStore(webhook.DefaultMemory, webhook.MemoryStoreClock(srv.Clock().Now))
type AppClock struct {
	t     TB
	clock *clock.Clock
}

// Clock returns the time of the app.
func (s *Server) Clock() *AppClock { return &AppClock{s.t, s.sandbox.Clock()} }

// Now tells what time it is for the app.
func (c *AppClock) Now() time.Time { return c.clock.Now() }

// Advance moves the time ahead, and what was to happen until then happens. It ends the
// test for a time in the past, or one that is more than 100 years ahead.
func (c *AppClock) Advance(by time.Duration) {
	c.t.Helper()
	if err := c.clock.Move(by); err != nil {
		c.t.Fatalf("qismotest: Advance(%s): %v", by, err)
	}
}

// AdvanceTo is [AppClock.Advance] to a moment, such as the one when an office opens.
func (c *AppClock) AdvanceTo(moment time.Time) {
	c.t.Helper()
	if err := c.clock.MoveTo(moment); err != nil {
		c.t.Fatalf("qismotest: AdvanceTo(%s): %v", moment.Format(time.RFC3339), err)
	}
}
