package qismo_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// inMemory is an answer of a transport that is none of net/http's.
func inMemory(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)),
	}
}

// answersInMemory gives the answers in turn, the last one again and again, and counts.
func answersInMemory(bodies *[]string, answers ...*http.Response) roundTripper {
	var mu sync.Mutex
	return func(request *http.Request) (*http.Response, error) {
		var body []byte
		if request.Body != nil {
			body, _ = io.ReadAll(request.Body)
		}
		mu.Lock()
		defer mu.Unlock()
		*bodies = append(*bodies, string(body))
		answer := *answers[min(len(*bodies), len(answers))-1]
		content, _ := io.ReadAll(answer.Body)
		answers[min(len(*bodies), len(answers))-1].Body = io.NopCloser(bytes.NewReader(content))
		answer.Body = io.NopCloser(bytes.NewReader(content))
		return &answer, nil
	}
}

func newInMemory(t *testing.T, carrier http.RoundTripper, opts ...qismo.Option) *qismo.Client {
	t.Helper()
	client, err := qismo.New(append([]qismo.Option{qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithTransport(carrier)}, opts...)...)
	require.NoError(t, err)
	return client
}

// What is tried again by default, and for how long, by kind of operation: the document
// knows which do no harm.
func TestWhatIsTriedAgainByDefault(t *testing.T) {
	read := func(ctx context.Context, client *qismo.Client, opts ...qismo.Option) error {
		_, err := client.Rooms.Get(ctx, "5", opts...)
		return err
	}
	send := func(ctx context.Context, client *qismo.Client, opts ...qismo.Option) error {
		return client.Bot.SendText(ctx, "5", "halo", opts...)
	}
	own := func(method string) func(context.Context, *qismo.Client, ...qismo.Option) error {
		return func(ctx context.Context, client *qismo.Client, opts ...qismo.Option) error {
			return client.Do(ctx, method, "/x", nil, nil, opts...)
		}
	}
	for name, test := range map[string]struct {
		call     func(context.Context, *qismo.Client, ...qismo.Option) error
		status   int
		opts     []qismo.Option
		attempts int
	}{
		"a read":                               {read, 503, nil, 3},
		"a read, too often":                    {read, 429, nil, 3},
		"a read, not found":                    {read, 404, nil, 1},
		"a message":                            {send, 503, nil, 1},
		"a message, too often":                 {send, 429, nil, 3},
		"a message that may come twice":        {send, 503, []qismo.Option{qismo.WithRetries(qismo.Backoff{RepeatWrites: true})}, 3},
		"none":                                 {read, 503, []qismo.Option{qismo.WithoutRetries()}, 1},
		"by address":                           {read, 503, []qismo.Option{qismo.WithRetries(&qismo.Backoff{Attempts: 5})}, 5},
		"the last option holds":                {read, 503, []qismo.Option{qismo.WithoutRetries(), qismo.WithRetries(qismo.Backoff{Attempts: 2})}, 2},
		"a route of one's own, read":           {own(http.MethodGet), 503, nil, 3},
		"a route of one's own, a look":         {own(http.MethodHead), 503, nil, 3},
		"a route of one's own, write":          {own(http.MethodPost), 503, nil, 1},
		"a route of one's own, put":            {own(http.MethodPut), 503, nil, 1},
		"a route of one's own, put, too often": {own(http.MethodPut), 429, nil, 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for _, where := range []string{"client", "call"} {
					var bodies []string
					carrier := answersInMemory(&bodies, inMemory(test.status, `{}`))
					var err error
					if where == "client" {
						err = test.call(t.Context(), newInMemory(t, carrier, test.opts...))
					} else {
						err = test.call(t.Context(), newInMemory(t, carrier, qismo.WithRetries(qismo.Backoff{Attempts: 3})), test.opts...)
					}
					var failure *qismo.Error
					require.ErrorAs(t, err, &failure)
					assert.Len(t, bodies, test.attempts, where)
					assert.Equal(t, test.attempts, failure.Attempts, where)
					assert.Len(t, failure.Failed, test.attempts, where)
				}
			})
		})
	}
}

