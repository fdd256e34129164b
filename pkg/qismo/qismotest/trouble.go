package qismotest

import (
	"fmt"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

// Trouble is something that fails on purpose; see [Server.Fail].
type Trouble struct {
	Kind TroubleKind
	// Only narrows it to an operation's id, such as sendBotMessage, to an event's name, or
	// to what the broker tells: post_comment, update_message, delivered, read,
	// delete_message or clear_room.
	Only string
	// Rate is the share that fails, from 0 to 1. Zero stands for 1: all that there is.
	Rate float64
	// Times ends it after so many failures; 0 for never.
	Times int
	// Delay is that of Latency, in real time, half a second when zero; that of
	// LateWebhook and LateRealtime, in the app's time, a second when zero; and the
	// Retry-After of RateLimit, in whole seconds, one when zero.
	Delay time.Duration
	// Status is that of ServerError, HTMLError and LostAnswer; zero for the kind's own.
	Status int
}

// TroubleKind is a way to fail.
type TroubleKind string

// The ways in which a call of the API fails. But for Latency, at most one of them
// strikes a call.
const (
	Latency      TroubleKind = "latency"       // the answer is late by Trouble.Delay
	RateLimit    TroubleKind = "rate-limit"    // 429 with Retry-After; nothing is done
	ServerError  TroubleKind = "server-error"  // 503, or Trouble.Status; nothing is done
	HTMLError    TroubleKind = "html-error"    // 502, or Trouble.Status, with a gateway's page; nothing is done
	LostAnswer   TroubleKind = "lost-answer"   // all is done, and then a 504, or Trouble.Status
	BrokenAnswer TroubleKind = "broken-answer" // all is done, and then the connection breaks
	ExpiredToken TroubleKind = "expired-token" // 401, of the chat server 403; the user's token is void
)

// The ways in which the delivery of a webhook fails.
const (
	DropWebhook   TroubleKind = "drop-webhook"   // it is never sent
	RepeatWebhook TroubleKind = "repeat-webhook" // it is sent twice
	LateWebhook   TroubleKind = "late-webhook"   // it is sent Trouble.Delay later, after what came after it
)

// The ways in which the chat server's broker fails to tell a user something. Users who
// notice, or sync, get it all the same.
const (
	DropRealtime   TroubleKind = "drop-realtime"   // it is never told
	RepeatRealtime TroubleKind = "repeat-realtime" // it is told twice
	LateRealtime   TroubleKind = "late-realtime"   // it is told Trouble.Delay later, after what came after it
	BreakRealtime  TroubleKind = "break-realtime"  // it is not told, and the user's connection breaks
)

// AllTrouble stands for every kind, as if there were a Trouble of each. Its Delay is that
// of the kinds that have one.
const AllTrouble TroubleKind = "all"

// Kinds lists all ways to fail, those of calls first; [AllTrouble] is none of them. The
// slice is the caller's.
func Kinds() []TroubleKind {
	var kinds []TroubleKind
	for _, kind := range trouble.Kinds() {
		kinds = append(kinds, TroubleKind(kind.Kind))
	}
	return kinds
}

// Fail lets things fail from now on, in place of all that failed until now: without an
// argument nothing does any more. Where trouble of a Rate strikes depends on a seed and
// on what happens to each customer, not on the order in which customers write; a test that
// failed tells the seed, for [WithSeed].
func (s *Server) Fail(troubles ...Trouble) {
	s.t.Helper()
	if err := s.makeTrouble(troubles); err != nil {
		s.t.Fatalf("qismotest: %v", err)
	}
}

func (s *Server) makeTrouble(troubles []Trouble) error {
	var rules []trouble.Rule
	byChance := false
	for _, wanted := range troubles {
		rule := trouble.Rule{
			Kind: trouble.Kind(wanted.Kind), Rate: wanted.Rate, Only: wanted.Only, Times: wanted.Times,
			Delay: wanted.Delay, Status: wanted.Status,
		}
		if rule.Rate == 0 {
			rule.Rate = 1
		}
		byChance = byChance || rule.Rate < 1
		rules = append(rules, rule)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byChance = s.byChance || byChance
	err := s.sandbox.SetTrouble(s.settings.seed, rules...)
	for _, wanted := range troubles {
		if err != nil && wanted.Only != "" && !isOperation(wanted.Only) && !isEvent(wanted.Only) {
			return fmt.Errorf("%w; near it are %s", err, nearest(wanted.Only, allNames()))
		}
	}
	return err
}

// Struck tells how often each kind of trouble has struck since the beginning. A kind that
// has not is left out, so that a test can see that what it wanted to meet did come.
func (s *Server) Struck() map[TroubleKind]int {
	struck := map[TroubleKind]int{}
	for kind, count := range s.sandbox.Trouble().Struck() {
		struck[TroubleKind(kind)] = count
	}
	return struck
}

// decidedByChance tells whether the seed mattered.
func (s *Server) decidedByChance() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byChance
}
