package document_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/api"
	"github.com/qismo-go/qismo/internal/document"
)

// What programs read is what stands in the YAML, to the last number. Parse finds the
// mistakes that a document may have, so those that are read in pieces have none.
func TestPiecesAreTheDocuments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		source []byte
		load   func() (*document.Document, error)
	}{
		"rest":     {api.OpenAPI(), document.REST},
		"webhooks": {api.Webhooks(), document.Webhooks},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			written, err := document.Parse(test.source)
			require.NoError(t, err)
			read, err := test.load()
			require.NoError(t, err)
			require.True(t, assert.ObjectsAreEqual(written.Tree(), read.Tree()), "run go generate ./...")

			operations := read.Operations()
			require.Len(t, operations, len(written.Operations()))
			for i, operation := range written.Operations() {
				assert.Equal(t, described(operation), described(operations[i]))
			}
		})
	}
}

// described is an operation without its schemas, which cannot be compared.
func described(operation *document.Operation) document.Operation {
	told := *operation
	told.Parameters = nil
	for _, parameter := range operation.Parameters {
		parameter.Schema = nil
		told.Parameters = append(told.Parameters, parameter)
	}
	told.Request = withoutSchemas(operation.Request)
	told.Responses = map[string]document.Response{}
	for status, response := range operation.Responses {
		response.Content = withoutSchemas(response.Content)
		told.Responses[status] = response
	}
	return told
}

func withoutSchemas(bodies map[string]document.Body) map[string]document.Body {
	told := map[string]document.Body{}
	for contentType, body := range bodies {
		body.Schema = nil
		told[contentType] = body
	}
	return told
}

// A document survives being cut into pieces, whatever it looks like.
func TestPieces(t *testing.T) {
	t.Parallel()
	written, err := document.Parse([]byte(shop))
	require.NoError(t, err)
	text, err := written.Pieces()
	require.NoError(t, err)
	again, err := written.Pieces()
	require.NoError(t, err)
	assert.Equal(t, string(text), string(again))
	assert.Contains(t, string(text), "\n/components/schemas/ID {\"enum\":[\"x\",\"y\"],\"type\":\"string\"}\n")

	read, err := document.ReadPieces(string(text))
	require.NoError(t, err)
	assert.Equal(t, written.Tree(), read.Tree())
	assert.Nil(t, read.Operation("unheardOf"))
	write := read.Operation("writeThing")
	assert.Same(t, write, read.Operation("writeThing"), "an operation is read once")
	assert.Len(t, write.Request["multipart/form-data"].Examples, 2)

	found, values, _ := read.Router().Find("GET", "/a~b/x")
	require.NotNil(t, found)
	assert.Equal(t, "readThing", found.ID)
	assert.Equal(t, map[string]string{"id": "x"}, values)
	found, _, _ = read.Router().Find("GET", "/a~b/z")
	assert.Nil(t, found, "the path's parameter has a list of values")

	_, err = read.Schema("/components/schemas/ID/enum/5")
	assert.ErrorContains(t, err, "no such schema")
}

func TestReadPiecesRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing":                     "",
		"no table of contents":        "/info {}\n",
		"a line without a piece":      "[]\n/info\n",
		"an operation id that is two": `[{"id":"a","at":"/paths/~1/get"},{"id":"a","at":"/paths/~1/put"}]` + "\n",
	} {
		_, err := document.ReadPieces(text)
		require.Error(t, err, name)
	}
	spaced := strings.Replace(shop, "/a~b/{id}:", "/a b/{id}:", 1)
	written, err := document.Parse([]byte(spaced))
	require.NoError(t, err)
	_, err = written.Pieces()
	assert.ErrorContains(t, err, "a space in its pointer")
}

// A schema of a piece that is broken refuses everything, and says why.
func TestBrokenSchemaRefuses(t *testing.T) {
	t.Parallel()
	read, err := document.ReadPieces(`[{"id":"a","at":"/paths/~1a/get"}]
/paths/~1a/get {"operationId":"a","parameters":[{"name":"x","in":"query","schema":{"pattern":"["}}]}
`)
	require.NoError(t, err)
	problems := read.Operation("a").Parameters[0].Schema.Validate("x")
	require.Len(t, problems, 1)
	assert.Contains(t, problems[0].Reason, "compile the schema at /paths/~1a/get/parameters/0/schema")
}

// What a program pays before its first call does not grow by what it never asks for. It is
// counted in allocations, as those are the same on every machine.
func TestReadingPiecesReadsNoOperation(t *testing.T) {
	written, err := document.Parse(api.OpenAPI())
	require.NoError(t, err)
	pieces, err := written.Pieces()
	require.NoError(t, err)
	counted := testing.AllocsPerRun(5, func() {
		doc, err := document.ReadPieces(string(pieces))
		require.NoError(t, err)
		doc.Router()
	})
	t.Logf("%.0f allocations", counted)
	assert.Less(t, counted, 5000.0, "to read all operations takes six times as many, and the YAML a hundred times")
}

// BenchmarkLoad tells what a program pays for a document before its first call.
func BenchmarkLoad(b *testing.B) {
	source, err := document.Parse(api.OpenAPI())
	require.NoError(b, err)
	pieces, err := source.Pieces()
	require.NoError(b, err)
	b.Run("source=yaml", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := document.Parse(api.OpenAPI())
			require.NoError(b, err)
		}
	})
	b.Run("source=pieces", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			doc, err := document.ReadPieces(string(pieces))
			require.NoError(b, err)
			doc.Router()
		}
	})
}
