package chat_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
)

func TestABrokerIsLocatedWithoutACredential(t *testing.T) {
	t.Parallel()
	api := newRecorder(t, answerJSON(http.StatusOK, `{}`))
	lookup := newRecorder(t, answerJSON(http.StatusOK,
		`{"data":{"url":"realtime-2.example.id","ssl_port":"1885","wss_port":"1886"},"node":"realtime-2.example.id","status":200}`))
	user := api.user(t, chat.WithHeader("X-Gateway", "rahasia"), chat.WithApplication("toko", "1"))
	for address, path := range map[string]string{
		lookup.URL: "/", lookup.URL + "/": "/", lookup.URL + "/broker%2Fa": "/broker%2Fa",
	} {
		location, err := user.Sync.LocateBroker(t.Context(), address)
		require.NoError(t, err)
		assert.Equal(t, "realtime-2.example.id", location.Data.URL)
		assert.EqualValues(t, 1886, location.Data.WssPort)
		seen := lookup.seen()
		last := seen[len(seen)-1]
		assert.Equal(t, "GET "+path, last.Method+" "+last.URI)
		assert.Contains(t, last.Header.Get("User-Agent"), "toko/1")
		for name := range last.Header {
			assert.Contains(t, []string{"Accept", "User-Agent", "Accept-Encoding"}, name)
		}
	}
	assert.Empty(t, api.seen())
	assert.Equal(t, api.URL, user.BaseURL())
}

func TestABrokerIsNotLocated(t *testing.T) {
	t.Parallel()
	api := newRecorder(t, answerJSON(http.StatusOK, `{}`))
	user := api.user(t)
	for _, address := range []string{"", "http://realtime-lb.example.id", "https://rina:kunci@realtime-lb.example.id", ":"} {
		_, err := user.Sync.LocateBroker(t.Context(), address)
		require.Error(t, err, address)
		assert.NotContains(t, err.Error(), "kunci")
	}
	down := newRecorder(t, answer(http.StatusServiceUnavailable, "text/html", "<p>maaf</p>"))
	_, err := user.Sync.LocateBroker(t.Context(), down.URL)
	require.ErrorIs(t, err, chat.ErrServer)
	_, err = user.Sync.LocateBroker(t.Context(), down.URL, chat.WithBaseURL("https://api.example.id"))
	require.Error(t, err, "an option of a client")
}
