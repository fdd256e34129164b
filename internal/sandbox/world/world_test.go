package world_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/world"
)

// present is when all tests are.
func present() time.Time { return time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC) }

func read(t *testing.T, written string) *world.World {
	t.Helper()
	w, err := world.Read(strings.NewReader(written))
	require.NoError(t, err)
	return w
}

// start makes a sandbox that begins with a world.
func start(t *testing.T, w *world.World) *sandbox.Sandbox {
	t.Helper()
	platform, err := begin(t, w)
	require.NoError(t, err)
	return platform
}

func begin(t *testing.T, w *world.World) (*sandbox.Sandbox, error) {
	t.Helper()
	config, err := w.Configure(t.Context(), sandbox.Config{Now: present, Pace: sandbox.EverydayPace()})
	if err != nil {
		return nil, err
	}
	platform, err := sandbox.New(config)
	if err == nil {
		t.Cleanup(func() { assert.NoError(t, platform.Shutdown(context.Background())) }) // t.Context() has ended by then
	}
	return platform, err
}

func TestDemo(t *testing.T) {
	demo, err := world.Demo()
	require.NoError(t, err)
	platform := start(t, demo)
	states, sources := map[sandbox.RoomState]int{}, map[string]int{}
	for _, room := range platform.LatestRooms(100) {
		states[room.State]++
		sources[room.Source]++
		for _, said := range platform.Messages(room.ID) {
			assert.False(t, said.At.After(present()))
			assert.True(t, said.At.After(present().Add(-4*24*time.Hour)))
		}
	}
	for _, state := range []sandbox.RoomState{
		sandbox.RoomNew, sandbox.RoomWithBot, sandbox.RoomWaiting, sandbox.RoomServed, sandbox.RoomExpired, sandbox.RoomResolved,
	} {
		assert.Positive(t, states[state], state)
	}
	for _, channel := range platform.Channels() {
		assert.Positive(t, sources[channel.Source], channel.Source)
	}
	assert.Len(t, platform.Staff(), 7)
	assert.Empty(t, platform.Timeline().Newest(1, nil))

	plain, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	assert.Equal(t, plain.Config().AppCode, platform.Config().AppCode)
	assert.Equal(t, plain.Config().SecretKey, platform.Config().SecretKey)
	assert.Equal(t, plain.Config().AdminEmail, platform.Config().AdminEmail)
	assert.Equal(t, plain.Config().AdminPassword, platform.Config().AdminPassword)
}

