package qismo_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// witness is an inspector that remembers what it saw.
type witness struct {
	mu   sync.Mutex
	seen []qismo.Exchange
}

func (w *witness) Inspect(exchange qismo.Exchange) {
	w.mu.Lock()
	defer w.mu.Unlock()
	exchange.Body = append([]byte(nil), exchange.Body...)
	w.seen = append(w.seen, exchange)
}

// The inspector sees every answer as it came, whatever becomes of it.
func TestInspector(t *testing.T) {
	var answer http.HandlerFunc
	service := newRecorder(t, func(w http.ResponseWriter, r *http.Request) { answer(w, r) })
	inspector := &witness{}
	client := service.client(t, qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithInspector(inspector))
	for name, test := range map[string]struct {
		status            int
		contentType, body string
		cut, fails        bool
		want              qismo.Exchange
	}{
		"a success": {status: 200, contentType: "application/json", body: benchmarkRoom, want: qismo.Exchange{Whole: true}},
		"a refusal": {status: 404, contentType: "application/json", body: `{"errors":"Not Found"}`, fails: true, want: qismo.Exchange{Whole: true}},
		"a page":    {status: 502, contentType: "text/html; charset=utf-8", body: "<html>", fails: true, want: qismo.Exchange{Whole: true}},
		"no JSON":   {status: 200, contentType: "text/html", body: "<html>", fails: true, want: qismo.Exchange{Whole: true}},
		"a cut":     {status: 200, contentType: "application/json", body: `{"data":`, cut: true, fails: true},
		"too much":  {status: 400, contentType: "text/plain", body: strings.Repeat("x", 70<<10), fails: true, want: qismo.Exchange{Body: []byte(strings.Repeat("x", 64<<10))}},
	} {
		t.Run(name, func(t *testing.T) {
			inspector.seen = nil
			answer = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", test.contentType)
				if test.cut {
					w.Header().Set("Content-Length", "1000")
				}
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
			}
			_, err := client.Rooms.Get(t.Context(), "98120734")
			assert.Equal(t, test.fails, err != nil, err)
			want := test.want
			want.Operation, want.Method, want.Status, want.ContentType = "getRoom", "GET", test.status, test.contentType
			if want.Body == nil {
				want.Body = []byte(test.body)
			}
			assert.Equal(t, []qismo.Exchange{want}, inspector.seen)
		})
	}
}

func TestInspectorOfOneCall(t *testing.T) {
	service := newRecorder(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{}`) })
	client := service.client(t)
	inspector := &witness{}
	require.NoError(t, client.Do(t.Context(), "GET", "/api/v9/new", nil, nil, qismo.WithInspector(inspector)))
	require.NoError(t, client.Do(t.Context(), "GET", "/api/v9/new", nil, nil))
	require.Len(t, inspector.seen, 1)
	assert.Empty(t, inspector.seen[0].Operation)
	assert.JSONEq(t, `{}`, string(inspector.seen[0].Body))
}

func TestInspectorThatCannotWork(t *testing.T) {
	_, err := qismo.New(qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithInspector(nil))
	require.ErrorContains(t, err, "the inspector is nil")
	one, other := qismo.WithInspector(&witness{}), qismo.WithInspector(&witness{})
	_, err = qismo.New(qismo.WithSecretKey(testAppID, testSecretKey), one, other)
	assert.ErrorContains(t, err, "inspector given twice")
}

// Of an answer that its caller reads, the inspector sees all but the body.
func TestInspectorOfAStream(t *testing.T) {
	service := newRecorder(t, answer(http.StatusOK, "image/png", "kanari"))
	inspector := &witness{}
	client := service.client(t, qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithInspector(inspector))
	media, err := client.WhatsApp.Media(t.Context(), "5120", "3120045601")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, media.Body.Close()) })
	assert.Equal(t, []qismo.Exchange{
		{Operation: "getWaMedia", Method: http.MethodGet, Status: http.StatusOK, ContentType: "image/png"},
	}, inspector.seen)
	body, err := io.ReadAll(media.Body)
	require.NoError(t, err)
	assert.Equal(t, "kanari", string(body))
}
