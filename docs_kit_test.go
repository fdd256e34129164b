package qismo_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// isTest tells whether a piece is a test, with what it needs.
func (s snippet) isTest() bool { return strings.HasPrefix(s.code, "func Test") }

// The tests that the pages show pass.
func TestTheTestsInDocsPass(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	require.NoError(t, err)
	shown := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, s := range snippetsOf(page, string(text)) {
			if s.isTest() {
				shown++
				assert.NoError(t, runShown(t, s))
			}
		}
	}
	assert.NotZero(t, shown)
}

// So does the README's, which is of the bot that the page on the sandbox has.
func TestTheTestInTheReadmePasses(t *testing.T) {
	page, err := os.ReadFile("docs/sandbox.md")
	require.NoError(t, err)
	bot := regexp.MustCompile(`(?s)\n// newBot is .*?\n}\n`).FindString(string(page))
	require.NotEmpty(t, bot)
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	shown := slices.DeleteFunc(snippetsOf("README.md", string(readme)), func(s snippet) bool { return !s.isTest() })
	require.Len(t, shown, 1)
	test := shown[0]
	test.code += bot
	require.NoError(t, runShown(t, test))
	test.code = strings.Replace(test.code, "You wrote", "She wrote", 1)
	assert.ErrorContains(t, runShown(t, test), "You wrote", "what came instead is told")
}

// A test that fails, or does not compile, is told by the page and the line.
func TestTestsInDocsThatDoNotPassAreFound(t *testing.T) {
	for name, c := range map[string]struct{ body, told string }{
		"it fails":         {`t.Error("no")`, "invented.md:5: no"},
		"it is no program": {`return nothing`, "docs/invented.md:5"},
	} {
		t.Run(name, func(t *testing.T) {
			code := "func TestInvented(t *testing.T) {\n\t" + c.body + "\n}\n"
			snippets := snippetsOf("docs/invented.md", "# Title\n\n```go\n"+code+"```\n")
			require.Len(t, snippets, 1)
			assert.ErrorContains(t, runShown(t, snippets[0]), c.told)
		})
	}
}

// runShown runs a piece that is a test, in a package that exists in an overlay only.
func runShown(t *testing.T, s snippet) error {
	t.Helper()
	source := fmt.Sprintf("package shown\n\nimport (\n%s)\n\n//line %s:%d\n%s", s.imports(), s.page, s.line, s.code)
	folder := t.TempDir()
	file := filepath.Join(folder, "shown_test.go")
	require.NoError(t, os.WriteFile(file, []byte(source), 0o600))
	root, err := os.Getwd()
	require.NoError(t, err)
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(root, "internal", "shown", "shown_test.go"): file,
	}})
	require.NoError(t, err)
	list := filepath.Join(folder, "overlay.json")
	require.NoError(t, os.WriteFile(list, overlay, 0o600))
	program := filepath.Join(folder, "shown.exe") // which the other systems do not mind
	build := exec.CommandContext(t.Context(),     // go vet would look for the package's folder
		"go", "test", "-c", "-vet=off", "-overlay", list, "-o", program, "./internal/shown")
	if output, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w:\n%s", err, output)
	}
	tests := exec.CommandContext(t.Context(), program)
	tests.Dir = folder
	if output, err := tests.CombinedOutput(); err != nil {
		return fmt.Errorf("%w:\n%s", err, output)
	}
	return nil
}
