package sandbox

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	appBotPath       = "/api/v1/app/bot"
	setSessionalPath = "/api/v1/admin/service/set_sessional"
	appResolvePath   = "/api/v1/admin/service/mark_as_resolved"
)

// adminForm asks with the admin's token, which the bot's settings want.
func (w *world) adminForm(method, path string, form url.Values) answer {
	w.t.Helper()
	if form == nil {
		return w.send(method, path, w.adminToken(), "", nil)
	}
	return w.send(method, path, w.adminToken(), "application/x-www-form-urlencoded", []byte(form.Encode()))
}

// adminToken is the header of the admin's token.
func (w *world) adminToken() http.Header {
	return http.Header{"Authorization": {w.state.admin().token}}
}

// What the bot's setters set, every getter reads, and the webhooks follow it.
func TestBotSettings(t *testing.T) {
	receiver := newReceiver(t)
	defer receiver.server.Close()
	w := newWorld(t, Config{Webhooks: Webhooks{NewSession: "http://127.0.0.1:1/unused"}})
	assert.JSONEq(t, `{"data":{"bot_webhook_url":null,"is_bot_enabled":false,"is_force_send_bot":false},"status":200}`,
		w.adminForm("GET", appBotPath, nil).raw)

	address := receiver.addresses().Bot
	set := w.adminForm("POST", appBotPath+"/integrate", url.Values{"bot_webhook_url": {address}, "is_bot_enabled": {"true"}})
	assert.Equal(t, address, set.at("data/app/bot_webhook_url"))
	assert.Equal(t, true, set.at("data/app/is_bot_enabled"))
	assert.Equal(t, address, w.adminForm("GET", appBotPath, nil).at("data/bot_webhook_url"))
	assert.Equal(t, address, w.adminForm("GET", "/api/v2/app/details", nil).at("bot_webhook_url"), "without an envelope")
	assert.Equal(t, address, w.call("GET", "/api/v2/app/configs", nil).at("data/configs/bot_webhook_url"))
	room := w.anyRoom()

	w.adminForm("POST", appBotPath+"/activation", url.Values{"is_active": {"false"}})
	assert.Equal(t, false, w.adminForm("GET", appBotPath, nil).at("data/is_bot_enabled"))
	assert.Equal(t, address, w.adminForm("GET", appBotPath, nil).at("data/bot_webhook_url"), "which stays")
	w.anyRoom()
	w.adminForm("POST", appBotPath+"/activation", url.Values{"is_active": {"true"}})
	w.anyRoom()

	why := []string{}
	for _, message := range w.Messages(room) {
		why = append(why, message.NotForBot)
	}
	assert.Equal(t, []string{"", NoBot, ""}, why)
	w.delivered()
	assert.Equal(t, []string{"botMessage", "botMessage"}, events(receiver.all()))
}

// With force-send the bot hears what is said to an agent, but not in a room
// where it is off.
func TestForceSendBot(t *testing.T) {
	w := newWorld(t, Config{})
	room := w.anyRoom()
	w.call("POST", assignPath, object{"room_id": room, "agent_id": w.Config().Agents[0].ID})
	w.anyRoom()
	set := w.adminForm("POST", "/api/v2/app/bot/force_send", url.Values{"is_force_send_bot": {"true"}})
	assert.Equal(t, true, set.at("data/bot/is_force_send_bot"))
	assert.Equal(t, true, w.adminForm("GET", appBotPath, nil).at("data/is_force_send_bot"))
	w.anyRoom()
	w.call("POST", "/bot/"+room+"/activate", object{"is_active": false})
	w.anyRoom()
	why := []string{}
	for _, message := range w.Messages(room) {
		if message.Author == AuthorCustomer {
			why = append(why, message.NotForBot)
		}
	}
	assert.Equal(t, []string{"", AgentServes, "", BotOff}, why)
}

