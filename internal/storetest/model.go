package storetest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// model is the simplest thing that does what a store must.
type model map[string]known

// known is what a model knows of a key. A key that is free is not in the map.
type known struct {
	owner   string
	handled bool
	left    time.Duration
}

func (m model) claim(key, owner string, lease time.Duration) webhook.Claim {
	switch known, ok := m[key]; {
	case ok && known.handled:
		return webhook.Handled
	case ok && known.owner != owner:
		return webhook.Busy
	}
	m[key] = known{owner: owner, left: lease}
	return webhook.Claimed
}

func (m model) commit(key, owner string, keep time.Duration) error {
	if known, ok := m[key]; ok && known.owner != owner {
		return webhook.ErrClaimLost
	}
	m[key] = known{owner: owner, handled: true, left: keep}
	return nil
}

func (m model) release(key, owner string) {
	if known := m[key]; known.owner == owner && !known.handled {
		delete(m, key)
	}
}

func (m model) forget(key string) {
	if m[key].handled {
		delete(m, key)
	}
}

func (m model) advance(by time.Duration) {
	for key, known := range m {
		known.left -= by
		m[key] = known
		if known.left <= 0 {
			delete(m, key)
		}
	}
}

// runModel does the same to a store and to a model of one, by chance, and requires
// that they agree at each step.
func runModel(t *testing.T, open func(t *testing.T) Subject) {
	t.Helper()
	for seed := range uint64(20) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			s, m := open(t), model{}
			random := rand.New(rand.NewPCG(seed, 0))
			for step := range 500 {
				m.compare(t, s, step, random)
			}
		})
	}
}

// compare does one thing. All times are whole minutes: that a server's time passes
// by itself does not move an end to the other side of a step.
func (m model) compare(t *testing.T, s Subject, step int, random *rand.Rand) {
	t.Helper()
	key, owner := fmt.Sprint("key ", random.IntN(4)), fmt.Sprint("owner ", random.IntN(3))
	some := time.Duration(1+random.IntN(10)) * time.Minute
	switch random.IntN(8) {
	case 0, 1, 2:
		claim, err := s.Store.Claim(t.Context(), key, owner, some)
		require.NoError(t, err)
		require.Equal(t, m.claim(key, owner, some), claim, "step %d: %s claims %s", step, owner, key)
	case 3, 4:
		err := s.Store.Commit(t.Context(), key, owner, some)
		require.ErrorIs(t, err, m.commit(key, owner, some), "step %d: %s commits %s", step, owner, key)
	case 5:
		m.release(key, owner)
		require.NoError(t, s.Store.Release(t.Context(), key, owner))
	case 6:
		if random.IntN(4) == 0 { // or there would be nothing but free keys
			m.forget(key)
			require.NoError(t, s.Store.Forget(t.Context(), key))
		}
	case 7:
		m.advance(some)
		s.Advance(t, some)
	}
}
