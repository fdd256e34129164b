package document_test

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/document"
)

// The table of operations that the façade works with says what the document
// says, in the same order.
func TestOperationsMatchTheTable(t *testing.T) {
	t.Parallel()
	doc, err := document.REST()
	require.NoError(t, err)
	var documented []omnichannel.OperationID
	for _, operation := range doc.Operations() {
		id := omnichannel.OperationID(operation.ID)
		documented = append(documented, id)
		row, ok := id.Operation()
		if !assert.True(t, ok, "the table lacks %s: run go generate ./...", id) {
			continue
		}
		assert.Equal(t, id, row.ID)
		assert.Equal(t, operation.Method, row.Method, id)
		assert.Equal(t, operation.Path, row.Path, id)
		assert.Equal(t, operation.Group, row.Group, id)
		assert.Equal(t, operation.Summary, row.Summary, id)
		assert.Equal(t, operation.Evidence.Level, row.Evidence, id)
		assert.Equal(t, operation.Idempotent, row.Idempotent, id)
		answer, answersJSON := operation.Responses["200"].Content["application/json"]
		assert.Equal(t, answersJSON, row.AnswersJSON, id)
		assert.Equal(t, answersJSON && needs(t, answer, "data"), row.WrapsData, id)
		assert.Equal(t, len(operation.Security) == 0, row.Credential == omnichannel.CredentialNone, id)
	}
	assert.Equal(t, documented, omnichannel.OperationIDs(), "operations of the table")
	_, ok := omnichannel.OperationID("unheardOf").Operation()
	assert.False(t, ok)
}

// The table of the chat server's operations says what its document says, too.
func TestChatOperationsMatchTheTable(t *testing.T) {
	t.Parallel()
	doc, err := document.Chat()
	require.NoError(t, err)
	credentials := map[string]chat.CredentialKind{
		"[[appID sdkSecret]]":        chat.CredentialSecret,
		"[[appID userID userToken]]": chat.CredentialUserToken,
		"[[appID]]":                  chat.CredentialAppID,
		"[]":                         chat.CredentialNone,
	}
	var documented []chat.OperationID
	for _, operation := range doc.Operations() {
		if operation.IsWebhook() {
			continue
		}
		id := chat.OperationID(operation.ID)
		documented = append(documented, id)
		row, ok := id.Operation()
		if !assert.True(t, ok, "the table lacks %s: run go generate ./...", id) {
			continue
		}
		answer, answersJSON := operation.Responses["200"].Content["application/json"]
		var security [][]string
		for _, schemes := range operation.Security {
			security = append(security, slices.Sorted(slices.Values(schemes)))
		}
		assert.Equal(t, chat.Operation{
			ID: id, Method: operation.Method, Path: operation.Path, Group: operation.Group,
			Summary: operation.Summary, Evidence: operation.Evidence.Level,
			Credential: credentials[fmt.Sprint(security)],
			Idempotent: operation.Idempotent, AnswersJSON: answersJSON,
			WrapsResults: answersJSON && needs(t, answer, "results"),
		}, row)
	}
	assert.Equal(t, documented, chat.OperationIDs(), "operations of the table")
	_, ok := chat.OperationID("postComment").Operation()
	assert.False(t, ok, "an event is no operation")
}

// needs tells by the examples of an answer whether it is refused without a member.
func needs(t *testing.T, answer document.Body, member string) bool {
	t.Helper()
	var refusals, passes int
	for name, example := range answer.Examples {
		value, err := normalise(example)
		require.NoError(t, err)
		object, ok := value.(map[string]any)
		require.True(t, ok, "the example %s is no object", name)
		_, holds := object[member]
		delete(object, member)
		refused := len(answer.Schema.Validate(object)) > 0
		assert.True(t, holds || !refused, "the example %s is refused for something else", name)
		if refused {
			refusals++
		} else {
			passes++
		}
	}
	assert.True(t, refusals == 0 || passes == 0, "the examples differ")
	return refusals > 0
}

