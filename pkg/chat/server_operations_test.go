package chat_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/facade"
)

// evidenceWords are how a method's comment says how sure its operation is.
var evidenceWords = map[string]string{
	"documented": "documented by the vendor",
	"seen":       "seen in public clients",
	"single":     "seen in a single public client",
	"assumed":    "assumed",
}

// Every operation of servers has a method: an exported one, on a service of their
// door, whose comment says the operation's id, method, path and evidence.
func TestEveryServerOperationHasAMethod(t *testing.T) {
	t.Parallel()
	source, err := facade.Read(".")
	require.NoError(t, err)
	count := 0
	for _, id := range wire.OperationIDs() {
		if !strings.HasPrefix(string(id), "rest") {
			continue
		}
		count++
		operation, ok := id.Operation()
		require.True(t, ok)
		methods := source.Of(string(id))
		assert.NotEmpty(t, methods, "no method of the façade calls %s", id)
		for _, method := range methods {
			assert.True(t, strings.HasPrefix(method.Service, "Server"), method)
			want := "Operation " + string(id) + ", " + operation.Method + " " + operation.Path + "; " + evidenceWords[operation.Evidence] + "."
			assert.Contains(t, method.Comment, want, "the comment of %s", method)
		}
	}
	assert.Equal(t, 31, count)
}