// A message that was refused as too much is sent again as it was; what was a stream is
// not.
func TestBodiesOfFurtherAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var bodies []string
		client := newInMemory(t, answersInMemory(&bodies, inMemory(429, `{}`), inMemory(429, `{}`), inMemory(200, `{"data":{}}`)))
		require.NoError(t, client.Bot.SendText(t.Context(), "5", "halo"))
		require.Len(t, bodies, 3)
		assert.Contains(t, bodies[0], "halo")
		assert.Equal(t, []string{bodies[0], bodies[0], bodies[0]}, bodies)

		for name, send := range map[string]func(*qismo.Client) error{
			"Body": func(client *qismo.Client) error {
				body := qismo.Body{ContentType: "text/csv", Reader: strings.NewReader("once")}
				return client.Do(t.Context(), http.MethodPost, "/x", body, nil)
			},
			"upload": func(client *qismo.Client) error {
				_, err := client.Broadcasts.UploadCSV(t.Context(), qismo.UploadBroadcastCSVParams{TemplateDetailID: "1", File: strings.NewReader("once")})
				return err
			},
		} {
			var bodies []string
			client := newInMemory(t, answersInMemory(&bodies, inMemory(429, `{}`)), qismo.WithRetries(qismo.Backoff{RepeatWrites: true}))
			require.ErrorIs(t, send(client), qismo.ErrRateLimited, name)
			require.Len(t, bodies, 1, name)
			assert.Contains(t, bodies[0], "once", name)
		}
	})
}

// ownPolicy is one of a caller's: once more after a minute, and never for a message.
type ownPolicy struct{ told []qismo.FailedAttempt }

func (p *ownPolicy) Next(failed qismo.FailedAttempt) (time.Duration, bool) {
	p.told = append(p.told, failed)
	return time.Minute, failed.Number < 2 && failed.Harmless()
}

func TestAPolicyOfOnesOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var bodies []string
		ofClient, ofCall := &ownPolicy{}, &ownPolicy{}
		refused := inMemory(503, `{}`)
		refused.Header.Set("Retry-After", "7")
		client := newInMemory(t, answersInMemory(&bodies, refused), qismo.WithRetries(ofClient), qismo.WithTimeout(time.Hour))
		began := time.Now()
		_, err := client.Rooms.Get(t.Context(), "5")
		require.ErrorIs(t, err, qismo.ErrServer)
		assert.Equal(t, time.Minute, time.Since(began))
		assert.Equal(t, []qismo.FailedAttempt{
			{Number: 1, Operation: "getRoom", Method: "GET", Idempotent: true, Reason: qismo.ReasonServerError, Status: 503, RetryAfter: 7 * time.Second},
			{Number: 2, Operation: "getRoom", Method: "GET", Idempotent: true, Reason: qismo.ReasonServerError, Status: 503, RetryAfter: 7 * time.Second},
		}, ofClient.told)
		var failure *qismo.Error
		require.ErrorAs(t, err, &failure)
		assert.Equal(t, ofClient.told, failure.Failed)
		assert.Equal(t, 7*time.Second, failure.RetryAfter)
		require.ErrorContains(t, err, "(failed attempts: status 503, status 503)")

		require.Error(t, client.Bot.SendText(t.Context(), "5", "halo", qismo.WithRetries(ofCall)))
		assert.Len(t, ofClient.told, 2, "the policy of a call replaces the client's")
		require.Len(t, ofCall.told, 1)
		assert.False(t, ofCall.told[0].Idempotent)
		assert.True(t, ofCall.told[0].Uncertain())
	})
}

// The time of a call, and that of its attempts, at the client and at the call, which
// replaces it.
func TestTimeoutOptions(t *testing.T) {
	attempt := func(bound time.Duration) qismo.Option { return qismo.WithTimeouts(qismo.Timeouts{Attempt: bound}) }
	for name, test := range map[string]struct {
		client, call []qismo.Option
		text         string
		took         time.Duration
	}{
		"by default":           {nil, nil, "timeout: the call took longer than 30s", 30 * time.Second},
		"the client's":         {[]qismo.Option{qismo.WithTimeout(time.Second)}, nil, "timeout: the call took longer than 1s", time.Second},
		"the call's, shorter":  {nil, []qismo.Option{qismo.WithTimeout(time.Second)}, "timeout: the call took longer than 1s", time.Second},
		"the call's, longer":   {[]qismo.Option{qismo.WithTimeout(time.Second)}, []qismo.Option{qismo.WithTimeout(time.Hour)}, "timeout: the call took longer than 1h0m0s", time.Hour},
		"an attempt's":         {[]qismo.Option{attempt(time.Second)}, nil, "timeout: the attempt took longer than 1s", time.Second},
		"an attempt's, longer": {[]qismo.Option{attempt(time.Second)}, []qismo.Option{attempt(2 * time.Second)}, "timeout: the attempt took longer than 2s", 2 * time.Second},
		"none for an attempt":  {[]qismo.Option{attempt(time.Second)}, []qismo.Option{qismo.WithTimeouts(qismo.Timeouts{})}, "timeout: the call took longer than 30s", 30 * time.Second},
		"the last one holds":   {[]qismo.Option{qismo.WithTimeout(time.Second), qismo.WithTimeout(time.Minute)}, nil, "timeout: the call took longer than 1m0s", time.Minute},
		"none but the context": {[]qismo.Option{qismo.WithTimeout(0)}, nil, "context deadline exceeded", 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := newInMemory(t, roundTripper(func(request *http.Request) (*http.Response, error) {
					<-request.Context().Done()
					return nil, request.Context().Err()
				}), append(test.client, qismo.WithoutRetries())...)
				ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
				defer cancel()
				began := time.Now()
				_, err := client.Rooms.Get(ctx, "5", test.call...)
				assert.Equal(t, test.took, time.Since(began))
				require.EqualError(t, err, "qismo: getRoom: "+test.text)
				require.ErrorIs(t, err, qismo.ErrTimeout)
				require.ErrorIs(t, err, context.DeadlineExceeded)
			})
		})
	}
}

