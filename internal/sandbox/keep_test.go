package sandbox

import (
	"encoding/json"
	"errors"
	"maps"
	"math"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// memoryStore is a Store that forgets with the test.
type memoryStore struct {
	mu     sync.Mutex
	parts  map[string]map[string][]byte
	writes int
	fails  error // what Write returns
}

func newMemoryStore() *memoryStore { return &memoryStore{parts: map[string]map[string][]byte{}} }

// copy is what another Sandbox finds.
func (m *memoryStore) copy() *memoryStore {
	m.mu.Lock()
	defer m.mu.Unlock()
	copied := newMemoryStore()
	for part, records := range m.parts {
		copied.parts[part] = maps.Clone(records)
	}
	return copied
}

func (m *memoryStore) Read(part string, each func(key string, value []byte) error) error {
	m.mu.Lock()
	records := maps.Clone(m.parts[part])
	m.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(records)) {
		if err := each(key, records[key]); err != nil {
			return err
		}
	}
	return nil
}

func (m *memoryStore) Write(changes []Change) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails != nil {
		return m.fails
	}
	m.writes++
	for _, change := range changes {
		records, ok := m.parts[change.Part]
		if !ok {
			records = map[string][]byte{}
			m.parts[change.Part] = records
		}
		if change.Value == nil {
			delete(records, change.Key)
			continue
		}
		records[change.Key] = change.Value
	}
	return nil
}

// assertKept fails the test when another Sandbox would not go on as this one.
func (w *world) assertKept(t *testing.T, c *comparison) {
	t.Helper()
	require.NoError(t, w.change(func() error { return nil })) // what the test itself put into the state
	w.mu.Lock()
	defer w.mu.Unlock()
	c.compareStates(t, w.state, restored(t, w.config.Store, Config{Now: w.config.Now}))
}

func TestANewWorldIsKept(t *testing.T) {
	w := newWorld(t, Config{Rooms: 5})
	w.assertKept(t, newComparison())
	assert.Positive(t, w.config.Store.(*memoryStore).writes)
}

// Every operation is called as the document shows it, and a story is played that
// makes of the rest what the operations leave out. After each call another Sandbox
// would go on as this one; and each field of the state had a value at some time, so
// that none could be forgotten without being noticed.
func TestEverythingIsKept(t *testing.T) {
	c := newComparison()
	for _, operation := range everyOperation(t) {
		t.Run(operation.ID, func(t *testing.T) {
			w := newShownWorld(t, operation.ID)
			for contentType, example := range examples(operation) {
				header, body := asContent(t, contentType, w.realIDs(example))
				w.send(operation.Method, w.path(operation), w.credentials(anyOf(operation.Security)), header, body)
				w.assertKept(t, c)
			}
		})
	}
	t.Run("a story", func(t *testing.T) { keepAStory(t, c) })
	assert.Empty(t, c.neverFilled(), "fields of the state that had no value: set them in the story, or say in notKept why they are not kept")
}

// anyOf is one combination of credentials that an operation accepts.
func anyOf(security [][]string) []string {
	if len(security) == 0 {
		return nil
	}
	return security[0]
}

// A Store that fails makes every call fail and tell, and what was done meanwhile is
// kept as soon as it no longer fails.
func TestAStoreThatFails(t *testing.T) {
	store := newMemoryStore()
	w := newWorld(t, Config{Store: store})
	room := w.anyRoom()
	store.fails = errors.New("the disk is full")
	for _, path := range []string{"/api/v2/room_tags/" + room, "/api/v2/room_tags/1"} {
		got := w.call("POST", path, object{"tag": "grosir"})
		assert.Equal(t, http.StatusInternalServerError, got.status)
		assert.Contains(t, got.raw, "the disk is full")
	}
	_, err := w.CustomerWrites(t.Context(), CustomerMessage{UserID: "628115559999", Text: "Halo"})
	require.ErrorIs(t, err, store.fails)
	store.fails = nil
	w.assertKept(t, newComparison())
	assert.Len(t, restored(t, store, Config{}).rooms.all()[0].messages, 2)
}

