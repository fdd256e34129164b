package qismotest

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/broker"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// Server is Qiscus Omnichannel for one test: an app of its own with agents, channels
// and customers, which answers the API at URL and posts webhooks. The chat server under
// it answers at the same URL, and so does its broker. Make one with [New].
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
	broker   *broker.Broker
	api      *loopback
	begun    time.Time // in the app's time

	mu        sync.Mutex
	isOver    bool                      // the test has ended
	byChance  bool                      // some trouble had a rate, so that the seed matters
	receivers map[receiverKey]*delivery // how webhooks are delivered
	loopbacks []*loopback               // the receivers' servers, also of those that were replaced
	handlers  []*webhook.Handler        // those of the receivers that tell when they are idle
	customers map[customerKey]*Customer
	userIDs   map[string]bool // of the customers
}

// customerKey tells customers apart: one person on two channels is two customers.
type customerKey struct{ source, name string }

// receiverKey tells apart where webhooks go: by the target's event, and the address.
type receiverKey struct{ event, address string }

// New starts a Server for a test, and ends the test if an option is wrong. When the test
// ends, the webhooks that are under way are awaited, for as long as [WithPatience] says,
// and nothing is left behind. Of a test that failed the log tells what happened: all
// messages, webhooks and calls, without credentials; of one that passed, the webhooks that
// the program did not take.
func New(t TB, options ...Option) *Server {
	t.Helper()
	settings, err := newSettings(options)
	if err != nil {
		t.Fatalf("qismotest: %v", err)
		return nil
	}
	s := &Server{
		t: t, settings: settings, receivers: map[receiverKey]*delivery{},
		customers: map[customerKey]*Customer{}, userIDs: map[string]bool{},
	}
	if err := s.start(); err != nil {
		t.Fatalf("qismotest: start the server: %v", err)
		return nil
	}
	t.Cleanup(s.end)
	return s
}

func (s *Server) start() error {
	world := s.settings.world
	world.SignWebhook = s.prepare
	var err error
	if s.sandbox, err = sandbox.New(world); err != nil {
		return err
	}
	s.begun = s.sandbox.Clock().Now()
	if err := s.makeTrouble(s.settings.troubles); err != nil {
		return err
	}
	if s.broker, err = broker.New(s.sandbox.RealtimeRules()); err != nil {
		return err
	}
	s.sandbox.SetRealtime(s.broker, "")
	if s.api, err = serve(s.sandbox); err != nil {
		return err
	}
	app := s.sandbox.Config()
	s.URL, s.AppID, s.SecretKey = s.api.url, app.AppCode, app.SecretKey
	return nil
}

// end is the test's end.
func (s *Server) end() {
	s.t.Helper()
	background := context.WithoutCancel(s.t.Context()) // which has ended by now
	patience := max(s.patience(), handlersGrace)
	ctx, cancel := context.WithTimeout(background, patience)
	defer cancel()
	if err := s.sandbox.Shutdown(ctx); err != nil {
		s.t.Errorf("qismotest: webhooks were still under way %s after the test", patience)
	}
	s.mu.Lock()
	s.isOver = true // from now on nothing is told of what the program does
	servers := slices.Concat(s.loopbacks, []*loopback{s.api})
	s.mu.Unlock()
	ctx, cancel = context.WithTimeout(background, handlersGrace)
	defer cancel()
	if err := s.broker.Close(ctx); err != nil {
		s.t.Errorf("qismotest: the broker did not end within %s: %v", handlersGrace, err)
	}
	for _, server := range servers {
		if err := server.close(ctx); err != nil {
			s.t.Errorf("qismotest: a handler did not end within %s of its request being cancelled", handlersGrace)
		}
	}
	if s.t.Failed() {
		s.t.Logf("%s", s.story())
	} else if untaken := s.untaken(); len(untaken) > 0 {
		s.t.Logf("qismotest: webhooks were not taken by the program, which ExpectDelivered would fail\n\n%s", list(untaken))
	}
}

// handlersGrace is how long handlers may take to end once their requests are cancelled.
const handlersGrace = time.Second
