package qismotest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/clock"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// Server is Qiscus Omnichannel for one test: an app of its own with agents, channels
// and customers, which answers the API at URL and posts webhooks. Make one with [New].
// It is safe for concurrent use, and any number of them run side by side.
type Server struct {
	// URL is where the API is served, for [qismo.WithBaseURL] or the environment's
	// QISCUS_OMNICHANNEL_URL.
	URL string
	// AppID and SecretKey are the app's credentials; they are invented.
	AppID, SecretKey string

	t        TB
	settings settings
	sandbox  *sandbox.Sandbox
	clock    *clock.Clock
	trouble  *trouble.Maker
	api      *loopback

	mu        sync.Mutex
	receivers map[string]*receiver // by the host of their address
	customers map[string]*Customer // by name
}

// New starts a Server for a test. When the test ends, it awaits the webhooks that are
// under way, for as long as [WithPatience] says, and ends all that it began.
func New(t TB, options ...Option) *Server {
	t.Helper()
	s := &Server{
		t: t, settings: newSettings(), receivers: map[string]*receiver{}, customers: map[string]*Customer{},
		trouble: &trouble.Maker{},
	}
	for _, option := range options {
		if option == nil {
			t.Fatalf("qismotest: an option is nil")
			return nil
		}
		option(&s.settings)
	}
	if err := s.start(); err != nil {
		t.Fatalf("qismotest: start the server: %v", err)
		return nil
	}
	t.Cleanup(s.end)
	return s
}

func (s *Server) start() error {
	s.clock = clock.New(s.settings.now)
	if err := s.trouble.Set(s.settings.seed, rules(s.settings.troubles)...); err != nil {
		return err
	}
	config := s.settings.world
	config.Clock, config.Trouble, config.SignWebhook = s.clock, s.trouble, s.prepare
	var err error
	if s.sandbox, err = sandbox.New(config); err != nil {
		return err
	}
	if s.api, err = serve(s.sandbox); err != nil {
		return err
	}
	filled := s.sandbox.Config()
	s.URL, s.AppID, s.SecretKey = s.api.url, filled.AppCode, filled.SecretKey
	return nil
}

// end is the test's end: the webhooks under way are awaited, then nothing is left.
func (s *Server) end() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.t.Context()), s.settings.patience)
	defer cancel()
	if err := s.sandbox.Shutdown(ctx); err != nil {
		s.t.Errorf("qismotest: at the test's end webhooks were still under way after %s", s.settings.patience)
	}
	s.mu.Lock()
	receivers := s.receivers
	s.receivers = nil
	s.mu.Unlock()
	for _, receiver := range receivers {
		receiver.close()
	}
	s.api.close()
}

// Client makes a client of the app, with its secret key. Its retries do not wait, so
// that a test with trouble does not either; the options may say otherwise, as with
// every client. For other credentials see [Agent.Client].
func (s *Server) Client(options ...qismo.Option) *qismo.Client {
	s.t.Helper()
	return s.client(append([]qismo.Option{qismo.WithSecretKey(s.AppID, s.SecretKey)}, options...))
}

func (s *Server) client(options []qismo.Option) *qismo.Client {
	s.t.Helper()
	own := []qismo.Option{
		qismo.WithBaseURL(s.URL), qismo.WithoutProxy(),
		qismo.WithRetries(qismo.Backoff{First: time.Millisecond, Longest: time.Millisecond}),
	}
	client, err := qismo.New(append(own, options...)...)
	if err != nil {
		s.t.Fatalf("qismotest: %v", err)
		return nil
	}
	s.t.Cleanup(client.CloseIdleConnections)
	return client
}

// Now tells what time it is for the app.
func (s *Server) Now() time.Time { return s.clock.Now() }

// Advance moves the app's time ahead, so that tokens, sessions and the windows of
// WhatsApp expire. What was to happen until then happens.
func (s *Server) Advance(by time.Duration) {
	s.t.Helper()
	if err := s.clock.Move(by); err != nil {
		s.t.Fatalf("qismotest: advance by %s: %v", by, err)
	}
}

// Settle returns when no webhook waits and none is being answered. It fails the test
// when that takes longer than [WithPatience] says. A program that answers webhooks
// first and works later may still be at work: wait for what it does.
func (s *Server) Settle() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), s.patience())
	defer cancel()
	if err := s.sandbox.Settle(ctx); err != nil {
		s.t.Fatalf("qismotest: webhooks were still under way after %s\n\n%s", s.patience(), s.story())
	}
}

// WaitFor returns when a condition holds, and fails the test when it does not in the
// time that [WithPatience] says. The condition is looked at whenever something happens
// on the platform: a call, a delivery, or a change of a room or an agent. What is for
// the failure, such as "both rooms are served".
func (s *Server) WaitFor(what string, holds func() bool) {
	s.t.Helper()
	if !s.await(holds) {
		s.t.Fatalf("qismotest: waited %s in vain: %s\n\n%s", s.patience(), what, s.story())
	}
}

// await watches until something holds, and tells whether it came to that.
func (s *Server) await(holds func() bool) bool {
	changed, end := s.sandbox.Watch()
	defer end()
	added, endAdded := s.sandbox.Timeline().Watch()
	defer endAdded()
	patience := time.NewTimer(s.patience())
	defer patience.Stop()
	for !holds() {
		select {
		case <-changed:
		case <-added:
		case <-s.t.Context().Done():
			return holds()
		case <-patience.C:
			return holds()
		}
	}
	return true
}

// patience is how long to wait: not beyond the deadline of the test, before which
// there must be time to tell what happened.
func (s *Server) patience() time.Duration {
	limited, ok := s.t.(interface{ Deadline() (time.Time, bool) })
	if !ok {
		return s.settings.patience
	}
	deadline, ok := limited.Deadline()
	if !ok {
		return s.settings.patience
	}
	left := time.Until(deadline) - timeToTell
	return max(min(s.settings.patience, left), 0)
}

// timeToTell is left of a test's time after a wait.
const timeToTell = time.Second

// story is what happened, for failures.
func (s *Server) story() string { return fmt.Sprint(s.Calls()) }
