package chat_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// Whatever shape a failure has, it becomes an error that says what was asked and why it
// failed.
func TestFailures(t *testing.T) {
	t.Parallel()
	const isJSON = "application/json"
	for name, test := range map[string]struct {
		status            int
		contentType, body string
		want              string
		kind              error
	}{
		"short":                 {404, isJSON, `{"error":{"message":"room not found"},"status":404}`, "status 404 Not Found: room not found", chat.ErrNotFound},
		"detailed":              {400, isJSON, `{"error":{"message":"invalid request","detailed_messages":["room is required","type is invalid"]},"status":400}`, "status 400 Bad Request: invalid request; room is required; type is invalid", chat.ErrBadRequest},
		"said twice":            {404, isJSON, `{"error":{"message":"room not found","detailed_messages":["Room not found"]},"status":404}`, "status 404 Not Found: room not found", chat.ErrNotFound},
		"errors":                {400, isJSON, `{"error":{"message":"invalid request","errors":["room is required"]}}`, "status 400 Bad Request: invalid request; room is required", chat.ErrBadRequest},
		"errors of no text":     {400, isJSON, `{"error":{"message":"invalid request","errors":[{"room":"required"},7]}}`, "status 400 Bad Request: invalid request", chat.ErrBadRequest},
		"a reason alone":        {400, isJSON, `{"error":{"detailed_messages":"room is required"}}`, "status 400 Bad Request: room is required", chat.ErrBadRequest},
		"text":                  {403, isJSON, `{"error":"you are not allowed"}`, "status 403 Forbidden: you are not allowed", chat.ErrForbidden},
		"a gateway's":           {403, isJSON, `{"message":"you are not allowed"}`, "status 403 Forbidden: you are not allowed", chat.ErrForbidden},
		"a gateway's, empty":    {403, isJSON, `{"error":{},"message":"you are not allowed"}`, "status 403 Forbidden: you are not allowed", chat.ErrForbidden},
		"plain text":            {404, "text/plain", "404 page not found\n", "status 404 Not Found: 404 page not found", chat.ErrNotFound},
		"a page":                {502, "text/html", "<html>rahasia</html>", "status 502 Bad Gateway: a page of HTML", chat.ErrServer},
		"nothing":               {500, "", "", "status 500 Internal Server Error", chat.ErrServer},
		"half of JSON":          {500, isJSON, `{"error":{"mess`, "status 500 Internal Server Error: JSON of an unknown shape", chat.ErrServer},
		"a list":                {400, isJSON, `["room is required"]`, "status 400 Bad Request: JSON of an unknown shape", chat.ErrBadRequest},
		"the secret":            {401, isJSON, `{"error":{"message":"Unauthorized"},"status":401}`, "status 401 Unauthorized: Unauthorized", chat.ErrUnauthorized},
		"too many":              {429, isJSON, `{"error":{"message":"too many requests"}}`, "status 429 Too Many Requests: too many requests", chat.ErrRateLimited},
		"a customer's":          {400, isJSON, `{"error":{"message":"invalid rempeyek bayam for Bu Dewi 628115550123"}}`, "status 400 Bad Request: invalid *** for ***", chat.ErrBadRequest},
		"inside of a success":   {200, isJSON, `{"error":{"message":"room not found"},"status":404}`, "status 200 OK: room not found: the success holds a failure", chat.ErrUnexpectedAnswer},
		"by its status alone":   {200, isJSON, `{"results":{},"status":500}`, "status 200 OK: the success holds a failure", chat.ErrUnexpectedAnswer},
		"no results":            {200, isJSON, `{"status":200}`, "status 200 OK: the answer has no results", chat.ErrUnexpectedAnswer},
		"results of null":       {200, isJSON, `{"results":null,"status":200}`, "status 200 OK: the answer has no results", chat.ErrUnexpectedAnswer},
		"a page under 200":      {200, "text/html", `<html>`, "status 200 OK: the answer is not JSON", chat.ErrUnexpectedAnswer},
		"text under 200":        {200, "text/plain", `ok`, "status 200 OK: the answer is not JSON", chat.ErrUnexpectedAnswer},
		"half of a success":     {200, isJSON, `{"results":{"user":{"user_id":"rina"`, "it is not JSON from byte", chat.ErrUnexpectedAnswer},
		"a success of a number": {200, isJSON, `{"results":{"user":{"user_id":628115550123}}}`, "the member results.user.user_id is a JSON number, a string was expected", chat.ErrUnexpectedAnswer},
		"a redirect":            {302, "", ``, "status 302 Found", chat.ErrUnexpectedAnswer},
	} {
		service := newRecorder(t, answer(test.status, test.contentType, test.body))
		_, err := service.server(t).Users.Get(t.Context(), "rina")
		require.ErrorIs(t, err, test.kind, name)
		require.ErrorContains(t, err, "chat: restGetUserProfile: ", name)
		require.ErrorContains(t, err, test.want, name)
		var failure *chat.Error
		require.ErrorAs(t, err, &failure, name)
		assert.Equal(t, test.status, failure.Status, name)
		assert.Equal(t, "restGetUserProfile", failure.Operation, name)
		assert.Equal(t, service.URL+"/api/v2.1/rest/user_profile", failure.URL, name)
		assert.Equal(t, test.body, string(failure.Body()), name)
	}
}

