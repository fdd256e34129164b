package faults_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/qismo-go/qismo/internal/faults"
)

func TestScripts(t *testing.T) {
	limited, failed := faults.RateLimited(), faults.ServerError(http.StatusBadGateway, faults.BodyEmpty)
	for name, test := range map[string]struct {
		script   faults.Script
		statuses []int
	}{
		"never":    {faults.Never(), []int{200, 200, 200}},
		"always":   {faults.Always(limited), []int{429, 429, 429}},
		"first":    {faults.First(2, limited), []int{429, 429, 200, 200}},
		"sequence": {faults.Sequence(failed, limited), []int{502, 429, 200, 200}},
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(t)
			server := faults.NewServer(t, test.script, nil)
			statuses := []int{}
			for range test.statuses {
				outcome := send(t.Context(), client, server.URL)
				require.NoError(t, outcome.err)
				statuses = append(statuses, outcome.status)
			}
			assert.Equal(t, test.statuses, statuses)
			counts := server.Counts()
			assert.Equal(t, len(statuses), counts.Received)
			assert.Equal(t, 1, counts.Accepted, "a connection is used again")
		})
	}
	assert.Equal(t, "no fault", faults.Fault{}.String())
	assert.True(t, faults.Fault{}.HandlerActs())
}

// Whoever scripts the first requests only has to know this of net/http.
func TestNetHTTPRepeatsOnItsOwn(t *testing.T) {
	for name, test := range map[string]struct {
		method string
		err    error
		begun  int
	}{
		"a read over a connection used before": {http.MethodGet, nil, 3},
		"a write is not repeated":              {http.MethodPost, syscall.ECONNRESET, 2},
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(t)
			server := faults.NewServer(t, faults.Sequence(faults.Fault{}, faults.ResetUnread()), nil)
			require.NoError(t, ask(t.Context(), client, test.method, server.URL, "").err)
			outcome := ask(t.Context(), client, test.method, server.URL, "")
			require.ErrorIs(t, outcome.err, test.err)
			assert.Equal(t, test.begun, server.Counts().Begun)
		})
	}
}

func TestResetWhileTheRequestIsBeingSent(t *testing.T) {
	client := newClient(t)
	server := faults.NewServer(t, faults.Always(faults.ResetMidRequest(64<<10)), nil)
	body := strings.Repeat("x", 64<<20) // more than the buffers of a connection take
	outcome := ask(t.Context(), client, http.MethodPost, server.URL, body)
	// Which one depends on whether net/http is writing or reading when it comes.
	assert.True(t, errors.Is(outcome.err, syscall.ECONNRESET) || errors.Is(outcome.err, syscall.EPIPE) ||
		errors.Is(outcome.err, net.ErrClosed), "%v", outcome.err)
	assert.Equal(t, 1, server.Counts().Begun)
	assert.Zero(t, server.Counts().Received)
}

func TestAnswerThatStopsInItsBody(t *testing.T) {
	client := newClient(t)
	server := faults.NewServer(t, faults.Always(faults.StallBody()), service())
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL, strings.NewReader(message))
	require.NoError(t, err)
	response, err := client.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	half := make([]byte, len(`{"data":{"sta`))
	_, err = io.ReadFull(response.Body, half)
	require.NoError(t, err)
	assert.Equal(t, `{"data":{"sta`, string(half))
	cancel()
	_, err = io.ReadAll(response.Body)
	require.ErrorIs(t, err, context.Canceled)
	// The server notices that the client has gone.
	require.NoError(t, server.Await(t.Context(), func(counts faults.Counts) bool { return counts.Open == 0 }))
}

func TestSlowDripTakesItsTime(t *testing.T) {
	client := newClient(t)
	server := faults.NewServer(t, faults.Always(faults.SlowDrip(time.Millisecond)), service())
	began := time.Now()
	outcome := send(t.Context(), client, server.URL)
	require.NoError(t, outcome.err)
	assert.Greater(t, time.Since(began), 100*time.Millisecond, "the answer has more than 100 bytes")
}

