package contract_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/contract"
)

// FuzzCheck holds what is found in any bytes against what the validator says of
// them: a body that fits the document has nothing but unknown fields, and one that
// does not has something else. No pointer holds a name that is neither the
// document's nor like a programmer's.
func FuzzCheck(f *testing.F) {
	rest, err := document.REST()
	require.NoError(f, err)
	operations := rest.Operations()
	checker := newChecker(f)
	for i, operation := range operations {
		for _, example := range operation.Responses["200"].Content["application/json"].Examples {
			encoded, err := json.Marshal(example)
			require.NoError(f, err)
			f.Add(uint8(i), 200, "application/json", encoded)
		}
	}
	f.Add(uint8(0), 400, "text/html", []byte(`{"errors":[{"a":1e999}]}`))
	f.Add(uint8(0), 302, "", []byte(`[[[[`))
	pointer := regexp.MustCompile(`^(/(\*|\?|[a-zA-Z0-9_.~:-]+))*$`)
	f.Fuzz(func(t *testing.T, which uint8, status int, contentType string, body []byte) {
		operation := operations[int(which)%len(operations)]
		found := checker.Check(qismo.Exchange{Operation: operation.ID, Status: status, ContentType: contentType, Body: body, Whole: true})
		for _, finding := range found {
			assert.Regexp(t, pointer, finding.Pointer)
			assert.Positive(t, finding.Count)
		}
		response, declared := operation.Response(status)
		content, known := response.Content["application/json"]
		var value any
		if !declared || !known || !strings.HasPrefix(contentType, "application/json") || json.Unmarshal(body, &value) != nil {
			return
		}
		rest := without(without(found, contract.UnknownField), contract.UndeclaredContentType)
		assert.Equal(t, content.Schema.Validate(value) == nil, len(rest) == 0, "%v", rest)
	})
}
