//go:build !race

package canary_test

// oneOf is how many operations there are for each that meets a failure: all meet all.
const oneOf = 1
