package qismo_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/faults"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// outcome is what is to come of a call: how many requests the service sees begin, and
// which failure the caller gets, nil for none.
type outcome struct {
	requests int
	err      error
}

// faultRow is what is to come of the three kinds of call when every request meets
// one fault.
type faultRow struct {
	read, write, send outcome
	within            time.Duration // for each of them
	timeouts          qismo.Timeouts
	attempts          int // at most, 3 when zero
}

// atOnce is the bound of calls that wait for nothing but three quick attempts, with
// room for a busy machine.
const atOnce = 5 * time.Second

// readTimeout is short, for faults that never end otherwise.
const readTimeout = 100 * time.Millisecond

// repeated is what is repeated only where that can do no harm: two more times.
func repeated(err error) faultRow {
	return faultRow{read: outcome{3, err}, write: outcome{3, err}, send: outcome{1, err}, within: atOnce}
}

// always is what comes of all kinds of call alike.
func always(requests int, err error) faultRow {
	same := outcome{requests, err}
	return faultRow{read: same, write: same, send: same, within: atOnce}
}

// stalled is a repeated fault that a timeout of reading ends.
func stalled() faultRow {
	row := repeated(qismo.ErrTimeout)
	row.timeouts = qismo.Timeouts{Read: readTimeout}
	return row
}

// later is a refusal after which the service asks to wait a second. To keep the test
// short there is one wait.
func later() faultRow {
	row := always(2, qismo.ErrRateLimited)
	row.attempts, row.within = 2, time.Second+atOnce
	return row
}

// faultRows say what comes of every fault that package faults knows.
func faultRows() map[string]faultRow {
	unread := repeated(qismo.ErrConnectionBroken)
	refusedLater := always(1, qismo.ErrRateLimited)
	redirected := always(1, qismo.ErrUnexpectedAnswer)
	looped := redirected
	looped.read.requests = 5 // a read follows, within the host, four times
	rows := map[string]faultRow{
		"reset before the request is read":    unread,
		"reset after 64 bytes of the request": unread,
		"reset before the answer":             unread,
		"close before the answer":             unread,
		"half an answer":                      unread,
		"half a chunked answer":               unread,
		"huge header":                         unread,
		"early hints without end":             unread,
		"not HTTP":                            unread,
		"request never read":                  stalled(),
		"answer never begins":                 stalled(),
		"answer stops in its body":            stalled(),
		"a byte every 1ms":                    always(1, nil), // slow, but whole
		"truncated JSON":                      always(1, qismo.ErrUnexpectedAnswer),

		"429":                                                  always(3, qismo.ErrRateLimited),
		`429 with Retry-After "-5"`:                            always(3, qismo.ErrRateLimited),
		`429 with Retry-After "soon"`:                          always(3, qismo.ErrRateLimited),
		`429 with Retry-After ""`:                              always(3, qismo.ErrRateLimited),
		`429 with Retry-After "1"`:                             later(),
		"429 with Retry-After in 1s, as a date":                later(),
		"429 of a clock wrong by 48h0m0s":                      later(),
		"429 of a clock wrong by -48h0m0s":                     later(),
		`429 with Retry-After "99999999999999999999"`:          refusedLater,
		`429 with Retry-After "Thu, 01 Jan 2150 00:00:00 GMT"`: refusedLater,

		"200 with HTML":             always(1, qismo.ErrUnexpectedAnswer),
		"200 with a failure inside": always(1, qismo.ErrUnexpectedAnswer),
		"expired token":             always(1, qismo.ErrTokenExpired), // a token that nobody renews
		"302 to another host":       redirected,
		"307 to another host":       redirected,
		"302 in a loop":             looped,
		"307 in a loop":             looped,
	}
	for _, status := range []int{500, 502, 503, 504} {
		for _, body := range []faults.Body{faults.BodyJSON, faults.BodyHTML, faults.BodyEmpty, faults.BodyHuge} {
			rows[faults.ServerError(status, body).String()] = repeated(qismo.ErrServer)
		}
	}
	return rows
}

