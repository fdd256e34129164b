package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/facade"
)

// page is a table of operations in docs/, as it would be made now.
type page struct {
	file, text string
	doc        *document.Document
}

func pages(t *testing.T) []page {
	t.Helper()
	doc, ours, peers := inputs(t)
	table, err := renderTable(doc, ours, peers)
	require.NoError(t, err)
	chatDoc, err := document.Chat()
	require.NoError(t, err)
	ours, err = facade.Read("../../pkg/chat")
	require.NoError(t, err)
	chatTable, err := renderChatTable(chatDoc, ours)
	require.NoError(t, err)
	return []page{{tableFile, table, doc}, {chatTableFile, chatTable, chatDoc}}
}

// The tables in docs/ are those that would be made now, so an operation without a
// row is one that go generate was not run for.
func TestTheTablesAreUpToDate(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		got, err := os.ReadFile("../../" + page.file)
		require.NoError(t, err)
		assert.Equal(t, page.text, string(got), "%s is out of date: run go generate ./...", page.file)
	}
}

// Every operation of a document has its row, in the section of its group, with
// a method of the façade in it.
func TestEveryOperationHasARow(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		for _, operation := range page.doc.Operations() {
			if operation.IsWebhook() {
				continue
			}
			require.NoError(t, findRow(page.text, operation), "in %s", page.file)
			without := strings.ReplaceAll(page.text, "| `"+operation.ID+"` |", "| |")
			assert.Error(t, findRow(without, operation), "without it")
		}
	}
}

// The chat server's methods are linked by their client and the type of their service,
// and its events, which nobody calls, are left out.
func TestTheChatTable(t *testing.T) {
	t.Parallel()
	text := pages(t)[1].text
	assert.Contains(t, text, "[`Server.Messages.Send`]("+chatPackages+"ServerMessagesService.Send)")
	assert.Contains(t, text, "[`User.Messages.Send`]("+chatPackages+"MessagesService.Send)")
	assert.Contains(t, text, fmt.Sprintf("| together | | %d |", len(chat.OperationIDs())))
	assert.NotContains(t, text, "`postComment`")
}

func findRow(page string, operation *document.Operation) error {
	_, section, _ := strings.Cut(page, "\n## "+operation.Group+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	for line := range strings.Lines(section) {
		cells := strings.Split(line, " | ")
		if cells[0] == "| `"+operation.ID+"`" && strings.Contains(cells[2], "https://pkg.go.dev/") {
			return nil
		}
	}
	return os.ErrNotExist
}

// What a peer's row names must exist.
func TestPeersNameWhatExists(t *testing.T) {
	t.Parallel()
	doc, ours, _ := inputs(t)
	for name, c := range map[string]struct{ source, problem string }{
		"a good row":           {"[{method: m, operations: [getRoom], ours: [Rooms.Get, New], chat: [load]}]", ""},
		"no counterpart":       {"[{method: m}]", ""},
		"an unknown operation": {"[{method: m, operations: [getRoof]}]", "p: m: the document has no operation getRoof"},
		"an unknown method":    {"[{method: m, ours: [Rooms.Paint]}]", "p: m: the façade has no method Rooms.Paint"},
		"an unknown call":      {"[{method: m, chat: [sing]}]", "p: m: no call of the Chat SDK sing"},
		"a row twice":          {"[{method: m}, {method: m}]", "p: m stands twice"},
		"an unknown member":    {"[{method: m, operation: getRoom}]", "field operation not found"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := "peers: [{key: p, title: a peer, methods: " + c.source + "}]\nchat: {load: {api: server, route: GET /load}}"
			_, err := renderTable(doc, ours, []byte(source))
			if c.problem == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, c.problem)
		})
	}
}

func inputs(t *testing.T) (*document.Document, *facade.Source, []byte) {
	t.Helper()
	doc, err := document.REST()
	require.NoError(t, err)
	ours, err := facade.Read("../../pkg/qismo")
	require.NoError(t, err)
	peers, err := os.ReadFile("../../docs/peers.yaml")
	require.NoError(t, err)
	return doc, ours, peers
}
