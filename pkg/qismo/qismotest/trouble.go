package qismotest

import (
	"time"

	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

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

// Trouble is something that fails on purpose.
type Trouble struct {
	Kind TroubleKind
	// Rate is the share that fails, from 0 to 1. Zero stands for 1: all of it.
	Rate float64
	// Only narrows it to an operation's id, such as sendBotMessage, or an event's name.
	Only string
	// Times ends it after so many failures; 0 for never.
	Times int
	// Delay is that of Latency and LateWebhook, and the Retry-After of RateLimit, in
	// whole seconds; each kind has a default.
	Delay time.Duration
}

// Fail lets things fail from now on, in place of what failed until now. What of a rate
// fails depends on a seed, which a failed test prints: see [WithSeed].
func (s *Server) Fail(troubles ...Trouble) {
	s.t.Helper()
	if err := s.trouble.Set(s.settings.seed, rules(troubles)...); err != nil {
		s.t.Fatalf("qismotest: Fail: %v", err)
	}
}

func rules(troubles []Trouble) []trouble.Rule {
	var rules []trouble.Rule
	for _, wanted := range troubles {
		if wanted.Rate == 0 {
			wanted.Rate = 1
		}
		rules = append(rules, trouble.Rule{
			Kind: trouble.Kind(wanted.Kind), Rate: wanted.Rate, Only: wanted.Only, Times: wanted.Times,
			Delay: wanted.Delay,
		})
	}
	return rules
}