// The errors of both façades are the same, so that a program can treat them alike.
func TestErrorsAreThoseOfTheOtherFacade(t *testing.T) {
	t.Parallel()
	_, err := newRecorder(t, answerJSON(404, `{}`)).user(t).Rooms.Get(t.Context(), "7")
	require.ErrorIs(t, err, qismo.ErrNotFound)
	var failure *qismo.Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, chat.ReasonRefused, chat.ReasonOf(err))
	assert.Equal(t, chat.Reason(""), chat.ReasonOf(errors.New("another")))
}

// A read that fails in passing is made again, and a write is not, unless it was refused
// as too much.
func TestWhatIsTriedAgain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status, attempts int
		call             func(t *testing.T, user *chat.User) error
	}{
		"a read": {503, 3, func(t *testing.T, user *chat.User) error { t.Helper(); return second(user.Rooms.Get(t.Context(), "7")) }},
		"a setting": {503, 3, func(t *testing.T, user *chat.User) error {
			t.Helper()
			return second(user.Messages.MarkRead(t.Context(), "7", "8"))
		}},
		"a message": {503, 1, func(t *testing.T, user *chat.User) error {
			t.Helper()
			return second(user.Messages.Send(t.Context(), "7", chat.NewText("halo")))
		}},
		"a group": {503, 1, func(t *testing.T, user *chat.User) error {
			t.Helper()
			return second(user.Rooms.CreateGroup(t.Context(), chat.CreateGroupParams{Name: "x", Participants: []string{"y"}}))
		}},
		"cleared rooms": {503, 1, func(t *testing.T, user *chat.User) error {
			t.Helper()
			return second(user.Messages.ClearRooms(t.Context(), []string{"x"}))
		}},
		"a refused message": {429, 3, func(t *testing.T, user *chat.User) error {
			t.Helper()
			return second(user.Messages.Send(t.Context(), "7", chat.NewText("halo")))
		}},
		"a refusal": {400, 1, func(t *testing.T, user *chat.User) error { t.Helper(); return second(user.Rooms.Get(t.Context(), "7")) }},
		"a GET of one's own": {503, 3, func(t *testing.T, user *chat.User) error {
			t.Helper()
			return user.Do(t.Context(), http.MethodGet, "/api/v2/sdk/x", nil, nil)
		}},
		"a POST of one's own": {503, 1, func(t *testing.T, user *chat.User) error {
			t.Helper()
			return user.Do(t.Context(), http.MethodPost, "/api/v2/sdk/x", nil, nil)
		}},
	} {
		service := newRecorder(t, answerJSON(test.status, `{}`))
		require.Error(t, test.call(t, service.user(t, chat.WithRetries(chat.Backoff{First: 1}))), name)
		assert.Len(t, service.seen(), test.attempts, name)
	}
}
