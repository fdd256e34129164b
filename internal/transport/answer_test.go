package transport

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Answers are read up to their bound, and no further.
func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status, length int
		bound          int64
		kept           int
		fails          string
	}{
		"below":                        {200, 99, 100, 99, ""},
		"just as long":                 {200, 100, 100, 100, ""},
		"one too many":                 {200, 101, 100, 100, "read the answer: it is too large: larger than 100 bytes"},
		"many too many":                {200, 1 << 20, 100, 100, "read the answer: it is too large: larger than 100 bytes"},
		"a redirect":                   {302, 101, 100, 100, "read the answer: it is too large: larger than 100 bytes"},
		"empty":                        {200, 0, 100, 0, ""},
		"a failure, below":             {400, 99, 100, 99, "status 400 Bad Request"},
		"a failure beyond the bound":   {400, 101, 100, 100, "status 400 Bad Request"},
		"a failure, whole":             {500, MaxErrorBody, DefaultMaxAnswer, MaxErrorBody, "status 500 Internal Server Error"},
		"a failure beyond its bound":   {500, MaxErrorBody + 1, DefaultMaxAnswer, MaxErrorBody, "status 500 Internal Server Error"},
		"a success beyond a failure's": {200, MaxErrorBody + 1, DefaultMaxAnswer, MaxErrorBody + 1, ""},
		"without a bound":              {200, 3 << 20, math.MaxInt64, 3 << 20, ""},
	} {
		for _, told := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, length told: %t", name, told), func(t *testing.T) {
				t.Parallel()
				body := strings.Repeat("x", test.length)
				service := newService(play(func(request *http.Request) (*http.Response, error) {
					response, err := answers(test.status, body)(request)
					if !told {
						response.ContentLength = -1
					}
					return response, err
				}))
				service.settings.Retries = Backoff{Attempts: 1}
				service.settings.MaxAnswer = test.bound
				inspected := &inspector{}
				service.settings.Inspector = inspected
				got, err := service.ask(t.Context(), request{})
				require.Len(t, inspected.seen, 1)
				seen := inspected.seen[0]
				assert.Len(t, seen.Body, test.kept)
				assert.Equal(t, test.kept == test.length, seen.Whole)
				if test.fails == "" {
					require.NoError(t, err)
					assert.Equal(t, body, got)
					return
				}
				require.ErrorContains(t, err, test.fails)
				var failure *Error
				require.ErrorAs(t, err, &failure)
				assert.Len(t, failure.Body(), min(test.kept, MaxErrorBody))
				assert.Equal(t, test.status < 400, errors.Is(err, ErrUnexpectedAnswer))
				assert.NotErrorIs(t, err, ErrConnectionBroken, "it was not")
			})
		}
	}
}

// inspector remembers what it is shown.
type inspector struct{ seen []Exchange }

func (i *inspector) Inspect(exchange Exchange) { i.seen = append(i.seen, exchange) }

// A length that a service makes up costs no memory.
func TestALengthThatIsMadeUp(t *testing.T) {
	t.Parallel()
	for _, length := range []int64{math.MaxInt64, 1 << 40, -1, -2} {
		service := newService(play(func(request *http.Request) (*http.Response, error) {
			response, err := answers(200, "ok")(request)
			response.ContentLength = length
			return response, err
		}))
		service.settings.MaxAnswer = math.MaxInt64
		body, err := service.ask(t.Context(), request{})
		require.NoError(t, err)
		assert.Equal(t, "ok", body)
	}
}

// A small answer that unpacks into a huge one is held to the bound of what it unpacks
// into.
func TestAnswersAreBoundedUnpacked(t *testing.T) {
	const unpacked = 64 << 20
	bomb := pack(t, unpacked)
	for name, status := range map[string]int{"success": 200, "failure": 500} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				w.WriteHeader(status)
				_, _ = w.Write(bomb)
			}))
			defer server.Close()
			service := serviceAt(t, server, Connection{})
			service.settings.Retries = Backoff{Attempts: 1}
			service.settings.MaxAnswer = 1 << 20
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			failure := service.fail(t, request{})
			runtime.ReadMemStats(&after)
			assert.LessOrEqual(t, len(failure.Body()), MaxErrorBody)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(unpacked/4))
		})
	}
}

