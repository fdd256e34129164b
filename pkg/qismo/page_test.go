package qismo_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

func collect[T any](t *testing.T, rows func(func(T, error) bool), id func(T) flex.ID) []flex.ID {
	t.Helper()
	var ids []flex.ID
	for row, err := range rows {
		require.NoError(t, err)
		ids = append(ids, id(row))
	}
	return ids
}

func roomID(room qismo.Room) flex.ID { return room.RoomID }

func TestCursorsOfEveryForm(t *testing.T) {
	for name, ends := range map[string]string{"null": "null", "missing": `null,"x":1`, "unchanged": `"dua"`, "empty": `""`} {
		t.Run(name, func(t *testing.T) {
			turn := 0
			service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
				cursors := []string{`17`, `"dua"`, ends}
				answerJSON(200, fmt.Sprintf(`{"data":{"customer_rooms":[{"room_id":"%d"}]},"meta":{"cursor_after":%s}}`, turn, cursors[turn]))(w, request)
				turn++
			})
			client := service.client(t)
			assert.Equal(t, []flex.ID{"0", "1", "2"}, collect(t, client.Rooms.All(t.Context(), qismo.ListRoomsParams{Limit: 1, Status: qismo.RoomUnresolved}), roomID))
			var asked []string
			for _, request := range service.seen() {
				assert.Contains(t, request.Body, `"status":"unresolved"`)
				_, cursor, _ := strings.Cut(request.Body, `"cursor_after":`)
				asked = append(asked, strings.SplitN(cursor, ",", 2)[0])
			}
			assert.Equal(t, []string{"", `"17"`, `"dua"`}, asked)
		})
	}
}

func TestPagesByHand(t *testing.T) {
	turn := 0
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		cursor := []string{`"b"`, "null"}[turn]
		turn++
		answerJSON(200, fmt.Sprintf(`{"data":{"agents":[{"id":%d,"name":"a","email":"e","is_available":true,"type":2}]},"meta":{"total_count":2,"after":%s}}`, turn, cursor))(w, request)
	})
	page, err := service.client(t).Agents.List(t.Context(), qismo.ListAgentsParams{Limit: 1})
	require.NoError(t, err)
	assert.Equal(t, flex.ID("b"), page.Next)
	require.NotNil(t, page.Total)
	assert.EqualValues(t, 2, *page.Total)
	page, err = page.NextPage(t.Context())
	require.NoError(t, err)
	assert.Equal(t, flex.ID("2"), page.Items[0].ID)
	assert.False(t, page.HasNext())
	_, err = page.NextPage(t.Context())
	require.ErrorIs(t, err, qismo.ErrNoNextPage)
}

func TestIterationStopsWithTheCaller(t *testing.T) {
	service := newRecorder(t, answerJSON(200, `{"data":{"customer_rooms":[{"room_id":"1"},{"room_id":"2"}]},"meta":{"cursor_after":"x"}}`))
	for room, err := range service.client(t).Rooms.All(t.Context(), qismo.ListRoomsParams{}) {
		require.NoError(t, err)
		if room.RoomID == "2" {
			break
		}
	}
	assert.Len(t, service.seen(), 1)
}

func TestIterationEndsWithTheFirstError(t *testing.T) {
	turn := 0
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		turn++
		if turn == 2 {
			answerJSON(429, `{"errors":"later"}`)(w, request)
			return
		}
		answerJSON(200, `{"data":{"customer_rooms":[{"room_id":"1"}]},"meta":{"cursor_after":"x"}}`)(w, request)
	})
	var failures int
	for _, err := range service.client(t).Rooms.All(t.Context(), qismo.ListRoomsParams{}) {
		if err != nil {
			require.ErrorIs(t, err, qismo.ErrRateLimited)
			failures++
		}
	}
	assert.Equal(t, 1, failures)
	assert.Len(t, service.seen(), 2)
}

// Lists that are paged by number end by the number of pages, by the total, or at
// an empty page. A page that is shorter than what was asked for is not the end.
func TestNumberedPages(t *testing.T) {
	for name, metas := range map[string][]string{
		"pages":       {`{"page":1,"limit":2,"total":3,"total_page":2}`, `{"page":2,"limit":2,"total":3,"total_page":2}`},
		"no meta":     {``, ``, ``},
		"total alone": {`{"total":3}`, `{"total":3}`, `{"total":3}`},
	} {
		t.Run(name, func(t *testing.T) {
			turn := 0
			service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
				rows := []string{`[{"id":1,"name":"a"},{"id":2,"name":"b"}]`, `[{"id":3,"name":"c"}]`, `[]`}[turn]
				meta := metas[turn]
				turn++
				if meta != "" {
					meta = `,"meta":` + meta
				}
				answerJSON(200, `{"data":`+rows+meta+`}`)(w, request)
			})
			divisions := service.client(t).Agents.AllDivisions(t.Context(), qismo.ListDivisionsParams{Limit: 1000})
			assert.Equal(t, []flex.ID{"1", "2", "3"}, collect(t, divisions, func(d qismo.Division) flex.ID { return d.ID }))
			assert.Len(t, service.seen(), len(metas))
			assert.Equal(t, "/api/v2/divisions?limit=1000", service.seen()[0].URI)
			assert.ElementsMatch(t, []string{"limit=1000", "page=2"}, strings.Split(strings.TrimPrefix(service.seen()[1].URI, "/api/v2/divisions?"), "&"))
		})
	}
}

