package qismo_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/faults"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/ratelimit"
)

// cancelledWithin is how soon a wait ends after its context. A busy machine may take
// longer to get round to it, so that the best of some tries counts.
const (
	cancelledWithin = 10 * time.Millisecond
	cancelTries     = 10
)

// wait is a call that waits for something when its context is cancelled.
type wait struct {
	call    func(ctx context.Context) error
	waiting func(ctx context.Context) error // returns when it does
}

// Whatever a call waits for, it ends with its context, and at once.
func TestCancellingEndsEveryWait(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(t *testing.T) wait{
		"another attempt":         waitForAttempt,
		"the limiter":             waitForLimiter,
		"a connection":            waitForConnection,
		"one of the connections":  waitForFreeConnection,
		"an answer":               waitUnder(faults.StallHeader()),
		"the rest of an answer":   waitUnder(faults.StallBody()),
		"the request to be taken": waitUnder(faults.StallUnread()),
		"another's log-in":        waitForLogin,
		"a job":                   waitForJob,
		"a stream":                waitForStream,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			best := time.Hour
			for range cancelTries {
				best = min(best, cancelled(t, begin(t)))
				if best < cancelledWithin {
					break
				}
			}
			assert.Less(t, best, cancelledWithin)
		})
	}
}

// cancelled cancels a wait, and returns how long it went on after that.
func cancelled(t *testing.T, w wait) time.Duration {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- w.call(ctx) }()
	require.NoError(t, w.waiting(t.Context()))
	began := time.Now()
	cancel()
	err := <-ended
	took := time.Since(began)
	require.ErrorIs(t, err, context.Canceled)
	return took
}

func getRoom(client *qismo.Client) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		_, err := client.Rooms.Get(ctx, "98120734")
		return err
	}
}

func waitUnder(fault faults.Fault) func(t *testing.T) wait {
	return func(t *testing.T) wait {
		server := faults.NewServer(t, faults.Always(fault), faultService())
		return wait{getRoom(faultyClient(t, server.URL)), func(ctx context.Context) error {
			return server.Await(ctx, func(counts faults.Counts) bool { return counts.Begun == 1 })
		}}
	}
}

func waitForAttempt(t *testing.T) wait {
	server := faults.NewServer(t, faults.Always(faults.RateLimitedWith("20")), nil)
	failed := make(chan struct{}, 1)
	client := faultyClient(t, server.URL, qismo.WithRetries(qismo.Backoff{}), qismo.WithHooks(qismo.Hooks{
		Attempt: func(ctx context.Context, _ qismo.AttemptStart) (context.Context, func(qismo.AttemptEnd)) {
			return ctx, func(qismo.AttemptEnd) { failed <- struct{}{} }
		},
	}))
	return wait{getRoom(client), receiving(failed)}
}

func waitForLimiter(t *testing.T) wait {
	limiter, err := ratelimit.New(ratelimit.Config{PerSecond: 0.05})
	require.NoError(t, err)
	require.NoError(t, limiter.Wait(t.Context()), "the first turn is free")
	server := faults.NewServer(t, faults.Never(), faultService())
	asked := make(chan struct{}, 1)
	client := faultyClient(t, server.URL, qismo.WithTimeout(0), qismo.WithLimiter(announced{limiter, asked}))
	return wait{getRoom(client), receiving(asked)}
}

// announced tells of waits that are about to begin.
type announced struct {
	qismo.Limiter

	asked chan<- struct{}
}

func (l announced) Wait(ctx context.Context) error {
	l.asked <- struct{}{}
	return l.Limiter.Wait(ctx)
}

func waitForConnection(t *testing.T) wait {
	dial, dialled := faults.Unanswered(t), make(chan struct{}, 1)
	client := faultyClient(t, "http://127.0.0.1:1", qismo.WithTransport(&http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			dialled <- struct{}{}
			return dial(ctx, network, address)
		},
	}))
	return wait{getRoom(client), receiving(dialled)}
}

func waitForFreeConnection(t *testing.T) wait {
	server := faults.NewServer(t, faults.Always(faults.StallHeader()), nil)
	asked := make(chan struct{}, 2)
	client := faultyClient(t, server.URL, qismo.WithMaxConnections(1), qismo.WithHooks(qismo.Hooks{
		Attempt: func(ctx context.Context, _ qismo.AttemptStart) (context.Context, func(qismo.AttemptEnd)) {
			asked <- struct{}{}
			return ctx, nil
		},
	}))
	first, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- getRoom(client)(first) }()
	t.Cleanup(func() {
		cancel()
		assert.ErrorIs(t, <-ended, context.Canceled)
	})
	require.NoError(t, server.Await(t.Context(), func(counts faults.Counts) bool { return counts.Received == 1 }))
	<-asked
	return wait{getRoom(client), receiving(asked)}
}

func waitForLogin(t *testing.T) wait {
	server := faults.NewServer(t, faults.Always(faults.StallHeader()), nil)
	client, err := qismo.New(qismo.WithLogin(testAppID, "sari@example.id", "sandi-rahasia"), qismo.WithBaseURL(server.URL))
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	first, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- getRoom(client)(first) }()
	t.Cleanup(func() {
		cancel()
		assert.ErrorIs(t, <-ended, context.Canceled)
	})
	require.NoError(t, server.Await(t.Context(), func(counts faults.Counts) bool { return counts.Received == 1 }))
	began := make(chan struct{}, 1)
	return wait{
		func(ctx context.Context) error { began <- struct{}{}; return getRoom(client)(ctx) },
		receiving(began),
	}
}

func waitForJob(t *testing.T) wait {
	server := faults.NewServer(t, faults.Never(), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"data":{"broadcast_job":{"id":7,"status":"ongoing"}}}`)
	}))
	looked := make(chan struct{}, 1)
	job := faultyClient(t, server.URL).Broadcasts.JobProgress("7")
	return wait{func(ctx context.Context) error {
		_, err := job.Wait(ctx, qismo.WaitParams[qismo.BroadcastJob]{
			First: time.Minute, Longest: time.Minute, Progress: func(qismo.BroadcastJob) { looked <- struct{}{} },
		})
		return err
	}, receiving(looked)}
}

func waitForStream(t *testing.T) wait {
	server := faults.NewServer(t, faults.Always(faults.StallBody()), faultService())
	client := faultyClient(t, server.URL)
	reading := make(chan struct{}, 1)
	return wait{func(ctx context.Context) error {
		media, err := client.WhatsApp.Media(ctx, "5120", "77")
		if err != nil {
			return err
		}
		defer media.Body.Close()
		reading <- struct{}{}
		_, err = io.Copy(io.Discard, media.Body)
		return err
	}, receiving(reading)}
}

func receiving(from <-chan struct{}) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-from:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
