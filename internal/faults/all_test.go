package faults_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/faults"
)

// sight is what a plain client is to see of a fault. It is asked once, by a POST over
// a new connection.
type sight struct {
	err    error  // is in the error
	words  string // are in the error
	status int    // without one of these

	body       string // is in the body
	bodySize   int64
	retryAfter []string // is the header
	begun      int      // requests, if not 1
	unread     bool     // the server receives no request
	acts       bool     // the service acts on the request all the same
	giveUp     func(faults.Counts) bool
}

func sights() map[string]sight {
	const failure, page = `{"errors":{"message":"the test's service fails"}}`, "<h1>Bad gateway</h1>"
	rows := map[string]sight{
		"reset before the request is read":      {err: syscall.ECONNRESET, unread: true},
		"reset after 64 bytes of the request":   {err: syscall.ECONNRESET, unread: true},
		"reset before the answer":               {err: syscall.ECONNRESET, acts: true},
		"close before the answer":               {err: io.EOF, acts: true},
		"request never read":                    {err: context.Canceled, unread: true, giveUp: begun(1)},
		"answer never begins":                   {err: context.Canceled, giveUp: received(1), acts: true},
		"answer stops in its body":              {err: context.Canceled, giveUp: received(1), acts: true},
		"half an answer":                        {err: io.ErrUnexpectedEOF, acts: true},
		"half a chunked answer":                 {err: io.ErrUnexpectedEOF, acts: true},
		"a byte every 1ms":                      {status: 200, body: `{"data":{"status":"taken"}}`, acts: true},
		"truncated JSON":                        {status: 200, body: `{"data":{"sta`, bodySize: 13, acts: true},
		"huge header":                           {words: "server response headers exceeded 10485760 bytes", acts: true},
		"early hints without end":               {words: "server response headers exceeded", acts: true},
		"not HTTP":                              {words: "malformed HTTP response"},
		"429":                                   {status: 429, body: failure},
		`429 with Retry-After "1"`:              {status: 429, body: failure, retryAfter: []string{"1"}},
		`429 with Retry-After "-5"`:             {status: 429, body: failure, retryAfter: []string{"-5"}},
		`429 with Retry-After "soon"`:           {status: 429, body: failure, retryAfter: []string{"soon"}},
		`429 with Retry-After ""`:               {status: 429, body: failure, retryAfter: []string{""}},
		"429 with Retry-After in 1s, as a date": {status: 429, body: failure},
		"429 of a clock wrong by 48h0m0s":       {status: 429, body: failure},
		"429 of a clock wrong by -48h0m0s":      {status: 429, body: failure},
		"200 with HTML":                         {status: 200, body: page},
		"200 with a failure inside":             {status: 200, body: failure},
		"expired token":                         {status: 401, body: `{"detail":"401 token_expired: sign in again"}`},
		// What is found, is asked for by GET; elsewhere, there is a service as well.
		"302 to another host": {status: 200, body: "elsewhere"},
		"307 to another host": {status: 200, body: "elsewhere"},
		"302 in a loop":       {words: "stopped after 10 redirects", begun: 10},
		"307 in a loop":       {words: "stopped after 10 redirects", begun: 10},
	}
	for _, value := range []string{"99999999999999999999", "Thu, 01 Jan 2150 00:00:00 GMT"} {
		name := fmt.Sprintf("429 with Retry-After %q", value)
		rows[name] = sight{status: 429, body: failure, retryAfter: []string{value}}
	}
	for status := 500; status <= 504; status++ {
		if status == http.StatusNotImplemented {
			continue
		}
		rows[fmt.Sprintf("%d with JSON", status)] = sight{status: status, body: failure}
		rows[fmt.Sprintf("%d with HTML", status)] = sight{status: status, body: page}
		rows[fmt.Sprintf("%d with an empty body", status)] = sight{status: status}
		rows[fmt.Sprintf("%d with a huge body", status)] = sight{
			status: status, bodySize: faults.HugeBodySize + int64(len(`{"errors":{"message":""}}`)),
		}
	}
	return rows
}

