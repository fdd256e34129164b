package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// screen is an output that is read while it is written to.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// What the sandbox tells is enough to use it: a program calls it with the
// credentials, and each member of the staff can log in.
func TestSandbox(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	out, ended := &screen{}, make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"sandbox", "--listen", "127.0.0.1:0", "--rooms", "5"}, &streams{out: out, err: out})
	}()
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "End with Ctrl-C") }, 10*time.Second, time.Millisecond)

	told := out.String()
	settings := regexp.MustCompile(`(QISCUS_[A-Z_]+)=(\S+)`).FindAllStringSubmatch(told, -1)
	require.Len(t, settings, 4)
	for _, setting := range settings {
		t.Setenv(setting[1], setting[2])
	}
	client, err := qismo.New()
	require.NoError(t, err)
	rooms := map[string]string{}
	for room, err := range client.Rooms.All(t.Context(), qismo.ListRoomsParams{}) {
		require.NoError(t, err)
		rooms[room.RoomID.String()] = room.Source + ", customer " + room.UserID
	}
	assert.Len(t, rooms, 5)
	named := regexp.MustCompile(`(?m)^(?:such as)? +(\d+) +(\w+, customer \S+)$`).FindAllStringSubmatch(told, -1)
	require.Len(t, named, 3)
	sources := map[string]bool{}
	for _, room := range named {
		assert.Equal(t, rooms[room[1]], room[2])
		source, _, _ := strings.Cut(room[2], ",")
		sources[source] = true
	}
	assert.Len(t, sources, 3, "one of each channel")

	// The page is there too. Somebody who looks at it does not hold up the end.
	page := regexp.MustCompile(`inbox +(\S+)`).FindStringSubmatch(told)[1]
	news := openPage(t, page+"_sandbox/inbox/events")
	first, err := bufio.NewReader(news).ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "event: bar\n", first)
	shown, err := io.ReadAll(openPage(t, page))
	require.NoError(t, err)
	assert.Contains(t, string(shown), `id="row-`+named[0][1]+`"`)

	password := regexp.MustCompile(`password (\S+)`).FindStringSubmatch(told)[1]
	emails := regexp.MustCompile(`\S+@example\.id`).FindAllString(told, -1)
	emails = slices.DeleteFunc(emails, func(email string) bool { return strings.Contains(told, "customer "+email) })
	require.Len(t, emails, 5)
	for _, email := range emails {
		user, err := qismo.New(qismo.WithLogin(client.AppID(), email, password))
		require.NoError(t, err)
		profile, err := user.Session.Profile(t.Context(), qismo.WithRole(qismo.RoleAgent)) // which all may ask as
		require.NoError(t, err)
		assert.Equal(t, email, profile.Email)
	}
	for _, known := range []string{"supervisor", "offline", "identifier key ik-2207", "00000"} {
		assert.Contains(t, told, known)
	}

	// Nobody listens to the webhook; its secret is not told.
	_, err = client.WebhookSettings.SetNewSession(t.Context(), "http://127.0.0.1:1/rahasia-alamat", true)
	require.NoError(t, err)
	_, err = client.Customer.SendCustomChannelMessage(t.Context(), qismo.SendCustomChannelMessageParams{
		IdentifierKey: "ik-2207", UserID: "budi@example.id", Name: "Budi Santoso", Message: "halo",
	})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		return strings.Contains(out.String(), "the webhook newSession did not reach 127.0.0.1:1: ")
	}, 10*time.Second, time.Millisecond)
	assert.NotContains(t, out.String(), "rahasia-alamat")

	interrupt()
	assert.Equal(t, exitGood, <-ended)
	var dialer net.Dialer
	_, err = dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(os.Getenv("QISCUS_OMNICHANNEL_URL"), "http://"))
	assert.Error(t, err, "it listens no more")
}

// openPage asks for a page, and returns what is answered.
func openPage(t *testing.T, address string) io.Reader {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	answer, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(t, err)
	t.Cleanup(func() { answer.Body.Close() })
	require.Equal(t, http.StatusOK, answer.StatusCode)
	return answer.Body
}

func TestSandboxThatCannotStart(t *testing.T) {
	var listen net.ListenConfig
	listener, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, listener.Close()) })
	for _, test := range []struct{ flag, value, why string }{
		{"--listen", listener.Addr().String(), "another sandbox may run, and --listen takes another address"},
		{"--rooms", "-1", "must not be negative"},
		{"--webhook-attempts", "0", "not zero"},
		{"--trouble", "earthquake", `there is no trouble "earthquake"; there is all, latency, `},
		{"--trouble", "latency,delay=5", `the delay "5" is no duration`},
		{"--trouble", "latency,only=getRom", "--trouble: sandbox: latency can strike nothing: getRom is no such operation or event"},
		{"--webhook", "botMessage", "it must be an address such as"},
		{"--webhook", "=http://127.0.0.1:1/", "it must be an address such as"},
		{"--webhook", "fax=http://127.0.0.1:1/", "--webhook: there is no fax; there is botMessage, "},
		{"--webhook", "http:///rahasia-alamat", "it is no address that webhooks can be sent to"},
		{"--shape", "round", `no event has a shape "round"`},
		{"--shape", "botMessage=", "it must be a shape such as old"},
		{"--shape", "=old", "it must be a shape such as old"},
		{"--shape", "fax=old", `no event "fax" is sent`},
	} {
		code, _, said := call(t, "", "sandbox", test.flag+"="+test.value)
		assert.Equal(t, exitUsage, code, said)
		assert.Contains(t, said, test.why)
		assert.NotContains(t, said, "rahasia-alamat")
	}
}