// All that a world can say is said here, and comes of it.
func TestEverythingThatAWorldSays(t *testing.T) {
	w := read(t, `
admin: {email: bos@example.id, password: rahasia-bos}
staff:
  - {email: rini@example.id, name: Rini Astuti, password: rahasia-rini, divisions: [Keluhan]}
  - {email: agus@example.id, role: supervisor, offline: true}
channels:
  - {id: 10, source: wa, name: WhatsApp}
  - {id: 11, source: qiscus, name: Situs}
  - {id: 12, source: ik-1, name: Mitra, custom: true}
settings: {sessional: true, force_send_bot: true, takeover: false, new_tags: false}
office_hours:
  zone: "+08:00"
  week: [{days: [monday, Sunday], from: "09:00", until: "12:00"}]
  offline: Kami tutup.
  offline_each_message: true
  online: Kami buka.
  online_if_resolved: true
webhooks: {markAsResolved: "http://127.0.0.1:9/selesai", "customChannelMessage:12": "http://127.0.0.1:9/mitra"}
buttons: [{name: Buat pesanan, url: "http://127.0.0.1:9/pesanan"}]
rooms:
  - channel: "12"
    customer: {id: 628115550123, name: Budi Santoso}
    tags: [grosir, lama]
    info: [{key: Kota, value: Bandung}]
    contact: {tingkat: emas}
    read: true
    blocked: true
    history:
      - {at: 2026-11-18T09:00:00+07:00, from: customer, text: Halo}
      - {from: bot, text: Pilih, type: custom, payload: {type: pilihan, content: {a: 1}}}
      - {at: -1d2h, hands_over: Keluhan}
      - {from: rini@example.id, text: Selamat pagi}
      - {at: -20h, leaves: rini@example.id}
      - {at: -19h, joins: agus@example.id}
      - {at: -18h, resolves: bos@example.id, notes: Selesai}
      - {at: -30m, from: customer, text: Halo lagi}
  - channel: qiscus
    customer: {id: dewi@example.id}
    history:
      - {at: -10m, opens: true}
      - {at: -10m, bot: true}
broadcasts:
  - {at: -2h, template: kode_masuk, to: ["628115550199"], variables: ["4471"]}
`)
	platform := start(t, w)
	config := platform.Config()
	assert.Equal(t, []string{"bos@example.id", "rahasia-bos"}, []string{config.AdminEmail, config.AdminPassword})
	assert.Equal(t, "rahasia-rini", config.Agents[0].Password)
	staff := platform.Staff()
	assert.Equal(t, []string{"Penjualan", "Keluhan"}, staff[1].Divisions)
	assert.Equal(t, sandbox.TypeSupervisor, staff[2].Type)
	assert.Equal(t, "agus", staff[2].Name)
	assert.False(t, staff[2].Available)
	assert.Len(t, platform.Channels(), 3)
	assert.True(t, config.NoTakeover)
	assert.True(t, config.NoNewTags)
	assert.Equal(t, "+08:00", config.OfficeHours.Zone)
	assert.Equal(t, []sandbox.OpenHours{{Day: time.Monday, From: "09:00", Until: "12:00"}, {Day: time.Sunday, From: "09:00", Until: "12:00"}}, config.OfficeHours.Week)
	targets := map[string]string{}
	for _, target := range platform.WebhookTargets() {
		targets[target.Name] = target.URL
	}
	assert.Equal(t, "http://127.0.0.1:9/selesai", targets["markAsResolved"])
	assert.Equal(t, "http://127.0.0.1:9/mitra", targets["customChannelMessage:12"])
	assert.Equal(t, "http://127.0.0.1:9/pesanan", targets["customButton:Buat pesanan"])

	rooms := platform.FirstRooms(10)
	require.Len(t, rooms, 4, "the first session, the broadcast's, the second session and the live chat")
	first, second := rooms[0], rooms[2]
	assert.Equal(t, "Selesai", first.Notes)
	assert.Equal(t, sandbox.RoomResolved, first.State)
	assert.Equal(t, time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC), first.Created.UTC())
	var said []string
	for _, message := range platform.Messages(first.ID) {
		said = append(said, string(message.Author)+": "+message.Text)
	}
	assert.Equal(t, []string{
		"customer: Halo", "system: Kami tutup.", "bot: Pilih", "system: Rini Astuti joined the room", "agent: Selamat pagi",
		"system: Rini Astuti left the room", "system: agus joined the room", "system: Sari Wulandari resolved the conversation",
	}, said)
	assert.Equal(t, []string{"grosir", "lama"}, second.Tags)
	assert.Equal(t, []sandbox.Property{{Key: "Kota", Value: "Bandung"}}, second.Properties)
	assert.True(t, second.Blocked)
	assert.Zero(t, second.Unread)
	assert.Equal(t, "Budi Santoso", second.Name)
	assert.Equal(t, sandbox.RoomNew, rooms[3].State)
	assert.Equal(t, "628115550199", rooms[1].UserID)
}

// A world that leaves everything out is that of a sandbox that was told nothing.
func TestAnEmptyWorld(t *testing.T) {
	for _, written := range []string{"", "# nothing\n", "{}"} {
		config, err := read(t, written).Configure(t.Context(), sandbox.Config{Now: present, Rooms: 3})
		require.NoError(t, err)
		platform, err := sandbox.New(config)
		require.NoError(t, err)
		plain, err := sandbox.New(sandbox.Config{Now: present, Rooms: 3})
		require.NoError(t, err)
		assert.Equal(t, plain.Staff(), platform.Staff())
		assert.Equal(t, plain.Channels(), platform.Channels())
		assert.Equal(t, plain.FirstRooms(9), platform.FirstRooms(9))
	}
}

