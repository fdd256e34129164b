// Package examples_test runs the examples as people do, each beside a sandbox of its own,
// and holds what is true of all of them.
package examples_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// Each example is short enough to be read at once, all of its files together, and all connect in the
// same way: without an app in the environment to the sandbox, by its real address and
// credentials, and with them to nothing else.
func TestExamplesAreShortAndConnectToTheSandbox(t *testing.T) {
	platform, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	app := platform.Config()
	command, err := os.ReadFile("../cmd/qismo/sandbox.go")
	require.NoError(t, err)
	listen := regexp.MustCompile("Listen +string +`default:\"([^\"]*)\"").FindSubmatch(command)
	require.NotNil(t, listen)
	assert.Less(t, strings.Count(code(t, "echo"), "\n"), 50, "it is in the README") // which says how it connects
	assert.Contains(t, code(t, "chat"), `chat.NewUser("`+app.AppCode+`", who, chat.WithBaseURL("http://`+string(listen[1])+`"))`)
	// The receiver is not one of them: it is the program of a page on production.
	for _, name := range []string{"allocator", "bot", "customchannel", "export"} {
		all := code(t, name)
		assert.Less(t, strings.Count(all, "\n"), 150, "lines of %s", name)
		credentials := `qismo.WithSecretKey("` + app.AppCode + `", "` + app.SecretKey + `")`
		assert.Equal(t, 1, strings.Count(all, credentials), name)
		address := `qismo.WithBaseURL("http://` + string(listen[1]) + `")`
		before, _, _ := strings.Cut(all, credentials)
		assert.True(t, strings.HasSuffix(strings.TrimRight(before, " \t\n"), address+","), "%s: the two stand together", name)
	}
}

// code is all of an example but its tests.
func code(t *testing.T, example string) (all string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(example, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		all += string(text)
		return err
	}))
	return all
}

// process is a program that runs.
type process struct {
	command *exec.Cmd
	typed   io.Writer // what somebody types into it

	mutex   sync.Mutex
	said    strings.Builder
	changed chan struct{}
}

// Write takes what it says.
func (p *process) Write(chunk []byte) (int, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	select {
	case p.changed <- struct{}{}:
	default: // whoever waits has been told
	}
	return p.said.Write(chunk)
}

func (p *process) text() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.said.String()
}

// start starts a program, which is interrupted when the test ends, and then has to end
// well.
func start(t *testing.T, environment []string, path string, args ...string) *process {
	t.Helper()
	p := &process{
		command: exec.CommandContext(context.WithoutCancel(t.Context()), path, args...), changed: make(chan struct{}, 1),
	}
	var err error
	p.typed, err = p.command.StdinPipe()
	require.NoError(t, err)
	p.command.Env = append(os.Environ(), environment...)
	p.command.Stdout, p.command.Stderr = p, p
	require.NoError(t, p.command.Start())
	t.Cleanup(func() {
		assert.NoError(t, p.command.Process.Signal(os.Interrupt))
		assert.NoError(t, p.command.Wait(), "%s said:\n%s", filepath.Base(path), p.text())
	})
	return p
}

// says waits until the program has said something, and returns all that it said until then.
func (p *process) says(t *testing.T, what string) string {
	t.Helper()
	patience := time.NewTimer(time.Minute)
	defer patience.Stop()
	for !strings.Contains(p.text(), what) {
		select {
		case <-p.changed:
		case <-patience.C:
			require.FailNow(t, "it never said "+what, p.text())
		}
	}
	return p.text()
}

// until waits for something that nobody tells of.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	require.Eventually(t, holds, time.Minute, 20*time.Millisecond, what)
}

// scene is an example's sandbox.
type scene struct {
	programs    string // where they are
	environment []string
	client      *qismo.Client
}

// newScene starts a sandbox as a program, at a free port.
func newScene(t *testing.T, programs string) scene {
	t.Helper()
	platform := start(t, nil, filepath.Join(programs, "qismo"), "sandbox", "--demo", "--listen", "127.0.0.1:0")
	told := platform.says(t, "End with Ctrl-C")
	s := scene{programs: programs, environment: []string{"WEBHOOK_SECRET="}}
	settings := map[string]string{}
	for _, setting := range regexp.MustCompile(`QISCUS_[A-Z_]+=\S+`).FindAllString(told, -1) {
		name, value, _ := strings.Cut(setting, "=")
		settings[name], s.environment = value, append(s.environment, setting)
	}
	var err error
	s.client, err = qismo.New(qismo.WithBaseURL(settings["QISCUS_OMNICHANNEL_URL"]),
		qismo.WithSecretKey(settings["QISCUS_APP_ID"], settings["QISCUS_SECRET_KEY"]))
	require.NoError(t, err)
	t.Cleanup(s.client.CloseIdleConnections)
	return s
}

// run starts an example that goes on.
func (s scene) run(t *testing.T, example string, args ...string) *process {
	t.Helper()
	p := start(t, s.environment, filepath.Join(s.programs, example), append([]string{"-listen", "127.0.0.1:0"}, args...)...)
	p.says(t, "end with Ctrl-C")
	return p
}

