// Package trouble makes a simulated platform fail on purpose: at given rates, and
// again in the same way from the same seed.
//
// Whether a rule strikes depends on the seed, the rule, what it is about (an
// operation or event, and its room) and how often that has come before, and on
// nothing else: not on the order in which different rooms are busy. So a failure
// that was seen once can be seen again.
package trouble

import (
	"fmt"
	"hash/fnv"
	"math"
	"sync"
	"time"
)

// Kind is a way to fail.
type Kind string

// The ways in which a call of the API fails.
const (
	Latency      Kind = "latency"       // the answer is late by Rule.Delay
	RateLimit    Kind = "rate-limit"    // 429 with Retry-After; nothing is done
	ServerError  Kind = "server-error"  // 503; nothing is done
	HTMLError    Kind = "html-error"    // 502 with a gateway's page; nothing is done
	LostAnswer   Kind = "lost-answer"   // all is done, and then a 504
	BrokenAnswer Kind = "broken-answer" // all is done, and then the connection breaks
	ExpiredToken Kind = "expired-token" // 401; the user's token is void
)

// The ways in which the delivery of a webhook fails.
const (
	DropWebhook   Kind = "drop-webhook"   // it is never sent
	RepeatWebhook Kind = "repeat-webhook" // it is sent twice
	LateWebhook   Kind = "late-webhook"   // it is sent Rule.Delay later, after what came after it
)

// Rule says how often something fails.
type Rule struct {
	Kind Kind `json:"kind" yaml:"kind"`
	// Rate is the share that fails, from 0 to 1.
	Rate float64 `json:"rate" yaml:"rate"`
	// Only narrows the rule to an operation's id or an event's name.
	Only string `json:"only,omitempty" yaml:"only,omitempty"`
	// Times ends the rule after so many failures; 0 for never.
	Times int `json:"times,omitempty" yaml:"times,omitempty"`
	// Delay is that of latency and late webhooks, and the Retry-After of rate
	// limits; each kind has a default.
	Delay time.Duration `json:"delay,omitempty" yaml:"delay,omitempty"`
}

// defaultDelay is what a rule without a delay has.
func (r Rule) defaultDelay() time.Duration {
	switch r.Kind {
	case Latency:
		return 500 * time.Millisecond
	case RateLimit, LateWebhook:
		return time.Second
	default:
		return 0
	}
}

func (r Rule) check() error {
	switch r.Kind {
	case Latency, RateLimit, ServerError, HTMLError, LostAnswer, BrokenAnswer, ExpiredToken,
		DropWebhook, RepeatWebhook, LateWebhook:
	default:
		return fmt.Errorf("there is no trouble %q", r.Kind)
	}
	if math.IsNaN(r.Rate) || r.Rate < 0 || r.Rate > 1 {
		return fmt.Errorf("the rate of %s is not between 0 and 1", r.Kind)
	}
	if r.Times < 0 || r.Delay < 0 {
		return fmt.Errorf("the times and the delay of %s must not be negative", r.Kind)
	}
	return nil
}

// Strikes are the rules that strike one call or one delivery.
type Strikes map[Kind]Rule

// Names lists what strikes, in no order.
func (s Strikes) Names() []string {
	var names []string
	for kind := range s {
		names = append(names, string(kind))
	}
	return names
}

// Has tells whether something of a kind strikes.
func (s Strikes) Has(kind Kind) bool {
	_, has := s[kind]
	return has
}

// Maker decides what fails. The zero value lets everything pass. It is safe for
// concurrent use.
type Maker struct {
	mu    sync.Mutex
	seed  uint64
	rules []Rule
	left  []int             // of each rule, how often it may strike
	seen  map[string]uint64 // how often each subject came, since the rules were set
}

// Set replaces all rules and begins anew from a seed. Rules that make no sense are
// refused, and nothing changes.
func (m *Maker) Set(seed uint64, rules ...Rule) error {
	for _, rule := range rules {
		if err := rule.check(); err != nil {
			return fmt.Errorf("trouble: %w", err)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seed, m.seen = seed, map[string]uint64{}
	m.rules, m.left = nil, nil
	for _, rule := range rules {
		if rule.Delay == 0 {
			rule.Delay = rule.defaultDelay()
		}
		left := rule.Times
		if left == 0 {
			left = math.MaxInt
		}
		m.rules, m.left = append(m.rules, rule), append(m.left, left)
	}
	return nil
}

// Rules tells the seed and the rules.
func (m *Maker) Rules() (seed uint64, rules []Rule) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.seed, append([]Rule(nil), m.rules...)
}

// Call decides about one call of an operation; the subject is what it is about,
// such as a room's id.
func (m *Maker) Call(operation, subject string) Strikes {
	return m.strike(operation, subject, func(kind Kind) bool { return !ofWebhooks(kind) })
}

// Delivery decides about one webhook.
func (m *Maker) Delivery(event, roomID string) Strikes { return m.strike(event, roomID, ofWebhooks) }

func ofWebhooks(kind Kind) bool {
	return kind == DropWebhook || kind == RepeatWebhook || kind == LateWebhook
}

func (m *Maker) strike(name, subject string, concerns func(Kind) bool) Strikes {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.rules) == 0 {
		return nil
	}
	key := name + "\x00" + subject
	count := m.seen[key]
	m.seen[key]++
	var strikes Strikes
	for i, rule := range m.rules {
		if !concerns(rule.Kind) || rule.Only != "" && rule.Only != name || m.left[i] == 0 {
			continue
		}
		if draw(m.seed, i, key, count) >= rule.Rate {
			continue
		}
		m.left[i]--
		if strikes == nil {
			strikes = Strikes{}
		}
		strikes[rule.Kind] = rule
	}
	return strikes
}

// draw is a number from 0 to less than 1 that depends on its arguments alone.
func draw(seed uint64, rule int, key string, count uint64) float64 {
	hash := fnv.New64a()
	_, _ = fmt.Fprintf(hash, "%d\x00%d\x00%s\x00%d", seed, rule, key, count) // a hash takes everything
	mixed := hash.Sum64()
	mixed ^= mixed >> 33
	mixed *= 0xff51afd7ed558ccd
	mixed ^= mixed >> 33
	mixed *= 0xc4ceb9fe1a85ec53
	mixed ^= mixed >> 33
	return float64(mixed>>11) / (1 << 53)
}