// What is wrong is told with its line, before the sandbox is there.
func TestWorldsThatAreRefused(t *testing.T) {
	room := "rooms:\n  - customer: {id: budi}\n    history:\n      - {at: -2h, from: customer, text: Halo}\n"
	for name, refused := range map[string]struct{ written, why string }{
		"no YAML":                {"staff: [", "line 1"},
		"an unknown key":         {"staff:\n  - {email: a@example.id, nama: A}", `line 2: there is no key "nama" here`},
		"a text for a list":      {"staff: siapa", "line 1: here is a text, and not a list"},
		"a list for a text":      {"admin: {email: [a]}", "line 1: here is a list, and not a text"},
		"a text for a number":    {"channels: [{id: satu, source: wa}]", "line 1: here is a text, and not a whole number"},
		"a key twice":            {"staff: []\nstaff: []", "line 2"},
		"two documents":          {"staff: []\n---\nstaff: []", "it goes on after its end"},
		"no address":             {"staff:\n  - name: Rini", "line 2: staff[0].email: the e-mail address is missing"},
		"an address twice":       {"staff:\n  - email: a@example.id\n  - email: a@example.id", "line 3: staff[1].email"},
		"the admin's address":    {"staff: [{email: sari@example.id}]", "missing or taken"},
		"an unknown role":        {"staff: [{email: a@example.id, role: bos}]", "line 1: staff[0].role"},
		"an unknown day":         {"office_hours: {week: [{days: [senin], from: \"09:00\", until: \"10:00\"}]}", "line 1: office_hours.week[0].days[0]"},
		"no hours":               {"office_hours: {week: [{days: [monday], from: \"9\", until: \"10:00\"}]}", "no hours such as"},
		"an unknown webhook":     {"webhooks:\n  botMesage: http://127.0.0.1:9", "line 2: webhooks.botMesage"},
		"no address of a hook":   {"webhooks:\n  botMessage: besok", "line 2: webhooks.botMessage"},
		"a button twice":         {"buttons: [{name: A}, {name: A}]", "line 1: buttons"},
		"no customer":            {"rooms:\n  - history: [{at: -2h, from: customer, text: Halo}]", "line 2: rooms[0].customer.id"},
		"no history":             {"rooms:\n  - customer: {id: budi}", "line 2: rooms[0]: nothing happened"},
		"no first moment":        {"rooms: [{customer: {id: budi}, history: [{from: customer, text: Halo}]}]", "line 1: rooms[0].history[0]: the first step has no moment"},
		"no moment":              {"rooms: [{customer: {id: budi}, history: [{at: kemarin, from: customer, text: Halo}]}]", "line 1: a moment is"},
		"a moment to come":       {"rooms: [{customer: {id: budi}, history: [{at: 2027-01-01T00:00:00Z, from: customer, text: Halo}]}]", "has not passed"},
		"a room begins with bot": {"rooms: [{customer: {id: budi}, history: [{at: -2h, from: bot, text: Halo}]}]", "a room begins with its customer"},
		"an unknown channel":     {"rooms: [{channel: fax, customer: {id: budi}, history: [{at: -2h, from: customer, text: Halo}]}]", `there is no channel "fax"`},
		"two things at once":     {room + "      - {from: bot, text: Halo, joins: rini@example.id}", "line 5: rooms[0].history[1]: a step has one of"},
		"nothing at all":         {room + "      - {at: -1h}", "line 5: rooms[0].history[1]: a step has one of"},
		"nothing said":           {room + "      - {from: bot}", "line 5: rooms[0].history[1]: the message has neither"},
		"text of nobody":         {room + "      - {bot: true, text: Halo}", "line 5: rooms[0].history[1]: text, type and payload go with from"},
		"notes of nobody":        {room + "      - {bot: true, notes: Halo}", "line 5: rooms[0].history[1]: notes go with resolves"},
		"back in time":           {room + "      - {at: -3h, bot: false}", "line 5: rooms[0].history[1]: the moment"},
		"a stranger":             {room + "      - {joins: siapa@example.id}", `line 5: rooms[0].history[1]: nobody of the staff is "siapa@example.id"`},
		"a message without all":  {room + "      - {from: bot, text: Pilih, type: buttons}", "line 5: rooms[0].history[1]: the platform answers 400"},
		"who is not there":       {room + "      - {leaves: rini@example.id}", "line 5: rooms[0].history[1]"},
		"an unknown division":    {room + "      - {hands_over: Gudang}", "line 5: rooms[0].history[1]"},
		"a tag twice":            {room + "    tags: [a, a]", "line 2: rooms[0]: "},
		"half a broadcast":       {"broadcasts:\n  - {at: -2h, template: promo}", "line 2: broadcasts[0]"},
		"an unknown template":    {"broadcasts:\n  - {at: -2h, template: entah, to: [\"628115550123\"]}", "line 2: broadcasts[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			w, err := world.Read(strings.NewReader(refused.written))
			if err == nil {
				_, err = begin(t, w)
			}
			require.ErrorContains(t, err, refused.why)
		})
	}
}

// The page on the sandbox shows a world that there can be.
func TestTheWorldOfTheDocumentation(t *testing.T) {
	page, err := os.ReadFile("../../../docs/sandbox.md")
	require.NoError(t, err)
	_, shown, found := strings.Cut(string(page), "```yaml\n# A world")
	require.True(t, found, "the page has a world")
	shown, _, _ = strings.Cut(shown, "\n```")
	platform := start(t, read(t, "# A world"+shown))
	assert.NotZero(t, platform.CountRooms())
}
