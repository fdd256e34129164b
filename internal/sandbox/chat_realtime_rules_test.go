package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/realtime"
)

func TestWhoMayConnect(t *testing.T) {
	for _, refuses := range []bool{false, true} {
		w := newChatWorld(t, Config{RefuseAnonymous: refuses})
		connect := w.RealtimeRules().Connect
		name, password := w.brokerLogin(w.dewi)
		_, other := w.brokerLogin(w.agus)
		assert.NotEqual(t, password, other)
		for _, test := range []struct {
			login   realtime.Login
			user    string
			allowed bool
		}{
			{realtime.Login{ClientID: "a"}, "", !refuses},
			{realtime.Login{UserName: name, Password: password}, "dewi", true},
			{realtime.Login{UserName: "dewi", Password: "dewi-2"}, "dewi", true},
			{realtime.Login{UserName: "dewi", Password: "agus-1"}, "", false},
			{realtime.Login{UserName: name, Password: other}, "", false},
			{realtime.Login{UserName: name}, "", false},
			{realtime.Login{UserName: "siapa", Password: password}, "", false},
			{realtime.Login{Password: password}, "", false},
		} {
			user, allowed := connect(test.login)
			assert.Equal(t, test.allowed, allowed, test.login)
			assert.Equal(t, test.user, user)
		}
		w.do(func() {
			w.dewi.active = false
			w.state.keepChatUser(w.dewi)
		})
		_, allowed := connect(realtime.Login{UserName: name, Password: password})
		assert.False(t, allowed)
	}
}

func TestWhatMayBeHeard(t *testing.T) {
	w := newChatWorld(t, Config{})
	w.do(func() { w.state.expireChatToken(w.dewi, "dewi-2", w.now()) })
	room, single, app := w.group.id, w.single.id, w.config.AppCode
	for topic, allowed := range map[string]map[string]bool{ // by who asks; "" is nobody known
		"dewi-1/c":                               {"": true, "dewi": true, "agus": false},
		"dewi-1/update":                          {"": true, "agus": false},
		"dewi-1/n":                               {"": true, "agus": false},
		"dewi-2/c":                               {"": false, "dewi": false},
		"siapa/c":                                {"": false, "dewi": false},
		app + "/berita/c":                        {"": true, "laras": true},
		app + "/" + w.group.chat.uniqueID + "/c": {"": false},
		app + "/lain/c":                          {"": false},
		"lain/berita/c":                          {"": false},
		"u/agus/s":                               {"": true, "dewi": true},
		"u/siapa/s":                              {"": false},
		"r/" + room + "/+/+/t":                   {"": true, "laras": true},
		"r/" + single + "/+/+/r":                 {"": true, "dewi": true, "laras": false},
		"r/" + w.channel.id + "/typing":          {"": true, "laras": true},
		"r/" + single + "/" + single + "/e":      {"": true, "laras": false, "siapa": false},
		"r/1/1/+/d":                              {"": false},
	} {
		to, ok := realtime.ParseTopic(topic)
		require.True(t, ok, topic)
		for user, may := range allowed {
			assert.Equal(t, may, w.RealtimeRules().Subscribe(realtime.Client{User: user}, to), "%s, %q", topic, user)
		}
	}
}

func TestWhatClientsMayTell(t *testing.T) {
	w := newChatWorld(t, Config{})
	group, single := "r/"+w.group.id+"/"+w.group.id, "r/"+w.single.id+"/"+w.single.id
	for _, test := range []struct {
		topic, payload string
		allowed        map[string]bool
	}{
		{group + "/dewi/t", "1", map[string]bool{"": true, "dewi": true, "agus": false}},
		{group + "/dewi/t", "ya", map[string]bool{"": false, "dewi": false}},
		{single + "/laras/t", "1", map[string]bool{"": false, "laras": false}},
		{group + "/siapa/t", "1", map[string]bool{"": false}},
		{"r/1/1/dewi/t", "1", map[string]bool{"": false}},
		{single + "/e", `{"sender": "dewi"}`, map[string]bool{"": true, "dewi": true, "laras": false}},
		{"r/1/1/e", `{}`, map[string]bool{"": false}},
		{"u/dewi/s", "yes", map[string]bool{"": false}},
		{"u/siapa/s", "1", map[string]bool{"": false}},
		{"u/dewi/s", "1", map[string]bool{"agus": false}},
	} {
		to, ok := realtime.ParseTopic(test.topic)
		require.True(t, ok, test.topic)
		for user, may := range test.allowed {
			told, allowed := w.RealtimeRules().Publish(realtime.Client{User: user}, to, []byte(test.payload))
			assert.Equal(t, may, allowed, "%s %s, %q", test.topic, test.payload, user)
			if may {
				assert.Equal(t, test.payload, string(told))
			}
		}
	}
	assert.False(t, w.realtime.subscribed("quiet/c"))
	assert.True(t, w.realtime.subscribed("heard/c"))
}

