package sandbox

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func anyFits(*room) bool { return true }

// indexOf holds so many rooms, which know no more than their numbers.
func indexOf(count int) *roomIndex {
	index := newRoomIndex()
	for i := range count {
		index.add(&room{conversation: conversation{id: index.nextID()}, row: int64(i)})
	}
	return &index
}

// Each page of a walk looks at its rooms and at their neighbours: what a page costs
// does not grow with the number of the rooms.
func TestPageLooksAtItsRoomsOnly(t *testing.T) {
	const count, limit = 10_000, 50
	for _, ascending := range []bool{true, false} {
		looked := 0
		list := indexOf(count).list(ascending, func(*room) bool {
			looked++
			return true
		})
		wanted, walked := windowRequest{limit: limit}, 0
		for {
			before := looked
			page, err := cutWindow(list, wanted)
			require.NoError(t, err)
			require.LessOrEqual(t, looked-before, limit+2)
			walked += len(page.rows)
			require.LessOrEqual(t, walked, count)
			if page.after == nil {
				break
			}
			wanted.after = text(page.after)
		}
		assert.Equal(t, count, walked)
	}
}

// Whatever page is asked for, before and after whichever changes, it is the one
// that sorting all rooms would give.
func TestPagesAreThoseOfSorting(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	index := indexOf(3)
	for step := range 3000 {
		if random.IntN(3) == 0 && len(index.all()) < 90 {
			index.add(&room{conversation: conversation{id: index.nextID()}, row: int64(step)})
		}
		index.renew(index.all()[random.IntN(len(index.all()))])
		share := int64(1 + random.IntN(4))
		fits := func(room *room) bool { return room.row%share == 0 }
		list := index.list(random.IntN(2) == 0, fits)
		wanted := windowRequest{limit: 1 + random.IntN(12), skip: random.IntN(4) * 5}
		anyCursor := func() string { // sometimes of a room that was active again since
			if random.IntN(2) == 0 {
				return ""
			}
			position := random.Int64N(int64(index.activities) + 2)
			return writeCursor(list.position(&room{activity: position}))
		}
		wanted.after, wanted.before = anyCursor(), anyCursor()

		page, err := cutWindow(list, wanted)
		require.NoError(t, err)
		require.Equal(t, pageOfSorted(t, index.all(), list, fits, wanted), page, "step %d: %+v", step, wanted)
	}
}

// pageOfSorted finds a page in the plainest way.
func pageOfSorted(
	t *testing.T, all []*room, list orderedList[*room], fits func(*room) bool, wanted windowRequest,
) window[*room] {
	t.Helper()
	start, err := readCursor("", wanted.after, math.MinInt64)
	require.NoError(t, err)
	end, err := readCursor("", wanted.before, math.MaxInt64)
	require.NoError(t, err)
	sorted := slices.DeleteFunc(slices.Clone(all), func(room *room) bool { return !fits(room) })
	slices.SortFunc(sorted, func(a, b *room) int { return cmp.Compare(list.position(a), list.position(b)) })
	var between []*room
	for _, room := range sorted {
		if position := list.position(room); start < position && position < end {
			between = append(between, room)
		}
	}
	if wanted.after == "" && wanted.before == "" {
		between = between[min(wanted.skip, len(between)):]
	}
	if wanted.after == "" && wanted.before != "" {
		between = between[max(0, len(between)-wanted.limit):]
	}
	between = between[:min(wanted.limit, len(between))]
	if len(between) == 0 {
		return window[*room]{}
	}
	page := window[*room]{rows: between}
	if last := between[len(between)-1]; last != sorted[len(sorted)-1] {
		page.after = writeCursor(list.position(last))
	}
	if between[0] != sorted[0] {
		page.before = writeCursor(list.position(between[0]))
	}
	return page
}

// Cursors come back from outside, and may hold any number.
func TestCursorsBeyondAllRooms(t *testing.T) {
	for _, ascending := range []bool{true, false} {
		list := indexOf(5).list(ascending, anyFits)
		for position, want := range map[int64]windowSizes{
			math.MinInt64: {after: 5, before: 0}, math.MinInt64 + 1: {after: 5, before: 0},
			math.MaxInt64: {after: 0, before: 5}, math.MaxInt64 - 1: {after: 0, before: 5},
		} {
			after, err := cutWindow(list, windowRequest{limit: 9, after: writeCursor(position)})
			require.NoError(t, err)
			before, err := cutWindow(list, windowRequest{limit: 9, before: writeCursor(position)})
			require.NoError(t, err)
			assert.Equal(t, want, windowSizes{len(after.rows), len(before.rows)}, "%d, ascending: %t", position, ascending)
		}
	}
}

// windowSizes are how many rooms stand on either side of a cursor.
type windowSizes struct{ after, before int }

// A room is found by its id as it is written, and by nothing like it.
func TestFindingRooms(t *testing.T) {
	index := indexOf(3)
	for id, row := range map[string]int64{"98120701": 0, "98120702": 1, "98120703": 2} {
		found, ok := index.find(id)
		require.True(t, ok, id)
		assert.Equal(t, row, found.row)
	}
	for _, id := range []string{
		"", "0", "98120700", "98120704", "+98120701", "098120701", "98120701 ", "98120701.0", "-1",
		"-9223372036854775808", "9223372036854775807", "99999999999999999999",
	} {
		_, ok := index.find(id)
		assert.False(t, ok, id)
	}
}
