package qismo_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// Every shape of failure that the API is known for becomes one *Error.
func TestErrorShapes(t *testing.T) {
	tests := map[string]struct {
		status      int
		contentType string
		body        string
		message     string
		is          []error
		trace       string
	}{
		"errors is text":           {401, "application/json", `{"errors":"Unauthorized"}`, "Unauthorized", []error{qismo.ErrUnauthorized}, ""},
		"errors is an object":      {400, "application/json", `{"errors":{"message":"Cant join room, exceed max agents"}}`, "Cant join room, exceed max agents", []error{qismo.ErrBadRequest, qismo.ErrMaxAgents}, ""},
		"errors is a list":         {400, "application/json", `{"errors":["ruang sudah penuh","lagi"]}`, "ruang sudah penuh", []error{qismo.ErrBadRequest}, ""},
		"errors is a list of maps": {400, "application/json", `{"errors":[{"message":"ruang sudah penuh"}]}`, "ruang sudah penuh", []error{qismo.ErrBadRequest}, ""},
		"error is text":            {402, "application/json", `{"error":"kredit habis"}`, "kredit habis", []error{qismo.ErrPaymentRequired}, ""},
		"Meta's shape":             {400, "application/json", `{"error":{"message":"(#100)","error_data":{"details":"templat tidak ada"}}}`, "templat tidak ada", []error{qismo.ErrBadRequest}, ""},
		"Meta's code":              {400, "application/json", `{"error":{"message":"(#131047)","code":"131047"}}`, "(#131047)", []error{qismo.ErrBadRequest, qismo.ErrOutsideWindow}, ""},
		"Meta's shape in short":    {400, "application/json", `{"error":{"message":"(#100)"}}`, "(#100)", []error{qismo.ErrBadRequest}, ""},
		"detail":                   {401, "application/json", `{"detail":"jwt: token_expired at gate"}`, "jwt: token_expired at gate", []error{qismo.ErrUnauthorized, qismo.ErrTokenExpired}, ""},
		"invalid token":            {401, "application/json", `{"errors":"Invalid token given"}`, "Invalid token given", []error{qismo.ErrUnauthorized, qismo.ErrInvalidToken}, ""},
		"gateway":                  {403, "application/json", `{"message":"tidak boleh","traceid":"7f3a"}`, "tidak boleh", []error{qismo.ErrForbidden}, "7f3a"},
		"tag exists":               {400, "application/json", `{"errors":{"message":"Tag already exist"}}`, "Tag already exist", []error{qismo.ErrBadRequest, qismo.ErrTagExists}, ""},
		"errors beside odd trace":  {400, "application/json", `{"errors":{"message":"Cant join room, exceed max agents"},"traceid":123}`, "Cant join room, exceed max agents", []error{qismo.ErrBadRequest, qismo.ErrMaxAgents}, ""},
		"Meta's data as text":      {400, "application/json", `{"error":{"message":"(#100)","error_data":"x"}}`, "(#100)", []error{qismo.ErrBadRequest}, ""},
		"message is a list":        {400, "application/json", `{"message":["salah"]}`, "salah", []error{qismo.ErrBadRequest}, ""},
		"no template":              {400, "application/json", `{"errors":{"message":"No approved 24 Hours Message Template"}}`, "No approved 24 Hours Message Template", []error{qismo.ErrBadRequest, qismo.ErrNoApprovedTemplate}, ""},
		"another refusal":          {422, "application/json", `{"errors":"salah"}`, "salah", []error{qismo.ErrBadRequest}, ""},
		"success of words":         {200, "text/plain", `kata pelanggan`, "", []error{qismo.ErrUnexpectedAnswer}, ""},
		"empty":                    {502, "", ``, "", []error{qismo.ErrServer}, ""},
		"HTML":                     {502, "text/html", `<html><body>Bad gateway</body></html>`, "a page of HTML", []error{qismo.ErrServer}, ""},
		"text":                     {404, "text/plain", `no route`, "no route", []error{qismo.ErrNotFound}, ""},
		"too many":                 {429, "application/json", `{"errors":"slow down"}`, "slow down", []error{qismo.ErrRateLimited}, ""},
		"broken JSON":              {500, "application/json", `{"errors":`, "JSON of an unknown shape", []error{qismo.ErrServer}, ""},
		"JSON of no known shape":   {500, "application/json", `{"ok":false}`, "", []error{qismo.ErrServer}, ""},
		"success that is HTML":     {200, "text/html", `<html>log in</html>`, "", []error{qismo.ErrUnexpectedAnswer}, ""},
		"success with a failure":   {200, "application/json", `{"errors":{"message":"gagal"}}`, "gagal", []error{qismo.ErrUnexpectedAnswer}, ""},
		"success cut off":          {200, "application/json", `{"data":{"customer_room":{"id":1`, "", []error{qismo.ErrUnexpectedAnswer}, ""},
		"success of another shape": {200, "application/json", `{"data":["x"]}`, "", []error{qismo.ErrUnexpectedAnswer}, ""},
		"success without data":     {200, "application/json", `{"status":200}`, "", []error{qismo.ErrUnexpectedAnswer}, ""},
		"success with null data":   {200, "application/json", `{"data":null}`, "", []error{qismo.ErrUnexpectedAnswer}, ""},
		"success that is null":     {200, "application/json", `null`, "", []error{qismo.ErrUnexpectedAnswer}, ""},
		"redirect to another host": {302, "", ``, "", []error{qismo.ErrUnexpectedAnswer}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
				if test.status == http.StatusFound {
					w.Header().Set("Location", "https://elsewhere.example.id/")
				}
				answer(test.status, test.contentType, test.body)(w, request)
			})
			_, err := service.client(t).Rooms.Get(t.Context(), "98120734")
			var failure *qismo.Error
			require.ErrorAs(t, err, &failure)
			assert.Equal(t, test.status, failure.Status)
			assert.Equal(t, test.message, failure.Message)
			assert.Equal(t, test.trace, failure.TraceID)
			assert.Equal(t, "getRoom", failure.Operation)
			assert.Equal(t, http.MethodGet, failure.Method)
			assert.Equal(t, service.URL+"/api/v2/customer_rooms/{room_id}", failure.URL)
			assert.Equal(t, 1, failure.Attempts)
			assert.Equal(t, test.body, string(failure.Body()))
			for _, sentinel := range sentinels() {
				wanted := false
				for _, is := range test.is {
					wanted = wanted || errors.Is(is, sentinel)
				}
				assert.Equal(t, wanted, errors.Is(err, sentinel), "errors.Is %v", sentinel)
			}
			assert.Len(t, service.seen(), 1, "nothing is repeated")
		})
	}
}

