package inbox_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/inbox"
)

// A browser may load nothing but what comes from the page itself, and what it loads
// is there.
func TestPageLoadsOnlyItsOwn(t *testing.T) {
	w := newWorld(t, sandbox.Config{Rooms: 3})
	page := w.get("/")
	require.Equal(t, http.StatusOK, page.status)
	policy := page.header.Get("Content-Security-Policy")
	assert.Contains(t, policy, "default-src 'none'")
	assert.NotContains(t, policy, "unsafe")
	assert.NotRegexp(t, `(?i)<[^>]+\s(on\w+|style)=|<style|<script>`, page.body, "nothing that the policy forbids")
	loaded := regexp.MustCompile(`(?:src|href)="(/_sandbox/[^"]+)"`).FindAllStringSubmatch(page.body, -1)
	require.Len(t, loaded, 3, "icon, style and script")
	for _, each := range loaded {
		got := w.get(each[1])
		assert.Equal(t, http.StatusOK, got.status, each[1])
		assert.Contains(t, got.header.Get("Cache-Control"), "immutable")
		assert.NotRegexp(t, `https?://(?:[^w]|w[^w])`, got.body, "another host")
	}
	assert.Equal(t, "no-cache", w.get(inbox.Home+"static/app.js").header.Get("Cache-Control"))
	assert.Equal(t, http.StatusNotFound, w.get(inbox.Home+"static/inbox.go").status)
}

// The page stands beside the API, which keeps its own routes.
func TestPageBesideTheAPI(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	assert.Contains(t, w.get("/").body, "Nobody has written yet")
	assert.Equal(t, http.StatusOK, w.call(http.MethodGet, "/api/v2/customer_rooms", nil))
	posted := w.form("say")
	posted.URL.Path = "/"
	assert.Equal(t, http.StatusMethodNotAllowed, w.send(posted).status)
}

// What anybody writes is text, wherever it appears.
func TestWhatIsWrittenIsText(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>'`
	w := newWorld(t, sandbox.Config{Agents: []sandbox.Agent{{Name: evil, Email: "rini@example.id"}}})
	room := w.writes("qiscus", evil, evil, evil)
	agent := w.Config().Agents[0].ID
	require.NoError(t, w.TakeOver(t.Context(), room, agent))
	require.NoError(t, w.Tag(t.Context(), room, evil))
	require.NoError(t, w.AgentWrites(t.Context(), sandbox.AgentMessage{RoomID: room, AgentID: agent, Text: evil}))
	w.bot(room, "buttons", evil, map[string]any{"text": evil, "buttons": []any{
		map[string]any{"label": evil, "type": "postback", "postback_text": evil, "payload": map[string]any{"url": ""}},
		map[string]any{"label": "pergi", "type": "link", "payload": map[string]any{"url": "javascript:alert(1)"}},
	}})
	w.bot(room, "custom", evil, map[string]any{"type": evil, "content": evil})
	w.writesMessage(sandbox.CustomerMessage{Source: "qiscus", UserID: evil, Type: evil, Text: evil, Payload: map[string]any{evil: evil}})
	require.NoError(t, w.Resolve(t.Context(), room, agent, evil))
	w.call(http.MethodGet, "/"+evil, nil)
	newest := w.Timeline().Newest(1, nil)[0].ID

	for _, page := range []answered{
		w.get("/", "room", room, "q", evil, "text", evil, "entry", fmt.Sprint(newest)),
		w.get("/", "room", evil), w.get("/", "room", room, "entry", fmt.Sprint(newest)),
		w.post("tag", "room", room, "tag", evil), w.post("say", "room", evil, "text", evil),
	} {
		assert.NotContains(t, page.body, "<script>alert")
		assert.NotContains(t, page.body, "<img src=x")
		assert.NotContains(t, page.body, "javascript:alert")
		assert.Contains(t, page.body, "&lt;script&gt;alert(1)&lt;/script&gt;")
	}
}

