package document_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

// Every example in the documents fits the schema it stands beside.
func TestExamplesAreValid(t *testing.T) {
	for name, load := range map[string]func() (*document.Document, error){
		"rest": document.REST, "webhooks": document.Webhooks, "chat": document.Chat,
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := load()
			require.NoError(t, err)
			for _, operation := range doc.Operations() {
				for contentType, body := range operation.Request {
					checkExamples(t, operation.ID+" request "+contentType, body)
				}
				for status, response := range operation.Responses {
					for contentType, body := range response.Content {
						checkExamples(t, operation.ID+" "+status+" "+contentType, body)
					}
				}
			}
		})
	}
}

func checkExamples(t *testing.T, where string, body document.Body) {
	t.Helper()
	for name, example := range body.Examples {
		assert.Empty(t, body.Schema.Validate(example), "%s, example %s", where, name)
	}
}

// Nearly every answer that is valid is seen to be at once, without the validator.
func TestSchemasAcceptAtOnce(t *testing.T) {
	t.Parallel()
	doc, err := document.REST()
	require.NoError(t, err)
	slow := map[string]bool{
		"login":              true, // a keyword that the quick check does not know
		"getAppDetails":      true, // a choice between two objects
		"listChannelsByType": true,
	}
	for _, operation := range doc.Operations() {
		body, ok := operation.Responses["200"].Content["application/json"]
		if !ok {
			continue
		}
		for name, example := range body.Examples {
			written, err := json.Marshal(example)
			require.NoError(t, err)
			assert.Equal(t, !slow[operation.ID], body.Schema.Accepts(written), "%s, %s", operation.ID, name)
		}
		assert.False(t, body.Schema.Accepts([]byte(`"text"`)), operation.ID)
	}
}
