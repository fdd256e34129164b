package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/facade"
)

// The table in docs/ is the one that would be made now, so an operation without a
// row is one that go generate was not run for.
func TestTheTableIsUpToDate(t *testing.T) {
	t.Parallel()
	doc, ours, peers := inputs(t)
	want, err := renderTable(doc, ours, peers)
	require.NoError(t, err)
	got, err := os.ReadFile("../../" + tableFile)
	require.NoError(t, err)
	assert.Equal(t, want, string(got), "%s is out of date: run go generate ./...", tableFile)
}

// Every operation of the document has its row, in the section of its group, with
// a method of the façade in it.
func TestEveryOperationHasARow(t *testing.T) {
	t.Parallel()
	doc, ours, peers := inputs(t)
	page, err := renderTable(doc, ours, peers)
	require.NoError(t, err)
	for _, operation := range doc.Operations() {
		require.NoError(t, findRow(page, operation), "in the table")
		without := strings.ReplaceAll(page, "| `"+operation.ID+"` |", "| |")
		assert.Error(t, findRow(without, operation), "without it")
	}
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