// startSandbox runs the command until the test ends, and tells its address and what it
// says.
func startSandbox(t *testing.T, args ...string) (address string, out *screen) {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	out, ended := &screen{}, make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"sandbox", "--listen", "127.0.0.1:0"}, args...), &streams{out: out, err: out})
	}()
	t.Cleanup(func() {
		interrupt()
		assert.Equal(t, exitGood, <-ended)
	})
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "End with Ctrl-C") }, 10*time.Second, time.Millisecond)
	return regexp.MustCompile(`QISCUS_OMNICHANNEL_URL=(\S+)`).FindStringSubmatch(out.String())[1], out
}

// ask sends a request to a sandbox, by a host's name unless that is "".
func ask(t *testing.T, method, url, host, body string) (status int, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	request.Host = host
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(raw)
}

// The page and the control are where it says, and for this machine only.
func TestSandboxHasAPageAndAControl(t *testing.T) {
	address, out := startSandbox(t)
	assert.Contains(t, out.String(), "inbox    "+address+"/ ")
	assert.Contains(t, out.String(), "control  "+address+"/_sandbox/ ")
	assert.NotContains(t, out.String(), "trouble  ")
	for path, holds := range map[string]string{
		"/": "<html", "/_sandbox/inbox/static/app.css": "color", "/_sandbox/clock": `"ahead": "0s"`, "/_sandbox/": `"paths"`,
	} {
		status, answer := ask(t, http.MethodGet, address+path, "", "")
		assert.Equal(t, http.StatusOK, status, path)
		assert.Contains(t, answer, holds, path)
		status, answer = ask(t, http.MethodGet, address+path, "evil.example", "")
		assert.Equal(t, http.StatusForbidden, status, path)
		assert.NotContains(t, answer, holds, path)
	}
	status, _ := ask(t, http.MethodGet, address+"/api/v2/divisions", "", "")
	assert.Equal(t, http.StatusUnauthorized, status, "the platform's own paths want a credential")
	status, _ = ask(t, http.MethodGet, address+"/api/v2/divisions", "evil.example", "")
	assert.Equal(t, http.StatusForbidden, status, "which everybody knows")
	status, _ = ask(t, http.MethodPost, address+"/_sandbox/shutdown", "", "")
	assert.Equal(t, http.StatusNotFound, status, "nobody ends it but who began it")
}

// Flags say where webhooks go, in which shape, and what fails.
func TestSandboxFlags(t *testing.T) {
	came := make(chan string, 9)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		assert.NoError(t, err)
		came <- request.URL.Path + " " + string(body)
	}))
	defer receiver.Close()
	address, out := startSandbox(t, "--webhook", receiver.URL+"/all-of-them?a=b", "--webhook", "botMessage="+receiver.URL+"/bot",
		"--shape", "old", "--trouble", "rate-limit,only=listDivisions", "--trouble", "all=5%,only=getRoom",
		"--trouble", "drop-webhook,only=newSession", "--trouble-seed", "77")
	assert.Contains(t, out.String(), "botMessage")
	assert.NotContains(t, out.String(), "all-of-them")
	assert.Contains(t, out.String(), "with --trouble-seed 77 the same fails again:")
	assert.Contains(t, out.String(), "rate-limit,delay=1s,only=listDivisions")

	status, _ := ask(t, http.MethodPost, address+"/_sandbox/messages", "", `{"user_id":"628115550123","text":"Halo"}`)
	assert.Equal(t, http.StatusOK, status)
	said := <-came
	assert.Contains(t, said, "/bot {")
	assert.NotContains(t, said, `"app_code"`, "as it was in 2021")
	assert.Contains(t, <-came, "/all-of-them {")
	_, seed := ask(t, http.MethodGet, address+"/_sandbox/trouble", "", "")
	assert.Contains(t, seed, `"seed": 77`)

	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/api/v2/divisions", nil)
	require.NoError(t, err)
	request.Header = http.Header{"Qiscus-App-Id": {"wangi-qjxw1k2m3n4o"}, "Qiscus-Secret-Key": {"3f1d0a9b7c5e"}}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Equal(t, http.StatusTooManyRequests, response.StatusCode)
}