// The newest fifty are shown, and more of them on demand.
func TestLargeWorlds(t *testing.T) {
	w := newWorld(t, sandbox.Config{Rooms: 20_000})
	page := w.get("/").body
	assert.Equal(t, 50, strings.Count(page, `<li id="row-`))
	assert.Contains(t, page, `<span class="count">20000</span>`)
	assert.Contains(t, page, `href="/?room=98140700&amp;rooms=100"`)
	assert.Equal(t, 100, strings.Count(w.get("/", "rooms", "100").body, `<li id="row-`))
	assert.Equal(t, 1000, strings.Count(w.get("/", "rooms", "1000000").body, `<li id="row-`), "there is a bound")

	first := w.FirstRooms(1)[0]
	found := w.get("/", "q", first.UserID).body
	assert.Equal(t, 1, strings.Count(found, `<li id="row-`))
	assert.Contains(t, found, `id="row-`+first.ID+`"`)
	assert.Contains(t, w.get("/", "q", "tidak ada").body, "Nobody is found.")
	assert.Contains(t, w.get("/", "state", "served").body, "Nobody is found.")
}

// A row tells whose turn it is.
func TestRows(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	room := w.wulan()
	w.wulan()
	page := w.get("/").body
	assert.Contains(t, page, `not answered: </span>2</span>`)
	assert.Contains(t, page, `<span class="state waiting">waiting</span>`)
	require.NoError(t, w.AgentWrites(t.Context(), sandbox.AgentMessage{RoomID: room, Text: "Masih ada"}))
	page = w.get("/").body
	assert.NotContains(t, page, "not answered")
	assert.Contains(t, page, "Sari: Masih ada", "who wrote, in a word")
	for _, test := range []struct {
		shown   string
		message sandbox.CustomerMessage
	}{
		{"Place: Kopi Wangi", sandbox.CustomerMessage{Type: "location", Payload: object{"name": "Kopi Wangi"}}},
		{"File: harga.pdf", sandbox.CustomerMessage{Type: "file_attachment", Payload: object{"url": "https://cdn.example.id/harga.pdf"}}},
		{"Contact: Bu Ratna", sandbox.CustomerMessage{Type: "contact_person", Payload: object{"name": "Bu Ratna"}}},
		{"Cards: Gayo", sandbox.CustomerMessage{Type: "carousel", Payload: object{"cards": []any{object{"title": "Gayo"}}}}},
		{"[custom]", sandbox.CustomerMessage{Type: "custom", Payload: object{"type": "nota", "content": 1}}},
		{strings.Repeat("é", 119) + "…", sandbox.CustomerMessage{Text: strings.Repeat("é", 200)}},
	} {
		test.message.Source, test.message.UserID = "wa", "6281155501234"
		w.writesMessage(test.message)
		assert.Contains(t, w.get("/").body, `<span class="preview">`+test.shown+`</span>`)
	}
}

// What makes no sense in an address is left out.
func TestOddAddresses(t *testing.T) {
	w := newWorld(t, sandbox.Config{Rooms: 2})
	for _, query := range [][]string{
		{"room", "0"}, {"rooms", "-5"}, {"rooms", "x"}, {"messages", "999999999999999999999"}, {"as", "-1"}, {"as", "12"},
		{"tab", "<b>"}, {"state", "odd"}, {"kind", "odd"}, {"entry", "-3"}, {"entry", "99999"}, {"q", strings.Repeat("é", 5000)},
		{"text", "\xff\xfe"}, {"q", "\x00"}, {"failed", ""}, {"here", "no"},
	} {
		assert.Equal(t, http.StatusOK, w.get("/", query...).status, query)
	}
	assert.Equal(t, http.StatusOK, w.get("/?%zz&&=;").status)
}

// Whoever has chosen a theme gets it.
func TestTheme(t *testing.T) {
	w := newWorld(t, sandbox.Config{})
	assert.NotContains(t, w.get("/").body, "data-theme")
	chosen := w.post("theme", "theme", "dark", "view", "tab=timeline")
	assert.Equal(t, http.StatusSeeOther, chosen.status)
	assert.Equal(t, "/?tab=timeline", chosen.header.Get("Location"))
	cookie := chosen.header.Get("Set-Cookie")
	for _, wanted := range []string{"dark", "HttpOnly", "SameSite=Strict"} {
		assert.Contains(t, cookie, wanted)
	}
	request := w.form("theme")
	request.Method, request.URL.Path = http.MethodGet, "/"
	request.Header.Set("Cookie", cookie)
	assert.Contains(t, w.send(request).body, `<html lang="en" data-theme="dark">`)
	request.Header.Set("Cookie", strings.Replace(cookie, "dark", `"x`, 1))
	assert.NotContains(t, w.send(request).body, "data-theme")
	assert.Contains(t, w.post("theme", "theme", "pink").header.Get("Set-Cookie"), "Max-Age=0")
}