// pack packs so many zeros.
func pack(t *testing.T, size int64) []byte {
	t.Helper()
	var packed bytes.Buffer
	writer, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	require.NoError(t, err)
	_, err = io.CopyN(writer, zeros{}, size)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	return packed.Bytes()
}

type zeros struct{}

func (zeros) Read(into []byte) (int, error) { clear(into); return len(into), nil }

// A header without end is refused.
func TestHeadersAreBounded(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Endless", strings.Repeat("x", maxAnswerHeader+1))
	}))
	defer server.Close()
	service := serviceAt(t, server, Connection{})
	service.settings.Retries = Backoff{Attempts: 1}
	failure := service.fail(t, request{})
	assert.Equal(t, ReasonBroken, ReasonOf(failure))
	assert.Less(t, len(failure.Error()), 500)
}

// A service that changes the protocol, unasked, is not listened to.
func TestAnotherProtocol(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(connection, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		_, _ = connection.Read(make([]byte, 1)) // until the client is gone
		_ = connection.Close()
	}))
	defer server.Close()
	service := serviceAt(t, server, Connection{})
	failure := service.fail(t, request{})
	require.ErrorIs(t, failure, ErrUnexpectedAnswer)
	assert.Equal(t, 101, failure.Status)
}

// What breaks off is no success, whatever was read of it, and its words are no reason.
func TestAnswersThatBreakOff(t *testing.T) {
	t.Parallel()
	service := newService(play(breaksOff(io.ErrUnexpectedEOF)))
	service.settings.Retries = Backoff{Attempts: 1}
	inspected := &inspector{}
	service.settings.Inspector = inspected
	failure := service.fail(t, request{})
	require.EqualError(t, failure, "test: getRoom: status 200 OK: read the answer: unexpected EOF")
	assert.Empty(t, failure.Message)
	assert.Equal(t, `{"half":`, string(failure.Body()))
	assert.Equal(t, []Exchange{{Operation: "getRoom", Method: "GET", Status: 200, Body: []byte(`{"half":`)}}, inspected.seen)
}

func TestInspectorsSeeEveryAttempt(t *testing.T) {
	t.Parallel()
	inspected := &inspector{}
	service := newService(play(answers(503, "down", "Content-Type", "text/plain"), refuses, answers(200, "ok")))
	service.settings.Retries = &policy{attempts: 9}
	service.settings.Inspector = inspected
	_, err := service.ask(t.Context(), request{})
	require.NoError(t, err)
	_, err = service.ask(t.Context(), request{stream: true})
	require.NoError(t, err)
	assert.Equal(t, []Exchange{
		{Operation: "getRoom", Method: "GET", Status: 503, ContentType: "text/plain", Body: []byte("down"), Whole: true},
		{Operation: "getRoom", Method: "GET", Status: 200, Body: []byte("ok"), Whole: true},
		{Operation: "getRoom", Method: "GET", Status: 200},
	}, inspected.seen)
}

// What a protocol finds wrong with a success, by the answer itself or in its own words.
func TestSuccessesThatAreNone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err     error
		message string
		text    string
	}{
		"holds a failure": {ErrFailureInside, "room not found", "test: getRoom: status 200 OK: room not found: the success holds a failure"},
		"is none":         {errors.New("it is not JSON"), "", "test: getRoom: status 200 OK: it is not JSON"},
	} {
		service := newService(play(answers(200, "room not found")))
		service.protocol.check = func(Answer) error { return test.err }
		failure := service.fail(t, request{})
		require.ErrorIs(t, failure, ErrUnexpectedAnswer, name)
		require.ErrorIs(t, failure, test.err, name)
		assert.Equal(t, test.message, failure.Message, name)
		assert.Equal(t, test.text, failure.Error(), name)
		assert.True(t, perhapsDone(failure), name)
		assert.Len(t, failure.Failed, 1, "%s: it is not tried again", name)
	}
}

