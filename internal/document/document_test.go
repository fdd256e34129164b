package document_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

// Every example in the documents fits the schema it stands beside.
func TestExamplesAreValid(t *testing.T) {
	for name, load := range map[string]func() (*document.Document, error){"rest": document.REST, "webhooks": document.Webhooks} {
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
