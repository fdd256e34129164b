//go:build race

package canary_test

import (
	"hash/fnv"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/internal/canary"
)

// The race detector looks at how calls are made, which operations and failures have in
// common; it makes them several times as slow. So one way to fail in twelve is driven.
func TestNothingShows(t *testing.T) {
	report := canary.Drive(t, canary.Plan{Failure: func(name string) bool {
		hash := fnv.New32a()
		_, _ = hash.Write([]byte(name))
		return hash.Sum32()%12 == 0
	}})
	t.Logf("%+v", report.Numbers)
	assert.Empty(t, report.Findings)
	assert.Empty(t, report.Problems)
	assert.GreaterOrEqual(t, report.Failures, 10)
}
