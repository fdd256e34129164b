package boltstore_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// worldVariable tells the test's own binary, which runs once more, to serve a world.
const worldVariable = "QISMO_BOLTSTORE_TEST_WORLD"

// TestServeUntilKilled is the program that is killed. As a test of its own it does
// nothing.
func TestServeUntilKilled(t *testing.T) {
	path := os.Getenv(worldVariable)
	if path == "" {
		return
	}
	platform, err := sandbox.New(sandbox.Config{Store: open(t, path)})
	require.NoError(t, err)
	server := httptest.NewServer(platform)
	fmt.Println(server.URL)
	_, err = io.Copy(io.Discard, os.Stdin) // which ends with the test that started this
	require.NoError(t, err)
}

// serve runs the program and tells where it serves.
func serve(t *testing.T, path string) (address string, kill func()) {
	t.Helper()
	program := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestServeUntilKilled$")
	program.Env = append(os.Environ(), worldVariable+"="+path)
	_, err := program.StdinPipe()
	require.NoError(t, err)
	out, err := program.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, program.Start())
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan(), "it says where it serves")
	return lines.Text(), func() {
		require.NoError(t, program.Process.Kill()) // SIGKILL: it cannot do anything any more
		require.Error(t, program.Wait())
	}
}

// acknowledged is what a customer was told to have been taken.
type acknowledged struct {
	mu       sync.Mutex
	messages map[string][]string // by room
	tags     map[string][]string
	count    int
}

// Everything that was answered before a program was killed is there when the next
// one opens the file, whatever else was under way in that moment.
func TestNothingIsLostByAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "world")
	known := &acknowledged{messages: map[string][]string{}, tags: map[string][]string{}}
	for round := range 3 {
		address, kill := serve(t, path)
		enough := make(chan struct{})
		var customers sync.WaitGroup
		for customer := range 4 {
			client := clientOf(t, address)
			customers.Go(func() { known.write(t.Context(), client, customer, round, enough) })
		}
		ended := make(chan struct{})
		go func() {
			customers.Wait()
			close(ended)
		}()
		select {
		case <-enough:
		case <-ended:
			require.Fail(t, "nobody answers any more")
		}
		kill() // in the midst of it
		<-ended

		store := open(t, path)
		platform, err := sandbox.New(sandbox.Config{Store: store})
		require.NoError(t, err)
		for room, texts := range known.messages {
			var said []string
			for _, message := range platform.Messages(room) {
				said = append(said, message.Text)
			}
			assert.Subset(t, said, texts)
			found, _ := platform.Room(room)
			assert.Subset(t, found.Tags, known.tags[room])
		}
		require.NoError(t, platform.Shutdown(t.Context()))
		require.NoError(t, store.Close())
	}
	assert.Len(t, known.messages, 4)
}

// clientOf makes a client of the program that serves at an address.
func clientOf(t *testing.T, address string) *qismo.Client {
	t.Helper()
	platform, err := sandbox.New(sandbox.Config{}) // whose credentials are those of every other
	require.NoError(t, err)
	config := platform.Config()
	client, err := qismo.New(
		qismo.WithSecretKey(config.AppCode, config.SecretKey), qismo.WithBaseURL(address), qismo.WithoutRetries(),
	)
	require.NoError(t, err)
	return client
}

// write writes as a customer and tags the room, until nobody answers any more.
func (known *acknowledged) write(
	ctx context.Context, client *qismo.Client, customer, round int, enough chan struct{},
) {
	for i := 0; ; i++ {
		text := fmt.Sprintf("pesan %d-%d", round, i)
		sent, err := client.Customer.SendCustomChannelMessage(ctx, qismo.SendCustomChannelMessageParams{
			IdentifierKey: "ik-2207", UserID: fmt.Sprintf("pelanggan-%d", customer), Message: text,
		})
		if err != nil {
			return
		}
		room := sent.RoomLog.RoomID.String()
		tag := fmt.Sprintf("tanda-%d-%d-%d", customer, round, i)
		_, err = client.Tags.Create(ctx, flex.ID(room), tag)
		known.mu.Lock()
		known.messages[room] = append(known.messages[room], text)
		if err == nil {
			known.tags[room] = append(known.tags[room], tag)
		}
		known.count++
		if known.count == 50*(round+1) {
			close(enough)
		}
		known.mu.Unlock()
	}
}
