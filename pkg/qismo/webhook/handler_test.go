package webhook_test

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func newHandler(t testing.TB, callbacks webhook.Callbacks, options ...webhook.Option) *webhook.Handler {
	t.Helper()
	handler, err := webhook.NewHandler(webhook.PathSecret(secret), callbacks, options...)
	require.NoError(t, err)
	return handler
}

// ignoring makes callbacks that let nothing but unknown events through, and drop
// them: a handler must have some.
func ignoring() webhook.Callbacks {
	return webhook.Callbacks{Unknown: func(context.Context, *webhook.UnknownEvent) error { return nil }}
}

// post sends an authentic body.
func post(handler http.Handler, body string) *httptest.ResponseRecorder {
	return send(handler, httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/hooks/"+secret, strings.NewReader(body)))
}

func send(handler http.Handler, request *http.Request) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder
}

type answerBody struct {
	Status   string            `json:"status"`
	Error    string            `json:"error"`
	Problems []webhook.Problem `json:"problems"`
}

// checkAnswer checks what all answers have in common.
func checkAnswer(t *testing.T, recorder *httptest.ResponseRecorder, status int) answerBody {
	t.Helper()
	assert.Equal(t, status, recorder.Code, recorder.Body)
	assert.Equal(t, "application/json", recorder.Header().Get("Content-Type"))
	assert.Equal(t, "nosniff", recorder.Header().Get("X-Content-Type-Options"))
	assert.NotContains(t, recorder.Body.String(), "canary")
	var answer answerBody
	require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &answer))
	assert.Equal(t, status == http.StatusOK, answer.Status == "ok")
	assert.Equal(t, status != http.StatusOK, answer.Error != "")
	return answer
}

// A request that is wrong in every way learns of one thing after the other.
func TestHandlerOrderOfChecks(t *testing.T) {
	failing := func(context.Context, *webhook.MarkAsResolvedEvent) error { return errors.New("canary") }
	handler := newHandler(t, webhook.Callbacks{MarkAsResolved: failing},
		webhook.Validation(webhook.Strict), webhook.MaxBody(1000))

	const misfit = `{"service":{"id":"canary"},"resolved_by":{}}`
	tooLarge := `{"canary":"` + strings.Repeat("x", 1000) + `"}`
	valid := string(fixture(t, "markAsResolved-2021.json"))
	require.Less(t, len(valid), 1000)
	for _, step := range []struct {
		method, path, contentType, body string
		status                          int
	}{
		{http.MethodGet, "/canary", "text/plain", tooLarge, http.StatusMethodNotAllowed},
		{http.MethodPost, "/canary", "text/plain", tooLarge, http.StatusUnauthorized},
		{http.MethodPost, "/" + secret, "text/plain", tooLarge, http.StatusRequestEntityTooLarge},
		{http.MethodPost, "/" + secret, "text/plain", "canary", http.StatusUnsupportedMediaType},
		{http.MethodPost, "/" + secret, "application/json", tooLarge, http.StatusRequestEntityTooLarge},
		{http.MethodPost, "/" + secret, "application/json", "canary", http.StatusBadRequest},
		{http.MethodPost, "/" + secret, "application/json", `["canary"]`, http.StatusBadRequest},
		{http.MethodPost, "/" + secret, "application/json", misfit, http.StatusBadRequest},
		{http.MethodPost, "/" + secret, "application/json", valid, http.StatusInternalServerError},
		{http.MethodPost, "/" + secret, "application/json", `{"type":"other"}`, http.StatusOK},
	} {
		request := httptest.NewRequestWithContext(t.Context(), step.method, step.path, strings.NewReader(step.body))
		request.Header.Set("Content-Type", step.contentType)
		answer := checkAnswer(t, send(handler, request), step.status)
		assert.Equal(t, step.body == misfit, len(answer.Problems) > 0)
	}
}

// Who is known by the body alone learns of its size and of its breaks first.
func TestHandlerOrderOfChecksWithABodyToSign(t *testing.T) {
	handler, err := webhook.NewHandler(webhook.HMAC("X-Sum", secret), ignoring(), webhook.MaxBody(10))
	require.NoError(t, err)
	for body, status := range map[io.Reader]int{
		strings.NewReader("canary-canary"):     http.StatusRequestEntityTooLarge,
		iotest.ErrReader(errors.New("canary")): http.StatusBadRequest,
		strings.NewReader("canary"):            http.StatusUnauthorized,
	} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", body)
		checkAnswer(t, send(handler, request), status)
	}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader("canary"))
	request.Header.Set("X-Sum", hex.EncodeToString(sign(secret, "canary")))
	checkAnswer(t, send(handler, request), http.StatusBadRequest)
}

