package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	sdk "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/gen/omnichannel"
)

// call runs the program as a shell would.
func call(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, &streams{in: strings.NewReader(stdin), out: &out, err: &err})
	return code, out.String(), err.String()
}

const goodMessage = `{"type":"post_comment_mobile","channel":{"source":"wa"},"payload":{
	"from":{"email":"628115550123"},"room":{"id":"98120734"},"message":{"type":"text","text":"kata-rahasia"}}}`

func TestExitCodes(t *testing.T) {
	tests := map[string]struct {
		stdin string
		args  []string
		code  int
		out   string
	}{
		"good webhook":             {goodMessage, []string{"validate", "webhook", "-"}, 0, "botMessage\n"},
		"good webhook, named":      {goodMessage, []string{"validate", "webhook", "--event", "customChannelMessage", "-"}, 0, "customChannelMessage\n"},
		"bad webhook":              {strings.Replace(goodMessage, `"text":"kata-rahasia"`, `"text":["kata-rahasia"]`, 1), []string{"validate", "webhook", "-"}, 1, "/payload/message/text: must be null or string, is array\n"},
		"webhook of another event": {goodMessage, []string{"validate", "webhook", "--event", "userLogout", "-"}, 1, "/payload: the required member \"action\" is missing\n"},
		"unknown webhook":          {`{"kata":"rahasia"}`, []string{"validate", "webhook", "-"}, 1, "/: is no event that is known; name one with --event to see what it lacks\n"},
		"webhook that is no JSON":  {`kata-rahasia`, []string{"validate", "webhook", "-"}, 1, "/: is not a JSON object\n"},
		"webhook that is a list":   {`["kata-rahasia"]`, []string{"validate", "webhook", "-"}, 1, "/: is not a JSON object\n"},
		"no such event":            {goodMessage, []string{"validate", "webhook", "--event", "x", "-"}, 2, ""},
		"good response":            {`{"data":[{"id":1,"name":"a"}]}`, []string{"validate", "response", "--operation", "listRoomTags", "-"}, 0, "listRoomTags 200: valid\n"},
		"bad response":             {`{"data":[{"id":"kata-rahasia","name":"a"}]}`, []string{"validate", "response", "--operation", "listRoomTags", "-"}, 1, "/data/0/id: must be integer, is string\n"},
		"good failure":             {`{"errors":"Unauthorized"}`, []string{"validate", "response", "--operation", "getRoom", "--status", "401", "-"}, 0, "getRoom 401: valid\n"},
		"response nobody knows":    {``, []string{"validate", "response", "--operation", "sendBotMessage", "-"}, 0, "sendBotMessage 200: the document knows no body, so anything is valid\n"},
		"no such status":           {`{}`, []string{"validate", "response", "--operation", "getRoom", "--status", "302", "-"}, 2, ""},
		"good request":             {`{"is_active":false}`, []string{"validate", "request", "--operation", "setBotInRoom", "-"}, 0, "setBotInRoom: valid\n"},
		"bad request":              {`{}`, []string{"validate", "request", "--operation", "setBotInRoom", "-"}, 1, "/: the required member \"is_active\" is missing\n"},
		"request that is no JSON":  {`kata-rahasia`, []string{"validate", "request", "--operation", "setBotInRoom", "-"}, 1, "/: is not JSON\n"},
		"good answer of chat":      {`{"results":{"user":{"user_id":"kata-rahasia","username":"Rina"}},"status":200}`, []string{"validate", "response", "--operation", "restGetUserProfile", "-"}, 0, "restGetUserProfile 200: valid\n"},
		"bad answer of chat":       {`{"results":{"user":["kata-rahasia"]}}`, []string{"validate", "response", "--operation", "restGetUserProfile", "-"}, 1, "/results/user: must be object, is array\n"},
		"good request to chat":     {`{"topic_id":7,"comment":"kata-rahasia","type":"text","unique_temp_id":"go-1"}`, []string{"validate", "request", "--operation", "sdkPostComment", "-"}, 0, "sdkPostComment: valid\n"},
		"bad request to chat":      {`{"comment":"kata-rahasia","type":"text","unique_temp_id":"go-1"}`, []string{"validate", "request", "--operation", "sdkPostComment", "-"}, 1, "/: the required member \"topic_id\" is missing\n"},
		"an event is no operation": {`{}`, []string{"validate", "request", "--operation", "postComment", "-"}, 2, ""},
		"operation without a body": {`{}`, []string{"validate", "request", "--operation", "getRoom", "-"}, 2, ""},
		"no such operation":        {`{}`, []string{"validate", "request", "--operation", "x", "-"}, 2, ""},
		"no operation":             {`{}`, []string{"validate", "request", "-"}, 2, ""},
		"no such file":             {``, []string{"validate", "webhook", filepath.Join(t.TempDir(), "none.json")}, 2, ""},
		"no such command":          {``, []string{"dance"}, 2, ""},
		"no command":               {``, nil, 2, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			code, out, err := call(t, test.stdin, test.args...)
			assert.Equal(t, test.code, code)
			assert.Contains(t, out, test.out)
			assert.NotContains(t, out+err, "rahasia", "never the value")
			assert.Equal(t, code == exitUsage, err != "", "what went wrong is told, once: %s", err)
		})
	}
}

func TestValidateReadsFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "message.json")
	require.NoError(t, os.WriteFile(file, []byte(goodMessage), 0o600))
	code, out, _ := call(t, "", "validate", "webhook", file)
	assert.Equal(t, 0, code)
	assert.Equal(t, "botMessage\n", out)
}

func TestOperationsListsThemAll(t *testing.T) {
	code, out, _ := call(t, "", "operations")
	assert.Equal(t, 0, code)
	all := len(omnichannel.OperationIDs()) + len(sdk.OperationIDs())
	assert.Equal(t, all+1, strings.Count(out, "\n"), "a line each, and a heading")
	assert.Regexp(t, `getRoom +GET +/api/v2/customer_rooms/\{room_id\} +rooms +seen`, out)
	assert.Regexp(t, `restGetUserToken +GET +/api/v2\.1/rest/get_user_token +restUsers +documented`, out)

	code, out, _ = call(t, "", "operations", "--json")
	assert.Equal(t, 0, code)
	var listed []listedOperation
	require.NoError(t, json.Unmarshal([]byte(out), &listed))
	count := map[string]int{}
	for _, operation := range listed {
		assert.NotEmpty(t, operation.Sources, operation.ID)
		count[operation.API]++
	}
	assert.Equal(t, map[string]int{"omnichannel": len(omnichannel.OperationIDs()), "chat": len(sdk.OperationIDs())}, count)
}

// The chat server's webhook is told apart, and judged as the chat server's document has it.
func TestValidateKnowsTheChatServersWebhook(t *testing.T) {
	for folder, want := range map[string]int{"": exitGood, "invalid": exitBad} {
		files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "chat", folder, "postComment-*.json"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			code, out, _ := call(t, "", "validate", "webhook", file)
			assert.Equal(t, want, code, file)
			if want == exitGood {
				assert.Equal(t, "postComment\n", out, file)
			}
		}
	}
}

func TestHelpTeaches(t *testing.T) {
	for _, test := range []struct{ args, words []string }{
		{[]string{"--help"}, []string{"Exit codes", "Examples", "validate", "operations", "demo"}},
		{[]string{"validate", "webhook", "--help"}, []string{"customAgentAllocation", "never with the value"}},
		{[]string{"doctor", "--help"}, []string{"QISCUS_SECRET_KEY", "--report", "Exit codes", "can be published"}},
		{[]string{"operations", "--help"}, []string{"documented", "--json"}},
	} {
		code, out, err := call(t, "", test.args...)
		assert.Equal(t, 0, code)
		assert.Empty(t, err)
		for _, word := range test.words {
			assert.Contains(t, out, word)
		}
	}
}

func TestDemo(t *testing.T) {
	code, out, err := call(t, "", "demo")
	assert.Equal(t, 0, code, err)
	assert.Contains(t, out, "The end")
}