// When each session has a room of its own, a customer who comes back after a
// resolve gets a new one; before the resolve, and without the setting, not.
func TestSessional(t *testing.T) {
	w := newWorld(t, Config{})
	assert.Equal(t, false, w.call("GET", "/api/v1/admin/service/get_sessional", nil).at("data/is_sessional"))
	first := w.anyRoom()
	w.call("POST", appResolvePath, object{"room_id": first})
	assert.Equal(t, first, w.anyRoom(), "the old room goes on")

	require.Equal(t, http.StatusOK, w.call("POST", setSessionalPath, object{"is_sessional": true}).status)
	assert.Equal(t, true, w.call("GET", "/api/v1/admin/service/get_sessional", nil).at("data/is_sessional"))
	assert.Equal(t, true, w.call("GET", "/api/v2/app/configs", nil).at("data/configs/is_sessional"))
	assert.Equal(t, true, w.adminForm("GET", "/api/v2/app/details", nil).at("is_sessional"))
	assert.Equal(t, first, w.anyRoom(), "its session goes on")
	w.call("POST", appResolvePath, object{"room_id": first})
	second := w.anyRoom()
	assert.NotEqual(t, first, second)
	assert.Equal(t, second, w.anyRoom())

	old, _ := w.Room(first)
	assert.True(t, old.Resolved)
	made, _ := w.Room(second)
	assert.False(t, made.Resolved)
	assert.Equal(t, old.UserID, made.UserID)
	assert.Equal(t, old.Name, made.Name)
	assert.Equal(t, w.roomNamed(first).contact, w.roomNamed(second).contact, "one customer")
	assert.Equal(t, 3, count(w.delivered(), "newSession"))
}

// A live chat tells whether the app is sessional, and heeds it.
func TestSessionalLiveChat(t *testing.T) {
	w := newWorld(t, Config{})
	chat := object{"app_id": w.Config().AppCode, "user_id": "dewi@example.id", "name": "Dewi Lestari", "nonce": "n"}
	const path = "/api/v2/qiscus/initiate_chat"
	first := w.call("POST", path, chat)
	assert.Equal(t, false, first.at("data/is_sessional"))
	w.call("POST", setSessionalPath, object{"is_sessional": true})
	room := first.at("data/customer_room/room_id")
	assert.Equal(t, room, w.call("POST", path, chat).at("data/customer_room/room_id"))
	w.call("POST", appResolvePath, object{"room_id": room})
	second := w.call("POST", path, chat)
	assert.Equal(t, true, second.at("data/is_sessional"))
	assert.NotEqual(t, room, second.at("data/customer_room/room_id"))
}

func TestOfficeHoursAreAWeek(t *testing.T) {
	w := newWorld(t, Config{})
	got := w.call("GET", "/api/v1/admin/office_hours", nil)
	week, _ := got.at("data/office_hours").([]any)
	days := map[any]bool{}
	for _, row := range week {
		hours, _ := row.(map[string]any)
		from, err := time.Parse("15:04", hours["starttime"].(string))
		require.NoError(t, err)
		until, err := time.Parse("15:04", hours["endtime"].(string))
		require.NoError(t, err)
		assert.True(t, from.Before(until))
		days[hours["day"]] = true
	}
	assert.Len(t, days, 6)
	assert.NotContains(t, days, float64(time.Sunday))
	configs := w.call("GET", "/api/v2/app/configs", nil)
	assert.Equal(t, configs.at("data/configs/timezone"), got.at("data/timezone"))
	assert.Equal(t, configs.at("data/configs/offline_message"), got.at("data/offline_message"))
	assert.Equal(t, configs.at("data/configs/is_agent_takeover_enabled"),
		w.adminForm("GET", "/api/v1/app/config/agent_takeover", nil).at("data/is_agent_takeover_enabled"))
}

