//go:build race

package canary_test

// oneOf is how many operations there are for each that meets a failure. The race
// detector looks at how calls are made, which the operations have in common; it makes
// them several times as slow.
const oneOf = 6
