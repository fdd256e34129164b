package qismo_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// adminToken is a token of the platform's admin.
func adminToken(t *testing.T, p *platform) string {
	t.Helper()
	config := p.Config()
	login, err := p.client(t).Session.Login(t.Context(), qismo.LoginParams{Email: config.AdminEmail, Password: flex.Credential(config.AdminPassword)})
	require.NoError(t, err)
	return login.User.AuthenticationToken.Reveal()
}

func checkApp(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	config := p.Config()
	byToken := p.client(t, qismo.WithToken(config.AppCode, adminToken(t, p)))

	// Nobody listens there: what is sent is lost, and the sandbox does not mind.
	const address = "http://127.0.0.1:1/bot"
	app, err := byToken.App.SetBotIntegration(t.Context(), address, true)
	require.NoError(t, err)
	assert.Equal(t, address, app.BotWebhookURL)
	assert.True(t, app.IsBotEnabled)
	require.NoError(t, byToken.App.SetForceSendBot(t.Context(), true))
	require.NoError(t, byToken.App.SetBotActive(t.Context(), false))
	bot, err := byToken.App.BotSettings(t.Context())
	require.NoError(t, err)
	assert.Equal(t, qismo.BotSettings{BotWebhookURL: address, IsForceSendBot: true}, *bot)
	require.NoError(t, byToken.App.SetForceSendBot(t.Context(), false))

	details, err := byToken.App.Details(t.Context())
	require.NoError(t, err)
	assert.Equal(t, config.AppCode, details.AppCode)
	assert.Equal(t, config.SecretKey, details.SecretKey.Reveal())
	assert.Equal(t, address, details.BotWebhookURL)
	assert.Positive(t, details.User.ExpiredOn)
	assert.NotContains(t, sprint("%+v", *details), config.SecretKey)

	require.NoError(t, client.App.SetSessional(t.Context(), true))
	sessional, err := client.App.Sessional(t.Context())
	require.NoError(t, err)
	assert.True(t, sessional)
	require.NoError(t, client.App.SetSessional(t.Context(), false))
	sessional, err = client.App.Sessional(t.Context())
	require.NoError(t, err)
	assert.False(t, sessional)

	takeover, err := byToken.App.AgentTakeover(t.Context())
	require.NoError(t, err)
	assert.True(t, takeover)
	hours, err := client.App.OfficeHours(t.Context())
	require.NoError(t, err)
	require.Len(t, hours.OfficeHours, 6)
	assert.EqualValues(t, 1, hours.OfficeHours[0].Day)
	assert.Equal(t, "08:00", hours.OfficeHours[0].StartTime)
	checkShownSettings(t, byToken)
	checkAnalytics(t, byToken)
}

// What the sandbox knows from the document's examples only.
func checkShownSettings(t *testing.T, client *qismo.Client) {
	t.Helper()
	buttons, err := client.App.Ticketing(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, buttons)
	assert.NotEmpty(t, buttons[0].Button)
	features, err := client.App.Features(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, features)
	assert.Equal(t, qismo.FeatureEnabled, features[0].Status)
	require.NotEmpty(t, features[0].Features)
	assert.Empty(t, features[0].Features[0].ID, "null")
	plan, err := client.App.Plan(t.Context())
	require.NoError(t, err)
	assert.Nil(t, plan.TrialRemainingDays, "there is no trial")
	require.NotNil(t, plan.UsageInfo.CurrentMAU)
	replies, err := client.App.ListChatTemplates(t.Context(), qismo.ListChatTemplatesParams{Limit: 100})
	require.NoError(t, err)
	assert.NotEmpty(t, replies[0])
}

func checkAnalytics(t *testing.T, client *qismo.Client) {
	t.Helper()
	for _, report := range []qismo.AnalyticsReport{qismo.ReportAgentPerformance, qismo.ReportCustomAnalytic} {
		link, err := client.App.AnalyticsURL(t.Context(), report)
		require.NoError(t, err)
		parsed, err := url.Parse(link.Reveal())
		require.NoError(t, err)
		assert.Equal(t, "https", parsed.Scheme)
		assert.Equal(t, "***", link.String(), "it opens without signing in")
	}
	_, err := client.App.AnalyticsURL(t.Context(), "agent_performance")
	require.ErrorIs(t, err, qismo.ErrBadRequest, "a hyphen, not an underscore")
}

func checkWebhookGetters(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	const address = "http://127.0.0.1:1/hooks"
	_, err := client.WebhookSettings.SetResolve(t.Context(), address+"/resolved", true)
	require.NoError(t, err)
	app, err := client.WebhookSettings.Resolve(t.Context())
	require.NoError(t, err)
	assert.Equal(t, address+"/resolved", app.MarkAsResolvedWebhookURL)
	_, err = client.WebhookSettings.SetNewSession(t.Context(), address+"/session", false)
	require.NoError(t, err)
	session, err := client.WebhookSettings.NewSession(t.Context())
	require.NoError(t, err)
	assert.Equal(t, qismo.NewSessionWebhook{NewSessionWebhookURL: address + "/session"}, *session)
	byToken := p.client(t, qismo.WithToken(p.Config().AppCode, adminToken(t, p)))
	_, err = byToken.WebhookSettings.SetAuth(t.Context(), address+"/auth", true)
	require.NoError(t, err)
	auth, err := client.WebhookSettings.Auth(t.Context())
	require.NoError(t, err)
	assert.Equal(t, qismo.AuthWebhook{AuthWebhookURL: address + "/auth", IsAuthWebhookEnabled: true}, *auth)

	rows, err := byToken.WebhookSettings.List(t.Context())
	require.NoError(t, err)
	on := map[string]bool{}
	for _, row := range rows {
		on[row.URL] = row.IsActive
	}
	assert.True(t, on[address+"/resolved"])
	assert.False(t, on[address+"/session"])
	assert.True(t, on[address+"/auth"])
}