func TestOlderPaginator(t *testing.T) {
	turn := 0
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		turn++
		next := []string{`"https://x.example.id/?page=2"`, "null"}[turn-1]
		answerJSON(200, fmt.Sprintf(`{"data":{"agents":{"current_page":%d,"last_page":2,"total":2,"next_page_url":%s,"data":[{"id":%d,"name":"a","email":"e"}]}}}`, turn, next, turn))(w, request)
	})
	agents := service.client(t).Agents.AllV1(t.Context(), qismo.ListAgentsV1Params{})
	assert.Equal(t, []flex.ID{"1", "2"}, collect(t, agents, func(a qismo.AgentV1) flex.ID { return a.ID }))
	assert.Equal(t, "/api/v1/admin/agents", service.seen()[0].URI)
	assert.Equal(t, "/api/v1/admin/agents?page=2", service.seen()[1].URI)
}

// A walk ends even if the service would lead it in a circle, or does not heed
// which page it is asked for.
func TestWalksEnd(t *testing.T) {
	turn := 0
	circling := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		turn++
		answerJSON(200, fmt.Sprintf(`{"data":{"customer_rooms":[{"room_id":"%d"}]},"meta":{"cursor_after":"%d"}}`, turn, 1+turn%3))(w, request)
	})
	var last error
	for _, err := range circling.client(t).Rooms.All(t.Context(), qismo.ListRoomsParams{}) {
		last = err
	}
	require.ErrorContains(t, last, "have no end")
	assert.Less(t, len(circling.seen()), 12)

	heedless := newRecorder(t, answerJSON(200, `{"data":[{"id":1,"name":"a"},{"id":2,"name":"b"}]}`))
	divisions := heedless.client(t).Agents.AllDivisions(t.Context(), qismo.ListDivisionsParams{})
	assert.Equal(t, []flex.ID{"1", "2"}, collect(t, divisions, func(d qismo.Division) flex.ID { return d.ID }))
	assert.Len(t, heedless.seen(), 2)
}

// Where the service tells neither a total nor heeds a limit, only an empty page is
// the end.
func TestNumberedPagesWithoutAnyHint(t *testing.T) {
	turn := 0
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		turn++
		answerJSON(200, []string{`{"data":[{"id":1,"name":"a"}]}`, `{"data":[{"id":2,"name":"b"}]}`, `{"data":[]}`}[turn-1])(w, request)
	})
	divisions := service.client(t).Agents.AllDivisions(t.Context(), qismo.ListDivisionsParams{})
	assert.Equal(t, []flex.ID{"1", "2"}, collect(t, divisions, func(d qismo.Division) flex.ID { return d.ID }))
}

// A service can lead a walk on with empty pages, or with rows that change each
// time; the walk gives up.
func TestWalksGiveUp(t *testing.T) {
	turn := 0
	empty := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		turn++
		answerJSON(200, fmt.Sprintf(`{"data":{"customer_rooms":[]},"meta":{"cursor_after":"c%d"}}`, turn))(w, request)
	})
	var last error
	for _, err := range empty.client(t).Rooms.All(t.Context(), qismo.ListRoomsParams{}) {
		last = err
	}
	require.ErrorContains(t, last, "have no end")
	assert.LessOrEqual(t, len(empty.seen()), 20)

	changing := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		turn++
		answerJSON(200, fmt.Sprintf(`{"data":[{"id":1,"name":"a","email":"e","current_customer_count":%d}]}`, turn))(w, request)
	})
	for _, err := range changing.client(t).Agents.AllByDivision(t.Context(), qismo.ListAgentsByDivisionParams{DivisionIDs: []flex.ID{"1"}}) {
		last = err
	}
	require.ErrorContains(t, last, "have no end")
	assert.LessOrEqual(t, len(changing.seen()), 1000)

	older := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		turn++
		answerJSON(200, fmt.Sprintf(`{"data":{"agents":{"current_page":1,"last_page":9,"next_page_url":"https://x.example.id/?page=2","data":[{"id":1,"name":"a","email":"e","current_customer_count":%d}]}}}`, turn))(w, request)
	})
	rows := 0
	for _, err := range older.client(t).Agents.AllV1(t.Context(), qismo.ListAgentsV1Params{}) {
		require.NoError(t, err)
		rows++
	}
	assert.Equal(t, 2, rows, "the page that was not asked for is the last")
}

// The cursor that leads backwards is only for the first page.
func TestWalkingOnDropsTheCursorBefore(t *testing.T) {
	turn := 0
	service := newRecorder(t, func(w http.ResponseWriter, request *http.Request) {
		turn++
		answerJSON(200, []string{
			`{"data":{"customer_rooms":[{"room_id":"1"}]},"meta":{"cursor_after":"b"}}`,
			`{"data":{"customer_rooms":[{"room_id":"2"}]},"meta":{}}`,
		}[turn-1])(w, request)
	})
	collect(t, service.client(t).Rooms.All(t.Context(), qismo.ListRoomsParams{CursorBefore: "z"}), roomID)
	assert.JSONEq(t, `{"cursor_before":"z"}`, service.seen()[0].Body)
	assert.JSONEq(t, `{"cursor_after":"b"}`, service.seen()[1].Body)
}