// says lets a customer write, and returns their room.
func (s scene) says(t *testing.T, text string) *qismo.Room {
	t.Helper()
	delivery, err := s.client.Customer.SendCustomChannelMessage(t.Context(), qismo.SendCustomChannelMessageParams{
		IdentifierKey: "ik-2207", UserID: "budi@example.id", Name: "Budi Santoso", Message: text,
	})
	require.NoError(t, err)
	room, err := s.client.Rooms.Get(t.Context(), delivery.RoomLog.RoomID)
	require.NoError(t, err)
	return room
}

// The claim that each example runs with two commands.
func TestTwoCommands(t *testing.T) {
	t.Parallel()
	programs := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", programs,
		"../cmd/qismo", "./allocator", "./bot", "./chat", "./customchannel", "./export")
	output, err := build.CombinedOutput()
	require.NoError(t, err, "%s", output)

	t.Run("bot", func(t *testing.T) {
		t.Parallel()
		s := newScene(t, programs)
		s.run(t, "bot")
		room := s.says(t, "halo")
		until(t, "the bot answers", func() bool {
			now, err := s.client.Rooms.Get(t.Context(), room.RoomID)
			return err == nil && strings.HasPrefix(now.LastCommentText, "Welcome to")
		})
	})
	t.Run("allocator", func(t *testing.T) {
		t.Parallel()
		s := newScene(t, programs)
		waiting := func() (count int) {
			unserved := qismo.ListRoomsParams{Status: qismo.RoomUnresolved, ServeStatus: qismo.RoomUnserved}
			for room, err := range s.client.Rooms.All(t.Context(), unserved) {
				require.NoError(t, err)
				if !room.IsHandledByBot && time.Since(room.LastCustomerTimestamp.Time()) < 24*time.Hour {
					count++
				}
			}
			return count
		}
		require.Positive(t, waiting())
		s.run(t, "allocator")
		until(t, "nobody waits", func() bool { return waiting() == 0 })
	})
	t.Run("customchannel", func(t *testing.T) {
		t.Parallel()
		s := newScene(t, programs)
		p := s.run(t, "customchannel")
		address := regexp.MustCompile(`http://\S+/in/\S+`).FindString(p.says(t, "-d '"))
		message := strings.NewReader(`{"id": "1", "user": "budi", "text": "halo"}`)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, message)
		require.NoError(t, err)
		response, err := http.DefaultTransport.RoundTrip(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusOK, response.StatusCode)
		rooms, err := s.client.Rooms.List(t.Context(), qismo.ListRoomsParams{Name: "budi"})
		require.NoError(t, err)
		require.NotEmpty(t, rooms.Items)
		require.Equal(t, "budi", rooms.Items[0].UserID)
		assert.Equal(t, "halo", rooms.Items[0].LastCommentText)
		require.NoError(t, s.client.Bot.SendText(t.Context(), rooms.Items[0].RoomID, "Selamat pagi!"))
		p.says(t, `"User":"budi","Text":"Selamat pagi!"`)
	})
	t.Run("chat", func(t *testing.T) {
		t.Parallel()
		s := newScene(t, programs)
		chat := filepath.Join(programs, "chat")
		budi := start(t, s.environment, chat, "budi", "sari")
		budi.says(t, "waiting for sari")
		sari := start(t, s.environment, chat, "sari", "budi")
		budi.says(t, "* sari is here")
		sari.says(t, "* budi is here")
		_, err := io.WriteString(budi.typed, "masih ada yang besar?\n")
		require.NoError(t, err)
		sari.says(t, "budi: masih ada yang besar?")
		budi.says(t, "* it has reached sari")
		budi.says(t, "* sari has read it")
		_, err = io.WriteString(sari.typed, "tinggal dua\n")
		require.NoError(t, err)
		budi.says(t, "* sari is typing")
		budi.says(t, "sari: tinggal dua")
	})
	t.Run("export", func(t *testing.T) {
		t.Parallel()
		s := newScene(t, programs)
		file := filepath.Join(t.TempDir(), "rooms.csv")
		export := exec.CommandContext(t.Context(), filepath.Join(programs, "export"), "-o", file)
		export.Env = append(os.Environ(), s.environment...)
		output, err := export.CombinedOutput()
		require.NoError(t, err, "%s", output)
		written, err := os.ReadFile(file)
		require.NoError(t, err)
		rows, err := csv.NewReader(bytes.NewReader(written)).ReadAll()
		require.NoError(t, err)
		rooms := 0
		for room, err := range s.client.Rooms.All(t.Context(), qismo.ListRoomsParams{}) {
			require.NoError(t, err)
			if !room.LastCommentTimestamp.IsZero() {
				rooms++
			}
		}
		assert.Len(t, rows, 1+rooms)
		assert.Greater(t, rooms, 10)
	})
}
