package otelqismo_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// Words that must be found nowhere in spans and metrics.
const (
	canaryKey      = "kanari-kunci-5f1c"
	canaryAppID    = "kanari-aplikasi-9d"
	canaryRoom     = "77001234567"
	canaryPhone    = "628115550123"
	canaryText     = "kanari-pesan-halo"
	canarySearch   = "kanari-dicari"
	canaryHeader   = "kanari-kepala"
	canaryPath     = "kanari-jalan"
	canaryPassword = "kanari-sandi-0a"
	canaryEmail    = "kanari@example.id"
	canaryToken    = "kanari-token-77"
	canaryRefusal  = "kanari-ditolak"
	canaryRequest  = "0badc0de-0000-4000-8000-000000000001"
)

// carrying answers with canaries, in a failure and in a success.
func carrying(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		w.Header().Set("X-Request-Id", canaryRequest)
		w.Header().Set("X-Note", canaryRefusal)
		answer(status, body)(w, request)
	}
}

// told is all that spans and metrics hold, as text.
func told(t *testing.T, o *observed) string {
	t.Helper()
	var text strings.Builder
	for _, span := range o.ended() {
		encoded, err := json.Marshal(span)
		require.NoError(t, err)
		fmt.Fprintf(&text, "%s %+v\n", encoded, span)
	}
	var metrics metricdata.ResourceMetrics
	require.NoError(t, o.metrics.Collect(t.Context(), &metrics))
	encoded, err := json.Marshal(metrics)
	require.NoError(t, err)
	text.Write(encoded)
	return text.String()
}

// Whatever is sent and answered, succeeds or fails: none of it is told.
func TestNothingSecretIsTold(t *testing.T) {
	refusal := `{"errors":{"message":"` + canaryRefusal + ` ` + canaryText + ` ` + canaryPhone + `"}}`
	room := strings.ReplaceAll(roomAnswer, "Dewi Lestari", canaryText)
	login := `{"data":{"user":{"authentication_token":"` + canaryToken + `"},"long_lived_token":"` + canaryToken + `"}}`
	ctx := t.Context()
	for name, test := range map[string]struct {
		answers []http.HandlerFunc
		options []qismo.Option
		call    func(client *qismo.Client) error
		sent    []string
	}{
		"a room": {
			answers: []http.HandlerFunc{carrying(503, refusal), carrying(429, refusal), carrying(200, room)},
			call:    func(client *qismo.Client) error { _, err := client.Rooms.Get(ctx, canaryRoom); return err },
			sent:    []string{canaryKey, canaryAppID, canaryRoom},
		},
		"a room that is refused": {
			answers: []http.HandlerFunc{carrying(404, refusal)},
			call:    func(client *qismo.Client) error { _, err := client.Rooms.Get(ctx, canaryRoom); return err },
			sent:    []string{canaryRoom},
		},
		"an answer that is none": {
			answers: []http.HandlerFunc{carrying(302, canaryText)},
			call:    func(client *qismo.Client) error { _, err := client.Rooms.Get(ctx, canaryRoom); return err },
			sent:    []string{canaryRoom},
		},
		"a message": {
			answers: []http.HandlerFunc{carrying(400, refusal)},
			call:    func(client *qismo.Client) error { return client.Bot.SendText(ctx, canaryRoom, canaryText) },
			sent:    []string{canaryRoom, canaryText},
		},
		"a broadcast": {
			answers: []http.HandlerFunc{carrying(500, refusal)},
			call: func(client *qismo.Client) error {
				_, err := client.Broadcasts.Send(ctx, qismo.SendBroadcastParams{
					PhoneNumber: canaryPhone, TemplateDetailID: "30602", Variables: []string{canaryText},
				})
				return err
			},
			sent: []string{canaryPhone, canaryText},
		},
		"a route of one's own": {
			answers: []http.HandlerFunc{carrying(403, refusal)},
			options: []qismo.Option{qismo.WithHeader("X-Note", canaryHeader)},
			call: func(client *qismo.Client) error {
				return client.Do(ctx, http.MethodPost, "/api/v9/"+canaryPath+"?q="+canarySearch,
					map[string]string{"text": canaryText}, nil)
			},
			sent: []string{canaryPath, canarySearch, canaryHeader, canaryText},
		},
		"a log-in": {
			answers: []http.HandlerFunc{carrying(200, login), carrying(200, room)},
			options: []qismo.Option{qismo.WithLogin(canaryAppID, canaryEmail, canaryPassword)},
			call:    func(client *qismo.Client) error { _, err := client.Rooms.Get(ctx, canaryRoom); return err },
			sent:    []string{canaryPassword, canaryToken, canaryEmail},
		},
	} {
		t.Run(name, func(t *testing.T) {
			target := newService(t, test.answers...)
			o := newObserved()
			options := test.options
			if name != "a log-in" {
				options = append(options, qismo.WithSecretKey(canaryAppID, canaryKey))
			}
			client := o.client(t, target.URL, options...)
			err := test.call(client)

			requests := fmt.Sprintf("%+v", target.requests())
			for _, canary := range test.sent {
				assert.Contains(t, requests, canary, "it was not sent, so that it proves nothing")
			}
			text := told(t, o)
			assert.Contains(t, text, "qismo.operation")
			assert.Contains(t, text, "http.client.request.duration")
			if err != nil {
				assert.Contains(t, text, "error.type")
			}
			for _, canary := range []string{
				canaryKey, canaryAppID, canaryRoom, canaryPhone, canaryText, canarySearch, canaryHeader, canaryPath,
				canaryPassword, canaryEmail, canaryToken, canaryRefusal, canaryRequest, "kanari",
			} {
				assert.NotContains(t, text, canary)
			}
		})
	}
}
