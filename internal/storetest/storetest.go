// Package storetest holds what every [webhook.Store] must do, as tests that a store's
// own tests run.
package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// Subject is an empty store, and the means to let time pass for it alone.
type Subject struct {
	Store webhook.Store
	// Advance does not wait. Besides what it is told to let pass, a store's time may
	// pass by itself, as that of a server does.
	Advance func(t *testing.T, by time.Duration)
	// CrowdKeys is how many keys many owners claim at once, 1,000 unless set: for a
	// server that is simulated, and slow.
	CrowdKeys int
}

// Run tests stores. It opens one for each test, from several goroutines.
func Run(t *testing.T, open func(t *testing.T) Subject) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Subject){
		"claims lapse":               testClaimsLapse,
		"claims are renewed":         testClaimsAreRenewed,
		"commits expire":             testCommitsExpire,
		"shortest and longest times": testShortestAndLongest,
		"times that are not":         testTimesThatAreNot,
		"keys are apart":             testKeysAreApart,
		"owners are apart":           testOwnersAreApart,
		"contexts that are done":     testContexts,
		"a crowd":                    testCrowd,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
	t.Run("states", func(t *testing.T) {
		t.Parallel()
		runStates(t, open)
	})
	t.Run("model", func(t *testing.T) {
		t.Parallel()
		runModel(t, open)
	})
}

// Times are so long that what a test itself takes does not matter.
const (
	lease = time.Hour
	keep  = 24 * time.Hour
	// margin is more than any test takes, and less than any of the times.
	margin = time.Minute
)

func testClaimsLapse(t *testing.T, s Subject) {
	s.claim(t, webhook.Claimed, "key", "one")
	s.Advance(t, lease-margin)
	s.claim(t, webhook.Busy, "key", "two")
	s.Advance(t, margin)
	s.claim(t, webhook.Claimed, "key", "two")
	s.claim(t, webhook.Busy, "key", "one")
}

// Only the owner's own claims renew a lease.
func testClaimsAreRenewed(t *testing.T, s Subject) {
	s.claim(t, webhook.Claimed, "key", "one")
	s.Advance(t, lease-margin)
	s.claim(t, webhook.Claimed, "key", "one")
	s.Advance(t, lease-margin)
	s.claim(t, webhook.Busy, "key", "two")
	s.Advance(t, margin)
	s.claim(t, webhook.Claimed, "key", "two")
}

// The time to keep a key runs from the commit, whether it is longer or shorter than
// what was left of the lease. Nobody's claim prolongs it.
func testCommitsExpire(t *testing.T, s Subject) {
	for _, keep := range []time.Duration{keep, lease / 2} {
		s.claim(t, webhook.Claimed, "key", "one")
		s.Advance(t, lease/4)
		require.NoError(t, s.Store.Commit(t.Context(), "key", "one", keep))
		s.Advance(t, keep-margin)
		s.claim(t, webhook.Handled, "key", "two")
		s.claim(t, webhook.Handled, "key", "one")
		s.Advance(t, margin)
		s.claim(t, webhook.Claimed, "key", "two")
		require.NoError(t, s.Store.Release(t.Context(), "key", "two"))
	}
}

func testShortestAndLongest(t *testing.T, s Subject) {
	const shortest, longest, century = time.Nanosecond, time.Duration(1<<63 - 1), 100 * 365 * 24 * time.Hour
	claimed, err := s.Store.Claim(t.Context(), "short", "one", shortest)
	require.NoError(t, err)
	assert.Equal(t, webhook.Claimed, claimed)
	s.Advance(t, time.Second)
	s.claim(t, webhook.Claimed, "short", "two")
	require.NoError(t, s.Store.Commit(t.Context(), "short", "two", shortest))
	s.Advance(t, time.Second)
	s.claim(t, webhook.Claimed, "short", "three")

	claimed, err = s.Store.Claim(t.Context(), "long", "one", longest)
	require.NoError(t, err)
	assert.Equal(t, webhook.Claimed, claimed)
	s.Advance(t, century)
	s.claim(t, webhook.Busy, "long", "two")
	require.NoError(t, s.Store.Commit(t.Context(), "long", "one", longest))
	s.Advance(t, century)
	s.claim(t, webhook.Handled, "long", "two")
}