// A request that is refused by its head is refused without its body.
func TestHandlerReadsTheBodyLate(t *testing.T) {
	handler := newHandler(t, ignoring(), webhook.MaxBody(10))
	for name, change := range map[string]func(*http.Request){
		"method": func(request *http.Request) { request.Method = http.MethodPut },
		"secret": func(request *http.Request) { request.URL.Path = "/hooks/wrong" },
		"length": func(request *http.Request) { request.ContentLength = 11 },
	} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/"+secret, unreadable{t})
		change(request)
		assert.NotEqual(t, http.StatusOK, send(handler, request).Code, name)
	}
}

type unreadable struct{ t *testing.T }

func (u unreadable) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func TestHandlerMethods(t *testing.T) {
	handler := newHandler(t, ignoring())
	for _, method := range []string{
		http.MethodGet, http.MethodHead, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, "post",
	} {
		recorder := send(handler, httptest.NewRequestWithContext(t.Context(), method, "/hooks/"+secret, strings.NewReader("{}")))
		checkAnswer(t, recorder, http.StatusMethodNotAllowed)
		assert.Equal(t, "POST", recorder.Header().Get("Allow"))
	}
}

// Whatever a request calls its body, a JSON object is one. Only of what is none it
// matters.
func TestHandlerContentTypes(t *testing.T) {
	handler := newHandler(t, ignoring())
	for contentType, want := range map[string]int{
		"":                                   http.StatusBadRequest,
		"application/json":                   http.StatusBadRequest,
		"application/json; charset=utf-8":    http.StatusBadRequest,
		"Application/JSON;charset=\"utf-8\"": http.StatusBadRequest,
		"application/json; charset":          http.StatusBadRequest,
		"application/vnd.qiscus.v2+json":     http.StatusBadRequest,
		"application/jsonp":                  http.StatusUnsupportedMediaType,
		"text/plain":                         http.StatusUnsupportedMediaType,
		"text/json":                          http.StatusUnsupportedMediaType,
		"application/x-www-form-urlencoded":  http.StatusUnsupportedMediaType,
		"canary":                             http.StatusUnsupportedMediaType,
		"application/json, text/plain":       http.StatusUnsupportedMediaType,
		"/json":                              http.StatusUnsupportedMediaType,
		";":                                  http.StatusUnsupportedMediaType,
	} {
		t.Run(contentType, func(t *testing.T) {
			for body, want := range map[string]int{"{}": http.StatusOK, "[]": want} {
				request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/"+secret, strings.NewReader(body))
				request.Header.Set("Content-Type", contentType)
				checkAnswer(t, send(handler, request), want)
			}
		})
	}
}

func TestHandlerEncodedContent(t *testing.T) {
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/"+secret, strings.NewReader("\x1f\x8b"))
	request.Header.Set("Content-Encoding", "gzip")
	answer := checkAnswer(t, send(newHandler(t, ignoring()), request), http.StatusUnsupportedMediaType)
	assert.Equal(t, "the content is encoded", answer.Error)
}

func TestHandlerBodyLimit(t *testing.T) {
	handler := newHandler(t, ignoring(), webhook.MaxBody(20))
	exact := `{"a":"` + strings.Repeat("x", 12) + `"}`
	require.Len(t, exact, 20)
	for name, length := range map[string]int64{"declared": 0, "not declared": -1} {
		for body, want := range map[string]int{exact: http.StatusOK, exact + " ": http.StatusRequestEntityTooLarge} {
			request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/"+secret, strings.NewReader(body))
			request.ContentLength += length * (request.ContentLength + 1)
			assert.Equal(t, want, send(handler, request).Code, name)
		}
	}

	standard := newHandler(t, ignoring())
	padding := strings.Repeat(" ", webhook.DefaultMaxBody-2)
	checkAnswer(t, post(standard, "{}"+padding), http.StatusOK)
	checkAnswer(t, post(standard, "{}"+padding+" "), http.StatusRequestEntityTooLarge)
}