func TestReceive(t *testing.T) {
	t.Parallel()
	type room struct {
		ID    int            `json:"id"`
		Names map[string]int `json:"names"`
	}
	for name, test := range map[string]struct {
		body, fails string
	}{
		"it fits":         {`{"id":5}`, ""},
		"another type":    {`{"id":"lima-rahasia"}`, "decode the answer: the member id is a JSON string, a int was expected"},
		"a number":        {`{"id":5.25}`, "decode the answer: the member id is a JSON number, a int was expected"},
		"within a map":    {`{"names":{"dewi-rahasia":"x"}}`, "decode the answer: the member names is a JSON string, a int was expected"},
		"cut off":         {`{"id":5`, "decode the answer: it is not JSON from byte 7 on"},
		"not JSON at all": {`rahasia`, "decode the answer: it is not JSON from byte 1 on"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := newService(play(answers(200, test.body)))
			call := service.call(t.Context(), request{write: true})
			response, err := service.send(call, request{})
			require.NoError(t, err)
			assert.Equal(t, test.body, string(Bytes(response)))
			got, err := Receive[room]("test", response, nil)
			if test.fails == "" {
				require.NoError(t, err)
				assert.Equal(t, &room{ID: 5}, got)
				return
			}
			require.ErrorIs(t, err, ErrUnexpectedAnswer)
			require.EqualError(t, err, "test: getRoom: status 200 OK: "+test.fails)
			var failure *Error
			require.ErrorAs(t, err, &failure)
			assert.True(t, failure.Uncertain(), "the service has carried it out")
			require.Len(t, failure.Failed, 1)
			assert.Equal(t, ReasonUnusable, failure.Failed[0].Reason)
			assert.Equal(t, ReasonUnusable, ReasonOf(err))
			assert.Equal(t, test.body, string(failure.Body()))
		})
	}
}

// A decoder of the project's own says by itself what is wrong, and tells no value.
type flexible struct{}

func (*flexible) UnmarshalJSON([]byte) error { return errors.New("flex: neither text nor a number") }

type silentType struct{}

func (*silentType) UnmarshalJSON(text []byte) error { return errors.New("cannot read " + string(text)) }

func TestDecodersOfTheirOwn(t *testing.T) {
	t.Parallel()
	service := newService(play(answers(200, `"rahasia"`)))
	response, err := service.send(service.call(t.Context(), request{}), request{})
	require.NoError(t, err)
	_, err = Receive[flexible]("test", response, nil)
	require.ErrorContains(t, err, "decode the answer: flex: neither text nor a number")
	_, err = Receive[silentType]("test", response, nil)
	require.ErrorContains(t, err, "decode the answer: it does not have the expected shape")
	assert.NotContains(t, err.Error(), "rahasia")
}

// An answer that came another way is not taken for one of a call.
func TestAnswersFromElsewhere(t *testing.T) {
	t.Parallel()
	response := &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(`{}`))}
	_, err := Receive[json.RawMessage]("test", response, nil)
	require.ErrorContains(t, err, "did not come through the client")
	assert.Nil(t, Bytes(response))
	err = UnusableAnswer(response, ErrUnexpectedAnswer, errBroke)
	require.ErrorIs(t, err, errBroke)
	require.ErrorContains(t, err, "did not come through the client")
}

func TestErrorsOfTheGeneratedClientAreNamed(t *testing.T) {
	t.Parallel()
	_, err := Receive[int]("test", nil, errBroke)
	require.EqualError(t, err, "test: make the request: it ***")
	require.ErrorIs(t, err, errBroke)
	own := fmt.Errorf("test: getRoom: %w", errBroke)
	assert.Equal(t, own, Named("test", own))
}

