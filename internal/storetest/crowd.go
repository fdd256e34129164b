package storetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// testCrowd lets many claim the same keys at once, each in an order of its own. Each
// key must be claimed once, and whoever has claimed it can commit it.
func testCrowd(t *testing.T, s Subject) {
	const owners = 64
	claimed := make([]atomic.Int32, cmp.Or(s.CrowdKeys, 1000))
	var crowd sync.WaitGroup
	for owner := range uint64(owners) {
		crowd.Go(func() {
			order := rand.New(rand.NewPCG(owner, 0)).Perm(len(claimed))
			for _, key := range order {
				if !s.claimInCrowd(t, fmt.Sprint(key), fmt.Sprint(owner), &claimed[key]) {
					return
				}
			}
		})
	}
	crowd.Wait()
	for key := range claimed {
		assert.EqualValues(t, 1, claimed[key].Load(), "how often key %d was claimed", key)
	}
}

// claimInCrowd claims a key and commits it if that succeeds. It says whether the
// store did what it must.
func (s Subject) claimInCrowd(t *testing.T, key, owner string, claimed *atomic.Int32) bool {
	t.Helper()
	claim, err := s.Store.Claim(t.Context(), key, owner, lease)
	if claim == webhook.Claimed {
		claimed.Add(1)
		return assert.NoError(t, s.Store.Commit(t.Context(), key, owner, keep))
	}
	return assert.NoError(t, err) && assert.Contains(t, []webhook.Claim{webhook.Busy, webhook.Handled}, claim)
}
