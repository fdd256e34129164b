package inbox_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain ends the browser that the tests shared, and sees that nothing is left.
func TestMain(m *testing.M) {
	code := m.Run()
	shared.end()
	if err := goleak.Find(); err != nil && code == 0 {
		_, _ = os.Stderr.WriteString(err.Error() + "\n")
		code = 1
	}
	os.Exit(code)
}