// What the service sees and the caller gets of every fault that meets every request,
// for a read, a write that is idempotent and a message.
func TestFaultMatrix(t *testing.T) {
	rows := faultRows()
	cells := map[string]func(t *testing.T){}
	for i, fault := range faults.All("", faultToken) {
		row, known := rows[fault.String()]
		require.True(t, known, "no row for %s", fault)
		delete(rows, fault.String())
		for kind, want := range map[string]outcome{"read": row.read, "write": row.write, "send": row.send} {
			cells[fault.String()+"/"+kind] = func(t *testing.T) {
				elsewhere := faults.NewServer(t, faults.Never(), nil)
				fault := faults.All(elsewhere.OtherHostURL(), faultToken)[i]
				server := faults.NewServer(t, faults.Always(fault), faultService())
				client := faultyClient(t, server.URL, row.options()...)
				took, err := timed(func() error { return faultCalls()[kind](t.Context(), client) })
				assertNoneOpen(t, client, server, fault)
				server.Close()
				assertOutcome(t, want, err)
				assert.Equal(t, want.requests, server.Counts().Begun, "requests that the service saw")
				assert.Less(t, took, row.within)
				assert.Zero(t, elsewhere.Counts().Begun, "requests at another host")
			}
		}
	}
	assert.Empty(t, rows, "rows without a fault")
	together(t, cells)
}

// A fault that is over when a call is tried again is not seen by who may try again.
func TestFaultsThatPass(t *testing.T) {
	cells := map[string]func(t *testing.T){}
	for i, fault := range faults.All("http://nowhere.invalid", faultToken) {
		row := faultRows()[fault.String()]
		for kind, want := range map[string]outcome{"read": row.read, "write": row.write, "send": row.send} {
			if want.requests < 2 || want.requests > 3 {
				continue // it was not tried again
			}
			cells[fault.String()+"/"+kind] = func(t *testing.T) {
				fault := faults.All("http://nowhere.invalid", faultToken)[i]
				server := faults.NewServer(t, faults.First(want.requests-1, fault), faultService())
				client := faultyClient(t, server.URL, row.options()...)
				require.NoError(t, faultCalls()[kind](t.Context(), client))
				server.Close()
				assert.Equal(t, want.requests, server.Counts().Begun)
			}
		}
	}
	together(t, cells)
}

// What comes of connections that are never made is the same for every kind of call:
// it was not sent.
func TestFaultMatrixOfConnections(t *testing.T) {
	cells := map[string]func(t *testing.T){}
	for name, row := range map[string]struct {
		dial     faults.Dial
		dials    int
		timeouts qismo.Timeouts
	}{
		"no such host":           {faults.NoSuchHost(t), 3, qismo.Timeouts{}},
		"name server that fails": {faults.NameServerFails(t), 3, qismo.Timeouts{}},
		"name server silent":     {faults.NameServerSilent(t), 3, qismo.Timeouts{Connect: readTimeout}},
		"refused":                {faults.Refused(t), 3, qismo.Timeouts{}},
		"packets lost":           {faults.Unanswered(t), 3, qismo.Timeouts{Connect: readTimeout}},
	} {
		for kind, call := range faultCalls() {
			cells[name+"/"+kind] = func(t *testing.T) {
				server := faults.NewServer(t, faults.Never(), faultService())
				dialer := &countingDialer{dial: row.dial, failing: 100}
				client := faultyClient(t, server.URL, dialer.option(t), qismo.WithTimeouts(row.timeouts))
				took, err := timed(func() error { return call(t.Context(), client) })
				assertOutcome(t, outcome{err: qismo.ErrNotConnected}, err)
				assert.False(t, uncertain(t, err), "nothing was sent")
				assert.EqualValues(t, row.dials, dialer.dials.Load())
				assert.Zero(t, server.Counts().Accepted)
				assert.Less(t, took, atOnce)
			}
			cells[name+"/"+kind+"/passes"] = func(t *testing.T) {
				server := faults.NewServer(t, faults.Never(), faultService())
				dialer := &countingDialer{dial: row.dial, failing: 2}
				client := faultyClient(t, server.URL, dialer.option(t), qismo.WithTimeouts(row.timeouts))
				require.NoError(t, call(t.Context(), client))
				assert.Equal(t, 1, server.Counts().Received)
			}
		}
	}
	together(t, cells)
}

