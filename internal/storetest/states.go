package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// step does something to the one key of a table's row.
type step func(t *testing.T, s Subject)

// way is how a key came into a state.
type way []step

func claims(owner string) step {
	return func(t *testing.T, s Subject) { s.claim(t, webhook.Claimed, "key", owner) }
}

func commits(owner string) step {
	return func(t *testing.T, s Subject) {
		require.NoError(t, s.Store.Commit(t.Context(), "key", owner, keep))
	}
}

func releases(owner string) step {
	return func(t *testing.T, s Subject) {
		require.NoError(t, s.Store.Release(t.Context(), "key", owner))
	}
}

func forgotten(t *testing.T, s Subject) {
	require.NoError(t, s.Store.Forget(t.Context(), "key"))
}

func passes(some time.Duration) step {
	return func(t *testing.T, s Subject) { s.Advance(t, some) }
}

// holder says who has a key: nobody, whoever has claimed it, or it was handled.
type holder string

const (
	nobody      holder = ""
	mine        holder = "me"
	theirs      holder = "them"
	handled     holder = "handled, by me"
	handledElse holder = "handled, by them"
)

// state is a state of a key, and what comes of each method that I call in it.
type state struct {
	way       way
	before    holder
	claim     webhook.Claim
	commit    error
	claimed   holder // after Claim
	committed holder // after Commit
	released  holder // after Release
}

// states returns every state that a key can be in, by every way into it.
func states() map[string]state {
	free := state{nil, nobody, webhook.Claimed, nil, mine, handled, nobody}
	own := state{nil, mine, webhook.Claimed, nil, mine, handled, nobody}
	taken := state{nil, theirs, webhook.Busy, webhook.ErrClaimLost, theirs, theirs, theirs}
	done := state{nil, handled, webhook.Handled, nil, handled, handled, handled}
	doneElse := state{nil, handledElse, webhook.Handled, webhook.ErrClaimLost, handledElse, handledElse, handledElse}
	by := func(s state, way way) state {
		s.way = way
		return s
	}
	me, them := string(mine), string(theirs)
	return map[string]state{
		"never claimed":              by(free, nil),
		"I released":                 by(free, way{claims(me), releases(me)}),
		"they released":              by(free, way{claims(them), releases(them)}),
		"my claim lapsed":            by(free, way{claims(me), passes(lease)}),
		"their claim lapsed":         by(free, way{claims(them), passes(lease)}),
		"both claims lapsed":         by(free, way{claims(me), passes(lease), claims(them), passes(lease)}),
		"I took over, and it lapsed": by(free, way{claims(them), passes(lease), claims(me), passes(lease)}),
		"my commit was forgotten":    by(free, way{claims(me), commits(me), forgotten}),
		"their commit was forgotten": by(free, way{claims(them), commits(them), forgotten}),
		"my commit expired":          by(free, way{claims(me), commits(me), passes(keep)}),
		"their commit expired":       by(free, way{claims(them), commits(them), passes(keep)}),
		"forgotten without a claim":  by(free, way{forgotten}),

		"I claimed":                    by(own, way{claims(me)}),
		"I claimed again":              by(own, way{claims(me), claims(me)}),
		"I claimed what they released": by(own, way{claims(them), releases(them), claims(me)}),
		"I took over":                  by(own, way{claims(them), passes(lease), claims(me)}),
		"they released what is mine":   by(own, way{claims(me), releases(them)}),
		"my claim is not forgotten":    by(own, way{claims(me), forgotten}),

		"they claimed":                  by(taken, way{claims(them)}),
		"their claim is not forgotten":  by(taken, way{claims(them), forgotten}),
		"they took over":                by(taken, way{claims(me), passes(lease), claims(them)}),
		"I released what is theirs":     by(taken, way{claims(them), releases(me)}),
		"they claimed what I released":  by(taken, way{claims(me), releases(me), claims(them)}),
		"they claimed what was handled": by(taken, way{claims(me), commits(me), passes(keep), claims(them)}),

		"I committed":                     by(done, way{claims(me), commits(me)}),
		"I committed again":               by(done, way{claims(me), commits(me), commits(me)}),
		"I committed after a lapse":       by(done, way{claims(me), passes(lease), commits(me)}),
		"I committed without a claim":     by(done, way{commits(me)}),
		"I committed after their lapse":   by(done, way{claims(me), passes(lease), claims(them), passes(lease), commits(me)}),
		"I released what I committed":     by(done, way{claims(me), commits(me), releases(me)}),
		"I committed what was forgotten":  by(done, way{claims(me), commits(me), forgotten, commits(me)}),
		"they committed":                  by(doneElse, way{claims(them), commits(them)}),
		"they took over and committed":    by(doneElse, way{claims(me), passes(lease), claims(them), commits(them)}),
		"they committed after a lapse":    by(doneElse, way{claims(them), passes(lease), commits(them)}),
		"I released what they committed":  by(doneElse, way{claims(them), commits(them), releases(me)}),
		"they released what is committed": by(doneElse, way{claims(them), commits(them), releases(them)}),
	}
}

// runStates calls each method in each state.
func runStates(t *testing.T, open func(t *testing.T) Subject) {
	t.Helper()
	me := string(mine)
	for name, state := range states() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			in := func() {
				s.free(t)
				for _, step := range state.way {
					step(t, s)
				}
			}
			in()
			s.requireHolder(t, state.before)

			in()
			claim, err := s.Store.Claim(t.Context(), "key", me, lease)
			require.NoError(t, err)
			assert.Equal(t, state.claim, claim)
			s.requireHolder(t, state.claimed)

			in()
			require.ErrorIs(t, s.Store.Commit(t.Context(), "key", me, keep), state.commit) // nil is nil
			s.requireHolder(t, state.committed)

			in()
			require.NoError(t, s.Store.Release(t.Context(), "key", me))
			s.requireHolder(t, state.released)

			in()
			require.NoError(t, s.Store.Forget(t.Context(), "key"))
			s.requireHolder(t, state.forgotten())
		})
	}
}

// free frees the key, whoever of those who play here has it.
func (s Subject) free(t *testing.T) {
	t.Helper()
	forgotten(t, s)
	for _, owner := range []string{string(mine), string(theirs), stranger} {
		require.NoError(t, s.Store.Release(t.Context(), "key", owner))
	}
}

// stranger is who finds out who has a key.
const stranger = "a stranger"

// forgotten is who has a key after Forget: a claim stays.
func (s state) forgotten() holder {
	if s.before == mine || s.before == theirs {
		return s.before
	}
	return nobody
}

// requireHolder finds out who has the key. What it does for that changes the state.
func (s Subject) requireHolder(t *testing.T, expected holder) {
	t.Helper()
	claim, err := s.Store.Claim(t.Context(), "key", stranger, lease)
	require.NoError(t, err)
	found := nobody
	switch claim {
	case webhook.Busy:
		found = theirs
		claim, err := s.Store.Claim(t.Context(), "key", string(mine), lease)
		require.NoError(t, err)
		if claim == webhook.Claimed {
			found = mine
		}
	case webhook.Handled:
		found = handledElse
		if s.Store.Commit(t.Context(), "key", string(mine), keep) == nil {
			found = handled
		}
	default:
		require.Equal(t, webhook.Claimed, claim)
	}
	require.Equal(t, expected, found)
}
