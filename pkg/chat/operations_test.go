package chat_test

import (
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

// Every operation of the document has a method: an exported one, on a service of one of
// the clients, that calls the operation and whose comment says its id, method, path and
// evidence. Users have those of users, servers those of servers.
func TestEveryOperationHasAMethod(t *testing.T) {
	t.Parallel()
	source, err := facade.Read(".")
	require.NoError(t, err)
	counts := map[string]int{}
	for _, id := range wire.OperationIDs() {
		operation, ok := id.Operation()
		require.True(t, ok)
		door := "User."
		if operation.Credential == wire.CredentialSecret {
			door = "Server."
		}
		counts[door]++
		methods := source.Of(string(id))
		assert.NotEmpty(t, methods, "no method of the façade calls %s", id)
		for _, method := range methods {
			want := "Operation " + string(id) + ", " + operation.Method + " " + operation.Path + "; " + evidenceWords[operation.Evidence] + "."
			assert.Contains(t, method.Comment, want, "the comment of %s", method)
			assert.Contains(t, method.Service, door, "the client of %s", method)
		}
	}
	assert.Equal(t, map[string]int{"Server.": 31, "User.": 48}, counts)
}

// What people in a room are told by a message, and what serves once, is never repeated,
// whichever door it is at.
func TestWhatIsNeverRepeated(t *testing.T) {
	t.Parallel()
	for _, id := range []wire.OperationID{
		wire.OperationRestPostComment, wire.OperationRestPostSystemEventMessage, wire.OperationRestCreateRoom,
		wire.OperationRestAddRoomParticipants, wire.OperationRestRemoveRoomParticipants,
		wire.OperationRestCreateImport, wire.OperationRestCreateExport, wire.OperationRestResetUserToken,
		wire.OperationSdkPostComment, wire.OperationSdkCreateRoom, wire.OperationSdkUpload,
		wire.OperationSdkAddRoomParticipants, wire.OperationSdkRemoveRoomParticipants,
		wire.OperationSdkVerifyIdentityToken, wire.OperationSdkRefreshUserToken, wire.OperationSdkClearRoomMessages,
	} {
		operation, ok := id.Operation()
		require.True(t, ok, id)
		assert.False(t, operation.Idempotent, id)
	}
}
