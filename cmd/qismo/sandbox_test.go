package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
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
	require.Len(t, settings, 3)
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
	for _, args := range [][]string{
		{"--listen", listener.Addr().String()}, {"--rooms", "-1"},
	} {
		code, _, said := call(t, "", append([]string{"sandbox"}, args...)...)
		assert.Equal(t, exitUsage, code, said)
	}
}
