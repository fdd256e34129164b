//go:build conformance

package sandbox

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/pkg/qismo"
)

const brackets = "Prism drops the brackets of a parameter's name and then misses the parameter"

// notByPrism are the operations that Prism can neither mock nor let through, with
// the reason. What is listed and works after all is an error.
var notByPrism = map[string]string{
	"listAgentsByDivision":   brackets,
	"listAgentsByIDs":        brackets,
	"restCountUnreadOfUsers": brackets,
	"sdkClearRoomMessages":   brackets,
	"sdkDeleteMessages":      brackets,
}

// Prism, a mock server by others, is made from a document alone: the document's façade
// sends what it accepts, with the credentials that it wants, and understands the
// examples.
func TestPrismMocks(t *testing.T) {
	for _, of := range offers(t) {
		t.Run(of.file, func(t *testing.T) {
			at := newStage(t)
			at.address = startPrism(t, of.file, "mock")
			everyMethod(t, at, of, checkPrism)
		})
	}
}

// Prism between a façade and the sandbox validates each request and each answer
// by its own reading of the document.
func TestPrismProxies(t *testing.T) {
	for _, of := range offers(t) {
		t.Run(of.file, func(t *testing.T) {
			at := newStage(t)
			at.address = startPrism(t, of.file, "proxy", "--errors", at.address)
			everyMethod(t, at, of, func(t *testing.T, operation *document.Operation, err error) {
				t.Helper()
				checkPrism(t, operation, err)
				assert.True(t, err != nil || at.wasAsked(operation.ID), "the sandbox was not asked for %s", operation.ID)
			})
		})
	}
}

// The proxy does see what does not fit: an answer of another shape, and a request
// that lacks a member.
func TestPrismFindsViolations(t *testing.T) {
	at := newStage(t)
	at.address = startPrism(t, "openapi.yaml", "proxy", "--errors", at.address)
	w := newShownWorld(t, "")
	for name, c := range map[string]struct{ method, path, request, answer, says string }{
		"nothing":         {"GET", "/api/v2/divisions", "", `{"data":[]}`, `{"data":[]}`},
		"a wrong answer":  {"GET", "/api/v2/divisions", "", `{"data":"none"}`, "prism/errors#VIOLATIONS"},
		"a wrong request": {"POST", "/bot/" + w.roomID + "/activate", `{}`, `{"data":{}}`, "prism/errors#UNPROCESSABLE_ENTITY"},
	} {
		t.Run(name, func(t *testing.T) {
			at.play(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(rw, c.answer)
			}))
			request, err := http.NewRequestWithContext(t.Context(), c.method, at.address+c.path, strings.NewReader(c.request))
			require.NoError(t, err)
			request.Header = w.secret()
			request.Header.Set("Content-Type", "application/json")
			response, err := http.DefaultClient.Do(request)
			require.NoError(t, err)
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			assert.Contains(t, string(body), c.says)
		})
	}
}

func checkPrism(t *testing.T, operation *document.Operation, err error) {
	t.Helper()
	reason, listed := notByPrism[operation.ID]
	if listed {
		assert.Error(t, err, "it works after all, and is listed because %s", reason)
		return
	}
	var failure *qismo.Error
	if errors.As(err, &failure) {
		t.Logf("the answer was: %s", failure.Body())
	}
	assert.NoError(t, err)
}

// startPrism starts Prism with a document of api/ and returns its address. It ends with
// the test, and what it said is told when the test fails.
func startPrism(t *testing.T, file, command string, arguments ...string) string {
	t.Helper()
	program := os.Getenv("QISMO_PRISM")
	require.NotEmpty(t, program, "QISMO_PRISM does not say where the program prism lies")
	arguments = append([]string{command, "--host", "127.0.0.1", "--port", "0", "../../api/" + file}, arguments...)
	prism := exec.CommandContext(t.Context(), program, arguments...)
	output, err := prism.StdoutPipe()
	require.NoError(t, err)
	prism.Stderr = prism.Stdout
	require.NoError(t, prism.Start())

	address, ended := make(chan string, 1), make(chan struct{})
	said := &log{}
	go func() { // ends with the process
		defer close(ended)
		lines := bufio.NewScanner(output)
		lines.Buffer(nil, 1<<20) // a violation tells its whole schema
		for lines.Scan() {
			said.add(lines.Text())
			if _, url, found := strings.Cut(lines.Text(), "Prism is listening on "); found {
				address <- strings.TrimSpace(url)
			}
		}
	}()
	t.Cleanup(func() { // the context, and with it the process, has ended
		<-ended
		_ = prism.Wait() // it was killed
		if t.Failed() {
			t.Log(said.text())
		}
	})
	select {
	case url := <-address:
		return url
	case <-ended:
		require.Fail(t, "prism ended before it listened", said.text())
		return ""
	}
}

// log collects lines.
type log struct {
	mu    sync.Mutex
	lines bytes.Buffer
}

func (l *log) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines.WriteString(line + "\n")
}

func (l *log) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.String()
}