func sentinels() []error {
	return []error{
		qismo.ErrBadRequest, qismo.ErrUnauthorized, qismo.ErrPaymentRequired, qismo.ErrForbidden, qismo.ErrNotFound,
		qismo.ErrRateLimited, qismo.ErrServer, qismo.ErrUnexpectedAnswer, qismo.ErrMaxAgents, qismo.ErrTagExists, qismo.ErrTokenExpired, qismo.ErrInvalidToken,
		qismo.ErrNoApprovedTemplate,
		qismo.ErrOutsideWindow, qismo.ErrNotSent,
	}
}

func TestErrorTellsRetryAfter(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"":                              0,
		"7":                             7 * time.Second,
		"-3":                            0,
		"99999999999":                   24 * time.Hour,
		"soon":                          0,
		"Mon, 01 Jan 2001 00:00:00 GMT": 0,
	} {
		t.Run(value, func(t *testing.T) {
			service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
				w.Header().Set("Retry-After", value)
				answerJSON(429, `{"errors":"later"}`)(w, request)
			})
			_, err := service.client(t).Rooms.Get(t.Context(), "1")
			var failure *qismo.Error
			require.ErrorAs(t, err, &failure)
			assert.Equal(t, want, failure.RetryAfter)
		})
	}
}

// What was sent, a credential, and the raw body stay out of everything that
// prints an error.
func TestErrorsHoldNoSecretAndNoMessage(t *testing.T) {
	const words = "pesanan-rahasia-bu-dewi"
	service := newRecorder(t, func(w http.ResponseWriter, _ *http.Request) {
		body, err := json.Marshal(map[string]any{
			"errors": map[string]string{"message": "cannot send " + words + " with " + testSecretKey},
			"echo":   "badan-mentah-" + words,
		})
		if err != nil {
			panic(err)
		}
		answerJSON(400, string(body))(w, nil)
	})
	client := service.client(t)
	err := client.Bot.SendText(t.Context(), "98120734", words)
	require.Error(t, err)

	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Error("failed", "err", err)
	asJSON, jsonErr := json.Marshal(err)
	require.NoError(t, jsonErr)
	printed := strings.Join([]string{
		err.Error(), fmt.Sprintf("%v %+v %#v %s %q %x", err, err, err, err, err, err), log.String(), string(asJSON),
		fmt.Sprintf("%v %+v", client, client),
	}, "\n")
	assert.Contains(t, printed, "cannot send *** with ***")
	assert.NotContains(t, printed, words)
	assert.NotContains(t, printed, testSecretKey)
	assert.NotContains(t, printed, "badan-mentah")
}