func TestRetryAfterAsADate(t *testing.T) {
	for name, test := range map[string]struct {
		fault faults.Fault
		skew  time.Duration
	}{
		"by the right clock": {faults.RateLimitedUntil(time.Minute), 0},
		"ahead":              {faults.ClockSkew(48*time.Hour, time.Minute), 48 * time.Hour},
		"behind":             {faults.ClockSkew(-48*time.Hour, time.Minute), -48 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(t)
			server := faults.NewServer(t, faults.Always(test.fault), nil)
			outcome := send(t.Context(), client, server.URL)
			require.NoError(t, outcome.err)
			now, err := http.ParseTime(outcome.header.Get("Date"))
			require.NoError(t, err)
			until, err := http.ParseTime(outcome.header.Get("Retry-After"))
			require.NoError(t, err)
			// Two dates in whole seconds may lie on two sides of one.
			assert.WithinDuration(t, now.Add(time.Minute), until, time.Second)
			assert.WithinDuration(t, time.Now().Add(test.skew), now, time.Hour)
		})
	}
}

// The other host is asked, and is shown what net/http takes for harmless.
func TestRedirectToAnotherHost(t *testing.T) {
	client := newClient(t)
	elsewhere := faults.NewServer(t, faults.Never(), nil)
	fault := faults.RedirectTo(http.StatusTemporaryRedirect, elsewhere.OtherHostURL())
	server := faults.NewServer(t, faults.Always(fault), nil)
	require.NoError(t, send(t.Context(), client, server.URL).err)
	assert.Equal(t, 1, server.Counts().Received)
	asked := elsewhere.Requests()
	require.Len(t, asked, 1)
	assert.Equal(t, "/messages?by=test", asked[0].URI)
	assert.Equal(t, message, string(asked[0].Body))
	assert.Empty(t, asked[0].Header.Get("Authorization"))
	assert.Equal(t, "kunci-rahasia", asked[0].Header.Get("Qiscus-Secret-Key"))
}

func TestExpiredToken(t *testing.T) {
	for name, test := range map[string]struct {
		expired string
		status  int
	}{
		"the one shown": {"stale-token", 401},
		"another":       {"older-token", 200},
		"every one":     {"", 401},
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(t)
			sink := service()
			server := faults.NewServer(t, faults.Always(faults.ExpiredToken(test.expired)), sink)
			outcome := send(t.Context(), client, server.URL)
			require.NoError(t, outcome.err)
			assert.Equal(t, test.status, outcome.status)
			assert.Equal(t, test.status == 200, len(sink.Received()) == 1)
		})
	}
}

func TestConnectionsAreCounted(t *testing.T) {
	client := newClient(t)
	const calls = 3
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = calls
	var met sync.WaitGroup
	met.Add(calls)
	server := faults.NewServer(t, faults.Never(), http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		met.Done()
		met.Wait() // all are open now
	}))
	var running sync.WaitGroup
	for range calls {
		running.Go(func() { assert.NoError(t, send(t.Context(), client, server.URL).err) })
	}
	running.Wait()
	assert.Equal(t, calls, server.Counts().Open)
	client.CloseIdleConnections()
	require.NoError(t, server.Await(t.Context(), func(counts faults.Counts) bool { return counts.Open == 0 }))
	assert.Equal(t, faults.Counts{Begun: calls, Received: calls, Accepted: calls, MostOpen: calls}, server.Counts())
	numbers := map[int]bool{}
	for _, request := range server.Requests() {
		numbers[request.Connection] = true
	}
	assert.Equal(t, map[int]bool{1: true, 2: true, 3: true}, numbers)
}

func TestAwaitEndsWithItsContext(t *testing.T) {
	newClient(t)
	server := faults.NewServer(t, faults.Never(), nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, server.Await(ctx, received(1)), context.Canceled)
}

