package realtime_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A program in real time links MQTT, and no broker, document or validator; one without
// real time does not link MQTT.
func TestWhatAProgramLinks(t *testing.T) {
	t.Parallel()
	for folder, linksMQTT := range map[string]bool{".": true, "..": false} {
		listed, err := exec.CommandContext(t.Context(), "go", "list", "-deps", folder).Output()
		require.NoError(t, err)
		for _, heavy := range []string{"mochi", "internal/sandbox", "internal/document", "jsonschema", "kin-openapi", "testify"} {
			assert.NotContains(t, string(listed), heavy)
		}
		for _, mqtt := range []string{"paho.mqtt", "gorilla/websocket"} {
			assert.Equal(t, linksMQTT, strings.Contains(string(listed), mqtt), "%s in %s", mqtt, folder)
		}
	}
}