func TestQueryIsMaskedInErrors(t *testing.T) {
	service := newRecorder(t, answerJSON(500, `{"errors":"cannot search rini-rahasia"}`))
	_, err := service.client(t).Agents.List(t.Context(), qismo.ListAgentsParams{Search: "rini-rahasia"})
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "rini-rahasia")
	var failure *qismo.Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, service.URL+"/api/v2/{role}/agents", failure.URL)
}

func TestErrorWithoutAnAnswer(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{}`))
	client := service.client(t)
	service.Close()
	_, err := client.Rooms.Get(t.Context(), "1")
	var failure *qismo.Error
	require.ErrorAs(t, err, &failure)
	assert.Zero(t, failure.Status)
	assert.Contains(t, err.Error(), "getRoom")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = client.Rooms.Get(ctx, "1")
	require.ErrorIs(t, err, context.Canceled)
}

func TestTimeoutEndsACall(t *testing.T) {
	release := make(chan struct{})
	service := newRecorder(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	_, err := service.client(t).Rooms.Get(t.Context(), "1", qismo.WithTimeout(20*time.Millisecond))
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestLargeAnswersAreBounded(t *testing.T) {
	page := strings.Repeat("x", 1<<20)
	service := newRecorder(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for range 40 {
			if _, err := w.Write([]byte(page)); err != nil {
				return
			}
		}
	})
	_, err := service.client(t).Rooms.Get(t.Context(), "1")
	require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer)
	assert.Contains(t, err.Error(), "larger than")
	var failure *qismo.Error
	require.ErrorAs(t, err, &failure)
	assert.LessOrEqual(t, len(failure.Body()), 64<<10)
	assert.Empty(t, failure.Message, "the beginning of a success is no reason")
}

// A success that breaks off says so, and nothing of what came of it.
func TestSuccessThatBreaksOff(t *testing.T) {
	service := newRecorder(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `the customer said`)
	})
	err := service.client(t).Bot.SendText(t.Context(), "5", "halo")
	require.ErrorIs(t, err, qismo.ErrConnectionBroken)
	assert.Equal(t, "qismo: sendBotMessage: status 200 OK: read the answer: unexpected EOF", err.Error())
	var failure *qismo.Error
	require.ErrorAs(t, err, &failure)
	assert.True(t, failure.Uncertain())
}

// A success that lacks what it was asked for is none: an empty id or token would
// do its harm later.
func TestSuccessWithoutItsContent(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"customer_room":{},"agent":{},"added_agent":{},"auth":{},"user":{}}}`))
	client := service.client(t)
	for name, call := range map[string]func() error{
		"getRoom":  func() error { _, err := client.Rooms.Get(t.Context(), "5"); return err },
		"getAgent": func() error { _, err := client.Agents.Get(t.Context(), "5"); return err },
		"assignAgent": func() error {
			_, err := client.Allocation.Assign(t.Context(), qismo.AssignAgentParams{RoomID: "5", AgentID: "7"})
			return err
		},
		"login": func() error {
			_, err := client.Session.Login(t.Context(), qismo.LoginParams{Email: "sari@example.id", Password: "sandi"})
			return err
		},
		"refreshToken": func() error { _, err := client.Session.RefreshToken(t.Context(), "x"); return err },
		"initiateChat": func() error {
			_, err := client.Customer.InitiateChat(t.Context(), qismo.InitiateChatParams{UserID: "dewi", Nonce: "n"})
			return err
		},
	} {
		err := call()
		require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer, name)
		var failure *qismo.Error
		require.ErrorAs(t, err, &failure)
		assert.Equal(t, name, failure.Operation)
		assert.Contains(t, err.Error(), "the answer has no ")
	}
}

