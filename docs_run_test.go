package qismo_test

import (
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/broker"
	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// aboutFailures is the heading of the pieces that show what to do about a failure.
// They run with ids that nobody has, and must return that something was not found.
const aboutFailures = "Errors"

// The ids that the pages speak of, and that their pieces find as roomID and agentID.
const (
	docsRoom  = "98120734" // on WhatsApp; its customer is 628115550033
	docsAgent = "73012"
	nobody    = "1"
)

// What the README and the pages in docs/ show compiles and does what it is shown for:
// each piece is run against a sandbox of its own. Whole programs are those of examples/,
// which is tested by itself; tests are run as tests.
func TestDocsWork(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	require.NoError(t, err)
	var snippets []snippet
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		snippets = append(snippets, snippetsOf(page, string(text))...)
	}
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	snippets = append(snippets, snippetsOf("README.md", string(text))...)
	snippets = slices.DeleteFunc(snippets, func(s snippet) bool {
		return strings.HasPrefix(s.code, "package main\n") || strings.Contains(s.code, "\npackage main\n") || s.isTest()
	})
	require.NotEmpty(t, snippets)
	program, err := compile(t, snippets)
	require.NoError(t, err)
	for i, s := range snippets {
		t.Run(fmt.Sprintf("%s:%d %s", filepath.Base(s.page), s.line, s.heading), func(t *testing.T) {
			done := run(t, program, i, s)
			t.Logf("%d requests\n%s%s", done.asked, done.printed, done.failure)
			for _, problem := range done.problems(s) {
				t.Error(problem)
			}
		})
	}
}

// A piece that compiles and cannot work is found.
func TestDocsThatDoNotWorkAreFound(t *testing.T) {
	cases := []struct{ name, heading, code, problem string }{
		{
			"refused before it is sent", "A broadcast",
			`_, err := client.Broadcasts.Send(ctx, qismo.SendBroadcastParams{PhoneNumber: "628115550123"})` + "\nreturn err",
			"it returned: qismo: sendBroadcast",
		},
		{
			"a failure is taken for a success", "Read",
			"_, err := client.Rooms.Get(ctx, \"2\")\nif errors.Is(err, qismo.ErrNotFound) {\n\treturn nil\n}\nreturn err",
			"404",
		},
		{
			"an empty list", "Search",
			"for room, err := range client.Rooms.All(ctx, qismo.ListRoomsParams{Name: \"nobody\"}) {\n" +
				"\tif err != nil {\n\t\treturn err\n\t}\n\tfmt.Println(room.Name)\n}",
			"it printed nothing",
		},
		{
			"an address in memory", "Read",
			"configs, err := client.App.Configs(ctx)\nif err != nil {\n\treturn err\n}\nfmt.Println([]any{configs})",
			"nobody can read",
		},
		{"nothing is asked for", "Read", "return nil", "it did nothing"},
		{"a failure that does not happen", aboutFailures, "_, err := client.Channels.List(ctx)\nreturn err", "it did not fail"},
	}
	var snippets []snippet
	for _, c := range cases {
		snippets = append(snippets, snippet{page: "docs/invented.md", heading: c.heading, line: 1, code: c.code + "\n"})
	}
	program, err := compile(t, snippets)
	require.NoError(t, err)
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			problems := run(t, program, i, snippets[i]).problems(snippets[i])
			assert.Contains(t, strings.Join(problems, "\n"), c.problem)
		})
	}
}

// deed is what a piece did.
type deed struct {
	asked   int      // requests
	refused []string // those that were not answered with 200
	printed string
	failure string // what the error says that it returned; "" for none
}

