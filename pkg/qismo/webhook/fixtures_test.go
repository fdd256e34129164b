package webhook_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

const fixtures = "../../../testdata/webhooks"

// fixture reads a body of testdata/webhooks.
func fixture(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(fixtures, name))
	require.NoError(t, err)
	return body
}

// fixtureNames lists the files of a folder of bodies; there are some.
func fixtureNames(t testing.TB, folder string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	names := make([]string, 0, len(paths))
	for _, path := range paths {
		names = append(names, filepath.Base(path))
	}
	return names
}

// eventOf is the event that a fixture's name begins with.
func eventOf(file string) webhook.Name {
	name, _, _ := strings.Cut(file, "-")
	return webhook.Name(name)
}

// oneEvent parses a body that is one event.
func oneEvent(t testing.TB, body []byte) webhook.Event {
	t.Helper()
	events, err := webhook.Parse(body)
	require.NoError(t, err)
	require.Len(t, events, 1)
	return events[0]
}

// change decodes a body, lets the function change it, and encodes it again.
func change(t testing.TB, body []byte, by func(map[string]any)) []byte {
	t.Helper()
	var members map[string]any
	require.NoError(t, json.Unmarshal(body, &members))
	by(members)
	changed, err := json.Marshal(members)
	require.NoError(t, err)
	return changed
}

// widen adds keys that nobody knows to every object inside a value.
func widen(value any) {
	switch value := value.(type) {
	case map[string]any:
		for _, member := range value {
			widen(member)
		}
		value["a_key_of_2031"] = map[string]any{"a_key_of_2032": nil}
		value["another key"] = []any{1.5, "text"}
	case []any:
		for _, item := range value {
			widen(item)
		}
	}
}
