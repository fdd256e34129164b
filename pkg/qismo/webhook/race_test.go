//go:build race

package webhook_test

// underRace says that the race detector is on. It makes everything several times as
// slow, and what a body costs is the same in each of the ways in which it is read.
const underRace = true