// run runs a piece against a sandbox of its own, and lets it reach nothing else.
func run(t *testing.T, program string, number int, s snippet) deed {
	t.Helper()
	box, err := sandbox.New(sandbox.Config{Rooms: 40})
	require.NoError(t, err)
	live, err := broker.New(box.RealtimeRules())
	require.NoError(t, err)
	box.SetRealtime(live, "")
	var mu sync.Mutex
	var done deed
	mux := http.NewServeMux()
	mux.Handle("/mqtt", live)
	mux.HandleFunc("/", func(w http.ResponseWriter, request *http.Request) {
		answer := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		box.ServeHTTP(answer, request)
		mu.Lock()
		defer mu.Unlock()
		done.asked++
		if answer.status != http.StatusOK {
			done.refused = append(done.refused, fmt.Sprintf("%s %s: %d", request.Method, request.URL.Path, answer.status))
		}
	})
	server := httptest.NewServer(mux)
	defer func() {
		closed := live.Close(t.Context())
		server.Close()
		assert.NoError(t, errors.Join(closed, box.Shutdown(t.Context())))
	}()

	room, agent := docsRoom, docsAgent
	if s.heading == aboutFailures {
		room, agent = nobody, nobody
	}
	config := box.Config()
	command := exec.CommandContext(t.Context(), program, fmt.Sprint(number), room, agent)
	command.Dir = folderWithAuthority(t)
	makeChatUsers(t, config, server.URL)
	mu.Lock()
	done.asked = 0
	mu.Unlock()
	command.Env = []string{
		"QISCUS_APP_ID=" + config.AppCode, "QISCUS_SECRET_KEY=" + config.SecretKey, "QISCUS_OMNICHANNEL_URL=" + server.URL,
		"QISCUS_CHAT_URL=" + server.URL,
		"SECRET=" + config.SecretKey, "PASSWORD=" + config.AdminPassword,
		"HTTPS_PROXY=http://127.0.0.1:9", // where nobody listens
	}
	output, err := command.Output()
	var exit *exec.ExitError
	if err != nil {
		require.ErrorAs(t, err, &exit)
	}
	mu.Lock()
	defer mu.Unlock()
	done.printed = string(output)
	if exit != nil {
		done.failure = strings.TrimSpace(string(exit.Stderr))
	}
	return done
}

// makeChatUsers makes the users of the chat server of whom the pieces speak.
func makeChatUsers(t *testing.T, config sandbox.Config, address string) {
	t.Helper()
	server, err := chat.NewServer(config.AppCode, config.SecretKey, chat.WithBaseURL(address))
	require.NoError(t, err)
	for _, name := range []string{"rina", "budi"} {
		_, err := server.Users.CreateOrUpdate(t.Context(), chat.CreateOrUpdateUserParams{
			UserID: name + "@toko.example.id", Username: name, Password: flex.Credential("kunci-" + name),
		})
		require.NoError(t, err)
	}
}

// folderWithAuthority is an empty folder but for company-ca.pem, a certificate that a
// piece can trust.
func folderWithAuthority(t *testing.T) string {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	folder := t.TempDir()
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	require.NoError(t, os.WriteFile(filepath.Join(folder, "company-ca.pem"), certificate, 0o600))
	return folder
}

type statusRecorder struct {
	http.ResponseWriter

	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// problems are the reasons why a reader would stumble over a piece.
func (d deed) problems(s snippet) []string {
	var problems []string
	if s.heading == aboutFailures {
		if !strings.Contains(d.failure, "status 404") {
			problems = append(problems, "it did not fail with status 404, but with: "+d.failure)
		}
	} else {
		problems = append(problems, d.refused...)
		if d.failure != "" {
			problems = append(problems, "it returned: "+d.failure)
		}
	}
	prints := strings.Contains(s.code, "fmt.Print")
	switch {
	case prints && d.printed == "":
		problems = append(problems, "it printed nothing")
	case !prints && d.asked == 0:
		problems = append(problems, "it did nothing")
	case regexp.MustCompile(`&\{|0x[0-9a-f]{6}`).MatchString(d.printed):
		problems = append(problems, "it printed what nobody can read: "+d.printed)
	}
	return problems
}
