package document_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

// openapi makes a document of one operation whose request has a schema.
func openapi(schema string) string {
	return `{openapi: 3.1.0, paths: {/things: {post: {operationId: addThing, requestBody: {content: {application/json: {schema: ` +
		schema + `}}}}}}, components: {schemas: {Thing: {type: object}}}}`
}

func parseSchema(t *testing.T, schema string) *document.Schema {
	t.Helper()
	doc, err := document.Parse([]byte(openapi(schema)))
	require.NoError(t, err)
	content, ok := doc.Operation("addThing").JSON()
	require.True(t, ok)
	return content.Schema
}

// A problem tells what the document wants and never what the body holds.
func TestProblems(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		schema, value string
		want          []string
	}{
		"valid":          {`{type: string}`, `"kanari"`, nil},
		"type":           {`{type: string}`, `7041775`, []string{"/: must be string, is number"}},
		"several types":  {`{type: [string, "null"]}`, `["kanari"]`, []string{"/: must be null or string, is array"}},
		"required":       {`{required: [name, size]}`, `{}`, []string{`/: the required member "name" is missing`, `/: the required member "size" is missing`}},
		"enum":           {`{enum: [wa, ig]}`, `"kanari"`, []string{`/: must be one of "wa", "ig"`}},
		"const":          {`{const: auth}`, `"kanari"`, []string{`/: must be "auth"`}},
		"pattern":        {`{pattern: "^[0-9]+$"}`, `"kanari"`, []string{"/: does not match the pattern ^[0-9]+$"}},
		"minLength":      {`{minLength: 9}`, `"kanari"`, []string{"/: must have at least 9 characters, has 6"}},
		"maxLength":      {`{maxLength: 3}`, `"kanari"`, []string{"/: must have at most 3 characters, has 6"}},
		"minItems":       {`{minItems: 2}`, `["kanari"]`, []string{"/: must have at least 2 items, has 1"}},
		"maxItems":       {`{maxItems: 0}`, `["kanari"]`, []string{"/: must have at most 0 items, has 1"}},
		"minimum":        {`{minimum: -0.5}`, `-7041775`, []string{"/: must be at least -0.5"}},
		"maximum":        {`{maximum: 90}`, `7041775`, []string{"/: must be at most 90"}},
		"not":            {`{not: {type: string}}`, `"kanari"`, []string{"/: is what the document rules out"}},
		"unworded":       {`{uniqueItems: true}`, `["kanari", "kanari"]`, []string{"/: breaks the keyword uniqueItems"}},
		"twice the same": {`{allOf: [{type: string}, {type: string}]}`, `1`, []string{"/: must be string, is number"}},
		"deep": {
			`{properties: {rooms: {items: {properties: {id: {type: integer}}}}}}`,
			`{"rooms": [{"id": 1}, {"id": "kanari"}]}`,
			[]string{"/rooms/1/id: must be integer, is string"},
		},
		"by pointer": {
			`{properties: {b: {type: string}, a: {type: string}}}`,
			`{"b": 1, "a": 2}`,
			[]string{"/a: must be string, is number", "/b: must be string, is number"},
		},
		"escaped pointer": {
			`{additionalProperties: {type: string}}`,
			`{"a/b~c": 1}`,
			[]string{"/a~1b~0c: must be string, is number"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assertProblems(t, test.want, test.schema, test.value)
		})
	}
}

// The failure of a choice is told in the terms of the branch that was meant.
func TestProblemsOfChoices(t *testing.T) {
	t.Parallel()
	const (
		nullable = `{properties: {time: {anyOf: [{type: string, pattern: "^[0-9]+$"}, {type: "null"}]}}}`
		objects  = `{anyOf: [{type: object, required: [text]}, {type: object, required: [file]}, {type: string}]}`
	)
	for name, test := range map[string]struct {
		schema, value string
		want          []string
	}{
		"one branch has the type":      {nullable, `{"time": "kanari"}`, []string{"/time: does not match the pattern ^[0-9]+$"}},
		"no branch has the type":       {nullable, `{"time": 7041775}`, []string{"/time: must be string or null, is number"}},
		"several branches have it":     {objects, `{"kanari": true}`, []string{"/: fits none of the accepted shapes"}},
		"no branch of objects":         {objects, `7041775`, []string{"/: must be object or string, is number"}},
		"oneOf, no branch":             {`{oneOf: [{type: string, maxLength: 1}, {type: "null"}]}`, `"kanari"`, []string{"/: must have at most 1 characters, has 6"}},
		"a branch behind a reference":  {`{anyOf: [{$ref: "#/components/schemas/Thing"}, {type: "null"}]}`, `"kanari"`, []string{"/: must be object or null, is string"}},
		"a type deeper in the branch":  {`{anyOf: [{type: object, properties: {id: {type: integer}}}, {type: "null"}]}`, `{"id": "kanari"}`, []string{"/id: must be integer, is string"}},
		"a branch without a type":      {`{anyOf: [{enum: [wa]}, {type: "null"}]}`, `"kanari"`, []string{`/: must be one of "wa"`}},
		"all branches without a type":  {`{anyOf: [{enum: [wa]}, {minLength: 9}]}`, `"kanari"`, []string{"/: fits none of the accepted shapes"}},
		"a choice that one value fits": {objects, `{"text": "kanari"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assertProblems(t, test.want, test.schema, test.value)
		})
	}
}

func assertProblems(t *testing.T, want []string, schema, text string) {
	t.Helper()
	value, err := decode([]byte(text))
	require.NoError(t, err)
	var got []string
	for _, problem := range parseSchema(t, schema).Validate(value) {
		got = append(got, problem.String())
		assert.NotContains(t, problem.Reason, "kanari")
		assert.NotContains(t, problem.Reason, "7041775")
	}
	assert.Equal(t, want, got)
}

// A value that encoding/json does not make is a mistake of the caller.
func TestValidateNoJSON(t *testing.T) {
	t.Parallel()
	problems := parseSchema(t, `{type: object}`).Validate(struct{ Name string }{"kanari"})
	require.NotEmpty(t, problems)
	for _, problem := range problems {
		assert.NotContains(t, problem.String(), "kanari")
	}
}
