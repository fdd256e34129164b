package qismo_test

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The program in the documentation of package webhook compiles.
func TestWebhookDocumentationCompiles(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "pkg/qismo/webhook/doc.go", nil, parser.ParseComments)
	require.NoError(t, err)
	_, after, found := strings.Cut(file.Doc.Text(), "\tpackage main\n")
	require.True(t, found)
	program := "package main\n"
	for line := range strings.Lines(after) {
		if line != "\n" && !strings.HasPrefix(line, "\t") {
			break
		}
		program += strings.TrimPrefix(line, "\t")
	}
	require.Contains(t, program, "func main() {")
	source := filepath.Join(t.TempDir(), "main.go")
	require.NoError(t, os.WriteFile(source, []byte(program), 0o600))
	build := exec.CommandContext(t.Context(), "go", "vet", source)
	output, err := build.CombinedOutput()
	require.NoError(t, err, "%s", output)
}
