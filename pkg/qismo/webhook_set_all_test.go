package qismo_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// outcomes are a report's, by webhook.
func outcomes(report qismo.WebhookReport) map[string]qismo.WebhookOutcome {
	all := map[string]qismo.WebhookOutcome{}
	for _, result := range report {
		all[result.Webhook] = result.Outcome
	}
	return all
}

// A deployment with both credentials sets all that can be set, switches off what
// it does not want, and can do so again.
func TestSetAllWebhooks(t *testing.T) {
	p := newPlatform(t, sandbox.Config{Webhooks: sandbox.Webhooks{Auth: "http://127.0.0.1:1/old?key=s3cret"}})
	config := p.Config()
	client := p.client(t)
	const base = "http://127.0.0.1:1/hooks/"
	params := qismo.SetAllWebhooksParams{
		Bot:        base + "bot",
		NewSession: base + "session?key=s3cret",
		Resolve:    base + "resolved",
		Auth:       qismo.WebhookOff,
		Fallback:   []qismo.Option{qismo.WithToken(config.AppCode, adminToken(t, p))},
	}
	for range 2 {
		report, err := client.WebhookSettings.SetAll(t.Context(), params)
		require.NoError(t, err)
		want := map[string]qismo.WebhookOutcome{
			"botMessage":             qismo.WebhookSet,
			"newSession":             qismo.WebhookSet,
			"customAgentAllocation":  qismo.WebhookLeftAlone,
			"markAsResolved":         qismo.WebhookSet,
			"userLogout":             qismo.WebhookSwitchedOff,
			"customChannelMessage":   qismo.WebhookElsewhere,
			"customButton":           qismo.WebhookElsewhere,
			"whatsAppForwardMessage": qismo.WebhookElsewhere,
			"whatsAppForwardStatus":  qismo.WebhookElsewhere,
			"postComment":            qismo.WebhookElsewhere,
		}
		assert.Equal(t, want, outcomes(report))
		configs, err := client.App.Configs(t.Context())
		require.NoError(t, err)
		assert.Equal(t, params.Bot, configs.BotWebhookURL)
		assert.True(t, bool(configs.IsBotEnabled))
		assert.Equal(t, params.NewSession, configs.NewSessionWebhookURL)
		assert.True(t, bool(configs.IsNewSessionWebhookEnabled))
		assert.Equal(t, params.Resolve, configs.MarkAsResolvedWebhookURL)
		assert.True(t, bool(configs.IsMarkAsResolvedWebhookEnabled))
		assert.Empty(t, configs.AllocateAgentWebhookURL)
		assert.Equal(t, "http://127.0.0.1:1/old?key=s3cret", configs.AuthWebhookURL, "the address stays")
		assert.False(t, bool(configs.IsAuthWebhookEnabled))
	}
}

// The report names every webhook that there is, and says of each that the API
// cannot set what does.
func TestWebhookReportNamesEveryEvent(t *testing.T) {
	service := newRecorder(t, answerJSON(http.StatusOK, `{"data":{"name":"Kopi Wangi"}}`))
	report, err := service.client(t).WebhookSettings.SetAll(t.Context(), qismo.SetAllWebhooksParams{Resolve: "https://hooks.example.id"})
	require.NoError(t, err)
	var named []webhook.Name
	for _, result := range report {
		named = append(named, webhook.Name(result.Webhook))
		if result.Outcome == qismo.WebhookElsewhere {
			assert.NotEmpty(t, result.Instead, result.Webhook)
			assert.Contains(t, result.String(), result.Instead)
		}
	}
	want := webhook.Names()
	slices.Sort(want)
	slices.Sort(named)
	assert.Equal(t, want, named)
	assert.Len(t, strings.Split(report.String(), "\n"), len(report), "a line for each")
	assert.Contains(t, report.String(), "markAsResolved: set, https://hooks.example.id\n")
	assert.Contains(t, report.String(), "newSession: left alone\n")
}