// What cannot be meant is an error before anything is sent.
func TestAppRefusals(t *testing.T) {
	service := newRecorder(t, answerJSON(http.StatusOK, `{}`))
	app := service.client(t).App
	_, err := app.SetBotIntegration(t.Context(), "", true)
	require.EqualError(t, err, "qismo: setBotIntegration: the address is empty")
	settings := service.client(t).WebhookSettings
	_, err = settings.SetResolve(t.Context(), "", true)
	require.EqualError(t, err, "qismo: setResolveWebhook: the address is empty")
	_, err = settings.SetAgentAllocation(t.Context(), "", true)
	require.EqualError(t, err, "qismo: setAgentAllocationWebhook: the address is empty")
	_, err = settings.SetNewSession(t.Context(), "", true)
	require.EqualError(t, err, "qismo: setNewSessionWebhook: the address is empty")
	_, err = settings.SetAuth(t.Context(), "", true)
	require.EqualError(t, err, "qismo: setAuthWebhook: the address is empty")
	_, err = app.AnalyticsURL(t.Context(), "")
	require.EqualError(t, err, "qismo: getAnalyticsURL: the report is empty")
	_, err = app.ListChatTemplates(t.Context(), qismo.ListChatTemplatesParams{Limit: -1})
	require.EqualError(t, err, "qismo: listChatTemplates: the limit is negative")
	assert.Empty(t, service.seen())
}

func TestAppOnTheWire(t *testing.T) {
	answers := map[string]string{
		"/api/v1/app/bot/integrate":  `{"data":{"app":{"app_code":"wangi-qjxw1k2m3n4o"}}}`,
		"/api/v2/app/bot/force_send": `{"data":{"bot":{"is_force_send_bot":false}}}`,
		"/api/v1/analytics":          `{"data":{"analytics_url":"https://analytics.example.id"}}`,
		"/api/v1/chat_templates":     `{"data":{"data":[]}}`,
	}
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		body, ok := answers[request.URL.Path]
		if !ok {
			return // the answers that nobody knows: here, none at all
		}
		answerJSON(http.StatusOK, body)(w, request)
	})
	app := service.client(t).App
	_, err := app.SetBotIntegration(t.Context(), "", false)
	require.NoError(t, err, "no address is needed to switch it off")
	require.NoError(t, app.SetBotActive(t.Context(), false))
	require.NoError(t, app.SetForceSendBot(t.Context(), false))
	require.NoError(t, app.SetSessional(t.Context(), false))
	_, err = app.AnalyticsURL(t.Context(), qismo.ReportCustomAnalytic)
	require.NoError(t, err)
	replies, err := app.ListChatTemplates(t.Context(), qismo.ListChatTemplatesParams{})
	require.NoError(t, err)
	assert.Empty(t, replies)
	_, err = app.ListChatTemplates(t.Context(), qismo.ListChatTemplatesParams{Q: "ongkir", Limit: 5})
	require.NoError(t, err)

	const form = "application/x-www-form-urlencoded"
	want := []recorded{
		{Method: "POST", URI: "/api/v1/app/bot/integrate", Body: "bot_webhook_url=&is_bot_enabled=false"},
		{Method: "POST", URI: "/api/v1/app/bot/activation", Body: "is_active=false"},
		{Method: "POST", URI: "/api/v2/app/bot/force_send", Body: "is_force_send_bot=false"},
		{Method: "POST", URI: "/api/v1/admin/service/set_sessional", Body: `{"is_sessional":false}`},
		{Method: "GET", URI: "/api/v1/analytics?app_code=" + testAppID + "&type=custom_analytic"},
		{Method: "GET", URI: "/api/v1/chat_templates"},
		{Method: "GET", URI: "/api/v1/chat_templates?q=ongkir&limit=5"},
	}
	got := service.seen()
	require.Len(t, got, len(want))
	for i, request := range got {
		if i < 3 {
			assert.Equal(t, form, request.Header.Get("Content-Type"))
		}
		request.Header = nil
		assert.Equal(t, want[i], request)
	}
}

