package qismo_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// This file and habits_writes_test.go have what programs do that were written for other
// clients of the platform: pages turned by hand, merges by hand, and look-ups that make
// what they do not find. They have to work here as they did there, although the façade
// has something shorter for most of them.

// byNumber turns pages as programs do that know page numbers alone: on until a page is
// not full.
func byNumber[T any](t *testing.T, fetch func(number, limit int64) (*qismo.Page[T], error)) []T {
	t.Helper()
	const limit = 2
	var all []T
	for number := int64(1); ; number++ {
		page, err := fetch(number, limit)
		require.NoError(t, err)
		all = append(all, page.Items...)
		if len(page.Items) < limit {
			return all
		}
	}
}

// byCursor turns pages as the vendor's gem does: on as long as an answer has a cursor.
func byCursor[T any](t *testing.T, fetch func(cursor flex.ID) (*qismo.Page[T], error)) []T {
	t.Helper()
	var all []T
	for cursor := flex.ID(""); ; {
		page, err := fetch(cursor)
		require.NoError(t, err)
		all = append(all, page.Items...)
		if cursor = page.Next; cursor == "" {
			return all
		}
	}
}

// distinct are the ids of rows, of which there is each once.
func distinct[T any](t *testing.T, rows []T, id func(T) flex.ID) []flex.ID {
	t.Helper()
	var ids []flex.ID
	for _, row := range rows {
		assert.NotContains(t, ids, id(row), "each once")
		ids = append(ids, id(row))
	}
	return ids
}

func agentID(agent qismo.Agent) flex.ID { return agent.ID }

func TestAgentsPageByPage(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, sandbox.Config{AgentCount: 7}) // an odd number of staff and an even one are both met
	client := p.client(t)
	roomID := write(t, p, "628115550501")
	var everybody, inDivision, available []flex.ID
	divisions := byNumber(t, func(number, limit int64) (*qismo.Page[qismo.Division], error) {
		return client.Agents.ListDivisions(t.Context(), qismo.ListDivisionsParams{Page: number, Limit: limit})
	})
	require.NotEmpty(t, divisions)
	for _, member := range p.Staff() {
		id := flex.ID(sprint("%d", member.ID))
		everybody = append(everybody, id)
		if member.Type == sandbox.TypeAgent {
			inDivision = append(inDivision, id)
			if member.Available {
				available = append(available, id)
			}
		}
	}

	agents := byNumber(t, func(number, limit int64) (*qismo.Page[qismo.Agent], error) {
		return client.Agents.List(t.Context(), qismo.ListAgentsParams{Page: number, Limit: limit})
	})
	assert.ElementsMatch(t, everybody, distinct(t, agents, agentID), "by number")
	agents = byCursor(t, func(cursor flex.ID) (*qismo.Page[qismo.Agent], error) {
		return client.Agents.List(t.Context(), qismo.ListAgentsParams{CursorAfter: cursor, Limit: 2})
	})
	assert.ElementsMatch(t, everybody, distinct(t, agents, agentID), "by cursor")
	older := byNumber(t, func(number, limit int64) (*qismo.Page[qismo.AgentV1], error) {
		return client.Agents.ListV1(t.Context(), qismo.ListAgentsV1Params{Page: number, Limit: limit})
	})
	assert.ElementsMatch(t, everybody, distinct(t, older, func(agent qismo.AgentV1) flex.ID { return agent.ID }), "by the older list")

	agents = byNumber(t, func(number, limit int64) (*qismo.Page[qismo.Agent], error) {
		return client.Agents.ListByDivision(t.Context(), qismo.ListAgentsByDivisionParams{
			DivisionIDs: []flex.ID{divisions[0].ID}, Page: number, Limit: limit,
		})
	})
	assert.ElementsMatch(t, inDivision, distinct(t, agents, agentID), "of a division")
	agents = byCursor(t, func(cursor flex.ID) (*qismo.Page[qismo.Agent], error) {
		return client.Agents.ListAvailable(t.Context(), qismo.ListAvailableAgentsParams{RoomID: roomID, CursorAfter: cursor, Limit: 2})
	})
	assert.ElementsMatch(t, available, distinct(t, agents, agentID), "available")

	names := map[string]bool{}
	for division, err := range client.Agents.AllDivisions(t.Context(), qismo.ListDivisionsParams{Limit: 1}) {
		require.NoError(t, err)
		names[division.Name] = true
	}
	assert.Len(t, names, len(divisions))
}

