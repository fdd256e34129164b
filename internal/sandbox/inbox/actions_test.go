package inbox_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

// Without a script, a form leads back to the page as it was.
func TestActions(t *testing.T) {
	w := newWorld(t, sandbox.Config{Agents: []sandbox.Agent{
		{Name: "Rini Astuti", Email: "rini@example.id"}, {Name: "Agus Setiawan", Email: "agus@example.id", Divisions: []string{"Keluhan"}},
	}})
	room := w.wulan()
	rini := fmt.Sprint(w.Config().Agents[0].ID)
	view := url.Values{"room": {room}, "tab": {"room"}, "q": {"wulan"}}.Encode()
	writesAs := "" // what the page goes on with, after the action
	act := func(action string, fields ...string) {
		t.Helper()
		got := w.post(action, append(fields, "room", room, "agent", rini, "view", view)...)
		require.Equal(t, http.StatusSeeOther, got.status, got.body)
		assert.Equal(t, "/?"+writesAs+"q=wulan&room="+room+"&tab=room", got.header.Get("Location"))
	}
	last := func() sandbox.Message { return w.shown(room).Last }

	act("say", "text", "Berapa\r\nharganya?", "by", "customer")
	assert.Equal(t, "Berapa\nharganya?", last().Text)
	assert.Equal(t, sandbox.AuthorCustomer, last().Author)
	writesAs = "by=agent&"
	act("say", "text", "Dua ratus", "by", "agent")
	assert.Equal(t, "Rini Astuti", last().Name)
	writesAs = "as=" + rini + "&by=agent&"
	act("takeover")
	assert.Contains(t, w.get("/", "room", room, "by", "agent").body, `id="by-agent" checked>`)
	assert.Contains(t, w.get("/", "room", room, "by", "nobody").body, `id="by-customer" checked>`)
	writesAs = ""
	assert.Equal(t, []string{"Rini Astuti"}, w.shown(room).AgentNames)
	assert.Contains(t, w.get("/", "room", room).body, ">Leave</button>")
	act("leave")
	assert.Empty(t, w.shown(room).AgentNames)
	act("handover", "division", "Keluhan")
	assert.Equal(t, []string{"Agus Setiawan"}, w.shown(room).AgentNames)
	act("tag", "tag", " grosir ")
	assert.Equal(t, []string{"grosir"}, w.shown(room).Tags)
	act("untag", "tag", "grosir")
	assert.Empty(t, w.shown(room).Tags)
	act("resolve", "notes", "Sudah dibayar")
	assert.Equal(t, sandbox.RoomResolved, w.shown(room).State)
	assert.Contains(t, w.get("/", "room", room).body, "Sudah dibayar")
}

// What a room's details offer.
func TestSwitches(t *testing.T) {
	w := newWorld(t, sandbox.Config{Webhooks: sandbox.Webhooks{Bot: "http://127.0.0.1:1/"}})
	room := w.wulan()
	require.True(t, w.shown(room).HandledByBot)
	require.Equal(t, 1, w.shown(room).Unread)
	for _, test := range []struct {
		action, on string
		became     func(sandbox.RoomSnapshot) bool
	}{
		{"bot", "false", func(r sandbox.RoomSnapshot) bool { return !r.HandledByBot }},
		{"bot", "true", func(r sandbox.RoomSnapshot) bool { return r.HandledByBot }},
		{"block", "true", func(r sandbox.RoomSnapshot) bool { return r.Blocked }},
		{"block", "false", func(r sandbox.RoomSnapshot) bool { return !r.Blocked }},
		{"read", "", func(r sandbox.RoomSnapshot) bool { return r.Unread == 0 }},
	} {
		assert.Equal(t, http.StatusSeeOther, w.post(test.action, "room", room, "on", test.on).status)
		assert.True(t, test.became(w.shown(room)), test)
	}
}