// TLS that fails for good is not tried again, TLS that breaks off is.
func TestFaultMatrixOfTLS(t *testing.T) {
	cells := map[string]func(t *testing.T){}
	for name, row := range map[string]struct {
		server   func(t *testing.T) (address string, server *faults.Server)
		attempts int
		timeouts qismo.Timeouts
		err      error
	}{
		"certificate that nobody trusts": {func(t *testing.T) (string, *faults.Server) {
			server := faults.NewUntrustedServer(t, faults.Never(), faultService())
			return server.URL, server
		}, 1, qismo.Timeouts{}, qismo.ErrNotConnected},
		"no TLS":               {httpsAt(faults.Never()), 1, qismo.Timeouts{}, qismo.ErrNotConnected},
		"handshake broken":     {httpsAt(faults.Always(faults.ResetUnread())), 3, qismo.Timeouts{}, qismo.ErrNotConnected},
		"handshake that hangs": {httpsAt(faults.Always(faults.StallUnread())), 3, qismo.Timeouts{Connect: readTimeout}, qismo.ErrTimeout},
	} {
		for kind, call := range faultCalls() {
			cells[name+"/"+kind] = func(t *testing.T) {
				address, server := row.server(t)
				client := faultyClient(t, address, qismo.WithTimeouts(row.timeouts))
				took, err := timed(func() error { return call(t.Context(), client) })
				server.Close()
				assertOutcome(t, outcome{err: qismo.ErrNotConnected}, err)
				assertOutcome(t, outcome{err: row.err}, err)
				assert.False(t, uncertain(t, err), "nothing was sent")
				assert.Len(t, failureOf(t, err).Failed, row.attempts)
				assert.Equal(t, row.attempts, server.Counts().Accepted)
				assert.Less(t, took, atOnce)
			}
		}
	}
	together(t, cells)
}

// What a network does that lies between: the service has the request or not, and the
// caller cannot tell.
func TestFaultMatrixOfProxies(t *testing.T) {
	cells := map[string]func(t *testing.T){}
	for name, row := range map[string]struct {
		spoil            func(*faults.Proxy)
		requests, repeat int // that the service reads whole, of a send and of the others
		timeouts         qismo.Timeouts
		err              error
	}{
		"reset within the request": {func(p *faults.Proxy) { p.ResetAfter(faults.Upstream, 64) }, 0, 0, qismo.Timeouts{}, qismo.ErrConnectionBroken},
		"cut within the request":   {func(p *faults.Proxy) { p.CutAfter(faults.Upstream, 64) }, 0, 0, qismo.Timeouts{}, qismo.ErrConnectionBroken},
		"cut within the answer":    {func(p *faults.Proxy) { p.CutAfter(faults.Downstream, 32) }, 1, 3, qismo.Timeouts{}, qismo.ErrConnectionBroken},
		"requests that get lost":   {func(p *faults.Proxy) { p.Stall(faults.Upstream) }, 0, 0, qismo.Timeouts{Read: readTimeout}, qismo.ErrTimeout},
		"answers that get lost":    {func(p *faults.Proxy) { p.Stall(faults.Downstream) }, 1, 3, qismo.Timeouts{Read: 500 * time.Millisecond}, qismo.ErrTimeout},
		"too slow as a whole":      {func(p *faults.Proxy) { p.Latency(faults.Downstream, 5*time.Second) }, 1, 3, qismo.Timeouts{Attempt: 500 * time.Millisecond}, qismo.ErrTimeout},
		"slow":                     {func(p *faults.Proxy) { p.Latency(faults.Downstream, 50*time.Millisecond) }, 1, 1, qismo.Timeouts{}, nil},
		"in pieces":                {func(p *faults.Proxy) { p.Slice(faults.Upstream, 10); p.Slice(faults.Downstream, 10) }, 1, 1, qismo.Timeouts{}, nil},
	} {
		for kind, call := range faultCalls() {
			cells[name+"/"+kind] = func(t *testing.T) {
				server := faults.NewServer(t, faults.Never(), faultService())
				proxy := faults.NewProxy(t, server.Address())
				row.spoil(proxy)
				client := faultyClient(t, proxy.URL, qismo.WithTimeouts(row.timeouts))
				took, err := timed(func() error { return call(t.Context(), client) })
				proxy.Close()
				server.Close()
				assertOutcome(t, outcome{err: row.err}, err)
				wanted := row.repeat
				if kind == "send" {
					wanted = row.requests
				}
				assert.Equal(t, wanted, server.Counts().Received)
				assert.Less(t, took, 3*row.timeouts.Read+3*row.timeouts.Attempt+atOnce)
			}
		}
	}
	together(t, cells)
}

