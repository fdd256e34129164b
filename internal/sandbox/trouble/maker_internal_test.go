package trouble

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Beyond what is remembered nothing is, and the rates hold; a call that is repeated does
// not fail for ever.
func TestMoreSubjectsThanAreRemembered(t *testing.T) {
	maker := new(Maker)
	require.NoError(t, maker.Set(3, Rule{Kind: ServerError, Rate: 0.5}))
	for i := range uint64(maxSubjects) {
		maker.seen[i] = 1
	}
	struck := 0
	const draws = 10_000
	for i := range draws {
		if maker.Call("getRoom", fmt.Sprint(i)).Has(ServerError) {
			struck++
		}
	}
	assert.Len(t, maker.seen, maxSubjects)
	assert.InDelta(t, draws/2, struck, 300)
	attempts := 1
	for maker.Call("getRoom", "another").Has(ServerError) {
		attempts++
		require.Less(t, attempts, 60)
	}
}
