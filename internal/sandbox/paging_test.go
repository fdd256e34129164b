package sandbox

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Walking the rooms meets each exactly once, though customers keep coming and
// one who was met already writes again.
func TestRoomsWhileRoomsAreAdded(t *testing.T) {
	for _, order := range []string{"desc", "asc"} {
		t.Run(order, func(t *testing.T) {
			w := newWorld(t, Config{Rooms: 120})
			seen := map[any]int{}
			var cursor any
			first := ""
			for page := 0; ; page++ {
				got := w.call("POST", "/api/v2/customer_rooms", object{"limit": 7, "order": order, "cursor_after": cursor})
				for _, room := range got.at("data/customer_rooms").([]any) {
					seen[room.(object)["room_id"]]++
				}
				if first == "" {
					first = got.at("data/customer_rooms/0/user_id").(string)
				}
				cursor = got.at("meta/cursor_after")
				if cursor == nil {
					break
				}
				if page > 10 { // in ascending order this list would never end
					continue
				}
				_, err := w.CustomerWrites(t.Context(), CustomerMessage{UserID: fmt.Sprint("baru-", page), Text: "Halo"})
				require.NoError(t, err)
			}
			old := 0
			for id, times := range seen {
				assert.Equal(t, 1, times, "room %v", id)
				if id.(string) <= text(int64(firstRoomID+120)) {
					old++
				}
			}
			assert.Equal(t, 120, old)
			if order == "desc" {
				assert.Len(t, seen, 120, "newer rooms stand before the walk")
			}
		})
	}
}

func TestRoomsBackwards(t *testing.T) {
	w := newWorld(t, Config{Rooms: 10})
	ids := func(body object) ([]any, answer) {
		got := w.call("POST", "/api/v2/customer_rooms", body)
		list := []any{}
		for _, room := range got.at("data/customer_rooms").([]any) {
			list = append(list, room.(object)["room_id"])
		}
		return list, got
	}
	all, whole := ids(object{})
	assert.Len(t, all, 10)
	assert.Nil(t, whole.at("meta/cursor_after"))
	assert.Nil(t, whole.at("meta/cursor_before"))
	_, first := ids(object{"limit": 4})
	second, got := ids(object{"limit": 4, "cursor_after": first.at("meta/cursor_after")})
	assert.Equal(t, all[4:8], second)
	back, got := ids(object{"limit": 4, "cursor_before": got.at("meta/cursor_before")})
	assert.Equal(t, all[:4], back)
	assert.Nil(t, got.at("meta/cursor_before"))
}

// The staff can be paged by cursor, by number and by the addresses of the
// paginator.
func TestAgentPages(t *testing.T) {
	w := newWorld(t, Config{AgentCount: 9}) // ten with the admin
	names := func(rows any) []any {
		list := []any{}
		for _, row := range rows.([]any) {
			list = append(list, row.(object)["name"])
		}
		return list
	}
	whole := w.call("GET", "/api/v2/admin/agents?limit=1000", nil)
	all := names(whole.at("data/agents"))
	assert.Len(t, all, 10)

	byCursor, cursor := []any{}, ""
	for {
		got := w.call("GET", "/api/v2/admin/agents?limit=3&cursor_after="+url.QueryEscape(cursor), nil)
		byCursor = append(byCursor, names(got.at("data/agents"))...)
		assert.InDelta(t, 10, got.at("meta/total_count"), 0)
		if got.at("meta/after") == nil {
			break
		}
		cursor = got.at("meta/after").(string)
	}
	assert.Equal(t, all, byCursor)

	byNumber := []any{}
	for page := 1; page <= 5; page++ { // the last is empty
		got := w.call("GET", fmt.Sprintf("/api/v2/admin/agents?limit=3&page=%d", page), nil)
		byNumber = append(byNumber, names(got.at("data/agents"))...)
	}
	assert.Equal(t, all, byNumber)

	got := w.call("GET", "/api/v1/admin/agents?limit=4&page=2", nil)
	assert.Equal(t, all[4:8], names(got.at("data/agents/data")))
	address := w.server.URL + "/api/v1/admin/agents"
	for name, want := range map[string]any{
		"current_page": 2.0, "from": 5.0, "to": 8.0, "last_page": 3.0, "total": 10.0, "per_page": 4.0, "path": address,
		"first_page_url": address + "?page=1", "prev_page_url": address + "?page=1",
		"next_page_url": address + "?page=3", "last_page_url": address + "?page=3",
	} {
		assert.Equal(t, want, got.at("data/agents/"+name), name)
	}

	got = w.call("GET", "/api/v2/admin/agents/by_division?division_ids[]=811&limit=4&page=3", nil)
	assert.Len(t, got.at("data"), 1)
	assert.Equal(t, object{"page": 3.0, "limit": 4.0, "total": 9.0, "total_page": 3.0}, got.at("meta"))

	far := w.call("GET", "/api/v2/divisions?limit=99999999999999999999&page=99999999999999999999", nil)
	assert.Empty(t, far.at("data"))
}
