package qismo_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// snippet is a piece of Go in a page of documentation: the body of a function that
// returns an error.
type snippet struct {
	page string
	line int
	code string
}

// What the pages in docs/ show compiles.
func TestDocsCompile(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	require.NoError(t, err)
	var snippets []snippet
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		snippets = append(snippets, snippetsOf(page, string(text))...)
	}
	require.NotEmpty(t, snippets)
	assert.NoError(t, compile(t, snippets))
}

// A piece that does not compile is told by the page and the line where it stands.
func TestDocsThatDoNotCompileAreFound(t *testing.T) {
	for name, code := range map[string]string{
		"no such method": "return client.Rooms.Paint(ctx)",
		"left unused":    "room, err := client.Rooms.Get(ctx, roomID)\nreturn err",
		"no such name":   "return nothing",
	} {
		t.Run(name, func(t *testing.T) {
			snippets := snippetsOf("docs/invented.md", "# Title\n\n```go\n"+code+"\n```\n")
			require.Len(t, snippets, 1)
			assert.ErrorContains(t, compile(t, snippets), "docs/invented.md:4:")
		})
	}
}

// What the pages in docs/ link to exists, down to the heading.
func TestDocsNameWhatExists(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	require.NoError(t, err)
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, link := range regexp.MustCompile(`\]\(([^):]*)\)`).FindAllStringSubmatch(string(text), -1) {
			file, anchor, _ := strings.Cut(link[1], "#")
			target := filepath.Join("docs", file)
			if file == "" {
				target = page
			}
			content, err := os.ReadFile(target)
			if assert.NoError(t, err, "%s links to %s", page, link[1]) && anchor != "" {
				assert.Contains(t, anchors(string(content)), anchor, "%s links to %s", page, link[1])
			}
		}
	}
}

// anchors are what GitHub makes of a page's headings.
func anchors(text string) []string {
	var all []string
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		words := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		all = append(all, strings.ReplaceAll(words, " ", "-"))
	}
	return all
}

func snippetsOf(page, text string) []snippet {
	var snippets []snippet
	for _, found := range regexp.MustCompile("(?s)(?:^|\n)```go\n(.*?\n)```(?:\n|$)").FindAllStringSubmatchIndex(text, -1) {
		snippets = append(snippets, snippet{
			page: page,
			line: strings.Count(text[:found[2]], "\n") + 1,
			code: text[found[2]:found[3]],
		})
	}
	return snippets
}

// compile builds a package that exists in an overlay only, so that it is part of
// this module and nothing is written into it.
func compile(t *testing.T, snippets []snippet) error {
	t.Helper()
	folder := t.TempDir()
	root, err := os.Getwd()
	require.NoError(t, err)
	replace := map[string]string{}
	for i, s := range snippets {
		file := filepath.Join(folder, fmt.Sprintf("snippet%d.go", i))
		require.NoError(t, os.WriteFile(file, []byte(s.source(i)), 0o600))
		replace[filepath.Join(root, "internal", "snippets", filepath.Base(file))] = file
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	list := filepath.Join(folder, "overlay.json")
	require.NoError(t, os.WriteFile(list, overlay, 0o600))

	output, err := exec.CommandContext(t.Context(), "go", "build", "-overlay", list, "./internal/snippets").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w:\n%s", err, output)
	}
	return nil
}

// source is the file that a piece becomes. What the pieces take for granted are
// the function's parameters.
func (s snippet) source(number int) string {
	var source strings.Builder
	source.WriteString("package snippets\n\nimport (\n")
	for _, path := range []string{
		"context", "errors", "fmt", "os", "time",
		"github.com/qismo-go/qismo/pkg/qismo", "github.com/qismo-go/qismo/pkg/qismo/flex",
	} {
		if strings.Contains(s.code, filepath.Base(path)+".") {
			fmt.Fprintf(&source, "\t%q\n", path)
		}
	}
	// Under other names, so that a piece that imports them as well can.
	source.WriteString("\tgocontext \"context\"\n\tours \"github.com/qismo-go/qismo/pkg/qismo\"\n" +
		"\tids \"github.com/qismo-go/qismo/pkg/qismo/flex\"\n)\n\n")
	fmt.Fprintf(&source, "func _(ctx gocontext.Context, client *ours.Client, "+
		"appID, secretKey string, roomID, agentID ids.ID) error { // number %d\n", number)
	fmt.Fprintf(&source, "\t{\n//line %s:%d\n%s\t}\n", s.page, s.line, s.code)
	if !strings.Contains("\n"+s.code, "\nreturn ") {
		source.WriteString("\treturn nil\n")
	}
	source.WriteString("}\n")
	return source.String()
}
