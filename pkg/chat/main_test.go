package chat_test

import (
	"testing"

	"go.uber.org/goleak"
)

// When all tests have ended, no goroutine is left of the clients that they made.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
