package qismotest_test

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a test links that uses this package: the platform, and nothing of its command, its
// page, its file or the tests of the project.
func TestWhatATestLinks(t *testing.T) {
	t.Parallel()
	listed, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	for _, heavy := range []string{
		"bbolt", "kong", "chromedp", "testify", "goleak", "toxiproxy", "go-redis", "opentelemetry",
		"sandbox/inbox", "sandbox/control", "sandbox/boltstore",
	} {
		assert.NotContains(t, string(listed), heavy)
	}
	assert.Contains(t, string(listed), "qismo/internal/sandbox\n")
}