// cellsAtOnce is how many cells run at the same time: most of them wait.
const cellsAtOnce = 12

// together runs subtests at the same time, more of them than there are processors.
func together(t *testing.T, cells map[string]func(t *testing.T)) {
	t.Helper()
	require.NotEmpty(t, cells)
	var group sync.WaitGroup
	turns := make(chan struct{}, cellsAtOnce)
	for name, cell := range cells {
		turns <- struct{}{}
		group.Go(func() {
			defer func() { <-turns }()
			t.Run(name, cell)
		})
	}
	group.Wait()
}

func (r faultRow) options() []qismo.Option {
	return []qismo.Option{
		qismo.WithTimeouts(r.timeouts),
		qismo.WithRetries(qismo.Backoff{Attempts: r.attempts, First: time.Millisecond, LongestRetryAfter: 3 * time.Second}),
	}
}

func httpsAt(script faults.Script) func(t *testing.T) (string, *faults.Server) {
	return func(t *testing.T) (string, *faults.Server) {
		server := faults.NewServer(t, script, faultService())
		address := server.HTTPSURL()
		return address, server
	}
}

func assertOutcome(t *testing.T, want outcome, err error) {
	t.Helper()
	if want.err == nil {
		require.NoError(t, err)
		return
	}
	require.ErrorIs(t, err, want.err)
}

func failureOf(t *testing.T, err error) *qismo.Error {
	t.Helper()
	var failure *qismo.Error
	require.ErrorAs(t, err, &failure)
	return failure
}

func uncertain(t *testing.T, err error) bool {
	t.Helper()
	return failureOf(t, err).Uncertain()
}

// assertNoneOpen sees that a client has left no connection in use.
func assertNoneOpen(t *testing.T, client *qismo.Client, server *faults.Server, fault faults.Fault) {
	t.Helper()
	if fault.String() == faults.StallUnread().String() {
		return // a server that reads nothing does not see its clients go
	}
	client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(t.Context(), atOnce)
	defer cancel()
	assert.NoError(t, server.Await(ctx, func(counts faults.Counts) bool { return counts.Open == 0 }), "connections left open")
}

// faultToken is what the calls authenticate with.
const faultToken = "token-kedaluwarsa"

// faultCalls are the kinds of call.
func faultCalls() map[string]func(ctx context.Context, client *qismo.Client) error {
	return map[string]func(ctx context.Context, client *qismo.Client) error{
		"read": func(ctx context.Context, client *qismo.Client) error {
			room, err := client.Rooms.Get(ctx, "98120734")
			if err == nil && room.Name != "Dewi Lestari" {
				return errors.New("the answer was read wrongly")
			}
			return err
		},
		"write": func(ctx context.Context, client *qismo.Client) error { return client.App.SetSessional(ctx, true) },
		"send": func(ctx context.Context, client *qismo.Client) error {
			return client.Bot.SendText(ctx, "98120734", "kami buka sampai pukul sembilan malam")
		},
	}
}

// faultService gives the proper answers.
func faultService() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if request.Method == http.MethodPost {
			_, _ = io.WriteString(w, `{"data":{"status":"taken"}}`)
			return
		}
		_, _ = io.WriteString(w, `{"data":{"customer_room":{"id":1,"room_id":"98120734","name":"Dewi Lestari"}},"status":200}`)
	})
}

// faultyClient makes a client that waits next to nothing between its attempts.
func faultyClient(t *testing.T, address string, opts ...qismo.Option) *qismo.Client {
	t.Helper()
	client, err := qismo.New(append([]qismo.Option{
		qismo.WithToken(testAppID, faultToken), qismo.WithBaseURL(address),
		qismo.WithRetries(qismo.Backoff{First: time.Millisecond, LongestRetryAfter: 3 * time.Second}),
	}, opts...)...)
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func timed(call func() error) (time.Duration, error) {
	began := time.Now()
	err := call()
	return time.Since(began), err
}
