// Package soak says how much the tests do whose names begin with TestSoak: little
// in "make test", all of it in "make soak". It is for tests only.
package soak

import "os"

// Variable is the environment variable that asks for the full counts when it is
// "full".
const Variable = "QISMO_SOAK"

// Full reports whether the full counts are asked for.
func Full() bool { return os.Getenv(Variable) == "full" }

// Count is the full count when that is asked for, the short one otherwise.
func Count(short, full int) int {
	if Full() {
		return full
	}
	return short
}