func TestWhatAPlainClientSeesOfEveryFault(t *testing.T) {
	expected := sights()
	for i, fault := range faults.All("", "") {
		t.Run(fault.String(), func(t *testing.T) {
			want, known := expected[fault.String()]
			require.True(t, known, "no row for the fault")
			delete(expected, fault.String())
			client := newClient(t)
			elsewhere := faults.NewServer(t, faults.Never(), http.HandlerFunc(
				func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "elsewhere") }))
			fault := faults.All(elsewhere.OtherHostURL(), "stale-token")[i]
			sink := service()
			server := faults.NewServer(t, faults.Always(fault), sink)

			var outcome seen
			if want.giveUp != nil {
				outcome = sendUntil(t, client, server.URL, server, want.giveUp)
			} else {
				outcome = send(t.Context(), client, server.URL)
			}
			want.check(t, outcome)
			server.Close()
			want.checkCounts(t, server, fault)
			acted := map[string]int{}
			if want.acts {
				acted["m-1"] = 1
			}
			assert.Equal(t, acted, sink.Received(), "what the service acted on")
			assert.Equal(t, want.acts, fault.HandlerActs())
		})
	}
	assert.Empty(t, expected, "rows without a fault")
}

func (want sight) check(t *testing.T, got seen) {
	t.Helper()
	switch {
	case want.err != nil:
		require.ErrorIs(t, got.err, want.err)
	case want.words != "":
		require.ErrorContains(t, got.err, want.words)
	default:
		require.NoError(t, got.err)
		assert.Equal(t, want.status, got.status)
	}
	assert.Contains(t, got.body, want.body)
	if want.bodySize > 0 {
		assert.Equal(t, want.bodySize, got.size)
	}
	if want.retryAfter != nil {
		assert.Equal(t, want.retryAfter, got.header["Retry-After"])
	}
}

func (want sight) checkCounts(t *testing.T, server *faults.Server, fault faults.Fault) {
	t.Helper()
	requests := max(1, want.begun)
	counts := faults.Counts{Begun: requests, Received: requests, Accepted: 1, MostOpen: 1}
	if want.unread {
		counts.Received = 0
	}
	assert.Equal(t, counts, server.Counts())
	for i, request := range server.Requests() {
		assert.Equal(t, i+1, request.Number)
		assert.Equal(t, 1, request.Connection)
		assert.Equal(t, fault.String(), request.Fault.String())
		assert.Equal(t, "/messages?by=test", request.URI)
		assert.Equal(t, "stale-token", request.Header.Get("Authorization"))
		if i == 0 {
			assert.Equal(t, http.MethodPost, request.Method)
			assert.Equal(t, message, string(request.Body))
		}
		assert.WithinDuration(t, time.Now(), request.At, time.Hour)
	}
}

// Every function of the package that makes a fault is called where all are listed.
func TestAllLeavesNoFaultOut(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	makers, listed := map[string]bool{}, map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		for _, declared := range file.Decls {
			function, ok := declared.(*ast.FuncDecl)
			switch {
			case !ok:
			case function.Name.Name == "All":
				ast.Inspect(function.Body, func(node ast.Node) bool {
					if call, ok := node.(*ast.CallExpr); ok {
						if called, ok := call.Fun.(*ast.Ident); ok {
							listed[called.Name] = true
						}
					}
					return true
				})
			case makesFault(function) && function.Name.IsExported() && function.Name.Name != "Answer":
				makers[function.Name.Name] = true
			}
		}
	}
	require.Greater(t, len(makers), 20)
	for maker := range makers {
		assert.Contains(t, listed, maker)
	}
}

func makesFault(function *ast.FuncDecl) bool {
	results := function.Type.Results
	if function.Recv != nil || results == nil || len(results.List) != 1 {
		return false
	}
	made, ok := results.List[0].Type.(*ast.Ident)
	return ok && made.Name == "Fault"
}
