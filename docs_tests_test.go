package qismo_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// testedBot is the program that the tests on the pages are of.
const testedBot = `package snippets

import (
	"context"
	"net/http"
	"testing"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func newBot(client *qismo.Client) http.Handler {
	bot, err := webhook.NewHandler(webhook.WithoutAuthentication(), webhook.Callbacks{
		BotMessage: func(ctx context.Context, event *webhook.BotMessageEvent) error {
			if event.FromPlatform() {
				return nil
			}
			return client.Bot.SendText(ctx, event.RoomID(), "You wrote: "+event.Text())
		},
	})
	if err != nil {
		panic(err)
	}
	return bot
}

`

// isTest tells whether a piece is a test that a reader would write.
func (s snippet) isTest() bool { return strings.HasPrefix(s.code, "func Test") }

// The tests that the README shows are of a bot that says what was written, and pass.
func TestDocsTestsPass(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	shown := 0
	for _, s := range snippetsOf("README.md", string(readme)) {
		if !s.isTest() {
			continue
		}
		shown++
		output, err := runTest(t, testedBot+s.code)
		assert.NoError(t, err, "line %d: %s", s.line, output)
		output, err = runTest(t, testedBot+strings.Replace(s.code, "You wrote", "She wrote", 1))
		require.Error(t, err, "line %d passes whatever the bot says", s.line)
		assert.Contains(t, output, "You wrote", "what came is told")
	}
	assert.NotZero(t, shown)
}

// runTest runs a test file, in an overlay as the other pieces are.
func runTest(t *testing.T, source string) (output string, err error) {
	t.Helper()
	root, err := os.Getwd()
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "snippet_test.go")
	require.NoError(t, os.WriteFile(file, []byte(source), 0o600))
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(root, "internal", "snippets", "snippet_test.go"): file,
	}})
	require.NoError(t, err)
	list := filepath.Join(t.TempDir(), "overlay.json")
	require.NoError(t, os.WriteFile(list, overlay, 0o600))
	program := filepath.Join(t.TempDir(), "snippet.test.exe")
	told, err := exec.CommandContext(t.Context(),
		"go", "test", "-c", "-vet", "off", "-overlay", list, "-o", program, "./internal/snippets").CombinedOutput()
	if err == nil {
		told, err = exec.CommandContext(t.Context(), program).CombinedOutput() //nolint:gosec // just built
	}
	return string(told), err
}