func TestHandlerWithoutABody(t *testing.T) {
	handler := newHandler(t, ignoring())
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/"+secret, nil)
	require.NoError(t, err)
	checkAnswer(t, send(handler, request), http.StatusBadRequest)
	checkAnswer(t, post(handler, ""), http.StatusBadRequest)
}

// Over a real connection: a client that goes away in the middle of its body.
func TestHandlerDisconnect(t *testing.T) {
	called := atomic.Bool{}
	server := httptest.NewServer(newHandler(t, webhook.Callbacks{
		Unknown: func(context.Context, *webhook.UnknownEvent) error { called.Store(true); return nil },
	}))
	defer server.Close()
	dialer := net.Dialer{}
	conn, err := dialer.DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	_, err = fmt.Fprintf(conn, "POST /%s HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{}", secret)
	require.NoError(t, err)
	require.NoError(t, conn.(*net.TCPConn).CloseWrite())
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	_ = response.Body.Close()
	assert.Equal(t, http.StatusBadRequest, response.StatusCode)
	assert.False(t, called.Load())
}

func TestHandlerUnauthorizedSaysNothing(t *testing.T) {
	handler := newHandler(t, ignoring())
	recorder := send(handler, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/wrong", strings.NewReader("{}")))
	checkAnswer(t, recorder, http.StatusUnauthorized)
	assert.JSONEq(t, `{"error":"unauthorized"}`, recorder.Body.String())
}

// An authenticator of one's own sees the bytes as they came, and its error stays
// inside.
func TestHandlerAuthenticatesRawBytes(t *testing.T) {
	var seen string
	handler, err := webhook.NewHandler(authenticatorFunc(func(_ *http.Request, body []byte) error {
		seen = string(body)
		return errors.New("canary")
	}), ignoring())
	require.NoError(t, err)
	checkAnswer(t, post(handler, " {\"a\" : 1}\n"), http.StatusUnauthorized)
	assert.Equal(t, " {\"a\" : 1}\n", seen)
}

type authenticatorFunc func(*http.Request, []byte) error

func (f authenticatorFunc) Authenticate(request *http.Request, body []byte) error {
	return f(request, body)
}

func TestHandlerWithoutAuthentication(t *testing.T) {
	handler, err := webhook.NewHandler(webhook.WithoutAuthentication(), ignoring())
	require.NoError(t, err)
	checkAnswer(t, send(handler, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader("{}"))), http.StatusOK)
}

func TestHandlerHandsOnTheContext(t *testing.T) {
	type key struct{}
	var got any
	handler := newHandler(t, webhook.Callbacks{Unknown: func(ctx context.Context, _ *webhook.UnknownEvent) error {
		got = ctx.Value(key{})
		return nil
	}})
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/"+secret, strings.NewReader("{}"))
	checkAnswer(t, send(handler, request.WithContext(context.WithValue(t.Context(), key{}, "mine"))), http.StatusOK)
	assert.Equal(t, "mine", got)
}

func TestHandlerConcurrently(t *testing.T) {
	var calls, problems atomic.Int64
	server := httptest.NewServer(newHandler(t, webhook.Callbacks{
		BotMessage: func(_ context.Context, event *webhook.BotMessageEvent) error {
			if event.Text() != "" && event.RoomID() != "" {
				calls.Add(1)
			}
			return nil
		},
		Unknown: func(context.Context, *webhook.UnknownEvent) error { return errors.New("no") },
	}, webhook.WithoutDeduplication(), webhook.OnProblems(func(context.Context, webhook.Name, []webhook.Problem) { problems.Add(1) })))
	defer server.Close()

	bodies := []string{
		string(fixture(t, "botMessage-2025-whatsapp-text.json")),
		string(fixture(t, "invalid/markAsResolved-service-id-text.json")),
		`{"type":"other"}`,
	}
	wants := []int{http.StatusOK, http.StatusOK, http.StatusInternalServerError}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for i := range 30 {
				assert.Equal(t, wants[i%3], postOver(t, server, bodies[i%3]))
			}
		})
	}
	group.Wait()
	assert.Equal(t, int64(80), calls.Load())
	assert.Equal(t, int64(80), problems.Load())
}

// postOver sends an authentic body over a connection.
func postOver(t testing.TB, server *httptest.Server, body string) (status int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/hooks/"+secret, strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := server.Client().Do(request)
	if err != nil {
		t.Error(err)
		return 0
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	return response.StatusCode
}
