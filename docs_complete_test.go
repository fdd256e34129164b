package qismo_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/control"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// The page on configuration has a row for every option.
func TestConfigurationHasEveryOption(t *testing.T) {
	page, err := os.ReadFile("docs/configuration.md")
	require.NoError(t, err)
	var options []string
	for _, declaration := range declarations(t, "pkg/qismo") {
		function, ok := declaration.(*ast.FuncDecl)
		if ok && function.Recv == nil && strings.HasPrefix(function.Name.Name, "With") {
			options = append(options, function.Name.Name)
		}
	}
	require.Contains(t, options, "WithTimeouts")
	assert.Empty(t, missingIn(string(page), "\n| `%s` | ", options))
}

// The page on failures has a row for every reason, and names every sentinel.
func TestFailuresHaveEveryReason(t *testing.T) {
	text, err := os.ReadFile("docs/failures.md")
	require.NoError(t, err)
	page := string(text)
	var sentinels, reasons []string
	for _, sentinel := range valuesOf(declarations(t, "pkg/qismo"), token.VAR, "Err") {
		sentinels = append(sentinels, sentinel.Names[0].Name)
	}
	require.Contains(t, sentinels, "ErrNotFound")
	assert.Empty(t, missingIn(page, "`%s`", sentinels))
	for _, reason := range valuesOf(declarations(t, "internal/transport"), token.CONST, "Reason") {
		literal, ok := reason.Values[0].(*ast.BasicLit)
		require.True(t, ok)
		words, err := strconv.Unquote(literal.Value)
		require.NoError(t, err)
		reasons = append(reasons, words)
	}
	require.Contains(t, reasons, "connection broken")
	assert.Empty(t, missingIn(page, "\n| `%s` | ", reasons))
}

// missingIn are the names that a page does not show in a form.
func missingIn(page, form string, names []string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return strings.Contains(page, fmt.Sprintf(form, name)) })
}

// declarations are those of a package, without its tests.
func declarations(t *testing.T, folder string) []ast.Decl {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	var all []ast.Decl
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		all = append(all, file.Decls...)
	}
	return all
}

// valuesOf are the exported variables or constants whose names begin with a word.
func valuesOf(all []ast.Decl, kind token.Token, prefix string) []*ast.ValueSpec {
	var found []*ast.ValueSpec
	for _, declaration := range all {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Tok != kind {
			continue
		}
		for _, specification := range group.Specs {
			values, ok := specification.(*ast.ValueSpec)
			if ok && strings.HasPrefix(values.Names[0].Name, prefix) {
				found = append(found, values)
			}
		}
	}
	return found
}

// The page on webhooks has a row for every option of a handler, for every
// authenticator and for every event, and shows the program in examples/receiver.
func TestWebhooksPageIsComplete(t *testing.T) {
	text, err := os.ReadFile("docs/webhooks.md")
	require.NoError(t, err)
	page := string(text)
	program, err := os.ReadFile("examples/receiver/main.go")
	require.NoError(t, err)
	assert.Contains(t, page, "```go\n"+string(program)+"```\n")

	made := map[string][]string{}
	for _, declaration := range declarations(t, "pkg/qismo/webhook") {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || function.Recv != nil || !function.Name.IsExported() || function.Type.Results == nil {
			continue
		}
		if result, ok := function.Type.Results.List[0].Type.(*ast.Ident); ok {
			made[result.Name] = append(made[result.Name], function.Name.Name)
		}
	}
	require.Contains(t, made["Option"], "AnswerAtOnce")
	assert.Empty(t, missingIn(page, "`%s(", made["Option"]))
	require.Contains(t, made["Authenticator"], "PathSecret")
	assert.Empty(t, missingIn(page, "`%s(", made["Authenticator"]))

	var sentinels []string
	for _, sentinel := range valuesOf(declarations(t, "pkg/qismo/webhook"), token.VAR, "Err") {
		sentinels = append(sentinels, sentinel.Names[0].Name)
	}
	require.Contains(t, sentinels, "ErrQueueFull")
	told := slices.DeleteFunc(sentinels, func(name string) bool {
		// Those are of functions that the page does not speak of, or only wrapped.
		return slices.Contains([]string{"ErrNotObject", "ErrUnauthenticated", "ErrShutdown", "ErrClaimLost", "ErrClaimedElsewhere"}, name)
	})
	assert.Empty(t, missingIn(page, "`%s`", told))
	for _, name := range webhook.Names() {
		assert.Contains(t, page, "`"+string(name)+"`")
	}
}

// The page on the sandbox has a row for every path of its control, and for every kind of
// trouble.
func TestSandboxPageHasEveryPath(t *testing.T) {
	page, err := os.ReadFile("docs/sandbox.md")
	require.NoError(t, err)
	platform, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	defer func() { assert.NoError(t, platform.Shutdown(t.Context())) }()
	recorder := httptest.NewRecorder()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, control.Home, nil)
	request.Host = "localhost"
	control.New(platform).ServeHTTP(recorder, request)
	var list struct {
		Paths []struct{ Method, Path string }
	}
	require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &list))
	var paths, kinds []string
	for _, path := range list.Paths {
		paths = append(paths, path.Method+" "+path.Path)
	}
	require.Contains(t, paths, "POST /_sandbox/clock")
	assert.Empty(t, missingIn(string(page), "\n| `%s` | ", paths))
	for _, kind := range trouble.Kinds() {
		kinds = append(kinds, string(kind.Kind))
	}
	assert.Empty(t, missingIn(string(page), "\n| `%s` | ", kinds))
}
