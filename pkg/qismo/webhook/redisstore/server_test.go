//go:build unix

package redisstore_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// patience is how long a test waits for what must happen at once.
const patience = 30 * time.Second

// server is a Redis server of the test's own. It writes nothing to the disk.
type server struct {
	socket  string
	options []string
	command *exec.Cmd
	ended   chan struct{}
}

// startServer starts a server that is killed when the test ends. Without one
// installed the test is skipped, but where all checks must run, which is where the
// variable CI is set.
func startServer(tb testing.TB, options ...string) *server {
	tb.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		const missing = "redis-server is not installed: Debian's package is redis-server, Homebrew's redis"
		if os.Getenv("CI") != "" {
			tb.Fatal(missing)
		}
		tb.Skip(missing)
	}
	s := &server{socket: filepath.Join(tb.TempDir(), "redis.sock"), options: options}
	s.start(tb)
	return s
}

func (s *server) start(tb testing.TB) {
	tb.Helper()
	arguments := []string{
		"--port", "0", "--unixsocket", s.socket, "--dir", filepath.Dir(s.socket),
		"--save", "", "--appendonly", "no", "--daemonize", "no",
	}
	// The context ends before what is to be cleaned up, and kills the server.
	command := exec.CommandContext(tb.Context(), "redis-server", append(arguments, s.options...)...)
	output := &bytes.Buffer{}
	command.Stdout, command.Stderr = output, output
	require.NoError(tb, command.Start())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = command.Wait() // it was killed, or its output tells
	}()
	s.command, s.ended = command, ended
	tb.Cleanup(func() {
		<-ended
		if tb.Failed() {
			tb.Logf("The server's output:\n%s", output)
		}
	})
	s.awaitReady(tb)
}

func (s *server) awaitReady(tb testing.TB) {
	tb.Helper()
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: s.socket, MaxRetries: -1})
	defer func() { require.NoError(tb, client.Close()) }()
	tooLate, again := time.After(patience), time.NewTicker(5*time.Millisecond)
	defer again.Stop()
	for client.Ping(tb.Context()).Err() != nil {
		select {
		case <-again.C:
		case <-s.ended:
			tb.Fatal("the server has ended")
		case <-tooLate:
			tb.Fatal("the server does not answer")
		}
	}
}

// kill ends the server as a crash does.
func (s *server) kill(tb testing.TB) {
	tb.Helper()
	require.NoError(tb, s.command.Process.Kill())
	<-s.ended
	require.NoError(tb, os.RemoveAll(s.socket))
}

// client returns a client of the server, as one process has it.
func (s *server) client(tb testing.TB, change ...func(*redis.Options)) *redis.Client {
	tb.Helper()
	options := &redis.Options{Network: "unix", Addr: s.socket, ContextTimeoutEnabled: true}
	for _, change := range change {
		change(options)
	}
	client := redis.NewClient(options)
	tb.Cleanup(func() { require.NoError(tb, client.Close()) })
	return client
}
