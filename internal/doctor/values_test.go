package doctor

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

// normalised is a value as an answer is kept.
func normalised(t *testing.T, value any) any {
	t.Helper()
	encoded, err := json.Marshal(value)
	require.NoError(t, err)
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.UseNumber()
	var decoded any
	require.NoError(t, decoder.Decode(&decoded))
	return decoded
}

func TestOriginsFind(t *testing.T) {
	t.Parallel()
	rows := normalised(t, map[string]any{"data": map[string]any{"rows": []any{
		nil, "x", map[string]any{"id": nil},
		map[string]any{"id": json.Number("9007199254740993"), "source": "ig"},
		map[string]any{"id": "b", "source": "wa", "kind": true},
	}}})
	for name, test := range map[string]struct {
		origin origin
		want   string
	}{
		"the first that is there": {origin{rows: "data/rows", member: "id"}, "9007199254740993"},
		"of a row that suits":     {origin{rows: "data/rows", member: "id", having: map[string]string{"source": "wa"}}, "b"},
		"a value of its own":      {origin{rows: "data/rows", having: map[string]string{"source": ""}, value: "ya"}, "ya"},
		"no row that suits":       {origin{rows: "data/rows", member: "id", having: map[string]string{"source": "fb"}}, ""},
		"no id":                   {origin{rows: "data/rows", member: "kind"}, ""},
		"no rows":                 {origin{rows: "data/none", member: "id"}, ""},
		"no list":                 {origin{rows: "data", member: "rows"}, ""},
		"nothing":                 {origin{rows: "data/rows/x", member: "id"}, ""},
	} {
		assert.Equal(t, test.want, test.origin.find(rows), name)
	}
}

// What is set, sent or made is no reading, whatever the document says of it.
func TestReads(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		operation document.Operation
		want      bool
	}{
		{document.Operation{ID: "getRoom", Method: "GET"}, true},
		{document.Operation{ID: "listRooms", Method: "POST", Idempotent: true}, true},
		{document.Operation{ID: "listRooms", Method: "POST"}, false},
		{document.Operation{ID: "setRoomInfo", Method: "POST", Idempotent: true}, false},
		{document.Operation{ID: "getTokenByQismoKey", Method: "POST", Idempotent: true}, false},
		{document.Operation{ID: "deleteRoomTag", Method: "DELETE", Idempotent: true}, false},
	} {
		assert.Equal(t, test.want, reads(&test.operation), test.operation.ID)
	}
}

func TestWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	rest, err := document.REST()
	require.NoError(t, err)
	for _, id := range []string{"exportConversations", "getAnalyticsURL", "getWaMedia", "listContactConversationMessages"} {
		assert.NotEmpty(t, leftOut(id))
		assert.NotNil(t, rest.Operation(id), "the document has no %s", id)
	}
	assert.Empty(t, leftOut("getRoom"))
}

func TestCredentialsOfAnOperation(t *testing.T) {
	t.Parallel()
	both := [][]string{{"appID", "secretKey"}, {"appID", "userToken"}}
	for name, test := range map[string]struct {
		security [][]string
		have     []credential
		want     credential
		ok       bool
	}{
		"the first that fits":  {both, []credential{bySecretKey, byToken}, bySecretKey, true},
		"the one that is here": {both, []credential{byToken}, byToken, true},
		"none needed":          {nil, []credential{byToken}, byToken, true},
		"the App ID alone":     {[][]string{{"appID"}}, []credential{bySecretKey}, bySecretKey, true},
		"none that fits":       {[][]string{{"appID", "longLivedToken"}}, []credential{bySecretKey, byToken}, bySecretKey, false},
	} {
		got, ok := choose(&document.Operation{Security: test.security}, test.have)
		assert.Equal(t, test.ok, ok, name)
		assert.Equal(t, test.want, got, name)
	}
	assert.Equal(t, "it wants the secret key or a user's token", wanted(&document.Operation{Security: both}))
	assert.Equal(t, "it wants longLivedToken", wanted(&document.Operation{Security: [][]string{{"appID", "longLivedToken"}}}))
}