// Who is online is told by the platform's clock, since when; and a new broker is told it.
func TestPresence(t *testing.T) {
	w := newChatWorld(t, Config{})
	say := func(payload string) string {
		told, allowed := w.RealtimeRules().Publish(realtime.Client{}, realtime.Topic{Kind: realtime.Presence, User: "dewi"}, []byte(payload))
		assert.True(t, allowed)
		assertFits(t, "PresenceText", string(told))
		return string(told)
	}
	online, since := w.realtime.presence("dewi")
	assert.False(t, online)
	assert.True(t, since.IsZero())
	first := say("1")
	assert.Equal(t, string(realtime.PresencePayload(true, frozen())), first)
	w.move(time.Minute)
	assert.Equal(t, first, say("1:1767225600000"), "since then")
	left := say("0")
	assert.Equal(t, string(realtime.PresencePayload(false, frozen().Add(time.Minute))), left)
	online, since = w.realtime.presence("dewi")
	assert.False(t, online)
	assert.Equal(t, frozen().Add(time.Minute), since)
	other := &listener{}
	w.SetRealtime(other, "")
	assert.Equal(t, []publication{{topic: "u/dewi/s", payload: left, retain: true}}, other.heard())
}

// The broker is where clients call, unless it is elsewhere.
func TestWhereTheBrokerIs(t *testing.T) {
	w := newChatWorld(t, Config{RealtimeLookup: true})
	server := httptest.NewServer(w.Sandbox) // neither path is in the document, by which the world's looks
	defer server.Close()
	host, err := url.Parse(server.URL)
	require.NoError(t, err)
	look := func(path string) (status int, body string) {
		return ask(t, server.URL+path)
	}
	status, _ := look(RealtimePath)
	assert.Equal(t, http.StatusTeapot, status)
	for _, test := range []struct{ set, url, port, node string }{
		{"", "ws://" + host.Host + "/mqtt", host.Port(), host.Hostname()},
		{"mqtt://broker.example.id:1883", "mqtt://broker.example.id:1883", "1883", "broker.example.id"},
	} {
		w.SetRealtime(w.listener, test.set)
		status, body := look(RealtimeLookupPath)
		assert.Equal(t, http.StatusOK, status)
		assertFits(t, "BrokerLocation", body)
		var location struct {
			Data struct {
				URL     string `json:"url"`
				SSLPort string `json:"ssl_port"`
				WSSPort string `json:"wss_port"`
			} `json:"data"`
			Node string `json:"node"`
		}
		require.NoError(t, json.Unmarshal([]byte(body), &location))
		assert.Equal(t, test.url, location.Data.URL)
		assert.Equal(t, test.port, location.Data.SSLPort)
		assert.Equal(t, test.port, location.Data.WSSPort)
		assert.Equal(t, test.node, location.Node)
	}
	secure := &url.URL{Scheme: "https", Host: "toko.example.id"}
	w.SetRealtime(w.listener, "")
	assert.Equal(t, "wss://toko.example.id/mqtt", w.realtime.address(secure).String())
	w.SetRealtime(nil, "")
	for _, path := range []string{RealtimePath, RealtimeLookupPath} {
		status, _ := look(path)
		assert.Equal(t, http.StatusNotFound, status)
	}
}

// Clients are told where the broker is, and with what they connect to it.
func TestWhatClientsAreTold(t *testing.T) {
	for _, looks := range []bool{true, false} {
		w := newChatWorld(t, Config{RealtimeLookup: looks})
		headers := http.Header{"Qiscus-Sdk-App-Id": {w.config.AppCode}, "Qiscus-Sdk-User-Id": {"dewi"}, "Qiscus-Sdk-Token": {"dewi-1"}}
		host := strings.TrimPrefix(w.server.URL, "http://")
		config := func(name string) any {
			return w.send(http.MethodGet, "/api/v2/sdk/config", headers, "", nil).at("results/" + name)
		}
		assert.Equal(t, "ws://"+host+"/mqtt", config("broker_url"))
		assert.Equal(t, map[bool]string{true: w.server.URL + RealtimeLookupPath, false: ""}[looks], config("broker_lb_url"))
		assert.Equal(t, true, config("enable_realtime"))
		w.SetRealtime(w.listener, "mqtt://127.0.0.1:1883")
		assert.Equal(t, "mqtt://127.0.0.1:1883", config("broker_url"))
		w.SetRealtime(nil, "")
		assert.Empty(t, config("broker_url"))
		assert.Empty(t, config("broker_lb_url"))
		assert.Equal(t, false, config("enable_realtime"))

		login := w.send(http.MethodGet, "/api/v2/sdk/mqtt_config", headers, "", nil)
		name, _ := login.at("results/username").(string)
		password, _ := login.at("results/password").(string)
		user, allowed := w.RealtimeRules().Connect(realtime.Login{UserName: name, Password: password})
		assert.True(t, allowed)
		assert.Equal(t, "dewi", user)
	}
}

// ask gets a page.
func ask(t *testing.T, address string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	response, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(raw)
}