// That the clock was moved is kept at once: what has expired stays so.
func TestAMovedClockIsKept(t *testing.T) {
	store := newMemoryStore()
	w := newWorld(t, Config{Store: store})
	require.NoError(t, w.Clock().Move(time.Hour))
	assert.Equal(t, time.Hour, restored(t, store, Config{}).clock.Ahead())
	store.fails = errors.New("the disk is full")
	require.ErrorIs(t, w.Clock().Move(time.Hour), store.fails)
	assert.Equal(t, 2*time.Hour, w.Clock().Ahead(), "it was moved all the same")
}

// What is to happen by itself happens in the next Sandbox.
func TestWhatIsDueHappensAfterARestart(t *testing.T) {
	store := newMemoryStore()
	start := time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	config := Config{Store: store, Now: func() time.Time { return start }, Pace: Pace{Send: time.Hour}}
	w := newWorld(t, config)
	got := w.call("POST", broadcastV2Path, object{
		"channel_id": 5120, "phone_numbers": []string{"628115551001", "628115551002"}, "template_name": "promo_akhir_pekan",
		"namespace": templateNamespace, "language": "id",
	})
	require.Equal(t, http.StatusOK, got.status, got.raw)
	require.Equal(t, 1, w.CountRooms())

	config.Store = store.copy()
	next := newWorld(t, config)
	require.Equal(t, 1, next.CountRooms())
	require.NoError(t, next.Clock().Move(time.Hour))
	assert.Equal(t, 2, next.CountRooms())
}

// To a public host that was named, and not to one that a program has set, the next Sandbox
// sends as well.
func TestNamedHostsAreKept(t *testing.T) {
	store := newMemoryStore()
	w := newWorld(t, Config{Store: store, Webhooks: Webhooks{Auth: "https://configured.example.id/auth"}})
	require.NoError(t, w.SetWebhook("botMessage", "https://named.example.id/bot", true))
	require.NoError(t, w.SetButtons(Button{Name: "Tiket", URL: "https://button.example.id/"}))
	contentType, form := asContent(t, "multipart/form-data", map[string]any{"url": "https://program.example.id/", "enabled": "true"})
	set := w.send("POST", "/api/v2/app/config/new_session_webhook", w.secret(), contentType, form)
	require.Equal(t, http.StatusOK, set.status, set.raw)
	next := newWorld(t, Config{Store: store.copy()})
	targets := next.deliveries.targets
	for _, host := range []string{"configured", "named", "button"} {
		require.NoError(t, targets.check("https://"+host+".example.id/"), host)
	}
	require.ErrorIs(t, targets.check("https://program.example.id/"), errPublicTarget)
}

// What a Store holds goes before what a configuration says, but for the webhooks that
// are named.
func TestTheConfigurationOfAKeptWorld(t *testing.T) {
	store := newMemoryStore()
	first := newWorld(t, Config{Store: store, AppCode: "kopi-1", Agents: []Agent{{Name: "Rini Astuti", Email: "rini@example.id"}}})
	require.Equal(t, http.StatusOK, first.asAdmin("POST", "/api/v1/set_availability", object{"is_available": false}).status)
	second, err := New(Config{
		Store: store.copy(), AppCode: "lain-1", Rooms: 9, Webhooks: Webhooks{Bot: "http://127.0.0.1:9/bot"},
	})
	require.NoError(t, err)
	defer func() { assert.NoError(t, second.Shutdown(t.Context())) }()
	config := second.Config()
	assert.Equal(t, "kopi-1", config.AppCode)
	assert.Equal(t, first.Config().SecretKey, config.SecretKey)
	assert.Equal(t, "rini@example.id", config.Agents[0].Email)
	assert.Equal(t, first.Config().Channels, config.Channels)
	assert.Zero(t, second.CountRooms())
	assert.Equal(t, "http://127.0.0.1:9/bot", second.state.settings.bot.url)
	assert.Equal(t, first.state.settings.resolve, second.state.settings.resolve)
}

// What is read back is what was written, numbers included.
func TestJSONValuesAreReadBack(t *testing.T) {
	for _, value := range []any{
		nil, true, "", "teks", int64(0), int64(math.MaxInt64), 0.5, 3.0, -2.0, 1e300, []any{}, object{}, object{"a": []any{1.0, int64(1)}},
	} {
		written, err := json.Marshal(jsonValue{value})
		require.NoError(t, err)
		var read jsonValue
		require.NoError(t, json.Unmarshal(written, &read))
		assert.Equal(t, value, read.value, "%s", written)
	}
}