func TestAnalyticsURL(t *testing.T) {
	w := newWorld(t, Config{})
	const path = "/api/v1/analytics?type=custom_analytic&app_code="
	first := w.adminForm("GET", path+w.Config().AppCode, nil).at("data/analytics_url")
	assert.NotEqual(t, first, w.adminForm("GET", path+w.Config().AppCode, nil).at("data/analytics_url"), "each is signed anew")
	assert.Equal(t, http.StatusNotFound, w.adminForm("GET", path+"lain-1", nil).status)
	assert.Equal(t, http.StatusBadRequest,
		w.adminForm("GET", strings.Replace(path, "custom_analytic", "agent_performance", 1)+w.Config().AppCode, nil).status)
}

// The getters of webhooks return what their setters set.
func TestWebhookSettingsAreReadBack(t *testing.T) {
	w := newWorld(t, Config{Webhooks: Webhooks{Bot: "https://hooks.example.id/bot"}})
	list := func() map[string]any {
		read := map[string]any{}
		rows, _ := w.adminForm("GET", "/api/v2/admin/webhook_config", nil).at("data/webhook_configs").([]any)
		for _, row := range rows {
			config, _ := row.(map[string]any)
			read[config["type"].(string)] = []any{config["url"], config["is_active"]}
		}
		return read
	}
	assert.Equal(t, map[string]any{"bot_webhook": []any{"https://hooks.example.id/bot", true}}, list())

	set := func(path string, credential http.Header, form object) {
		contentType, body := asContent(t, "multipart/form-data", form)
		assert.Equal(t, http.StatusOK, w.send("POST", path, credential, contentType, body).status)
	}
	const resolve, session, auth = "/api/v1/app/webhook/mark_as_resolved", "/api/v2/app/config/new_session_webhook", "/api/v2/app/config/auth_webhook"
	set(resolve, w.secret(), object{"webhook_url": "https://hooks.example.id/r", "is_webhook_enabled": "true"})
	set(session, w.secret(), object{"url": "https://hooks.example.id/n", "enabled": "true"})
	set(auth, w.adminToken(), object{"url": "https://hooks.example.id/a", "enabled": "false"})

	assert.Equal(t, "https://hooks.example.id/r", w.call("GET", resolve, nil).at("data/mark_as_resolved_webhook_url"))
	assert.Equal(t, "https://hooks.example.id/n", w.call("GET", session, nil).at("data/configs/new_session_webhook_url"))
	assert.Equal(t, "true", w.call("GET", session, nil).at("data/configs/is_new_session_webhook_enabled"), "text")
	assert.Equal(t, "https://hooks.example.id/a", w.call("GET", auth, nil).at("data/configs/auth_webhook_url"))
	assert.Equal(t, "false", w.call("GET", auth, nil).at("data/configs/is_auth_webhook_enabled"))
	assert.Equal(t, map[string]any{
		"bot_webhook":              []any{"https://hooks.example.id/bot", true},
		"mark_as_resolved_webhook": []any{"https://hooks.example.id/r", true},
		"new_session_webhook":      []any{"https://hooks.example.id/n", true},
		"auth_webhook":             []any{"https://hooks.example.id/a", false},
	}, list())
}

// Only the admin changes the app.
func TestAgentsDoNotChangeTheApp(t *testing.T) {
	w := newWorld(t, Config{})
	agent := w.Config().Agents[0]
	token := w.logIn(agent.Email, agent.Password).at("data/user/authentication_token").(string)
	header := http.Header{"Authorization": {token}}
	for path, form := range map[string]url.Values{
		appBotPath + "/integrate":    {"bot_webhook_url": {"https://hooks.example.id"}, "is_bot_enabled": {"true"}},
		appBotPath + "/activation":   {"is_active": {"false"}},
		"/api/v2/app/bot/force_send": {"is_force_send_bot": {"true"}},
	} {
		got := w.send("POST", path, header, "application/x-www-form-urlencoded", []byte(form.Encode()))
		assert.Equal(t, http.StatusForbidden, got.status, path)
	}
}