// A file that is read as a stream has no bound of its own but that of reading.
func TestTimeoutsOfMedia(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pieces := 0
		client := newInMemory(t, roundTripper(func(request *http.Request) (*http.Response, error) {
			answer := inMemory(200, "")
			answer.Body = io.NopCloser(readerFunc(func(into []byte) (int, error) {
				wait := 20 * time.Second
				if pieces++; pieces == 4 {
					wait = time.Hour
				}
				select {
				case <-time.After(wait):
					return copy(into, "piece"), nil
				case <-request.Context().Done():
					return 0, request.Context().Err()
				}
			}))
			return answer, nil
		}), qismo.WithTimeout(30*time.Second), qismo.WithTimeouts(qismo.Timeouts{Attempt: 10 * time.Second, Read: 25 * time.Second}))
		media, err := client.WhatsApp.Media(t.Context(), "5120", "10293")
		require.NoError(t, err)
		began := time.Now()
		content, err := io.ReadAll(media.Body)
		require.EqualError(t, err, "qismo: getWaMedia: read the answer: timeout: reading took longer than 25s")
		require.ErrorIs(t, err, qismo.ErrTimeout)
		assert.Equal(t, "piecepiecepiece", string(content))
		assert.Equal(t, 85*time.Second, time.Since(began))
		require.NoError(t, media.Body.Close())
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(into []byte) (int, error) { return f(into) }

func TestAttemptOptionsThatCannotWork(t *testing.T) {
	key := qismo.WithSecretKey(testAppID, testSecretKey)
	for wrong, option := range map[string]qismo.Option{
		"the timeout is negative":         qismo.WithTimeout(-time.Nanosecond),
		"a timeout is negative":           qismo.WithTimeouts(qismo.Timeouts{Read: -1}),
		"a value of the Backoff":          qismo.WithRetries(qismo.Backoff{Attempts: -1}),
		"the retry policy is nil":         qismo.WithRetries(nil),
		"the limiter is nil":              qismo.WithLimiter(nil),
		"the bound of answers must be":    qismo.WithMaxAnswer(0),
		"the bound of answers must be ab": qismo.WithMaxAnswer(-1),
		"the bound of connections is neg": qismo.WithMaxConnections(-1),
		"the hooks are empty":             qismo.WithHooks(qismo.Hooks{}),
		"the logger is nil":               qismo.WithLogger(nil),
		"the inspector is nil":            qismo.WithInspector(nil),
	} {
		_, err := qismo.New(key, option)
		require.ErrorContains(t, err, "qismo: make a client: "+wrong)
		_, err = newRecorder(t, answerJSON(200, `{}`)).client(t).Rooms.Get(t.Context(), "5", option)
		require.Error(t, err, wrong)
	}
}

// heldBack is a limiter without a turn to give.
type heldBack struct{ asked int }

func (l *heldBack) Wait(context.Context) error {
	l.asked++
	return errors.New("no turn in time")
}
func (*heldBack) Answered(int, time.Duration) {}

func TestLimiterOptions(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"customer_room":{"room_id":"5"}}}`))
	limiter := &heldBack{}
	_, err := qismo.New(qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithLimiter(limiter), qismo.WithLimiter(&heldBack{}))
	require.ErrorContains(t, err, "limiter given twice")

	_, err = service.client(t).Rooms.Get(t.Context(), "5", qismo.WithLimiter(limiter))
	require.ErrorIs(t, err, qismo.ErrRateLimited)
	require.EqualError(t, err, "qismo: getRoom: wait for the rate limiter: no turn in time")
	var failure *qismo.Error
	require.ErrorAs(t, err, &failure)
	assert.False(t, failure.Uncertain())
	assert.Equal(t, "[held back]", fmt.Sprint(failure.Failed))
	assert.Empty(t, service.seen())
	assert.Equal(t, 1, limiter.asked)
}
