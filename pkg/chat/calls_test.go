package chat_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
)

// userCall is a call of the user's door: what is asked of the service, what it answers,
// and what the caller gets of that.
type userCall struct {
	name   string
	call   func(ctx context.Context, user *chat.User) (any, error)
	method string
	uri    string // without /api/v2/sdk/
	body   string // of the request, "" for none
	answer string // what the service answers
	want   any    // nil for nothing to compare
}

// testUserCalls makes each call, looks at both sides of it, and holds what is asked
// against the document.
func testUserCalls(t *testing.T, calls []userCall) {
	t.Helper()
	for _, test := range calls {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			service := newRecorder(t, answerJSON(http.StatusOK, test.answer))
			got, err := test.call(t.Context(), service.user(t))
			require.NoError(t, err)
			if test.want != nil {
				assert.Equal(t, test.want, got)
			}
			seen := service.seen()
			require.Len(t, seen, 1)
			assert.Equal(t, test.method, seen[0].Method)
			assert.Equal(t, "/api/v2/sdk/"+test.uri, seen[0].URI)
			assert.Equal(t, testAppID, seen[0].Header.Get("QISCUS-SDK-APP-ID"))
			checkQuery(t, seen[0])
			if test.body == "" {
				assert.Empty(t, seen[0].Body)
				return
			}
			assert.JSONEq(t, test.body, seen[0].Body)
			checkRequest(t, seen[0])
		})
	}
}

// checkQuery holds a request's query against the document.
func checkQuery(t *testing.T, request recorded) {
	t.Helper()
	asked, err := http.NewRequestWithContext(t.Context(), request.Method, request.URI, http.NoBody)
	require.NoError(t, err)
	operation := operationOf(t, asked)
	require.NotNil(t, operation)
	known := map[string]bool{}
	for _, parameter := range operation.Parameters {
		if parameter.In == "query" {
			known[parameter.Name] = true
			assert.False(t, parameter.Required && !asked.URL.Query().Has(parameter.Name), "%s needs %s", operation.ID, parameter.Name)
		}
	}
	for name := range asked.URL.Query() {
		assert.True(t, known[name], "%s has no parameter %s", operation.ID, name)
	}
}

// unusable is a call whose answer lacks what it is for.
type unusable struct {
	want string
	call func(ctx context.Context, user *chat.User) error
}

// testUnusableAnswers makes calls that the service answers without what was asked for,
// and with a failure.
func testUnusableAnswers(t *testing.T, answer string, calls []unusable) {
	t.Helper()
	user := newRecorder(t, answerJSON(http.StatusOK, answer)).user(t)
	failing := newRecorder(t, answerJSON(http.StatusBadGateway, `{}`)).user(t)
	for _, test := range calls {
		err := test.call(t.Context(), user)
		if test.want != "" {
			require.ErrorIs(t, err, chat.ErrUnexpectedAnswer, test.want)
			require.ErrorContains(t, err, test.want)
		}
		require.ErrorIs(t, test.call(t.Context(), failing), chat.ErrServer, test.want)
	}
}

// testRefusals makes calls that cannot be made, and sees that nothing was sent.
func testRefusals(t *testing.T, refusals map[string]func(ctx context.Context, user *chat.User) error) {
	t.Helper()
	service := newRecorder(t, answerJSON(http.StatusOK, `{"results":{}}`))
	user := service.user(t)
	for want, call := range refusals {
		require.EqualError(t, call(t.Context(), user), "chat: "+want)
	}
	assert.Empty(t, service.seen())
}

// second drops what a call returns beside its error.
func second[T any](_ T, err error) error { return err }

// firstError walks rows until there is an error.
func firstError[T any](rows func(func(T, error) bool)) error {
	for _, err := range rows {
		if err != nil {
			return err
		}
	}
	return nil
}

// collected are rows by a name that each has.
func collected[T any](t *testing.T, rows func(func(T, error) bool), name func(T) string) []string {
	t.Helper()
	var names []string
	for row, err := range rows {
		require.NoError(t, err)
		names = append(names, name(row))
	}
	return names
}

// queries are the queries that a service was asked with.
func (r *recorder) queries(t *testing.T) []string {
	t.Helper()
	var queries []string
	for _, request := range r.seen() {
		address, err := url.ParseRequestURI(request.URI)
		require.NoError(t, err)
		queries = append(queries, address.Query().Encode())
	}
	return queries
}
