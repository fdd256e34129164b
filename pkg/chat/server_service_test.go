package chat_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/pkg/chat"
)

var readDocument = sync.OnceValues(document.Chat)

func chatDocument(t *testing.T) *document.Document {
	t.Helper()
	read, err := readDocument()
	require.NoError(t, err)
	return read
}

// newExamples makes a service that answers each operation with the example of the
// document, and holds what it is asked against the document.
func newExamples(t *testing.T) *recorder {
	t.Helper()
	return newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		operation := operationOf(t, request)
		if operation == nil {
			http.NotFound(w, request)
			return
		}
		for name := range request.URL.Query() {
			assert.True(t, slices.ContainsFunc(operation.Parameters, func(p document.Parameter) bool {
				return p.In == "query" && p.Name == name
			}), "%s has no parameter %s", operation.ID, name)
		}
		for _, parameter := range operation.Parameters {
			if parameter.In == "query" && parameter.Required {
				assert.Contains(t, request.URL.Query(), parameter.Name, operation.ID)
			}
		}
		response, _ := operation.Response(http.StatusOK)
		examples := response.Content["application/json"].Examples
		if !assert.NotEmpty(t, examples, operation.ID) {
			return
		}
		first := slices.Sorted(maps.Keys(examples))[0]
		w.Header().Set("Content-Type", "application/json")
		assert.NoError(t, json.NewEncoder(w).Encode(examples[first]))
	})
}

// operationOf finds the server's operation that a request is for.
func operationOf(t *testing.T, request *http.Request) *document.Operation {
	t.Helper()
	asked := strings.Split(request.URL.Path, "/")
	for _, operation := range chatDocument(t).Operations() {
		path := strings.Split(operation.Path, "/")
		isAsked := operation.Method == request.Method && len(path) == len(asked)
		for i := 0; isAsked && i < len(path); i++ {
			isAsked = path[i] == asked[i] || strings.HasPrefix(path[i], "{")
		}
		if isAsked {
			return operation
		}
	}
	assert.Fail(t, "the document has no such operation", "%s %s", request.Method, request.URL.Path)
	return nil
}

// serverCall is a call of the server's door, with what it becomes on the wire.
type serverCall struct {
	name   string
	call   func(server *chat.Server) error
	method string
	path   string
	query  url.Values
	body   string // as JSON; "" for none
}

// test makes the call, against a service that answers as the document has it.
func (c serverCall) test(t *testing.T) {
	t.Helper()
	service := newExamples(t)
	require.NoError(t, c.call(service.server(t)))
	seen := service.seen()
	require.Len(t, seen, 1)
	got, err := url.ParseRequestURI(seen[0].URI)
	require.NoError(t, err)
	assert.Equal(t, c.method, seen[0].Method)
	assert.Equal(t, "/api/v2.1/rest/"+c.path, got.Path)
	if c.query == nil {
		c.query = url.Values{}
	}
	assert.Equal(t, c.query, got.Query())
	assert.Equal(t, testSecret, seen[0].Header.Get("QISCUS-SDK-SECRET"))
	if c.body == "" {
		assert.Empty(t, seen[0].Body)
		return
	}
	assert.JSONEq(t, c.body, seen[0].Body)
	checkRequest(t, seen[0])
}

// checkRequest holds a request's JSON body against the document.
func checkRequest(t *testing.T, request recorded) {
	t.Helper()
	asked, err := http.NewRequestWithContext(t.Context(), request.Method, request.URI, http.NoBody)
	require.NoError(t, err)
	operation := operationOf(t, asked)
	require.NotNil(t, operation)
	body, ok := operation.JSON()
	require.True(t, ok, operation.ID)
	decoder := json.NewDecoder(strings.NewReader(request.Body))
	decoder.UseNumber()
	var members any
	require.NoError(t, decoder.Decode(&members))
	assert.Empty(t, body.Schema.Validate(members), operation.ID)
}

// refused makes calls that cannot be made, by the errors that they end with, and sees
// that nothing was sent.
func refused(t *testing.T, calls map[string]func(server *chat.Server) error) {
	t.Helper()
	service := newRecorder(t, answerJSON(http.StatusOK, `{"results":{}}`))
	server := service.server(t)
	for want, call := range calls {
		require.EqualError(t, call(server), "chat: "+want)
	}
	assert.Empty(t, service.seen())
}

// incomplete makes calls, by what they ask for, that the service answers without it; and
// once more where it fails.
func incomplete(t *testing.T, calls map[string][]func(server *chat.Server) error) {
	t.Helper()
	server := newRecorder(t, answerJSON(http.StatusOK, `{"results":{},"status":200}`)).server(t)
	failing := newRecorder(t, answerJSON(http.StatusBadGateway, `{}`)).server(t)
	for member, calls := range calls {
		for _, call := range calls {
			err := call(server)
			require.ErrorIs(t, err, chat.ErrUnexpectedAnswer, member)
			require.ErrorContains(t, err, "the answer has no "+member)
			require.ErrorIs(t, call(failing), chat.ErrServer, member)
		}
	}
}

// neverRepeated sees that a call whose answer is lost is not made again, and says that
// it may have been carried out.
func neverRepeated(t *testing.T, call func(server *chat.Server) error) {
	t.Helper()
	service := newRecorder(t, func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if assert.NoError(t, err) {
			assert.NoError(t, connection.Close())
		}
	})
	server, err := chat.NewServer(testAppID, testSecret, chat.WithBaseURL(service.URL), chat.WithRetries(chat.Backoff{Attempts: 5}))
	require.NoError(t, err)
	t.Cleanup(server.CloseIdleConnections)
	var failure *chat.Error
	require.ErrorAs(t, call(server), &failure)
	assert.True(t, failure.Uncertain())
	assert.Len(t, service.seen(), 1)
}

// pages answers each page that is asked for with its own, and the ones after them with
// an empty list.
func pages(t *testing.T, empty string, answers ...string) *recorder {
	t.Helper()
	return newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		page := 1
		if asked := request.URL.Query().Get("page"); asked != "" {
			assert.NoError(t, json.Unmarshal([]byte(asked), &page))
		}
		body := empty
		if page <= len(answers) {
			body = answers[page-1]
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"results":`+body+`,"status":200}`)
	})
}
