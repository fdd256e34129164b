package sandbox

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/timeline"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

const botURL = "https://hooks.example.id/botMessage"

// refusing refuses the first so many webhooks.
func refusing(times, status int) func(posted) int {
	return func(came posted) int {
		if came.nth <= times {
			return status
		}
		return http.StatusOK
	}
}

func TestWhatFailsIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var told []Delivery
		sandbox, box := newPosting(t, Config{
			Webhooks: Webhooks{Bot: botURL},
			Delivery: DeliverySettings{Attempts: 3, Wait: time.Minute},
			OnDelivery: func(delivery Delivery) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, delivery)
			},
		})
		box.answer = refusing(2, http.StatusBadGateway)
		room := says(t, sandbox, "Halo")
		synctest.Wait()
		assert.Len(t, box.all(), 1)
		require.NoError(t, sandbox.Clock().Move(time.Minute))
		synctest.Wait()
		assert.Len(t, box.all(), 2, "the wait goes by the clock of the world")
		require.NoError(t, sandbox.Clock().Move(time.Minute))
		synctest.Wait()
		require.NoError(t, sandbox.Clock().Move(time.Hour))
		require.NoError(t, sandbox.Shutdown(t.Context()))

		entries := sandbox.Timeline().Since(0, nil)
		require.Len(t, entries, 3, "it arrived, and is not sent again")
		for i, entry := range entries {
			assert.Equal(t, timeline.Delivery, entry.Kind)
			assert.Equal(t, "botMessage", entry.Name)
			assert.Equal(t, room, entry.RoomID)
			assert.Equal(t, i+1, entry.Attempt)
			assert.Equal(t, i+1, told[i].Attempt)
			assert.Equal(t, entries[0].Request.Bytes, entry.Request.Bytes, "it is the same webhook")
			assert.Equal(t, "application/json", entry.Request.Header.Get("Content-Type"))
			assert.Equal(t, "postbox", entry.Response.Header.Get("X-Receiver"))
			assert.Equal(t, "diterima", string(entry.Response.Bytes))
			assert.False(t, entry.Response.Cut)
			assert.Empty(t, entry.Problems)
		}
		assert.Equal(t, []int{502, 502, 200}, []int{entries[0].Status, entries[1].Status, entries[2].Status})
		assert.Equal(t, time.Minute, entries[1].At.Sub(entries[0].At))
	})
}

func TestAfterWhichAnswersItIsTriedAgain(t *testing.T) {
	gone := &http.Client{Transport: transport(func(*http.Request) (*http.Response, error) { return nil, assert.AnError })}
	for name, test := range map[string]struct {
		settings DeliverySettings
		status   int
		attempts int
	}{
		"not, unless told":       {DeliverySettings{}, 500, 1},
		"nothing is wrong":       {DeliverySettings{Attempts: 3}, 204, 1},
		"a refusal":              {DeliverySettings{Attempts: 3}, 400, 3},
		"a redirect":             {DeliverySettings{Attempts: 3}, 302, 3},
		"one of those named":     {DeliverySettings{Attempts: 3, Statuses: []int{503}}, 503, 3},
		"none of those named":    {DeliverySettings{Attempts: 3, Statuses: []int{503}}, 500, 1},
		"no status is named":     {DeliverySettings{Attempts: 3, Statuses: []int{}}, 500, 1},
		"no answer at all":       {DeliverySettings{Attempts: 2, Statuses: []int{}}, 0, 2},
		"no answer, unless told": {DeliverySettings{}, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sandbox, box := newPosting(t, Config{Webhooks: Webhooks{Bot: botURL}, Delivery: test.settings})
				box.answer = refusing(9, test.status)
				if test.status == 0 {
					sandbox.deliveries.client = gone
				}
				says(t, sandbox, "Halo")
				synctest.Wait()
				for range 3 {
					require.NoError(t, sandbox.Clock().Move(time.Hour))
					synctest.Wait()
				}
				assert.Len(t, sandbox.Timeline().Since(0, nil), test.attempts)
				require.NoError(t, sandbox.Shutdown(t.Context()))
			})
		})
	}
}

// A room goes on while one of its webhooks waits to be tried again.
func TestARoomDoesNotWaitForWhatIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sandbox, box := newPosting(t, Config{
			Webhooks: Webhooks{Bot: botURL}, Delivery: DeliverySettings{Attempts: 2, Wait: time.Minute},
		})
		box.answer = refusing(1, http.StatusInternalServerError)
		for _, text := range []string{"satu", "dua", "tiga"} {
			says(t, sandbox, text)
		}
		synctest.Wait()
		require.NoError(t, sandbox.Clock().Move(time.Minute))
		synctest.Wait()
		assert.Equal(t, []any{"satu", "dua", "tiga", "satu"}, box.texts())
		require.NoError(t, sandbox.Shutdown(t.Context()))
	})
}

// What waits when Shutdown is called is sent at once, and not again after that.
func TestNothingWaitsDuringAShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sandbox, box := newPosting(t, Config{
			Webhooks: Webhooks{Bot: botURL}, Delivery: DeliverySettings{Attempts: 9, Wait: time.Hour},
		})
		box.answer = refusing(99, http.StatusInternalServerError)
		require.NoError(t, sandbox.Trouble().Set(1, trouble.Rule{Kind: trouble.LateWebhook, Rate: 1, Times: 1, Delay: time.Hour}))
		started := time.Now()
		says(t, sandbox, "terlambat")
		says(t, sandbox, "ditolak")
		synctest.Wait()
		assert.Equal(t, []any{"ditolak"}, box.texts())
		require.NoError(t, sandbox.Shutdown(t.Context()))
		assert.Zero(t, time.Since(started))
		assert.ElementsMatch(t, []any{"ditolak", "ditolak", "terlambat"}, box.texts())
	})
}

func TestALateWebhookComesAfterLaterOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sandbox, box := newPosting(t, Config{Webhooks: Webhooks{Bot: botURL}})
		require.NoError(t, sandbox.Trouble().Set(1, trouble.Rule{Kind: trouble.LateWebhook, Rate: 1, Times: 1, Delay: time.Minute}))
		for _, text := range []string{"satu", "dua", "tiga"} {
			says(t, sandbox, text)
		}
		synctest.Wait()
		assert.Equal(t, []any{"dua", "tiga"}, box.texts())
		require.NoError(t, sandbox.Clock().Move(time.Minute))
		synctest.Wait()
		assert.Equal(t, []any{"dua", "tiga", "satu"}, box.texts())
		late := sandbox.Timeline().Newest(1, nil)[0]
		assert.Equal(t, []string{string(trouble.LateWebhook)}, late.Trouble)
		require.NoError(t, sandbox.Shutdown(t.Context()))
	})
}

func TestDroppedAndRepeatedWebhooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sandbox, box := newPosting(t, Config{Webhooks: Webhooks{Bot: botURL}})
		require.NoError(t, sandbox.Trouble().Set(1, trouble.Rule{Kind: trouble.DropWebhook, Rate: 1, Times: 1}))
		says(t, sandbox, "satu")
		synctest.Wait()
		require.NoError(t, sandbox.Trouble().Set(1, trouble.Rule{Kind: trouble.RepeatWebhook, Rate: 1, Times: 1}))
		says(t, sandbox, "dua")
		require.NoError(t, sandbox.Shutdown(t.Context()))
		assert.Equal(t, []any{"dua", "dua"}, box.texts())
		entries := sandbox.Timeline().Since(0, nil)
		require.Len(t, entries, 3)
		assert.Equal(t, "it was dropped on purpose", entries[0].Failure)
		assert.Contains(t, string(entries[0].Request.Bytes), "satu")
	})
}

func TestTheTimeoutIsSettable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sandbox, err := New(Config{
			Webhooks:   Webhooks{Bot: botURL},
			HTTPClient: &http.Client{Transport: after(time.Hour)},
			Delivery:   DeliverySettings{Timeout: time.Second},
		})
		require.NoError(t, err)
		says(t, sandbox, "Halo")
		require.NoError(t, sandbox.Shutdown(t.Context()))
		entry := sandbox.Timeline().Newest(1, nil)[0]
		assert.Equal(t, time.Second, entry.Duration)
		assert.Contains(t, entry.Failure, context.DeadlineExceeded.Error())
	})
}

// Nobody is sent on, not even by a client of the caller's own: that may be anywhere.
func TestRedirectsAreNotFollowed(t *testing.T) {
	asked := 0
	sandbox, err := New(Config{
		Webhooks: Webhooks{Bot: botURL},
		HTTPClient: &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
			asked++
			return &http.Response{
				StatusCode: http.StatusTemporaryRedirect, Header: http.Header{"Location": {"https://elsewhere.example.id"}},
				Body: http.NoBody, Request: r,
			}, nil
		})},
	})
	require.NoError(t, err)
	says(t, sandbox, "Halo")
	require.NoError(t, sandbox.Shutdown(t.Context()))
	assert.Equal(t, 1, asked)
	assert.Equal(t, http.StatusTemporaryRedirect, sandbox.Timeline().Newest(1, nil)[0].Status)
}

// The verdict on a webhook names the place, and never what stands there.
func TestTheVerdictOnAWebhook(t *testing.T) {
	assert.Empty(t, webhookProblems("userLogout",
		[]byte(`{"type":"auth","payload":{"action":"logout","timestamp":1,"user":{"id":1,"email":"a","type":2}}}`)))
	wrong := webhookProblems("userLogout",
		[]byte(`{"type":"auth","payload":{"action":"logout","timestamp":"rahasia","user":{"id":1,"email":"a","type":2}}}`))
	require.Len(t, wrong, 1)
	assert.Contains(t, wrong[0], "/payload/timestamp")
	assert.NotContains(t, wrong[0], "rahasia")
	assert.Equal(t, []string{"the document has no event lain"}, webhookProblems("lain", []byte(`{}`)))
	assert.Equal(t, []string{"the body is not JSON"}, webhookProblems("botMessage", []byte(`{`)))

	sandbox, _ := newPosting(t, Config{})
	sandbox.deliveries.targets.name(botURL)
	sandbox.deliveries.add("", delivery{event: "botMessage", url: botURL, body: []byte(`{"payload":{}}`)})
	require.NoError(t, sandbox.Shutdown(t.Context()))
	entry := sandbox.Timeline().Newest(1, nil)[0]
	assert.Equal(t, http.StatusOK, entry.Status)
	assert.NotEmpty(t, entry.Problems)
	assert.False(t, entry.OK())
}

func TestBadDeliverySettings(t *testing.T) {
	for name, settings := range map[string]DeliverySettings{
		"timeout": {Timeout: -1}, "attempts": {Attempts: -1}, "wait": {Wait: -1},
	} {
		_, err := New(Config{Delivery: settings})
		require.ErrorContains(t, err, "negative", name)
	}
}
