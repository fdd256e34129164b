package document_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

// A contract is one of the documents with the folder of its fixtures.
type contract struct {
	name     string
	doc      *document.Document
	fixtures string
}

func contracts(t *testing.T) []contract {
	t.Helper()
	rest, err := document.REST()
	require.NoError(t, err)
	webhooks, err := document.Webhooks()
	require.NoError(t, err)
	chat, err := document.Chat()
	require.NoError(t, err)
	return []contract{
		{name: "rest", doc: rest, fixtures: "../../testdata/rest"},
		{name: "webhooks", doc: webhooks, fixtures: "../../testdata/webhooks"},
		{name: "chat", doc: chat, fixtures: "../../testdata/chat"},
	}
}

// A body is a valid body, or the value of a parameter, with its schema.
type body struct {
	name      string // for people: the fixture's file, or which example it is
	schema    place
	value     any
	operation string
	part      string // request, response, error, parameter or value
}

// bodies returns every example of the document and every fixture.
func (c contract) bodies(t *testing.T) []body {
	t.Helper()
	var all []body
	counted := map[string]bool{}
	for _, operation := range c.doc.Operations() {
		for _, b := range c.examples(t, operation) {
			// Operations are refused with the same answers: each counts once.
			key := string(b.schema) + strings.TrimPrefix(b.name, b.operation)
			if !counted[key] {
				all = append(all, b)
			}
			counted[key] = true
		}
	}
	all = append(all, c.realtimeExamples(t)...)
	files, err := filepath.Glob(filepath.Join(c.fixtures, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files, "fixtures in %s", c.fixtures)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		all = append(all, c.fixture(t, filepath.Base(file), data)...)
	}
	return all
}

// examples returns the examples that stand in the document itself.
func (c contract) examples(t *testing.T, operation *document.Operation) []body {
	t.Helper()
	var all []body
	add := func(part, name string, schema place, example any) {
		value, err := normalise(example)
		require.NoError(t, err)
		name = operation.ID + " " + part + " example " + name
		all = append(all, body{name: name, schema: schema, value: value, operation: operation.ID, part: part})
	}
	addAll := func(part string, contents map[string]document.Body) {
		for _, contentType := range sortedKeys(contents) {
			content := contents[contentType]
			if part == "response" && contentType != "application/json" {
				continue // a file is nobody's type
			}
			for _, name := range sortedKeys(content.Examples) {
				add(part, name, place(content.Pointer), content.Examples[name])
			}
		}
	}
	addAll("request", operation.Request)
	for _, status := range sortedKeys(operation.Responses) {
		part := "response"
		if status != "200" {
			part = "error"
		}
		addAll(part, operation.Responses[status].Content)
	}
	parameters := c.parameters(operation)
	for _, name := range sortedKeys(parameters) {
		if example, ok := members(c.doc.Tree(), parameters[name])["example"]; ok {
			add("parameter", name, parameters[name].join("schema"), example)
		}
	}
	return all
}

// fixture finds the schema of a fixture by the name of its file, as the README
// says. The parameters of one request are several bodies.
func (c contract) fixture(t *testing.T, base string, data []byte) []body {
	t.Helper()
	value, err := decode(data)
	require.NoError(t, err, base)

	subject, shape, _ := strings.Cut(strings.TrimSuffix(base, ".json"), "-")
	id, part, found := strings.Cut(subject, ".")
	switch {
	case subject == "error":
		// Every operation is refused alike, so any of them has the schema.
		refused, _ := c.doc.Operations()[0].Response(400)
		return []body{{name: base, schema: place(refused.Content["application/json"].Pointer), value: value, part: "error"}}
	case !found:
		part = "request" // a webhook has nothing else
	}
	require.NotEmpty(t, shape, "%s: the name ends without a shape", base)
	if part == "value" { // of a schema, and no operation's body
		schema := namedSchemas.join(id)
		require.NotNil(t, members(c.doc.Tree(), schema), "%s: the document has no schema %s", base, id)
		return []body{{name: base, schema: schema, value: value, part: part}}
	}
	operation := c.doc.Operation(id)
	require.NotNil(t, operation, "%s: the document has no operation %s", base, id)

	one := body{name: base, value: value, operation: id, part: part}
	switch part {
	case "request":
		content, ok := operation.JSON()
		require.True(t, ok, "%s: %s has no request body", base, id)
		one.schema = place(content.Pointer)
	case "response":
		content, ok := operation.Responses["200"].Content["application/json"]
		require.True(t, ok, "%s: %s answers no JSON", base, id)
		one.schema = place(content.Pointer)
	case "parameters":
		return c.parameterValues(t, operation, one)
	default:
		require.Fail(t, "unknown part of an operation", "%s: %s", base, part)
	}
	return []body{one}
}

// parameterValues takes a fixture of parameters apart.
func (c contract) parameterValues(t *testing.T, operation *document.Operation, whole body) []body {
	t.Helper()
	declared := c.parameters(operation)
	values, ok := whole.value.(map[string]any)
	require.True(t, ok, "%s: not an object", whole.name)
	var all []body
	for _, name := range sortedKeys(values) {
		require.Contains(t, declared, name, "%s: %s has no such parameter", whole.name, operation.ID)
		all = append(all, body{
			name:      whole.name + " " + name,
			schema:    declared[name].join("schema"),
			value:     values[name],
			operation: operation.ID,
			part:      "parameter",
		})
	}
	for _, parameter := range operation.Parameters {
		require.True(t, !parameter.Required || has(values, parameter.Name), "%s: %s is missing", whole.name, parameter.Name)
	}
	return all
}

// parameters tells where the document declares an operation's parameters, by
// name.
func (c contract) parameters(operation *document.Operation) map[string]place {
	section := place("").join("paths")
	if operation.IsWebhook() {
		section = place("").join("webhooks")
	}
	list := section.join(operation.Path).join(strings.ToLower(operation.Method)).join("parameters")
	entries, _ := at(c.doc.Tree(), list).([]any)
	found := map[string]place{}
	for i := range entries {
		parameter := list.join(strconv.Itoa(i))
		content := members(c.doc.Tree(), parameter)
		if reference, ok := content["$ref"].(string); ok {
			parameter = place(strings.TrimPrefix(reference, "#"))
			content = members(c.doc.Tree(), parameter)
		}
		name, _ := content["name"].(string)
		found[name] = parameter
	}
	return found
}

// namedSchemas is where a document has its schemas with names.
const namedSchemas = place("/components/schemas")

// schemas lists the schemas of all bodies and parameters of the document, and those
// with names: some are of what no operation sends.
func (c contract) schemas() []place {
	var all []place
	for _, operation := range c.doc.Operations() {
		for _, content := range operation.Request {
			all = append(all, place(content.Pointer))
		}
		for _, answer := range operation.Responses {
			for _, content := range answer.Content {
				all = append(all, place(content.Pointer))
			}
		}
		for _, parameter := range c.parameters(operation) {
			all = append(all, parameter.join("schema"))
		}
	}
	for name := range members(c.doc.Tree(), namedSchemas) {
		all = append(all, namedSchemas.join(name))
	}
	return all
}
