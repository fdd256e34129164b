package qismo_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A program that imports this package alone links neither the documents nor the
// validator nor a rate limiter nor OpenTelemetry, and gains at most four modules.
func TestWhatAProgramLinks(t *testing.T) {
	const format = "{{.ImportPath}} {{with .Module}}{{.Path}}{{end}}"
	listed, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", format, ".").Output()
	require.NoError(t, err)
	modules := []string{}
	for line := range strings.Lines(string(listed)) {
		linked, module, _ := strings.Cut(strings.TrimSpace(line), " ")
		for _, heavy := range []string{
			"jsonschema", "kin-openapi", "internal/document", "qismo/api", "qismo/contract", "golang.org/x/time",
			"opentelemetry", "mqtt", "websocket",
		} {
			assert.NotContains(t, linked, heavy)
		}
		if module != "" && !slices.Contains(modules, module) {
			modules = append(modules, module)
		}
	}
	assert.Contains(t, modules, "github.com/qismo-go/qismo")
	assert.LessOrEqual(t, len(modules), 4, "%v", modules)
}
