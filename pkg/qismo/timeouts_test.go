package qismo_test

import (
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// slowReader gives a byte at a time and takes a while for each. It ends early with the
// context of the request that it belongs to, if there is one.
type slowReader struct {
	text    *strings.Reader
	pause   time.Duration
	request *http.Request
}

func (r *slowReader) Read(into []byte) (int, error) {
	if r.request == nil {
		<-time.After(r.pause)
		return r.text.Read(into[:1])
	}
	select {
	case <-time.After(r.pause):
		return r.text.Read(into[:1])
	case <-r.request.Context().Done():
		return 0, r.request.Context().Err()
	}
}

// pacedService takes requests and gives answers without a network, a piece each
// pause.
func pacedService(pause time.Duration, contentType, body string) roundTripper {
	return func(request *http.Request) (*http.Response, error) {
		trace := httptrace.ContextClientTrace(request.Context())
		trace.GetConn(request.URL.Host)
		trace.GotConn(httptrace.GotConnInfo{})
		if request.Body != nil {
			if _, err := io.Copy(io.Discard, request.Body); err != nil {
				return nil, err
			}
		}
		trace.WroteRequest(httptrace.WroteRequestInfo{})
		trace.GotFirstResponseByte()
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {contentType}}, Request: request,
			Body: io.NopCloser(&slowReader{text: strings.NewReader(body), pause: pause, request: request}),
		}, request.Context().Err()
	}
}

func pacedClient(t *testing.T, service roundTripper) *qismo.Client {
	t.Helper()
	client, err := qismo.New(
		qismo.WithSecretKey(testAppID, testSecretKey), qismo.WithTransport(service), qismo.WithoutRetries(),
		qismo.WithTimeouts(qismo.Timeouts{Connect: time.Second, Write: time.Second, Read: time.Second}),
	)
	require.NoError(t, err)
	return client
}

// How long a caller takes over what it reads is not the service's delay.
func TestReadingSlowlyIsTheCallersOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := pacedClient(t, pacedService(time.Millisecond, "image/png", "gambar"))
		media, err := client.WhatsApp.Media(t.Context(), "5120", "m-1")
		require.NoError(t, err)
		var got []byte
		piece := make([]byte, 1)
		for err == nil {
			<-time.After(time.Minute)
			var n int
			n, err = media.Body.Read(piece)
			got = append(got, piece[:n]...)
		}
		require.ErrorIs(t, err, io.EOF)
		assert.Equal(t, "gambar", string(got))
		require.NoError(t, media.Body.Close())
	})
}

// A service that is slow is still found out, however quick the caller is.
func TestSlowAnswersEndInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := pacedClient(t, pacedService(2*time.Second, "image/png", "gambar"))
		media, err := client.WhatsApp.Media(t.Context(), "5120", "m-1")
		require.NoError(t, err)
		_, err = io.ReadAll(media.Body)
		require.ErrorIs(t, err, qismo.ErrTimeout)
		require.ErrorContains(t, err, "reading took longer than 1s")
		require.NoError(t, media.Body.Close())
	})
}

// How long a caller's reader takes to have a piece is not the network's delay.
func TestUploadingFromASlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := pacedClient(t, pacedService(0, "application/json", `{"data":{"id":5}}`))
		file, err := client.Broadcasts.UploadCSV(t.Context(), qismo.UploadBroadcastCSVParams{
			TemplateDetailID: "61021", File: &slowReader{text: strings.NewReader("62811"), pause: 2 * time.Second},
		})
		require.NoError(t, err)
		assert.Equal(t, "5", file.ID.String())
	})
}

// A transport that tells nothing of its connections has one once it answers.
func TestAnswersOfTransportsThatTellNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := pacedClient(t, func(request *http.Request) (*http.Response, error) {
			return &http.Response{
				StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
				Body: io.NopCloser(&slowReader{
					text: strings.NewReader(`{"data":{"customer_room":{"room_id":"5"}}}`), pause: time.Second / 2, request: request,
				}),
			}, nil
		})
		room, err := client.Rooms.Get(t.Context(), "5")
		require.NoError(t, err)
		assert.Equal(t, "5", room.RoomID.String())
	})
}
