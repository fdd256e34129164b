// Package trouble makes a simulated platform fail on purpose: at given rates, and
// again in the same way from the same seed.
//
// Whether a rule strikes depends on the seed, the rule, what it is about (an
// operation or event, and whose room) and how often that has come before, and on
// nothing else: not on the order in which customers come, nor on the other rules. So
// a failure that was seen once can be seen again. It is otherwise only where two
// rules would end the same call, of which the first in the list does, and with Times,
// which count what all customers have together.
package trouble

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
)

// DefaultSeed is the one of whoever says none.
const DefaultSeed = 1

// Strikes are the rules that strike one call or one delivery, defaults filled in.
type Strikes map[Kind]Rule

// Names lists what strikes, in the order of the alphabet.
func (s Strikes) Names() []string {
	var names []string
	for kind := range s {
		names = append(names, string(kind))
	}
	slices.Sort(names)
	return names
}

// Has tells whether something of a kind strikes.
func (s Strikes) Has(kind Kind) bool {
	_, has := s[kind]
	return has
}

// maxSubjects bounds what a Maker remembers: about 40 MB. It is enough for 100,000
// rooms with ten operations and events each. Those that come when so many are known
// are counted together, and then who comes first matters.
const maxSubjects = 1 << 20

// Maker decides what fails. The zero value lets everything pass. It is safe for
// concurrent use.
type Maker struct {
	mu    sync.Mutex
	seed  uint64
	rules []rule
	// seen tells how often each subject came since the rules were set, by a number
	// that stands for it; beyond, how often the others came.
	seen   map[uint64]uint32
	beyond uint32
	struck map[Kind]int // since the beginning
}

// rule is a Rule at work.
type rule struct {
	Rule

	ends bool
	salt uint64 // tells its draws from those of other rules
	left int    // how often it may strike
}

// Set replaces all rules and begins anew from a seed. Rules that make no sense are
// refused, and nothing changes.
func (m *Maker) Set(seed uint64, rules ...Rule) error {
	var set []rule
	alike := map[string]int{}
	for _, given := range rules {
		if err := given.Check(); err != nil {
			return fmt.Errorf("trouble: %w", err)
		}
		for _, one := range given.Each() {
			kind, _ := describe(one.Kind)
			name := string(one.Kind) + " " + one.Only
			next := rule{Rule: one.withDefaults(), ends: kind.ends, left: one.Times}
			next.salt = mix(hash(name) + uint64(alike[name])) //nolint:gosec // a count is not negative
			if one.Times == 0 {
				next.left = math.MaxInt
			}
			alike[name]++
			set = append(set, next)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seed, m.rules, m.seen, m.beyond = seed, set, map[uint64]uint32{}, 0
	return nil
}

// Rules tells the seed and the rules, one for each kind where [All] was set.
func (m *Maker) Rules() (seed uint64, rules []Rule) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, rule := range m.rules {
		rules = append(rules, rule.Rule)
	}
	return m.seed, rules
}

// Call decides about one call of an operation; the subject is what it is about,
// such as the customer of a room. Kinds that could do nothing to it, such as [ExpiredToken]
// where no token was sent, are left out and not counted.
func (m *Maker) Call(operation, subject string, leftOut ...Kind) Strikes {
	return m.strike(operation, subject, func(r rule) bool { return r.Of() == Calls && !slices.Contains(leftOut, r.Kind) })
}

// Delivery decides about one webhook; the subject is the customer of its room.
func (m *Maker) Delivery(event, subject string) Strikes {
	return m.strike(event, subject, func(r rule) bool { return r.Of() == Webhooks })
}

// Telling decides about what the broker tells somebody; the subject is who that is, and
// whose room it is about.
func (m *Maker) Telling(what, subject string) Strikes {
	return m.strike(what, subject, func(r rule) bool { return r.Of() == Realtime })
}

func (m *Maker) strike(name, subject string, concerns func(rule) bool) Strikes {
	m.mu.Lock()
	defer m.mu.Unlock()
	var concerned []*rule
	for i := range m.rules {
		if rule := &m.rules[i]; (rule.Only == "" || rule.Only == name) && concerns(*rule) {
			concerned = append(concerned, rule)
		}
	}
	if len(concerned) == 0 {
		return nil
	}
	about := hash(name + "\x00" + subject)
	count := m.count(about)
	struck := slices.DeleteFunc(concerned, func(r *rule) bool {
		return r.left == 0 || draw(m.seed, r.salt, about, count) >= r.Rate
	})
	strikes := Strikes{}
	ends := slices.IndexFunc(struck, func(r *rule) bool { return r.ends })
	if ends >= 0 && struck[ends].Of() != Calls { // there is nothing left to be late
		struck, ends = struck[ends:ends+1], 0
	}
	for i, rule := range struck {
		if (rule.ends && i != ends) || strikes.Has(rule.Kind) {
			continue
		}
		rule.left--
		m.noteStrike(rule.Kind)
		strikes[rule.Kind] = rule.Rule
	}
	return strikes
}

func (m *Maker) noteStrike(kind Kind) {
	if m.struck == nil {
		m.struck = map[Kind]int{}
	}
	m.struck[kind]++
}

// Struck tells how often each kind has struck, whatever the rules were. Kinds that have
// not are left out.
func (m *Maker) Struck() map[Kind]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.struck)
}

// count tells how often a subject came before, and counts this time.
func (m *Maker) count(about uint64) uint32 {
	before, known := m.seen[about]
	if !known && len(m.seen) >= maxSubjects {
		m.beyond++
		return m.beyond
	}
	m.seen[about] = before + 1
	return before
}

// draw is a number from 0 to less than 1 that depends on its arguments alone.
func draw(seed, salt, about uint64, count uint32) float64 {
	drawn := mix(mix(mix(mix(seed)^salt)^about) + uint64(count))
	return float64(drawn>>11) / (1 << 53)
}

// mix spreads a number over all bits; different numbers stay different. (It is the
// last step of SplitMix64.)
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// hash is a text's number: FNV-1a, which is the same in every run.
func hash(text string) uint64 {
	number := uint64(14695981039346656037)
	for i := range len(text) {
		number = (number ^ uint64(text[i])) * 1099511628211
	}
	return number
}