// Settings that are missing do not pass for a webhook that is off.
func TestSetAllWebhooksWithoutSettings(t *testing.T) {
	service := newRecorder(t, answerJSON(http.StatusOK, `{"data":{}}`))
	report, err := service.client(t).WebhookSettings.SetAll(t.Context(), qismo.SetAllWebhooksParams{Resolve: qismo.WebhookOff})
	require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer)
	require.ErrorContains(t, err, "switch off markAsResolved: read its address")
	assert.Equal(t, qismo.WebhookFailed, outcomes(report)["markAsResolved"])
}

// What cannot work is an error before anything is sent, all of it at once, and no
// refusal shows an address.
func TestSetAllWebhooksRefusals(t *testing.T) {
	service := newRecorder(t, answerJSON(http.StatusOK, `{}`))
	settings := service.client(t).WebhookSettings
	const absolute = "the address is not an absolute URL of http or https"
	for address, want := range map[string]string{
		"hooks.example.id/s3cret":                absolute,
		"/s3cret":                                absolute,
		"https:///s3cret":                        absolute,
		"ftp://hooks.example.id/s3cret":          absolute,
		"OFF":                                    absolute,
		"https://rini:s3cret@hooks.example.id/x": "the address must not hold a user or a password",
		"https://hooks.example.id/#s3cret":       "the address must not hold a fragment: it would never be sent",
		"https://hooks.example.id/#":             "the address must not hold a fragment: it would never be sent",
		"127.0.0.1:8081/s3cret":                  "the address has no scheme: it begins with https:// or http://",
		"https://hooks.example.id/s3cret\n":      "the address is no URL; look for a space or a line's end",
		" https://hooks.example.id/s3cret":       "the address is no URL; look for a space or a line's end",
		"https://hooks.example.id/s3cret ":       "the address is no URL; look for a space or a line's end",
		"https://hooks.example.id/%zz-s3cret":    "the address is no URL; look for a space or a line's end",
	} {
		params := qismo.SetAllWebhooksParams{Bot: "https://hooks.example.id/good", AgentAllocation: address}
		report, err := settings.SetAll(t.Context(), params)
		require.EqualError(t, err, "qismo: set all webhooks: AgentAllocation: "+want, "%q", address)
		assert.Nil(t, report)
	}
	_, err := settings.SetAll(t.Context(), qismo.SetAllWebhooksParams{Bot: "bot", Resolve: "resolve"})
	require.ErrorContains(t, err, ": Bot: ")
	require.ErrorContains(t, err, ": Resolve: ")
	_, err = settings.SetAll(t.Context(), qismo.SetAllWebhooksParams{})
	require.EqualError(t, err, "qismo: set all webhooks: no address is given for any of them")
	assert.Empty(t, service.seen())
}

// A service out there cannot reach this machine: a program that was meant for a
// sandbox does not take the webhooks of a real app away.
func TestSetAllWebhooksRefusesLoopback(t *testing.T) {
	client, err := qismo.New(qismo.WithBaseURL("https://omnichannel.example.id"), qismo.WithSecretKey(testAppID, testSecretKey),
		qismo.WithTransport(roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("it was sent") })))
	require.NoError(t, err)
	for _, address := range []string{"http://127.0.0.1:8080/s3cret", "https://localhost/s3cret", "http://[::1]:8080/s3cret"} {
		_, err := client.WebhookSettings.SetAll(t.Context(), qismo.SetAllWebhooksParams{Resolve: address})
		require.EqualError(t, err, "qismo: set all webhooks: Resolve: "+
			"the address is this machine, which the service cannot reach: it needs a public one")
	}
}