// A customer sends what is no text, ready or of one's own making.
func TestSendOther(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	room := w.wulan()
	send := func(fields ...string) sandbox.Message {
		t.Helper()
		got := w.post("send", append(fields, "room", room)...)
		require.Equal(t, http.StatusSeeOther, got.status, got.body)
		return w.shown(room).Last
	}
	sent := send("sample", "picture")
	assert.Equal(t, "file_attachment", sent.Type)
	file, err := url.Parse(sent.Payload.(object)["url"].(string))
	require.NoError(t, err)
	assert.Equal(t, "image/png", w.get(file.Path).header.Get("Content-Type"), "programs can fetch it")
	assert.Equal(t, "location", send("sample", "place").Type)
	assert.Equal(t, "contact_person", send("sample", "contact").Type)
	sent = send("type", "custom", "text", "Notanya", "payload", `{"type":"nota","content":{"total":96000}}`)
	assert.Equal(t, "Notanya", sent.Text)
	assert.Equal(t, "nota", sent.Payload.(object)["type"])
	for _, told := range []struct {
		told   string
		fields []string
	}{
		{"The payload is no JSON", []string{"type", "custom", "payload", "{"}},
		{"The field type is empty", nil},
		{"/payload", []string{"type", "file_attachment", "payload", `{"url":7}`}},
	} {
		assert.Contains(t, w.post("send", append(told.fields, "room", room)...).body, told.told)
	}
}

// A world that takes the place of another has the same rooms, of others: nobody is
// sent what was written for somebody else.
func TestRoomOfAnotherCustomer(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	room := w.wulan()
	assert.Contains(t, w.get("/").body, `name="customer" value="wa 6281155501234"`)
	assert.Equal(t, http.StatusSeeOther, w.post("say", "room", room, "text", "Halo", "customer", "wa 6281155501234").status)
	for _, by := range []string{"customer", "agent"} {
		got := w.post("say", "room", room, "text", "Rahasia", "customer", "ig 17841", "by", by)
		assert.Equal(t, http.StatusUnprocessableEntity, got.status)
		assert.Contains(t, got.body, "Nothing was sent: the room "+room+" is that of Wulan Sari now.")
	}
	assert.Equal(t, "Halo", w.shown(room).Last.Text)
}

// A button is pressed, once it has an address; a webhook and a call are repeated.
func TestPressAndReplay(t *testing.T) {
	got := make(chan string, 3)
	hook := receiver(t, func(_ http.ResponseWriter, r *http.Request) {
		got <- r.URL.Path
	})
	w := newWorld(t, sandbox.Config{Buttons: []sandbox.Button{{Name: "Buat tiket"}}})
	room := w.wulan()
	assert.Contains(t, w.post("press", "room", room, "button", "Buat tiket").body, "has no address")
	for _, test := range []struct{ url, on, told string }{
		{"ftp://127.0.0.1", "true", "not one of http or https"}, {strings.Repeat("a", 2001), "true", "longer than 2000"},
	} {
		assert.Contains(t, w.post("webhook", "target", "customButton:Buat tiket", "url", test.url, "on", test.on).body, test.told)
	}
	assert.Contains(t, w.post("webhook", "target", "nothing", "url", hook).body, "there is no such target")
	require.Equal(t, http.StatusSeeOther, w.post("webhook", "target", "customButton:Buat tiket", "url", " "+hook+"/tiket ", "on", "true").status)
	assert.Contains(t, w.get("/").body, `value="`+hook+`/tiket"`)
	require.Equal(t, http.StatusSeeOther, w.post("press", "room", room, "button", "Buat tiket").status)
	assert.Equal(t, "/tiket", <-got)
	require.NoError(t, w.Settle(t.Context()))

	delivered := w.Timeline().Newest(1, nil)[0].ID
	again := w.post("replay", "entry", fmt.Sprint(delivered), "view", "tab=timeline")
	assert.Equal(t, fmt.Sprintf("/?entry=%d&tab=timeline", delivered+1), again.header.Get("Location"))
	assert.Equal(t, "/tiket", <-got)
	assert.Contains(t, w.get(again.header.Get("Location")).body, fmt.Sprintf("Repeats #%d", delivered))
	again = w.post("replay", "entry", fmt.Sprint(delivered), "view", "failed=1&text=tiket&room="+room)
	assert.Equal(t, fmt.Sprintf("/?entry=%d&room=%s&tab=timeline", delivered+2, room), again.header.Get("Location"), "no filter hides it")
	<-got

	assert.Equal(t, http.StatusOK, w.call(http.MethodGet, "/api/v2/customer_rooms", nil))
	called := w.Timeline().Newest(1, nil)[0].ID
	assert.Equal(t, http.StatusSeeOther, w.post("replay", "entry", fmt.Sprint(called)).status)
	assert.Equal(t, "listRoomsByQuery", w.Timeline().Newest(1, nil)[0].Name)
	assert.Contains(t, w.post("replay", "entry", "99").body, "the timeline does not hold it")

	require.Equal(t, http.StatusSeeOther, w.post("webhook", "target", "customButton:Buat tiket", "url", hook, "on", "false").status)
	assert.Contains(t, w.post("press", "room", room, "button", "Buat tiket").body, "is off")
}

