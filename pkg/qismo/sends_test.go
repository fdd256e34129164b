package qismo_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/faults"
	"github.com/qismo-go/qismo/internal/soak"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// A network that breaks at random never makes a message out of which the service gets
// two. What is told as sent was received, and what is told as certainly not sent was
// not.
func TestSoakMessagesAreNeverRepeated(t *testing.T) {
	network := newBrokenNetwork(t, 20)
	sent := network.send(t, soak.Count(2_000, 100_000), qismo.Backoff{First: time.Millisecond, Longest: 5 * time.Millisecond})
	received := network.received()
	assert.Empty(t, network.sink.Repeated())
	assert.Zero(t, network.sink.Nameless())
	for message, failure := range sent {
		switch count := received[message]; {
		case failure == nil:
			assert.Equal(t, 1, count, "%s was sent", message)
		case !failure.Uncertain():
			assert.Zero(t, count, "%s was not sent: %v", message, failure)
		}
	}
	report(t, sent, received, network)
}

// The caller may ask for it: then messages arrive that would be lost, and some arrive
// twice. It shows that the network and the sink of the test above do their work.
func TestSoakMessagesAreRepeatedOnRequest(t *testing.T) {
	network := newBrokenNetwork(t, 21)
	sent := network.send(t, soak.Count(2_000, 20_000), qismo.Backoff{
		Attempts: 20, First: time.Millisecond, Longest: 5 * time.Millisecond, RepeatWrites: true,
	})
	received := network.received()
	for message, failure := range sent {
		require.NoError(t, asPlainError(failure))
		assert.GreaterOrEqual(t, received[message], 1, message)
	}
	assert.NotEmpty(t, network.sink.Repeated())
	report(t, sent, received, network)
}

// asPlainError is an untyped nil for no failure.
func asPlainError(failure *qismo.Error) error {
	if failure == nil {
		return nil
	}
	return failure
}

func report(t *testing.T, sent map[string]*qismo.Error, received map[string]int, network *brokenNetwork) {
	t.Helper()
	outcomes := map[qismo.Reason]int{}
	for _, failure := range sent {
		outcomes[qismo.ReasonOf(asPlainError(failure))]++
	}
	require.NotZero(t, outcomes[""], "some are sent")
	assert.NotZero(t, network.proxy.Counts().Broken, "the network breaks")
	t.Logf("%d messages: %d sent, failures %v; %d received, %d of them more than once; %d of %d connections broken",
		len(sent), outcomes[""], outcomes, len(received), len(network.sink.Repeated()),
		network.proxy.Counts().Broken, network.proxy.Counts().Accepted)
}

// brokenNetwork is a service behind a proxy that resets connections at random.
type brokenNetwork struct {
	sink   *faults.Sink
	server *faults.Server
	proxy  *faults.Proxy
}

func newBrokenNetwork(t *testing.T, seed uint64) *brokenNetwork {
	t.Helper()
	n := &brokenNetwork{sink: faults.NewSink(faultService(), "message")}
	n.server = faults.NewServer(t, faults.Never(), n.sink)
	n.proxy = faults.NewProxy(t, n.server.Address())
	n.proxy.ResetRandomly(faults.Chances{Seed: seed, Probability: 1, Bytes: 6000, Time: 20 * time.Millisecond})
	return n
}

// received is what the service got of each message, when nothing comes any more.
func (n *brokenNetwork) received() map[string]int {
	n.proxy.Close()
	n.server.Close()
	return n.sink.Received()
}

// send sends messages by many goroutines and returns what came of each.
func (n *brokenNetwork) send(t *testing.T, count int, policy qismo.RetryPolicy) map[string]*qismo.Error {
	t.Helper()
	client, err := qismo.New(qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithBaseURL(n.proxy.URL),
		qismo.WithRetries(policy))
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	var next atomic.Int64
	var mu sync.Mutex
	sent := make(map[string]*qismo.Error, count)
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for number := next.Add(1); number <= int64(count); number = next.Add(1) {
				message := fmt.Sprintf("pesanan %d siap", number)
				failure, ok := qismoError(client.Bot.SendText(context.WithoutCancel(t.Context()), "98120734", message))
				assert.True(t, ok)
				mu.Lock()
				sent[message] = failure
				mu.Unlock()
			}
		})
	}
	group.Wait()
	assert.Len(t, sent, count)
	return sent
}

func qismoError(err error) (*qismo.Error, bool) {
	if err == nil {
		return nil, true
	}
	failure, ok := err.(*qismo.Error) //nolint:errorlint // it is never wrapped
	return failure, ok
}