// A success without what was asked for is an error, not an empty value; a list
// that is there and empty is none.
func TestAppAnswersWithoutTheirContent(t *testing.T) {
	calls := map[string]func(context.Context, *qismo.Client) error{
		"getAppDetails":           func(ctx context.Context, c *qismo.Client) error { _, err := c.App.Details(ctx); return err },
		"getAppConfigs":           func(ctx context.Context, c *qismo.Client) error { _, err := c.App.Configs(ctx); return err },
		"getBotSettings":          func(ctx context.Context, c *qismo.Client) error { _, err := c.App.BotSettings(ctx); return err },
		"getAgentTakeoverSetting": func(ctx context.Context, c *qismo.Client) error { _, err := c.App.AgentTakeover(ctx); return err },
		"getTicketingConfig":      func(ctx context.Context, c *qismo.Client) error { _, err := c.App.Ticketing(ctx); return err },
		"getSessional":            func(ctx context.Context, c *qismo.Client) error { _, err := c.App.Sessional(ctx); return err },
		"setBotIntegration": func(ctx context.Context, c *qismo.Client) error {
			_, err := c.App.SetBotIntegration(ctx, "https://hooks.example.id", true)
			return err
		},
		"setForceSendBot": func(ctx context.Context, c *qismo.Client) error { return c.App.SetForceSendBot(ctx, true) },
		"listFeatures":    func(ctx context.Context, c *qismo.Client) error { _, err := c.App.Features(ctx); return err },
		"getPlan":         func(ctx context.Context, c *qismo.Client) error { _, err := c.App.Plan(ctx); return err },
		"listChatTemplates": func(ctx context.Context, c *qismo.Client) error {
			_, err := c.App.ListChatTemplates(ctx, qismo.ListChatTemplatesParams{})
			return err
		},
		"getAnalyticsURL": func(ctx context.Context, c *qismo.Client) error {
			_, err := c.App.AnalyticsURL(ctx, qismo.ReportCustomAnalytic)
			return err
		},
		"listWebhookConfigs": func(ctx context.Context, c *qismo.Client) error { _, err := c.WebhookSettings.List(ctx); return err },
		"getResolveWebhook": func(ctx context.Context, c *qismo.Client) error {
			_, err := c.WebhookSettings.Resolve(ctx)
			return err
		},
		"getNewSessionWebhook": func(ctx context.Context, c *qismo.Client) error {
			_, err := c.WebhookSettings.NewSession(ctx)
			return err
		},
		"getAuthWebhook": func(ctx context.Context, c *qismo.Client) error { _, err := c.WebhookSettings.Auth(ctx); return err },
	}
	hollow := newRecorder(t, answerJSON(http.StatusOK, `{"data":{}}`)).client(t)
	broken := newRecorder(t, answerJSON(http.StatusBadGateway, `{"message":"upstream"}`)).client(t)
	for id, call := range calls {
		err := call(t.Context(), hollow)
		require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer, id)
		require.ErrorContains(t, err, "qismo: "+id+": status 200 OK: the answer has no ")
		err = call(t.Context(), broken)
		require.ErrorIs(t, err, qismo.ErrServer, id)
	}
	_, err := broken.App.OfficeHours(t.Context())
	require.ErrorIs(t, err, qismo.ErrServer)

	hours, err := hollow.App.OfficeHours(t.Context())
	require.NoError(t, err, "an app may have none")
	assert.Empty(t, hours.OfficeHours)
	empty := newRecorder(t, answerJSON(http.StatusOK, `{"data":{"configs":[]}}`)).client(t)
	buttons, err := empty.App.Ticketing(t.Context())
	require.NoError(t, err)
	assert.Empty(t, buttons)
}

// The app's details are read with the usual envelope and without it.
func TestAppDetailsInAnEnvelope(t *testing.T) {
	for _, body := range []string{
		`{"id":5521,"app_code":"wangi-1","user":{"expiration_day":90}}`,
		`{"data":{"id":5521,"app_code":"wangi-1","user":{"expiration_day":90}},"status":200}`,
	} {
		details, err := newRecorder(t, answerJSON(http.StatusOK, body)).client(t).App.Details(t.Context())
		require.NoError(t, err)
		assert.Equal(t, flex.ID("5521"), details.ID)
		assert.Equal(t, "wangi-1", details.AppCode)
		assert.EqualValues(t, 90, details.User.ExpirationDay)
	}
}

// A switch can come as text, and false is not the same as nothing.
func TestSessionalForms(t *testing.T) {
	for body, want := range map[string]bool{`true`: true, `"true"`: true, `false`: false, `"false"`: false} {
		service := newRecorder(t, answerJSON(http.StatusOK, `{"data":{"is_sessional":`+body+`}}`))
		got, err := service.client(t).App.Sessional(t.Context())
		require.NoError(t, err, body)
		assert.Equal(t, want, got, body)
	}
	_, err := newRecorder(t, answerJSON(http.StatusOK, `{"sessional":true}`)).client(t).App.Sessional(t.Context())
	require.ErrorIs(t, err, qismo.ErrUnexpectedAnswer, "a body of another shape")
}

// The dashboard's calls take a token; the sandbox refuses the secret key, as the
// document has it.
func TestTheBotsSettingsWantAToken(t *testing.T) {
	p := newPlatform(t, sandbox.Config{})
	_, err := p.client(t).App.BotSettings(t.Context())
	require.ErrorIs(t, err, qismo.ErrUnauthorized)
}
