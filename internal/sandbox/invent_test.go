package sandbox

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// However many customers are made up, each is somebody else, can be reached, and is
// nobody whom a person plays: those have the customary twelve digits.
func TestInventedCustomers(t *testing.T) {
	const count = 250_000
	channels := defaultChannels()
	seen := make(map[string]bool, count)
	for i := range count {
		id := inventUserID(&channels[0], "", i)
		if strings.HasSuffix(id, unreachable) || len(id) <= 12 || len(id) > 15 || seen[id] {
			require.Fail(t, "no customer of one's own", "%d: %s", i, id)
		}
		seen[id] = true
	}
	assert.Equal(t, "628115551000010", inventUserID(&channels[0], "", 999_999), "the millionth")
}

// Pages of many rooms fit the document too.
func TestManyRooms(t *testing.T) {
	const count = 3000
	w := newWorld(t, Config{Rooms: count})
	seen := map[any]bool{}
	for page := 1; len(seen) < count; page++ {
		got := w.call("GET", fmt.Sprintf("/api/v2/customer_rooms?limit=1000&page=%d", page), nil)
		rows := got.at("data/customer_rooms").([]any)
		require.NotEmpty(t, rows)
		for _, row := range rows {
			seen[row.(object)["user_id"]] = true
		}
	}
	waiting := w.asAdmin("GET", "/api/v1/admin/service/get_unresolved_count", nil).at("data/total_unresolved")
	assert.InDelta(t, count, waiting, 0)
}
