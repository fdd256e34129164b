package faults_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/qismo-go/qismo/internal/faults"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// message is what the tests send, by an id that its sender chose.
const message = `{"payload":{"unique_id":"m-1","text":"halo"}}`

// service is the handler behind all faults: it takes messages.
func service() *faults.Sink {
	return faults.NewSink(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"data":{"status":"taken"}}`)
	}), "payload", "unique_id")
}

// newClient makes net/http's client, with nothing added to it. When the test and
// everything that it started has ended, no goroutine is left.
func newClient(t *testing.T) *http.Client {
	t.Helper()
	// It is the first to be registered, if the client is made before all else.
	t.Cleanup(func() { goleak.VerifyNone(t) })
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// seen is what a client sees of a request.
type seen struct {
	status int
	header http.Header
	body   string // its beginning
	size   int64  // of the body
	err    error  // of the request, or of reading its answer
}

// send sends a message, with a credential.
func send(ctx context.Context, client *http.Client, address string) seen {
	return ask(ctx, client, http.MethodPost, address+"/messages?by=test", message)
}

func ask(ctx context.Context, client *http.Client, method, address, body string) seen {
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	request, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return seen{err: err}
	}
	request.Header.Set("Authorization", "stale-token")
	request.Header.Set("Qiscus-Secret-Key", "kunci-rahasia")
	response, err := client.Do(request)
	if err != nil {
		return seen{err: err}
	}
	defer response.Body.Close()
	var beginning strings.Builder
	size, err := io.CopyN(&beginning, response.Body, 1<<20)
	if err == nil {
		var rest int64
		rest, err = io.Copy(io.Discard, response.Body)
		size += rest
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return seen{response.StatusCode, response.Header, beginning.String(), size, err}
}

// sendUntil sends a message and gives up when the server's counts are reached.
func sendUntil(t *testing.T, client *http.Client, address string, server *faults.Server,
	reached func(faults.Counts) bool,
) seen {
	t.Helper()
	ctx, giveUp := context.WithCancel(t.Context())
	awaited := make(chan error, 1)
	go func() {
		defer giveUp()
		awaited <- server.Await(ctx, reached)
	}()
	outcome := send(ctx, client, address)
	giveUp()
	require.NoError(t, <-awaited, "what ended the request: %v", outcome.err)
	return outcome
}

func received(n int) func(faults.Counts) bool {
	return func(counts faults.Counts) bool { return counts.Received == n }
}

func begun(n int) func(faults.Counts) bool {
	return func(counts faults.Counts) bool { return counts.Begun == n }
}
