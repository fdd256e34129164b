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
	page     string
	heading  string // that it stands under
	line     int
	code     string
	declared *snippet // the piece before it, where that declares a type for it
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
			_, err := compile(t, snippets)
			assert.ErrorContains(t, err, "docs/invented.md:4:")
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
	headings := regexp.MustCompile(`(?m)^#+ (.*)$`)
	declaration := regexp.MustCompile(`^(//.*\n)*type `)
	var snippets []snippet
	var declared *snippet
	for _, found := range regexp.MustCompile("(?s)(?:^|\n)```go\n(.*?\n)```(?:\n|$)").FindAllStringSubmatchIndex(text, -1) {
		before := text[:found[2]]
		heading := ""
		if above := headings.FindAllStringSubmatch(before, -1); len(above) > 0 {
			heading = above[len(above)-1][1]
		}
		found := snippet{
			page:     page,
			heading:  heading,
			line:     strings.Count(before, "\n") + 1,
			code:     text[found[2]:found[3]],
			declared: declared,
		}
		if declared == nil && declaration.MatchString(found.code) {
			declared = &found
			continue
		}
		declared = nil
		snippets = append(snippets, found)
	}
	if declared != nil {
		snippets = append(snippets, *declared) // used by nothing, it is a piece that does nothing
	}
	return snippets
}

// compile builds a program that runs the piece whose number it is given. Its package
// exists in an overlay only, so that it is part of this module and nothing is
// written into it.
func compile(t *testing.T, snippets []snippet) (program string, err error) {
	t.Helper()
	folder := t.TempDir()
	root, err := os.Getwd()
	require.NoError(t, err)
	replace := map[string]string{}
	add := func(name, source string) {
		file := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(file, []byte(source), 0o600))
		replace[filepath.Join(root, "internal", "snippets", name)] = file
	}
	var names []string
	for i, s := range snippets {
		names = append(names, fmt.Sprintf("snippet%d", i))
		add(names[i]+".go", s.source(names[i]))
	}
	add("main.go", fmt.Sprintf(programMain, strings.Join(names, ", ")))
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	list := filepath.Join(folder, "overlay.json")
	require.NoError(t, os.WriteFile(list, overlay, 0o600))

	program = filepath.Join(folder, "snippets.exe") // which the other systems do not mind
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", list, "-o", program, "./internal/snippets")
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w:\n%s", err, output)
	}
	return program, nil
}

// programMain is the program around the pieces: os.Args are the number of one, and
// the room's and the agent's ids.
const programMain = `package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

func main() {
	pieces := []func(context.Context, *qismo.Client, string, string, flex.ID, flex.ID) error{%s}
	number, err := strconv.Atoi(os.Args[1])
	if err == nil {
		var client *qismo.Client
		if client, err = qismo.New(); err == nil {
			err = pieces[number](context.Background(), client, os.Getenv("QISCUS_APP_ID"),
				os.Getenv("QISCUS_SECRET_KEY"), flex.ID(os.Args[2]), flex.ID(os.Args[3]))
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
`

// source is the file that a piece becomes. What the pieces take for granted are
// the function's parameters.
func (s snippet) source(name string) string {
	var source strings.Builder
	source.WriteString("package main\n\nimport (\n" + s.imports())
	// Under other names, so that a piece that imports them as well can.
	source.WriteString("\tgocontext \"context\"\n\tours \"github.com/qismo-go/qismo/pkg/qismo\"\n" +
		"\tids \"github.com/qismo-go/qismo/pkg/qismo/flex\"\n)\n\n")
	if s.declared != nil {
		fmt.Fprintf(&source, "//line %s:%d\n%s\n", s.declared.page, s.declared.line, s.declared.code)
	}
	fmt.Fprintf(&source, "func %s(ctx gocontext.Context, client *ours.Client, "+
		"appID, secretKey string, roomID, agentID ids.ID) error {\n", name)
	fmt.Fprintf(&source, "\t{\n//line %s:%d\n%s\t}\n", s.page, s.line, s.code)
	if !strings.Contains("\n"+s.code, "\nreturn ") {
		source.WriteString("\treturn nil\n")
	}
	source.WriteString("}\n")
	return source.String()
}

// imports are those of the packages that a piece names.
func (s snippet) imports() string {
	all := s.code
	if s.declared != nil {
		all += s.declared.code
	}
	var imports strings.Builder
	for _, path := range []string{
		"context", "crypto/tls", "crypto/x509", "encoding/json", "errors", "fmt", "io/fs", "log/slog", "net/http", "net/url", "os", "sync",
		"testing", "time",
		"github.com/qismo-go/qismo/pkg/chat", "github.com/qismo-go/qismo/pkg/chat/realtime",
		"github.com/qismo-go/qismo/pkg/qismo", "github.com/qismo-go/qismo/pkg/qismo/contract",
		"github.com/qismo-go/qismo/pkg/qismo/flex", "github.com/qismo-go/qismo/pkg/qismo/otelqismo",
		"github.com/qismo-go/qismo/pkg/qismo/qismotest", "github.com/qismo-go/qismo/pkg/qismo/ratelimit",
		"github.com/qismo-go/qismo/pkg/qismo/webhook",
	} {
		if regexp.MustCompile(`\b` + filepath.Base(path) + `\.`).MatchString(all) {
			fmt.Fprintf(&imports, "\t%q\n", path)
		}
	}
	return imports.String()
}