// One failure does not keep the others from their turn, and shows nothing of an
// address, even where the service quotes it.
func TestSetAllWebhooksGoesOn(t *testing.T) {
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		switch request.URL.Path {
		case "/api/v1/app/webhook/agent_allocation":
			answerJSON(http.StatusBadRequest, `{"errors":{"message":"/hooks/alokasi?key=s3cret cannot be reached"}}`)(w, request)
		case "/api/v2/app/config/new_session_webhook":
			answerJSON(http.StatusInternalServerError, `{"errors":"no connection to https:\/\/hooks.example.id\/hooks\/sesi-baru?key=s3cret"}`)(w, request)
		case "/api/v1/app/bot/integrate":
			answerJSON(http.StatusBadRequest, `{"errors":"key s3cret is unknown to /hooks/percakapan"}`)(w, request)
		default:
			answerJSON(http.StatusOK, `{"data":{"configs":{}}}`)(w, request)
		}
	})
	const base = "https://hooks.example.id/hooks/"
	report, err := service.client(t).WebhookSettings.SetAll(t.Context(), qismo.SetAllWebhooksParams{
		Bot: base + "percakapan?key=s3cret", NewSession: base + "sesi-baru?key=s3cret", AgentAllocation: base + "alokasi?key=s3cret",
		Resolve: base + "selesai?key=s3cret", Auth: base + "keluar?key=s3cret",
	})
	require.ErrorIs(t, err, qismo.ErrBadRequest)
	require.ErrorIs(t, err, qismo.ErrServer)
	got := outcomes(report)
	assert.Equal(t, qismo.WebhookFailed, got["botMessage"])
	assert.Equal(t, qismo.WebhookFailed, got["newSession"])
	assert.Equal(t, qismo.WebhookFailed, got["customAgentAllocation"])
	assert.Equal(t, qismo.WebhookSet, got["markAsResolved"])
	assert.Equal(t, qismo.WebhookSet, got["userLogout"])
	assert.Len(t, service.seen(), 5, "each is tried once")

	logged, marshalError := json.Marshal(report)
	require.NoError(t, marshalError)
	assert.Contains(t, string(logged), `{"error":"qismo: setBotIntegration: status 400 Bad Request: `)
	assert.Contains(t, string(logged), `{"host":"https://hooks.example.id","outcome":"set","webhook":"markAsResolved"}`)
	for _, shown := range []string{err.Error(), report.String(), sprint("%v", report), sprint("%+v", report), string(logged)} {
		assert.NotContains(t, shown, "s3cret")
		for _, path := range []string{"percakapan", "sesi-baru", "alokasi?", "hooks/"} {
			assert.NotContains(t, shown, path)
		}
	}
	assert.Contains(t, err.Error(), "qismo: setAgentAllocationWebhook: status 400 Bad Request: *** cannot be reached")
	assert.Contains(t, report.String(), "(see the dashboard, custom agent allocation)")
}

// The second try is for refused credentials only.
func TestSetAllWebhooksFallsBack(t *testing.T) {
	status := http.StatusForbidden
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		if request.Header.Get("Authorization") == "" || status == http.StatusBadRequest {
			answerJSON(status, `{"errors":"no"}`)(w, request)
			return
		}
		answerJSON(http.StatusOK, `{"data":{"app":{"app_code":"wangi-1"}}}`)(w, request)
	})
	settings := service.client(t).WebhookSettings
	params := qismo.SetAllWebhooksParams{Bot: "https://hooks.example.id"}
	report, err := settings.SetAll(t.Context(), params)
	require.ErrorIs(t, err, qismo.ErrForbidden)
	require.ErrorIs(t, report[0].Err, qismo.ErrForbidden)
	require.Len(t, service.seen(), 1, "there is no fallback")

	params.Fallback = []qismo.Option{qismo.WithToken(testAppID, "token")}
	for _, status = range []int{http.StatusForbidden, http.StatusUnauthorized} {
		_, err = settings.SetAll(t.Context(), params)
		require.NoError(t, err)
	}
	require.Len(t, service.seen(), 5)
	status = http.StatusBadRequest
	_, err = settings.SetAll(t.Context(), params)
	require.ErrorIs(t, err, qismo.ErrBadRequest)
	require.Len(t, service.seen(), 6, "another credential would not help")

	deaf := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		refusal := http.StatusForbidden
		if request.Header.Get("Authorization") != "" {
			refusal = http.StatusUnauthorized
		}
		answerJSON(refusal, `{"errors":"no"}`)(w, request)
	})
	_, err = deaf.client(t).WebhookSettings.SetAll(t.Context(), params)
	require.ErrorIs(t, err, qismo.ErrForbidden)
	require.ErrorIs(t, err, qismo.ErrUnauthorized, "both refusals are told")
}