// A reader of the documents finds the same things with every operation.
func TestOperationsAreDescribed(t *testing.T) {
	t.Parallel()
	for _, c := range contracts(t) {
		tags := map[string]bool{}
		listed, _ := at(c.doc.Tree(), "/tags").([]any)
		for i := range listed {
			tag, _ := listed[i].(map[string]any)
			tags[tag["name"].(string)] = true
		}
		for _, operation := range c.doc.Operations() {
			assert.NotEmpty(t, operation.Summary, "%s has no summary", operation.ID)
			assert.NotEmpty(t, operation.Description, "%s has no description", operation.ID)
			assert.Contains(t, tags, operation.Group, "%s has no tag that is explained", operation.ID)
			assert.Contains(t, []string{"documented", "seen", "single", "assumed"}, operation.Evidence.Level, operation.ID)
			assert.NotEmpty(t, operation.Evidence.Sources, "%s has no source", operation.ID)
			for _, source := range operation.Evidence.Sources {
				assert.NotEmpty(t, source, "%s has an empty source", operation.ID)
			}
			if content, ok := operation.JSON(); ok {
				assert.NotEmpty(t, content.Examples, "%s has no example of its request", operation.ID)
			}
			success, ok := operation.Responses["200"]
			assert.True(t, ok, "%s has no answer of 200", operation.ID)
			for contentType, content := range success.Content {
				assert.NotEmpty(t, content.Examples, "%s has no example of its answer in %s", operation.ID, contentType)
			}
			_, refuses := operation.Response(401)
			assert.True(t, refuses, "%s cannot be refused", operation.ID)
			for status, answer := range operation.Responses {
				assert.NotEmpty(t, answer.Description, "%s %s has no description", operation.ID, status)
			}
			for name, parameter := range c.parameters(operation) {
				assert.NotEmpty(t, members(c.doc.Tree(), parameter)["description"], "%s: parameter %s has no description", operation.ID, name)
			}
		}
	}
}

// Every schema and every property says what it is, the latter by itself or by
// the schema that it refers to.
func TestSchemasAreDescribed(t *testing.T) {
	t.Parallel()
	for _, c := range contracts(t) {
		tree := c.doc.Tree()
		for _, name := range sortedKeys(members(tree, namedSchemas)) {
			schema := namedSchemas.join(name)
			assert.NotEmpty(t, members(tree, schema)["description"], "%s: %s has no description", c.name, schema)
			for _, property := range subschemas(schema, "properties", members(tree, schema)["properties"]) {
				content := members(tree, property)
				for _, target := range subschemas(property, "$ref", content["$ref"]) {
					if content["description"] == nil {
						content = members(tree, target)
					}
				}
				assert.NotEmpty(t, content["description"], "%s: %s has no description", c.name, property)
			}
		}
	}
}

// secretName matches names of what is a credential wherever it occurs.
var secretName = regexp.MustCompile(`(?i)(token|secret|password|credential|nonce|_key|^pin)$`)

// isSensitive reports whether a property is marked as a secret, by itself or by
// the schema that it refers to.
func isSensitive(tree any, property place) bool {
	for _, schema := range reachable(tree, []place{property}) {
		if members(tree, schema)["x-sensitive"] == true {
			return true
		}
	}
	return false
}

// isSwitch reports whether a property is a yes or no, such as enable_refresh_token.
func isSwitch(tree any, property place) bool {
	switch allowed := members(tree, property)["type"].(type) {
	case string:
		return allowed == "boolean"
	case []any:
		return slices.Contains(allowed, any("boolean")) && !slices.Contains(allowed, any("string"))
	default:
		return false
	}
}

// What is secret is either of the type that never prints, or a member of a
// request: there the caller must be able to write it.
func TestSecretsAreMasked(t *testing.T) {
	t.Parallel()
	for _, c := range contracts(t) {
		tree := c.doc.Tree()
		var answers []place
		for _, operation := range c.doc.Operations() {
			received := []map[string]document.Body{}
			for _, answer := range operation.Responses {
				received = append(received, answer.Content)
			}
			if operation.IsWebhook() {
				received = append(received, operation.Request)
			}
			for _, contents := range received {
				for _, content := range contents {
					answers = append(answers, place(content.Pointer))
				}
			}
		}
		masked := 0
		for _, schema := range reachable(tree, answers) {
			content := members(tree, schema)
			if content["x-sensitive"] == true {
				assert.Contains(t, []any{"flex.Secret", "flex.SecretJSON"}, content["x-go-type"],
					"%s: %s is received and can be printed", c.name, schema)
				masked++
			}
		}
		assert.NotZero(t, masked, "%s receives no secret at all", c.name)
		for _, schema := range reachable(tree, c.schemas()) {
			content := members(tree, schema)
			if content["x-go-type"] == "flex.Secret" {
				assert.Equal(t, true, content["x-sensitive"], "%s: %s is not marked", c.name, schema)
			}
			for _, property := range subschemas(schema, "properties", content["properties"]) {
				if secretName.MatchString(lastStep(property)) && !isSwitch(tree, property) {
					assert.True(t, isSensitive(tree, property), "%s: %s sounds secret", c.name, property)
				}
			}
		}
	}
}