// Somebody new writes on a channel, and their room is opened.
func TestNewCustomer(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	for _, channel := range w.Channels() {
		value := fmt.Sprintf("%s %d", channel.Source, channel.ID)
		assert.Contains(t, w.get("/").body, `<option value="`+value+`">`+channel.Name)
		got := w.post("customer", "channel", value, "id", " 62811 ", "name", "Wulan Sari", "text", "Halo")
		require.Equal(t, http.StatusSeeOther, got.status)
		to, err := url.Parse(got.header.Get("Location"))
		require.NoError(t, err)
		room := w.shown(to.Query().Get("room"))
		assert.Equal(t, channel.Name, room.ChannelName)
		assert.Equal(t, "62811", room.UserID)
		assert.Equal(t, "Halo", room.Last.Text)
	}
}

// What cannot be done is told on the page, in words.
func TestActionsThatFail(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	room := w.wulan()
	resolved := w.writes("ig", "17841", "Bayu", "Halo")
	require.NoError(t, w.Resolve(t.Context(), resolved, 0, ""))
	for _, test := range []struct {
		action, told string
		fields       []string
	}{
		{"say", "The field text is empty.", []string{"room", room, "text", " "}},
		{"say", "longer than 4000 characters", []string{"room", room, "text", strings.Repeat("é", 4001)}},
		{"say", "The field text is not text.", []string{"room", room, "text", "\xff"}},
		{"say", "There is no room 12.", []string{"room", "12", "text", "Halo"}},
		{"say", "there is no room 12", []string{"room", "12", "text", "Halo", "by", "agent"}},
		{"say", "there is no agent 12", []string{"room", room, "text", "Halo", "by", "agent", "agent", "12"}},
		{"customer", "The field id is empty", []string{"channel", "wa 5120", "text", "Halo"}},
		{"customer", "The field text is empty", []string{"channel", "wa 5120", "id", "62811"}},
		{"customer", "The field name is longer", []string{"channel", "wa 5120", "id", "62811", "name", strings.Repeat("a", 201)}},
		{"customer", "There is no channel 7", []string{"channel", "wa 7", "id", "62811", "text", "Halo"}},
		{"takeover", "room is already resolved", []string{"room", resolved}},
		{"resolve", "it was resolved before", []string{"room", resolved}},
		{"resolve", "The field notes is longer", []string{"room", room, "notes", strings.Repeat("a", 4001)}},
		{"leave", "is not in it", []string{"room", room}},
		{"handover", "there is no division", []string{"room", room, "division", "Gudang"}},
		{"tag", "The field tag is empty", []string{"room", room}},
		{"untag", "does not have the tag", []string{"room", room, "tag", "eceran"}},
		{"clock", "moved by a duration", []string{"by", "-1h"}},
		{"clock", "moved by a duration", []string{"by", "soon"}},
		{"clock", "moved by a duration", []string{"by", "999999h"}},
		{"trouble", "A rate is a number from 0 to 100", []string{"latency", "101"}},
		{"trouble", "A rate is a number from 0 to 100", []string{"latency", "NaN"}},
		{"trouble", "The seed is a whole number", []string{"seed", "x"}},
		{"availability", "there is no agent 12", []string{"agent", "12"}},
	} {
		got := w.post(test.action, append(test.fields, "view", "room="+room)...)
		assert.Equal(t, http.StatusUnprocessableEntity, got.status, test)
		_, notice, _ := strings.Cut(got.body, `<div id="notice" role="alert"><p>`)
		notice, _, _ = strings.Cut(notice, "</p>")
		assert.Contains(t, strings.ToLower(notice), strings.ToLower(test.told))
		assert.Contains(t, got.body, `data-room="`+room+`"`, "the page is as it was")
	}
	assert.Len(t, w.Messages(room), 1)
}

