package qismotest

import (
	"fmt"
	"slices"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox/trouble"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// Trouble is something that fails on purpose; see [Server.Fail].
type Trouble struct {
	Kind TroubleKind
	// Only narrows it to an operation's id, such as sendBotMessage, or an event's name.
	Only string
	// Rate is the share that fails, from 0 to 1. Zero stands for 1: all that there is.
	Rate float64
	// Times ends it after so many failures; 0 for never.
	Times int
	// Delay is that of Latency, half a second when zero, and of LateWebhook, a second, in
	// the app's time; and it is the Retry-After of RateLimit, a second, of which only
	// whole seconds count: one of a nanosecond lets a client try again at once.
	Delay time.Duration
}

// TroubleKind is a way to fail.
type TroubleKind string

// The ways in which a call of the API fails.
const (
	Latency      TroubleKind = "latency"       // the answer is late by Trouble.Delay
	RateLimit    TroubleKind = "rate-limit"    // 429 with Retry-After; nothing is done
	ServerError  TroubleKind = "server-error"  // 503; nothing is done
	HTMLError    TroubleKind = "html-error"    // 502 with a gateway's page; nothing is done
	LostAnswer   TroubleKind = "lost-answer"   // all is done, and then a 504
	BrokenAnswer TroubleKind = "broken-answer" // all is done, and then the connection breaks
	ExpiredToken TroubleKind = "expired-token" // 401; the user's token is void
)

// The ways in which the delivery of a webhook fails.
const (
	DropWebhook   TroubleKind = "drop-webhook"   // it is never sent
	RepeatWebhook TroubleKind = "repeat-webhook" // it is sent twice
	LateWebhook   TroubleKind = "late-webhook"   // it is sent Trouble.Delay later, after what came after it
)

// Fail lets things fail from now on, in place of all that failed until now: without an
// argument nothing does any more. Where trouble of a Rate strikes depends on a seed and
// on what happens in each room, not on the order in which rooms are busy; a test that
// failed tells the seed, for [WithSeed].
func (s *Server) Fail(troubles ...Trouble) {
	s.t.Helper()
	if err := s.makeTrouble(troubles); err != nil {
		s.t.Fatalf("qismotest: Fail: %v", err)
	}
}

func (s *Server) makeTrouble(troubles []Trouble) error {
	var rules []trouble.Rule
	for _, wanted := range troubles {
		if wanted.Only != "" && !isOperation(wanted.Only) && !slices.Contains(webhook.Names(), webhook.Name(wanted.Only)) {
			return fmt.Errorf("no operation and no event has the name %q", wanted.Only)
		}
		if wanted.Rate == 0 {
			wanted.Rate = 1
		}
		rules = append(rules, trouble.Rule{
			Kind: trouble.Kind(wanted.Kind), Rate: wanted.Rate, Only: wanted.Only, Times: wanted.Times,
			Delay: wanted.Delay,
		})
	}
	if err := s.trouble.Set(s.settings.seed, rules...); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byChance = s.byChance || slices.ContainsFunc(rules, func(rule trouble.Rule) bool { return rule.Rate < 1 })
	return nil
}

// decidedByChance tells whether the seed mattered.
func (s *Server) decidedByChance() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byChance
}
