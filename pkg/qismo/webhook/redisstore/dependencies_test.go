package redisstore_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Only a program that imports this package links Redis's client, and no program links
// what the tests use.
func TestWhatAProgramLinks(t *testing.T) {
	t.Parallel()
	for folder, heavy := range map[string][]string{
		"..": {"redis", "storetest", "testify"},
		".":  {"miniredis", "gopher-lua", "storetest", "testify"},
	} {
		listed, err := exec.CommandContext(t.Context(), "go", "list", "-deps", folder).Output()
		require.NoError(t, err)
		linked := string(listed)
		require.Contains(t, linked, "github.com/qismo-go/qismo/pkg/qismo/webhook\n")
		assert.Equal(t, folder == ".", strings.Contains(linked, "github.com/redis/go-redis/v9\n"))
		for _, heavy := range heavy {
			assert.NotContains(t, linked, heavy, "what package %s links", folder)
		}
	}
}
