package document_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A realtimeMessage is one of those that the section x-realtime tells of: what comes in
// real time is no operation.
type realtimeMessage struct {
	name string // the topic, or what else it is
	at   place
}

func (c contract) realtimeMessages() []realtimeMessage {
	section := place("").join("x-realtime")
	var found []realtimeMessage
	for _, name := range sortedKeys(members(c.doc.Tree(), section)) {
		if name != "topics" {
			found = append(found, realtimeMessage{name: name, at: section.join(name)})
		}
	}
	topics := section.join("topics")
	for _, topic := range sortedKeys(members(c.doc.Tree(), topics)) {
		found = append(found, realtimeMessage{name: topic, at: topics.join(topic)})
	}
	return found
}

// realtimeExamples returns the examples of the messages, each as a value of the schema
// with a name that it has.
func (c contract) realtimeExamples(t *testing.T) []body {
	t.Helper()
	tree := c.doc.Tree()
	var all []body
	for _, message := range c.realtimeMessages() {
		contents := message.at.join("content")
		for _, contentType := range sortedKeys(members(tree, contents)) {
			content := contents.join(contentType)
			schema, _ := at(tree, content.join("schema").join("$ref")).(string)
			require.NotEmpty(t, schema, "%s: the schema has no name", message.name)
			examples := content.join("examples")
			for _, name := range sortedKeys(members(tree, examples)) {
				example := members(tree, examples.join(name))
				if reference, ok := example["$ref"].(string); ok {
					example = members(tree, place(strings.TrimPrefix(reference, "#")))
				}
				value, err := normalise(example["value"])
				require.NoError(t, err)
				all = append(all, body{
					name: message.name + " example " + name, schema: place(strings.TrimPrefix(schema, "#")), value: value, part: "value",
				})
			}
		}
	}
	return all
}

// A reader finds the same things with every message that comes in real time.
func TestRealtimeIsDescribed(t *testing.T) {
	t.Parallel()
	for _, c := range contracts(t) {
		messages := c.realtimeMessages()
		assert.Equal(t, c.name == "chat", len(messages) > 0, "%s", c.name)
		for _, message := range messages {
			content := members(c.doc.Tree(), message.at)
			assert.NotEmpty(t, content["summary"], "%s has no summary", message.name)
			assert.Len(t, content["content"], 1, "%s", message.name)
			if !strings.Contains(message.name, "/") {
				continue // asked for, or sent by other ways than the broker
			}
			assert.Contains(t, []any{"subscribe", "publish and subscribe"}, content["clients"], message.name)
			_, told := content["retained"].(bool)
			assert.Equal(t, content["clients"] == "publish and subscribe", told, "%s: whether it is retained", message.name)
		}
		for _, b := range c.realtimeExamples(t) {
			assert.Empty(t, judge(t, c.doc, b.schema, b.value), b.name)
		}
	}
}
