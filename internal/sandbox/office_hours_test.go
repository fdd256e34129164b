package sandbox

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOfficeHoursAreOpen(t *testing.T) {
	hours, err := OfficeHours{Zone: "+07:00", Week: []OpenHours{
		{time.Friday, "08:00", "12:00"}, {time.Friday, "13:00", "17:00"}, {time.Saturday, "00:00", "24:00"},
	}}.withDefaults()
	require.NoError(t, err)
	for at, want := range map[string]bool{
		"2026-11-20T00:59:59Z": false, // a Friday in Jakarta
		"2026-11-20T01:00:00Z": true,
		"2026-11-20T04:59:59Z": true,
		"2026-11-20T05:00:00Z": false,
		"2026-11-20T06:30:00Z": true,
		"2026-11-20T16:59:59Z": false,
		"2026-11-20T17:00:00Z": true, // Saturday begins
		"2026-11-21T16:59:59Z": true,
		"2026-11-21T17:00:00Z": false,
	} {
		moment, err := time.Parse(time.RFC3339, at)
		require.NoError(t, err)
		assert.Equal(t, want, hours.open(moment), at)
	}
}

func TestBadOfficeHours(t *testing.T) {
	for name, hours := range map[string]OfficeHours{
		"zone":        {Zone: "WIB"},
		"no day":      {Week: []OpenHours{{7, "08:00", "17:00"}}},
		"no time":     {Week: []OpenHours{{time.Monday, "8", "17:00"}}},
		"one digit":   {Week: []OpenHours{{time.Monday, "8:00", "17:00"}}},
		"after 24:00": {Week: []OpenHours{{time.Monday, "08:00", "24:01"}}},
		"backwards":   {Week: []OpenHours{{time.Monday, "17:00", "08:00"}}},
	} {
		_, err := New(Config{OfficeHours: hours})
		assert.Error(t, err, name)
	}
}

// systemTexts are what the platform itself said in a room, but for who comes and goes.
func (w *world) systemTexts(room string) []string {
	texts := []string{}
	for _, said := range w.Messages(room) {
		if said.Author == AuthorSystem && said.Type == "text" {
			texts = append(texts, said.Text)
		}
	}
	return texts
}

// frozen is a Friday morning at ten in Jakarta.
func TestOfficeHoursAreTold(t *testing.T) {
	for name, test := range map[string]struct {
		hours OfficeHours
		want  []string
	}{
		"nothing":            {OfficeHours{}, []string{}},
		"once a session":     {OfficeHours{Offline: "tutup", Online: "buka"}, []string{"buka", "tutup", "tutup"}},
		"each message":       {OfficeHours{Offline: "tutup", OfflineEachMessage: true}, []string{"tutup", "tutup", "tutup"}},
		"also who come back": {OfficeHours{Online: "buka", OnlineIfResolved: true}, []string{"buka", "buka"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, Config{Now: frozen, OfficeHours: test.hours})
			writes := func() string { return w.writes("wa", "628115550701", "halo") }
			room := writes() // within the hours
			writes()
			w.resolve(room)
			writes() // within them, in the next session
			w.move(10 * time.Hour)
			writes() // outside of them
			writes()
			w.resolve(room)
			writes() // outside of them, in another session
			assert.Equal(t, test.want, w.systemTexts(room))
			assert.Equal(t, true, w.call("GET", "/api/v2/customer_rooms/"+room, nil).at("data/customer_room/is_waiting"),
				"what the platform says by itself is no answer")
		})
	}
}

// A channel's own responder takes the place of the app's, and who is served is told
// nothing.
func TestOwnResponder(t *testing.T) {
	w := newWorld(t, Config{Now: frozen, OfficeHours: OfficeHours{Week: []OpenHours{}, Offline: "tutup"}})
	set := w.asAdmin("POST", "/api/v2/channels/5120/configs", object{
		"source": "wa", "enabled": true, "offline_message": "toko tutup", "send_offline_each_message": true,
	})
	require.Equal(t, http.StatusOK, set.status, set.raw)
	room := w.writes("wa", "628115550701", "halo")
	w.writes("wa", "628115550701", "halo?")
	assert.Equal(t, []string{"toko tutup", "toko tutup"}, w.systemTexts(room))
	w.call("POST", assignPath, object{"room_id": room, "agent_id": w.Config().Agents[0].ID})
	w.writes("wa", "628115550701", "terima kasih")
	assert.Len(t, w.systemTexts(room), 2)
	assert.Equal(t, []string{"tutup"}, w.systemTexts(w.writes("ig", "17841402", "halo")))
	shown := w.call("GET", "/api/v1/admin/office_hours", nil)
	assert.Equal(t, "tutup", shown.at("data/offline_message"))
	assert.Empty(t, shown.at("data/office_hours"))
}

// In a sessional app a customer who comes back has a room of their own, and is not
// new for that.
func TestOnlineMessageOfASessionalApp(t *testing.T) {
	w := newWorld(t, Config{Now: frozen, OfficeHours: OfficeHours{Online: "buka"}})
	require.Equal(t, http.StatusOK, w.call("POST", setSessionalPath, object{"is_sessional": true}).status)
	first := w.writes("wa", "628115550701", "halo")
	assert.Equal(t, []string{"buka"}, w.systemTexts(first))
	w.resolve(first)
	assert.Empty(t, w.systemTexts(w.writes("wa", "628115550701", "halo lagi")))
}