// Each webhook is switched off with its own address.
func TestSetAllWebhooksSendsBackItsAddress(t *testing.T) {
	for setting, params := range map[string]qismo.SetAllWebhooksParams{
		"bot_webhook_url":              {Bot: qismo.WebhookOff},
		"new_session_webhook_url":      {NewSession: qismo.WebhookOff},
		"allocate_agent_webhook_url":   {AgentAllocation: qismo.WebhookOff},
		"mark_as_resolved_webhook_url": {Resolve: qismo.WebhookOff},
		"auth_webhook_url":             {Auth: qismo.WebhookOff},
	} {
		service := newRecorder(t, answerJSON(http.StatusOK, `{"data":{"app":{"app_code":"wangi-1"},"configs":{"`+setting+`":"lama.example.id"}}}`))
		_, err := service.client(t).WebhookSettings.SetAll(t.Context(), params)
		require.NoError(t, err, setting)
		seen := service.seen()
		require.Len(t, seen, 2, setting)
		assert.Contains(t, seen[1].Body, "lama.example.id", setting)
	}
}

// To switch off, the address that is set is sent again; it is read once for all.
// Where none is set nothing is sent.
func TestSetAllWebhooksSwitchesOff(t *testing.T) {
	service := newRecorder(t, answerJSON(http.StatusOK, `{"data":{"name":"Kopi Wangi","configs":{
		"mark_as_resolved_webhook_url":"https://lama.example.id/r","auth_webhook_url":"https://lama.example.id/a",
		"new_session_webhook_url":null}}}`))
	off := qismo.SetAllWebhooksParams{
		Bot: qismo.WebhookOff, NewSession: qismo.WebhookOff, AgentAllocation: qismo.WebhookOff,
		Resolve: qismo.WebhookOff, Auth: qismo.WebhookOff,
	}
	report, err := service.client(t).WebhookSettings.SetAll(t.Context(), off)
	require.NoError(t, err)
	for _, result := range report[:5] {
		assert.Equal(t, qismo.WebhookSwitchedOff, result.Outcome, result.Webhook)
	}
	seen := service.seen()
	require.Len(t, seen, 3)
	assert.Equal(t, "/api/v2/app/configs?show_all=true", seen[0].URI)
	assert.Equal(t, "is_webhook_enabled=false&webhook_url=https%3A%2F%2Flama.example.id%2Fr", seen[1].Body)
	assert.Contains(t, seen[2].Body, "https://lama.example.id/a")
	assert.Contains(t, seen[2].Body, "\r\n\r\nfalse\r\n")

	deaf := newRecorder(t, answerJSON(http.StatusBadGateway, `{}`))
	report, err = deaf.client(t).WebhookSettings.SetAll(t.Context(), off)
	require.ErrorIs(t, err, qismo.ErrServer)
	require.ErrorContains(t, err, "qismo: switch off userLogout: read its address: qismo: getAppConfigs: status 502")
	assert.Equal(t, qismo.WebhookFailed, outcomes(report)["markAsResolved"])
}

// Each setter is a call of its own, and ends with the context.
func TestSetAllWebhooksEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		cancel()
		_, _ = io.WriteString(w, `{"data":{}}`)
	})
	report, err := service.client(t).WebhookSettings.SetAll(ctx, qismo.SetAllWebhooksParams{
		NewSession: "https://hooks.example.id/s", Resolve: "https://hooks.example.id/r",
	})
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, qismo.WebhookFailed, outcomes(report)["markAsResolved"])
	assert.LessOrEqual(t, len(service.seen()), 1)
}