// A success that turns out to be a failure once it was decoded, with or without a call.
func TestUnusable(t *testing.T) {
	t.Parallel()
	service := newService(play(answers(503, ""), answers(200, "{}")))
	service.settings.Retries = &policy{attempts: 2}
	call := service.call(t.Context(), request{})
	_, err := service.send(call, request{})
	require.NoError(t, err)
	err = Unusable(context.WithValue(call, callKey{}, call), ErrNotFound, errors.New("the answer has no room"))
	require.ErrorIs(t, err, ErrNotFound)
	require.EqualError(t, err, "test: getRoom: status 200 OK: the answer has no room (failed attempts: status 503, unusable answer)")
	var failure *Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, 2, failure.Attempts)
	assert.True(t, perhapsDone(failure))

	err = Unusable(t.Context(), ErrNotFound, errBroke)
	require.EqualError(t, err, "qismo: status 200 OK: it broke")
}

func TestIsJSON(t *testing.T) {
	t.Parallel()
	for contentType, want := range map[string]bool{
		"application/json": true, "application/json; charset=utf-8": true, "Application/JSON": true,
		"application/problem+json": true, "text/json": false, "text/html": false, "": false, "application/jsonp": false,
		";": false,
	} {
		assert.Equal(t, want, IsJSON(http.Header{"Content-Type": {contentType}}), contentType)
	}
}

// Only what looks like an identifier is taken for one: it goes into logs.
func TestRequestIDs(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"7f3a": "7f3a", "550E8400-e29b-41d4-a716-446655440000": "550E8400-e29b-41d4-a716-446655440000",
		"": "", "budi": "", "628115550123": "", "7f3a\n": "", strings.Repeat("a", 64): strings.Repeat("a", 64), strings.Repeat("a", 65): "",
	} {
		assert.Equal(t, want, requestValues(nil).identifier(id), id)
	}
}

// Whatever comes back is either a success that was read whole or an *Error, whose text
// is short and printable and whose status says of which kind it is.
func FuzzAnswers(f *testing.F) {
	f.Add(200, "application/json", `{"data":{}}`, "7", "7f3a", "")
	f.Add(429, "text/html", "<html>", "Fri, 20 Nov 2026 08:00:30 GMT", "x", "dewi")
	f.Add(302, "", "", "-1", "", "please call")
	f.Add(500, "application/json", "agent Sari \xff", "99999999999", "7f", `{"a":["sari"]}`)
	f.Add(101, "", "please call", "", "", "please call")
	f.Fuzz(func(t *testing.T, status int, contentType, body, retryAfter, id, sent string) {
		status = 100 + int(uint(status)%900)
		service := newService(play(answers(status, body, "Content-Type", contentType, "Retry-After", retryAfter, "X-Request-Id", id)))
		service.settings.Retries = Backoff{Attempts: 1}
		service.settings.MaxAnswer = 1 << 10
		service.protocol.check = func(answer Answer) error {
			if strings.Contains(string(answer.Body), "error") {
				return ErrFailureInside
			}
			return nil
		}
		got, err := service.ask(t.Context(), request{method: http.MethodPost, body: strings.NewReader(sent)})
		if err == nil {
			if status < 200 || status > 299 || got != body {
				t.Errorf("status %d with %q gave %q", status, body, got)
			}
			return
		}
		var failure *Error
		if !errors.As(err, &failure) || failure.Status != status || failure.RetryAfter < 0 || failure.RetryAfter > maxRetryAfter {
			t.Errorf("status %d with %q gave %#v", status, body, err)
			return
		}
		if Plain(failure.Message) != failure.Message || len(failure.Error()) > 4*maxMessage+200 {
			t.Errorf("status %d with %q says %q", status, body, err)
		}
		kinds := []error{ErrUnexpectedAnswer, ErrServer, ErrRateLimited, ErrNotFound, ErrForbidden, ErrPaymentRequired, ErrUnauthorized, ErrBadRequest}
		if !slices.ContainsFunc(kinds, failure.Is) || perhapsDone(failure) == (status >= 400 && status < 500) {
			t.Errorf("status %d with %q is of no kind, or uncertain: %t", status, body, failure.Uncertain())
		}
	})
}
