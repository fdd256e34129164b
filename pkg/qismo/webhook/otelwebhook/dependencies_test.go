package otelwebhook_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A program that imports this package links OpenTelemetry's API with what that needs,
// and what the receiver links anyway. The SDK, with its exporters, is the program's to
// choose, and a receiver needs no client.
func TestWhatAProgramLinks(t *testing.T) {
	const format = "{{.ImportPath}} {{with .Module}}{{.Path}}{{end}}"
	listed, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", format, ".").Output()
	require.NoError(t, err)
	modules := []string{}
	for line := range strings.Lines(string(listed)) {
		linked, module, _ := strings.Cut(strings.TrimSpace(line), " ")
		for _, heavy := range []string{"otel/sdk", "otel/exporters", "gen/omnichannel", "internal/transport"} {
			assert.NotContains(t, linked, heavy)
		}
		assert.NotEqual(t, "github.com/qismo-go/qismo/pkg/qismo", linked)
		if module != "" && !slices.Contains(modules, module) {
			modules = append(modules, module)
		}
	}
	assert.ElementsMatch(t, []string{
		"github.com/qismo-go/qismo",
		"github.com/santhosh-tekuri/jsonschema/v6", "golang.org/x/text", "go.yaml.in/yaml/v3",
		"go.opentelemetry.io/otel", "go.opentelemetry.io/otel/metric", "go.opentelemetry.io/otel/trace",
		"go.opentelemetry.io/auto/sdk", // by which otel/trace can be watched from outside; it is not the SDK
		"github.com/cespare/xxhash/v2", "github.com/go-logr/logr", "github.com/go-logr/stdr",
	}, modules)
}
