package qismo_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The README's bot is the one in examples/echo, which the compiler sees, and it is
// short enough to keep the README's promise.
func TestReadmeShowsTheExampleEcho(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	example, err := os.ReadFile("examples/echo/main.go")
	require.NoError(t, err)
	_, program, found := strings.Cut(string(example), "\npackage main\n")
	require.True(t, found)
	assert.Contains(t, string(readme), "```go\npackage main\n"+program+"```\n")

	body := regexp.MustCompile(`(?s)func main\(\) \{\n(.*)\n\}\n`).FindStringSubmatch(program)
	require.NotNil(t, body)
	assert.Less(t, strings.Count(body[1], "\n")+1, 15, "lines of one's own")
}

// Files that the README names exist, and so do the make targets.
func TestReadmeNamesWhatExists(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	for _, link := range regexp.MustCompile(`\]\(([A-Za-z][^):]*)\)`).FindAllStringSubmatch(string(readme), -1) {
		assert.FileExists(t, link[1])
	}
	makefile, err := os.ReadFile("Makefile")
	require.NoError(t, err)
	for _, target := range regexp.MustCompile("(?m)^make ([a-z]+)$").FindAllStringSubmatch(string(readme), -1) {
		assert.Contains(t, string(makefile), "\n"+target[1]+": ")
	}
}