// qiscus-go filters by availability whether it is told to or not: who says nothing gets
// those who are offline. The wire is the same here.
func TestAgentsWhoAreOffline(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, sandbox.Config{AgentCount: 3})
	client := p.client(t)
	divisions, err := client.Agents.ListDivisions(t.Context(), qismo.ListDivisionsParams{})
	require.NoError(t, err)
	page, err := client.Agents.ListByDivision(t.Context(), qismo.ListAgentsByDivisionParams{
		DivisionIDs: []flex.ID{divisions.Items[0].ID}, IsAvailable: ptr(false),
	})
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	last := p.Config().Agents[2]
	require.True(t, last.Offline)
	assert.Equal(t, last.Email, page.Items[0].Email)
}

// Rooms come while somebody turns the pages. Whoever walks by cursor meets each room that
// was there once; by number a room can come twice, as it is pushed on by a new one.
func TestRoomsPageByPageWhileMoreCome(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, sandbox.Config{Rooms: 9})
	client := p.client(t)
	was, err := client.Rooms.List(t.Context(), qismo.ListRoomsParams{Limit: 100})
	require.NoError(t, err)
	require.Len(t, was.Items, 9)
	roomID := func(room qismo.Room) flex.ID { return room.RoomID }

	calls := 0
	rooms := byCursor(t, func(cursor flex.ID) (*qismo.Page[qismo.Room], error) {
		page, err := client.Rooms.List(t.Context(), qismo.ListRoomsParams{CursorAfter: cursor, Limit: 2})
		calls++
		write(t, p, sprint("6281155506%02d", calls))
		return page, err
	})
	assert.Equal(t, distinct(t, was.Items, roomID), distinct(t, rooms, roomID), "in the order of before")

	met := map[flex.ID]bool{}
	rooms = byNumber(t, func(number, limit int64) (*qismo.Page[qismo.Room], error) {
		page, err := client.Rooms.ListByQuery(t.Context(), qismo.ListRoomsByQueryParams{Page: number, Limit: limit})
		if number == 1 {
			write(t, p, "628115550699")
		}
		return page, err
	})
	for _, room := range rooms {
		met[room.RoomID] = true
	}
	assert.Len(t, met, 9+calls, "all that were there")
	assert.Len(t, rooms, 9+calls+1, "and one of them twice")
}

// A worker that empties a queue asks for the first page again and again: what it has done
// is in it no more.
func TestQueueIsWorkedOff(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, sandbox.Config{Rooms: 7})
	client := p.client(t)
	resolved := 0
	for {
		page, err := client.Rooms.List(t.Context(), qismo.ListRoomsParams{Status: qismo.RoomUnresolved, Limit: 3})
		require.NoError(t, err)
		if len(page.Items) == 0 {
			break
		}
		for _, room := range page.Items {
			_, err := client.Rooms.Resolve(t.Context(), qismo.ResolveRoomParams{RoomID: room.RoomID, Notes: "selesai"})
			require.NoError(t, err)
			resolved++
		}
	}
	assert.Equal(t, 7, resolved)
	left, err := p.signedInAdmin(t).Allocation.CountUnresolved(t.Context())
	require.NoError(t, err)
	assert.Zero(t, left)
}

// A script that looks after a job by itself, and not by waiting for it.
func TestBulkResolveIsLookedAfterByHand(t *testing.T) {
	t.Parallel()
	p := expiredPlatform(t, 4)
	admin := p.signedInAdmin(t)
	_, err := admin.Allocation.StartBulkResolve(t.Context(), "5120")
	require.NoError(t, err)
	for looks := 0; ; looks++ {
		require.Less(t, looks, 20, "it never ends")
		state, err := admin.Allocation.BulkResolve(t.Context(), "5120")
		require.NoError(t, err)
		if state.Progress.Status == "finished" {
			assert.EqualValues(t, 4, state.Progress.Success)
			return
		}
		require.NoError(t, p.Clock().Move(time.Second))
	}
}

// A deployment points all webhooks at itself, and can be repeated.
func TestDeploymentSetsItsWebhooks(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, sandbox.Config{})
	client := p.client(t)
	const at = "http://127.0.0.1:1/hooks/"
	for range 2 {
		report, err := client.WebhookSettings.SetAll(t.Context(), qismo.SetAllWebhooksParams{
			Bot: at + "bot", NewSession: at + "session", AgentAllocation: at + "allocation",
			Resolve: at + "resolved", Auth: at + "auth",
			Fallback: []qismo.Option{qismo.WithToken(p.Config().AppCode, adminToken(t, p))}, // some setters want one
		})
		require.NoError(t, err, report)
		configs, err := client.App.Configs(t.Context())
		require.NoError(t, err)
		assert.Equal(t, at+"session", configs.NewSessionWebhookURL)
		assert.Equal(t, at+"resolved", configs.MarkAsResolvedWebhookURL)
		assert.True(t, bool(configs.IsNewSessionWebhookEnabled))
	}
}