// A time that is not positive is an error, and changes nothing.
func testTimesThatAreNot(t *testing.T, s Subject) {
	for _, none := range []time.Duration{0, -1, -time.Hour, -1 << 63} {
		claimed, err := s.Store.Claim(t.Context(), "key", "one", none)
		require.Error(t, err)
		assert.Zero(t, claimed)
		s.claim(t, webhook.Claimed, "key", "two")

		_, err = s.Store.Claim(t.Context(), "key", "two", none)
		require.Error(t, err)
		err = s.Store.Commit(t.Context(), "key", "two", none)
		require.Error(t, err)
		require.NotErrorIs(t, err, webhook.ErrClaimLost)
		s.claim(t, webhook.Busy, "key", "one")
		s.claim(t, webhook.Claimed, "key", "two")
		require.NoError(t, s.Store.Release(t.Context(), "key", "two"))
	}
}

func testKeysAreApart(t *testing.T, s Subject) {
	for _, key := range oddTexts {
		s.claim(t, webhook.Claimed, key, "owner")
	}
	for _, key := range oddTexts {
		s.claim(t, webhook.Busy, key, "another")
		require.NoError(t, s.Store.Commit(t.Context(), key, "owner", keep))
		s.claim(t, webhook.Handled, key, "another")
	}
	for _, key := range oddTexts {
		s.claim(t, webhook.Handled, key, "another")
		require.NoError(t, s.Store.Forget(t.Context(), key))
		s.claim(t, webhook.Claimed, key, "another")
	}
}

// No owner can pass for another, or for the mark of a key that was handled.
func testOwnersAreApart(t *testing.T, s Subject) {
	for _, one := range likeMarks {
		for _, another := range likeMarks {
			if one == another {
				continue
			}
			s.claim(t, webhook.Claimed, "key", one)
			s.claim(t, webhook.Busy, "key", another)
			require.ErrorIs(t, s.Store.Commit(t.Context(), "key", another, keep), webhook.ErrClaimLost)
			require.NoError(t, s.Store.Release(t.Context(), "key", another))
			s.claim(t, webhook.Claimed, "key", one)

			require.NoError(t, s.Store.Commit(t.Context(), "key", one, keep))
			s.claim(t, webhook.Handled, "key", another)
			require.ErrorIs(t, s.Store.Commit(t.Context(), "key", another, keep), webhook.ErrClaimLost)
			require.NoError(t, s.Store.Release(t.Context(), "key", another))
			s.claim(t, webhook.Handled, "key", one)
			require.NoError(t, s.Store.Forget(t.Context(), "key"))
		}
	}
}

// A method whose context is done says why it is, and does nothing.
func testContexts(t *testing.T, s Subject) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	tooLate, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	for _, ctx := range []context.Context{cancelled, tooLate} {
		claimed, err := s.Store.Claim(ctx, "key", "one", lease)
		require.ErrorIs(t, err, ctx.Err())
		assert.Zero(t, claimed)
		require.ErrorIs(t, s.Store.Commit(ctx, "key", "one", keep), ctx.Err())

		s.claim(t, webhook.Claimed, "key", "two")
		require.ErrorIs(t, s.Store.Release(ctx, "key", "two"), ctx.Err())
		require.ErrorIs(t, s.Store.Forget(ctx, "key"), ctx.Err())
		s.claim(t, webhook.Busy, "key", "one")
		require.NoError(t, s.Store.Release(t.Context(), "key", "two"))
	}
}

// claim claims a key, and requires that this comes to what is expected.
func (s Subject) claim(t *testing.T, expected webhook.Claim, key, owner string) {
	t.Helper()
	claimed, err := s.Store.Claim(t.Context(), key, owner, lease)
	require.NoError(t, err)
	require.Equal(t, expected, claimed, "key %q, owner %q", key, owner)
}