// Forms come from the page itself and have an end.
func TestFormsThatAreRefused(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	room := w.wulan()
	foreign := w.form("say", "room", room, "text", "Halo")
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	foreign.Header.Set("Origin", "https://evil.example")
	assert.Equal(t, http.StatusForbidden, w.send(foreign).status)
	older := w.form("say", "room", room, "text", "Halo")
	older.Header.Del("Sec-Fetch-Site")
	older.Header.Set("Origin", "https://evil.example")
	assert.Equal(t, http.StatusForbidden, w.send(older).status)
	assert.Equal(t, http.StatusRequestEntityTooLarge, w.post("say", "room", room, "text", strings.Repeat("a", 70_000)).status)
	assert.Equal(t, http.StatusNotFound, w.post("nothing").status)
	assert.Len(t, w.Messages(room), 1)
	assert.Equal(t, "/", w.post("clock", "by", "1m", "view", "https://evil.example/?a=b").header.Get("Location"), "it leads nowhere else")
}

// A customer who comes back to a sessional app writes in a room of its own.
func TestNextSession(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	room := w.wulan()
	require.Equal(t, http.StatusOK, w.call(http.MethodPost, "/api/v1/admin/service/set_sessional", map[string]any{"is_sessional": true}))
	require.NoError(t, w.Resolve(t.Context(), room, 0, ""))
	got := w.post("say", "room", room, "text", "Halo lagi", "view", "room="+room)
	assert.NotContains(t, got.header.Get("Location"), room)
	other := w.post("say", "room", room, "text", "Halo lagi", "view", "room=98120799")
	assert.Contains(t, other.header.Get("Location"), "room=98120799", "another room stays open")
}

func TestClockAndStaff(t *testing.T) {
	w := newWorld(t, sandbox.Config{Agents: []sandbox.Agent{{Name: "Rini Astuti", Email: "rini@example.id"}}})
	assert.Equal(t, http.StatusSeeOther, w.post("clock", "by", "24h").status)
	assert.Equal(t, http.StatusSeeOther, w.post("clock", "by", "90m").status)
	assert.Equal(t, 25*time.Hour+30*time.Minute, w.Clock().Ahead())
	assert.Contains(t, w.get("/").body, "1 d 1 h 30 min ahead")

	agent := fmt.Sprint(w.Config().Agents[0].ID)
	assert.Contains(t, w.get("/").body, `aria-checked="true" aria-label="Rini Astuti is online"`)
	assert.Equal(t, http.StatusSeeOther, w.post("availability", "agent", agent, "available", "false").status)
	assert.Contains(t, w.get("/").body, `aria-checked="false" aria-label="Rini Astuti is online"`)
	w.wulan()
	assert.Contains(t, w.get("/").body, "Rini Astuti (offline)")
}

func TestTrouble(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	require.NoError(t, w.SetTrouble(3, trouble.Rule{Kind: trouble.Latency, Rate: .5, Delay: time.Hour, Only: "getRoom"},
		trouble.Rule{Kind: trouble.Latency, Rate: .1, Delay: 2 * time.Second}))
	assert.Contains(t, w.get("/").body, "and latency=0.5,delay=1h0m0s,only=getRoom")
	for _, with := range []string{"late by the delay · delay 2s<", "nothing is done · delay 1s<", "in JSON; nothing is done · status 503<"} {
		assert.Contains(t, w.get("/").body, with)
	}
	assert.Equal(t, http.StatusSeeOther, w.post("trouble", "latency", "2.5 %", "drop-webhook", "100", "rate-limit", "0", "seed", "7").status)
	seed, rules := w.Trouble().Rules()
	assert.Equal(t, uint64(7), seed)
	assert.Equal(t, []trouble.Rule{
		{Kind: trouble.Latency, Rate: .025, Delay: 2 * time.Second}, {Kind: trouble.DropWebhook, Rate: 1},
		{Kind: trouble.Latency, Rate: .5, Delay: time.Hour, Only: "getRoom"},
	}, rules)
	page := w.get("/").body
	assert.Contains(t, page, `name="latency" value="2.5"`)
	assert.Contains(t, page, ">3 on<")
	assert.Equal(t, http.StatusSeeOther, w.post("trouble", "all", "5", "latency", "2").status)
	_, rules = w.Trouble().Rules()
	assert.Len(t, rules, len(trouble.Kinds())+1, "and the one that is for getRoom only")
	assert.InDelta(t, .05, rules[0].Rate, 1e-9)
	assert.Equal(t, http.StatusSeeOther, w.post("trouble", "latency", "5", "off", "1").status)
	_, rules = w.Trouble().Rules()
	assert.Empty(t, rules)
}
