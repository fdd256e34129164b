//go:build !race

package webhook_test

// underRace says that the race detector is on.
const underRace = false
