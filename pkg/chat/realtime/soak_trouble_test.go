package realtime_test

import (
	"sync"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/internal/faults"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

// disturbance is a kind of trouble. It begins when the server has posted a quarter of a
// round's messages, and ends when it has posted three quarters, or all: then no later
// message shows what is missing.
type disturbance struct {
	name       string
	begin, end func(s *soakTest)
	toTheEnd   bool
}

// happen lets it happen within a round.
func (d disturbance) happen(s *soakTest, r *round) {
	if !s.await(r.quarter) {
		return
	}
	d.begin(s)
	defer d.end(s)
	if d.toTheEnd {
		s.await(r.all)
	} else {
		s.await(r.late)
	}
}

// await waits for a part of a round, as long as the test goes on.
func (s *soakTest) await(part <-chan struct{}) bool {
	select {
	case <-part:
		return true
	case <-s.t.Context().Done():
		return false
	}
}

func nothing(*soakTest) {}

// calm is none.
func calm() disturbance { return disturbance{name: "no trouble", begin: nothing, end: nothing} }

// troubles are all kinds, some of which end all of a sudden as well.
func (s *soakTest) troubles() []disturbance {
	cutOff := func(s *soakTest) { s.api.Cut() }
	return []disturbance{
		calm(),
		{"a broker that was killed", (*soakTest).killBroker, (*soakTest).reviveBroker, true},
		{"a broker that tells some things never, twice or late", (*soakTest).confuseBroker, (*soakTest).straightenBroker, false},
		{"networks that were cut", (*soakTest).cut, (*soakTest).heal, true},
		{"tokens that have expired", (*soakTest).expireTokens, (*soakTest).expireTokens, false},
		{"networks that are slow", (*soakTest).delay, (*soakTest).heal, false},
		{"connections that are reset", (*soakTest).reset, (*soakTest).heal, true},
		{"networks that are silent", (*soakTest).stall, (*soakTest).breakSilence, false},
		{"an API that was cut off", cutOff, (*soakTest).heal, true},
		{"all of it", (*soakTest).beginAll, (*soakTest).endAll, false},
	}
}

func (s *soakTest) reviveBroker() { s.startBroker(s.address) }

// confuseBroker lets the broker fail in what it tells.
func (s *soakTest) confuseBroker() {
	const post = "post_comment"
	assert.NoError(s.t, s.trouble.Set(soakSeed,
		trouble.Rule{Kind: trouble.DropRealtime, Rate: 0.01, Only: post},
		trouble.Rule{Kind: trouble.RepeatRealtime, Rate: 0.05, Only: post},
		trouble.Rule{Kind: trouble.LateRealtime, Rate: 0.01, Only: post, Delay: 20 * time.Millisecond},
		trouble.Rule{Kind: trouble.BreakRealtime, Rate: 0.1, Only: post, Times: 5},
	))
}

func (s *soakTest) straightenBroker() { assert.NoError(s.t, s.trouble.Set(soakSeed)) }

// networks are all three.
func (s *soakTest) networks() []*faults.Proxy { return []*faults.Proxy{s.tcp, s.web, s.api} }

func (s *soakTest) cut() {
	for _, network := range s.networks() {
		network.Cut()
	}
}

func (s *soakTest) heal() {
	for _, network := range s.networks() {
		network.Heal()
	}
}

// expireTokens lets all tokens expire that there are. The broker tells nothing by them any
// more, which a user learns by the next call.
func (s *soakTest) expireTokens() {
	if err := s.platform.Clock().Move(2 * soakTokenLife); err != nil {
		s.t.Error(err)
	}
	var calling sync.WaitGroup
	for _, p := range s.programs {
		calling.Go(p.call)
	}
	calling.Wait()
}

func (s *soakTest) delay() {
	for _, network := range s.networks() {
		network.Slice(faults.Upstream, 50)
		network.Slice(faults.Downstream, 500)
		network.Latency(faults.Upstream, 10*time.Millisecond)
		network.Latency(faults.Downstream, 20*time.Millisecond)
	}
}

// reset resets the connections that there are, and most others after a while.
func (s *soakTest) reset() {
	for i, network := range s.networks() {
		network.Cut()
		network.ResetRandomly(faults.Chances{
			Seed: soakSeed + uint64(i), Probability: 0.8, Bytes: 30_000, Time: 100 * time.Millisecond,
		})
	}
}

// stall lets nothing pass any more, and keeps all connections.
func (s *soakTest) stall() {
	for _, network := range s.networks() {
		network.Stall(faults.Upstream)
		network.Stall(faults.Downstream)
	}
}

// breakSilence breaks what has lost bytes, before anything passes again.
func (s *soakTest) breakSilence() {
	s.cut()
	s.heal()
}

func (s *soakTest) beginAll() {
	s.confuseBroker()
	s.expireTokens()
	s.reset()
	s.killBroker()
}

func (s *soakTest) endAll() {
	s.heal()
	s.expireTokens()
	s.reviveBroker()
	s.straightenBroker()
}