// Whatever form a request had and however the service quotes it, the message does
// not carry it on.
func TestEchoesAreMasked(t *testing.T) {
	const hidden = `kartu "4111" rahasia`
	echo := newRecorder(t, func(w http.ResponseWriter, _ *http.Request) {
		quoted, err := json.Marshal(hidden)
		if err != nil {
			panic(err)
		}
		said, err := json.Marshal(map[string]any{"errors": "wrong value " + hidden + " and " + string(quoted), "traceid": hidden + strings.Repeat("x", 9000)})
		if err != nil {
			panic(err)
		}
		answerJSON(400, string(said))(w, nil)
	})
	client := echo.client(t)
	payload, err := flex.NewJSON(map[string]string{"text": "kartu", "more": hidden})
	require.NoError(t, err)
	for name, err := range map[string]error{
		"json":      client.Bot.Send(t.Context(), qismo.SendBotMessageParams{RoomID: "5", Type: qismo.MessageCard, Payload: payload}),
		"form":      func() error { _, err := client.WebhookSettings.SetResolve(t.Context(), hidden, true); return err }(),
		"multipart": func() error { _, err := client.WebhookSettings.SetNewSession(t.Context(), hidden, true); return err }(),
		"query": func() error {
			_, err := client.Agents.List(t.Context(), qismo.ListAgentsParams{Search: hidden})
			return err
		}(),
	} {
		require.ErrorIs(t, err, qismo.ErrBadRequest, name)
		assert.NotContains(t, err.Error(), "4111", name)
		assert.Contains(t, err.Error(), "wrong value ***", name)
		assert.Less(t, len(err.Error()), 1000, name)
	}
}

// What net/http quotes of an answer that it cannot read stays out of errors too.
func TestAnswersThatAreNotHTTPAreNotQuoted(t *testing.T) {
	for name, raw := range map[string]string{
		"no status line": "{\"data\":{\"last_comment_text\":\"kartu-4111-rahasia\"}}\r\n\r\n",
		"bad location":   "HTTP/1.1 302 Found\r\nLocation: http://[::1/secret?search=kartu-4111-rahasia\r\nContent-Length: 0\r\n\r\n",
		"bad header":     "HTTP/1.1 200 OK\r\nkartu-4111-rahasia\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			service := newRecorder(t, func(w http.ResponseWriter, _ *http.Request) {
				connection, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					panic(err)
				}
				_, _ = connection.Write([]byte(raw))
				_ = connection.Close()
			})
			_, err := service.client(t).Rooms.Get(t.Context(), "5")
			require.Error(t, err)
			assert.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err), "4111")
		})
	}
}

// A transport of the caller's that leaves out what net/http's sets.
func TestBareTransport(t *testing.T) {
	client, err := qismo.New(qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithHTTPClient(&http.Client{
		Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			return &http.Response{
				StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
				Body: io.NopCloser(strings.NewReader(`{"data":{"customer_room":{"room_id":["x"]}}}`)),
			}, nil
		}),
	}))
	require.NoError(t, err)
	_, err = client.Rooms.Get(t.Context(), "5")
	require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer)
	assert.Contains(t, err.Error(), "getRoom")
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

func TestFailureInsideAnAnswerThatNobodyReads(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"errors":{"message":"room not found"}}`))
	err := service.client(t).Bot.SendText(t.Context(), "5", "halo")
	require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer)
	assert.Contains(t, err.Error(), "room not found")
	for _, body := range []string{``, `ok`, `{"data":{}}`, `{"id":1}`} {
		require.NoError(t, newRecorder(t, answer(200, "text/plain", body)).client(t).Bot.SendText(t.Context(), "5", "halo"), body)
	}
}

// Whoever is refused with one credential learns that another has been seen to work.
func TestRefusalsNameTheOtherCredential(t *testing.T) {
	service := newRecorder(t, answerJSON(http.StatusUnauthorized, `{"errors":"Unauthorized"}`))
	byKey := service.client(t)
	byToken := service.client(t, qismo.WithToken(testAppID, "ut-7f"))
	const wantsToken = " (a secret key was sent; the operation has been seen with a user token only)"
	const wantsKey = " (a user token was sent; the operation has been seen with a secret key only)"
	for name, c := range map[string]struct {
		call func(*qismo.Client) error
		with *qismo.Client
		hint string
	}{
		"key for a token": {call: logOut, with: byKey, hint: wantsToken},
		"token":           {call: logOut, with: byToken},
		"token for a key": {call: getSessional, with: byToken, hint: wantsKey},
		"key":             {call: getSessional, with: byKey},
		"either":          {call: listDivisions, with: byKey},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.call(c.with)
			require.ErrorIs(t, err, qismo.ErrUnauthorized)
			assert.Equal(t, c.hint, strings.TrimPrefix(err.Error(), strings.Split(err.Error(), " (")[0]))
		})
	}
}

func logOut(client *qismo.Client) error { return client.Session.Logout(context.Background()) }

func getSessional(client *qismo.Client) error {
	_, err := client.App.Sessional(context.Background())
	return err
}

func listDivisions(client *qismo.Client) error {
	_, err := client.Agents.ListDivisions(context.Background(), qismo.ListDivisionsParams{})
	return err
}
