package document_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ source, want string }{
		"no YAML":                       {"paths: [", "parse the document"},
		"a list":                        {"- paths", "parse the document"},
		"a reference to another host":   {openapi(`{$ref: "https://schemas.example.id/thing.json"}`), "not followed"},
		"a reference to a file":         {openapi(`{$ref: "thing.yaml#/Thing"}`), "not followed"},
		"a reference to nothing":        {openapi(`{$ref: "#/components/schemas/Unheard"}`), "schema"},
		"a pattern that is none":        {openapi(`{pattern: "["}`), "schema"},
		"a keyword of the wrong form":   {openapi(`{required: name}`), "schema"},
		"an answer of another document": {`{paths: {/a: {get: {operationId: a, responses: {'200': {$ref: "b.yaml#/b"}}}}}}`, "leaves the document"},
		"an answer that is not there":   {`{paths: {/a: {get: {operationId: a, responses: {'200': {$ref: "#/b"}}}}}}`, "leads nowhere"},
		"an id that stands twice":       {`{paths: {/a: {get: {operationId: a}}, /b: {get: {operationId: a}}}}`, "operation id a stands twice"},
		"an event named as a path":      {`{paths: {/a: {get: {operationId: a}}}, webhooks: {a: {post: {operationId: a}}}}`, "operation id a stands twice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := document.Parse([]byte(test.source))
			assert.ErrorContains(t, err, test.want)
		})
	}
}

const shop = `
openapi: 3.1.0
security: [{app: [], key: []}, {token: []}]
paths:
  /a~b/{id}:
    summary: Not an operation.
    get:
      operationId: readThing
      tags: [things, more]
      summary: Read a thing
      description: |
        In full.
      x-evidence: {level: seen, sources: [one, two], note: yes it is}
      parameters:
        - {$ref: '#/components/parameters/ID'}
        - {name: 'of[]', in: query, schema: {type: array, items: {type: integer}}}
      responses:
        '200': {description: Found., content: {application/json: {schema: {type: object}, example: {id: 1}}}}
        4XX: {$ref: '#/components/responses/Refused'}
        default: {description: Else.}
    put:
      operationId: writeThing
      security: []
      x-idempotent: true
      requestBody: {$ref: '#/components/requestBodies/Thing'}
components:
  parameters:
    ID: {name: id, in: path, required: true, schema: {$ref: '#/components/schemas/ID'}}
  requestBodies:
    Thing:
      required: true
      content:
        application/x-www-form-urlencoded: {schema: {type: object}}
        multipart/form-data:
          schema: {type: object}
          examples: {one: {$ref: '#/components/examples/One'}, two: {value: {id: 2}}}
  responses:
    Refused: {description: Refused., content: {application/json: {schema: {required: [error]}}}}
  schemas:
    ID: {type: string, enum: [x, y]}
  examples:
    One: {value: {id: 1}}
`

func TestParse(t *testing.T) {
	t.Parallel()
	doc, err := document.Parse([]byte(shop))
	require.NoError(t, err)

	operations := doc.Operations()
	require.Len(t, operations, 2)
	assert.Equal(t, []string{"readThing", "writeThing"}, []string{operations[0].ID, operations[1].ID}, "by path and method")
	slices.Reverse(operations)
	assert.Equal(t, "readThing", doc.Operations()[0].ID, "the list is the caller's")
	assert.Nil(t, doc.Operation("unheardOf"))

	read := doc.Operation("readThing")
	assert.Equal(t, "GET", read.Method)
	assert.Equal(t, "/a~b/{id}", read.Path)
	assert.Equal(t, "things", read.Group)
	assert.Equal(t, "In full.", read.Description)
	assert.Equal(t, document.Evidence{Level: "seen", Sources: []string{"one", "two"}, Note: "yes it is"}, read.Evidence)
	assert.True(t, read.Idempotent, "reading does no harm")
	assert.Equal(t, [][]string{{"app", "key"}, {"token"}}, read.Security, "of the whole document")
	_, ok := read.JSON()
	assert.False(t, ok)

	write := doc.Operation("writeThing")
	assert.True(t, write.Idempotent, "as it is marked")
	assert.Empty(t, write.Security)
	assert.True(t, write.RequestRequired)
	content, ok := write.JSON()
	require.True(t, ok)
	assert.Equal(t, write.Request["application/x-www-form-urlencoded"].Pointer, content.Pointer, "without JSON, the first encoding")
	assert.Len(t, write.Request["multipart/form-data"].Examples, 2)
}

func TestParameters(t *testing.T) {
	t.Parallel()
	doc, err := document.Parse([]byte(shop))
	require.NoError(t, err)
	parameters := doc.Operation("readThing").Parameters
	require.Len(t, parameters, 2)

	id, of := parameters[0], parameters[1]
	assert.Equal(t, "id", id.Name)
	assert.Equal(t, "path", id.In)
	assert.True(t, id.Required)
	assert.Equal(t, []string{"x", "y"}, id.Enum)
	assert.Empty(t, id.Schema.Validate("x"))
	assert.NotEmpty(t, id.Schema.Validate("z"))
	assert.True(t, of.Array)
	assert.False(t, of.Required)
}

func TestResponse(t *testing.T) {
	t.Parallel()
	doc, err := document.Parse([]byte(shop))
	require.NoError(t, err)
	read := doc.Operation("readThing")
	for status, want := range map[int]string{200: "Found.", 404: "Refused.", 429: "Refused.", 500: "Else.", 201: "Else."} {
		answer, ok := read.Response(status)
		assert.True(t, ok)
		assert.Equal(t, want, answer.Description, status)
	}
	refused, _ := read.Response(400)
	assert.NotEmpty(t, refused.Content["application/json"].Schema.Validate(map[string]any{}), "the answer is that of the reference")
	_, ok := doc.Operation("writeThing").Response(200)
	assert.False(t, ok)
}

// Pointers into a document escape what a path holds, so that they can be used
// to find the schema again.
func TestPointersAreEscaped(t *testing.T) {
	t.Parallel()
	doc, err := document.Parse([]byte(shop))
	require.NoError(t, err)
	answer, _ := doc.Operation("readThing").Response(200)
	pointer := answer.Content["application/json"].Pointer
	assert.Equal(t, "/paths/~1a~0b~1{id}/get/responses/200/content/application~1json/schema", pointer)
	schema, err := doc.Schema(pointer)
	require.NoError(t, err)
	assert.NotEmpty(t, schema.Validate("text"))

	_, err = doc.Schema("/components/schemas/Unheard")
	assert.ErrorContains(t, err, "/components/schemas/Unheard")
}

// The embedded documents are parsed once and are whole.
func TestEmbeddedDocuments(t *testing.T) {
	t.Parallel()
	for _, load := range []func() (*document.Document, error){document.REST, document.Webhooks} {
		doc, err := load()
		require.NoError(t, err)
		again, err := load()
		require.NoError(t, err)
		assert.Same(t, doc, again)
		for _, operation := range doc.Operations() {
			assert.Same(t, operation, doc.Operation(operation.ID))
			assert.Equal(t, strings.ToUpper(operation.Method), operation.Method)
		}
	}
}