// What HTTP leaves to servers is done as they do it.
func TestProperAnswers(t *testing.T) {
	client := newClient(t)
	client.Transport.(*http.Transport).ExpectContinueTimeout = time.Hour
	server := faults.NewServer(t, faults.Never(), http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		assert.NoError(t, err)
		switch request.Method {
		case http.MethodDelete:
			w.WriteHeader(http.StatusNoContent)
		default:
			_, _ = io.WriteString(w, "taken: "+string(body))
		}
	}))
	for _, test := range []struct {
		method, body string
		header       http.Header
		status       int
		answer       string
	}{
		{http.MethodGet, "", nil, 200, "taken: "},
		{http.MethodHead, "", nil, 200, ""},
		{http.MethodDelete, "", nil, 204, ""},
		{http.MethodPut, "halo", http.Header{"Expect": {"100-continue"}}, 200, "taken: halo"},
		{http.MethodPut, "halo", http.Header{"Connection": {"close"}}, 200, "taken: halo"},
		{http.MethodGet, "", nil, 200, "taken: "},
	} {
		request, err := http.NewRequestWithContext(t.Context(), test.method, server.URL, strings.NewReader(test.body))
		require.NoError(t, err)
		request.Header = test.header.Clone()
		response, err := client.Do(request)
		require.NoError(t, err)
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		assert.Equal(t, test.status, response.StatusCode)
		assert.Equal(t, test.answer, string(body))
		assert.NotEmpty(t, response.Header.Get("Date"))
	}
	assert.Equal(t, 2, server.Counts().Accepted, "one connection is closed as asked")
}

// A client that asks for the end of the connection may wait for it.
func TestConnectionEndsAsAsked(t *testing.T) {
	newClient(t)
	server := faults.NewServer(t, faults.Never(), nil)
	var dialer net.Dialer
	connection, err := dialer.DialContext(t.Context(), "tcp", server.Address())
	require.NoError(t, err)
	_, err = io.WriteString(connection, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	require.NoError(t, err)
	answer, err := io.ReadAll(connection)
	require.NoError(t, err)
	assert.Contains(t, string(answer), "Connection: close\r\n")
	require.NoError(t, connection.Close())
}

func TestRequestsThatAreNone(t *testing.T) {
	for name, test := range map[string]struct{ sent, status string }{
		"not HTTP":         {"halo\r\n\r\n", "400 Bad Request"},
		"a body cut short": {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalo", ""},
	} {
		t.Run(name, func(t *testing.T) {
			newClient(t)
			server := faults.NewServer(t, faults.Never(), nil)
			var dialer net.Dialer
			connection, err := dialer.DialContext(t.Context(), "tcp", server.Address())
			require.NoError(t, err)
			defer func() { assert.NoError(t, connection.Close()) }()
			_, err = io.WriteString(connection, test.sent)
			require.NoError(t, err)
			require.NoError(t, connection.(*net.TCPConn).CloseWrite())
			answer, err := io.ReadAll(bufio.NewReader(connection))
			require.NoError(t, err)
			assert.Contains(t, string(answer), test.status)
			assert.Equal(t, 1, server.Counts().Begun)
			assert.Zero(t, server.Counts().Received)
		})
	}
}

// A server that is closed in the middle of its faults leaves nothing behind, and can
// be closed twice.
func TestCloseEndsEveryFault(t *testing.T) {
	for _, fault := range []faults.Fault{
		faults.StallUnread(), faults.StallHeader(), faults.StallBody(), faults.SlowDrip(time.Hour),
	} {
		t.Run(fault.String(), func(t *testing.T) {
			client := newClient(t)
			before := goleak.IgnoreCurrent()
			server := faults.NewServer(t, faults.Always(fault), nil)
			outcome := make(chan seen, 1)
			go func() { outcome <- send(t.Context(), client, server.URL) }()
			require.NoError(t, server.Await(t.Context(), begun(1)))
			server.Close()
			require.Error(t, (<-outcome).err)
			server.Close()
			assert.Zero(t, server.Counts().Open)
			client.CloseIdleConnections()
			goleak.VerifyNone(t, before)
		})
	}
}
