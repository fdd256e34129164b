package qismo_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// signedInAdmin and signedInAgent are clients of users who are signed in: what is checked here
// wants a user's token for the most part.
func (p *platform) signedInAdmin(t *testing.T) *qismo.Client {
	t.Helper()
	config := p.Config()
	return p.client(t, qismo.WithLogin(config.AppCode, config.AdminEmail, config.AdminPassword))
}

func (p *platform) signedInAgent(t *testing.T, agent sandbox.Agent) *qismo.Client {
	t.Helper()
	login := qismo.WithLogin(p.Config().AppCode, agent.Email, agent.Password)
	return p.client(t, login, qismo.WithRole(qismo.RoleAgent))
}

// serving tells who serves a room.
func (p *platform) serving(t *testing.T, roomID flex.ID) []int64 {
	t.Helper()
	room, ok := p.Room(string(roomID))
	require.True(t, ok)
	return room.AgentIDs
}

func checkWaiting(t *testing.T, p *platform, _ *qismo.Client) {
	t.Helper()
	admin, first, second := p.signedInAdmin(t), p.Config().Agents[0], p.Config().Agents[1]
	agent := p.signedInAgent(t, first)
	before, err := admin.Allocation.CountUnserved(t.Context())
	require.NoError(t, err)
	roomID := write(t, p, "628115550401")
	for name, count := range map[string]func() (int64, error){
		"older": func() (int64, error) { return admin.Allocation.CountUnresolved(t.Context()) },
		"admin": func() (int64, error) { return admin.Allocation.CountUnserved(t.Context()) },
		"agent": func() (int64, error) { return agent.Allocation.CountUnserved(t.Context()) },
		"supervisor": func() (int64, error) {
			return admin.Allocation.CountUnserved(t.Context(), qismo.WithRole(qismo.RoleSupervisor))
		},
	} {
		got, err := count()
		require.NoError(t, err, name)
		assert.Equal(t, before+1, got, name)
	}

	mine := func() int {
		rooms := 0
		for _, err := range agent.Rooms.All(t.Context(), qismo.ListRoomsParams{UserIDs: []flex.NumberID{flex.NumberID(sprint("%d", first.ID))}}) {
			require.NoError(t, err)
			rooms++
		}
		return rooms
	}
	had := mine()
	require.NoError(t, agent.Allocation.TakeOver(t.Context()))
	assert.Equal(t, had+1, mine())
	assert.Empty(t, p.serving(t, roomID), "others have waited longer")
	after, err := agent.Allocation.CountUnserved(t.Context())
	require.NoError(t, err)
	assert.Equal(t, before, after)

	for range 2 { // who is there already stays
		require.NoError(t, agent.Allocation.AddAgent(t.Context(), qismo.AddAgentParams{RoomID: roomID, AgentID: flex.ID(sprint("%d", second.ID))}))
		assert.Equal(t, []int64{second.ID}, p.serving(t, roomID))
	}
	err = agent.Allocation.AddAgent(t.Context(), qismo.AddAgentParams{RoomID: roomID, AgentID: "1"})
	require.ErrorIs(t, err, qismo.ErrNotFound)
}

func TestTakeOverWithoutAnybodyWaiting(t *testing.T) {
	p := newPlatform(t, sandbox.Config{})
	roomID := write(t, p, "628115550402")
	agent := p.signedInAgent(t, p.Config().Agents[0])
	require.NoError(t, agent.Allocation.TakeOver(t.Context()))
	assert.Equal(t, []int64{p.Config().Agents[0].ID}, p.serving(t, roomID))

	err := agent.Allocation.TakeOver(t.Context())
	require.ErrorIs(t, err, qismo.ErrBadRequest)
	var failure *qismo.Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, "there is no unserved customer", failure.Message, "bare text")
}

func checkBulkResolve(t *testing.T, p *platform, _ *qismo.Client) {
	t.Helper()
	admin := p.signedInAdmin(t)
	channels, err := admin.Allocation.ListBulkResolves(t.Context())
	require.NoError(t, err)
	assert.Empty(t, channels, "all customers wrote today")
	job, err := admin.Allocation.StartBulkResolve(t.Context(), "5120")
	require.NoError(t, err)
	last, err := job.Wait(t.Context(), qismo.WaitParams[qismo.BulkResolve]{First: time.Millisecond})
	require.NoError(t, err)
	assert.Equal(t, qismo.BulkResolveFinished, last.Progress.Status)
	left, err := admin.Allocation.AbortBulkResolve(t.Context(), "5120")
	require.NoError(t, err)
	assert.Zero(t, left.TotalRooms)
	_, err = admin.Allocation.StartBulkResolve(t.Context(), "5121")
	require.ErrorIs(t, err, qismo.ErrNotFound, "not a WhatsApp channel")
}

// expiredPlatform has WhatsApp customers who wrote more than a day ago. Time goes by
// only when its clock is moved; a bulk resolve takes a second for each room.
func expiredPlatform(t *testing.T, customers int) *platform {
	t.Helper()
	p := newPlatform(t, sandbox.Config{
		Now:  func() time.Time { return time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC) },
		Pace: sandbox.Pace{Resolve: time.Second},
	})
	for i := range customers {
		write(t, p, sprint("6281155504%02d", i))
	}
	require.NoError(t, p.Clock().Move(25*time.Hour))
	return p
}

func TestBulkResolveIsWaitedFor(t *testing.T) {
	p := expiredPlatform(t, 6)
	admin := p.signedInAdmin(t)
	expired := func() int {
		count := 0
		for _, err := range admin.Rooms.AllByQuery(t.Context(), qismo.ListRoomsByQueryParams{Status: qismo.RoomExpired}) {
			require.NoError(t, err)
			count++
		}
		return count
	}
	require.Equal(t, 6, expired())
	channels, err := admin.Allocation.ListBulkResolves(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []qismo.BulkResolveChannel{{ChannelID: "5120", ChannelName: "WhatsApp Kopi Wangi", TotalRooms: 6}}, channels)

	_, err = admin.Allocation.StartBulkResolve(t.Context(), "5120")
	require.NoError(t, err)
	var done []int64
	last, err := admin.Allocation.BulkResolveJob("5120").Wait(t.Context(), qismo.WaitParams[qismo.BulkResolve]{
		First: time.Millisecond,
		Progress: func(state qismo.BulkResolve) {
			done = append(done, state.Progress.Processed)
			assert.NoError(t, p.Clock().Move(2*time.Second))
		},
	})
	require.NoError(t, err)
	assert.Equal(t, []int64{0, 2, 4, 6}, done)
	assert.Equal(t, qismo.BulkResolveProgress{Status: "finished", Total: 6, Processed: 6, Success: 6}, last.Progress)
	assert.Zero(t, expired())
}

// Who waits for a bulk resolve that somebody else aborts does not wait for ever.
func TestBulkResolveIsAborted(t *testing.T) {
	p := expiredPlatform(t, 6)
	admin := p.signedInAdmin(t)
	job, err := admin.Allocation.StartBulkResolve(t.Context(), "5120")
	require.NoError(t, err)
	last, err := job.Wait(t.Context(), qismo.WaitParams[qismo.BulkResolve]{
		First: time.Millisecond,
		Progress: func(state qismo.BulkResolve) {
			if state.Progress.Processed == 2 {
				left, err := admin.Allocation.AbortBulkResolve(t.Context(), "5120")
				require.NoError(t, err)
				assert.EqualValues(t, 4, left.TotalRooms)
			}
			assert.NoError(t, p.Clock().Move(time.Second))
		},
	})
	require.NoError(t, err)
	assert.Empty(t, last.Progress.Status)
	assert.EqualValues(t, 2, last.Progress.Success)

	_, done, err := admin.Allocation.BulkResolveJob("5120").State(t.Context())
	require.NoError(t, err)
	assert.False(t, done, "for all that it knows, the work was not taken up yet")
}

func checkRoomByRoom(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	const customer = "628115550403"
	roomID := write(t, p, customer)
	for name, params := range map[string]qismo.ListRoomsByQueryParams{
		"by cursor": {Status: qismo.RoomUnresolved, Limit: 7},
		"by number": {Status: qismo.RoomUnresolved, Limit: 7, Page: 1},
	} {
		seen := map[flex.ID]bool{}
		for room, err := range client.Rooms.AllByQuery(t.Context(), params) {
			require.NoError(t, err)
			assert.False(t, seen[room.RoomID], "%s: each once", name)
			assert.False(t, room.IsResolved, name)
			seen[room.RoomID] = true
		}
		assert.GreaterOrEqual(t, len(seen), 31, name)
	}
	page, err := client.Rooms.ListByQuery(t.Context(), qismo.ListRoomsByQueryParams{ServeStatus: qismo.RoomUnserved, Limit: 1})
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	assert.Equal(t, roomID, page.Items[0].RoomID, "the newest first")
	assert.True(t, page.HasNext())

	require.NoError(t, p.signedInAdmin(t).Rooms.MarkAsRead(t.Context(), roomID))
	require.ErrorIs(t, p.signedInAdmin(t).Rooms.MarkAsRead(t.Context(), "1"), qismo.ErrNotFound)

	who := qismo.FindRoomParams{Source: "wa", ChannelID: "5120", CustomerID: customer}
	found, err := client.Rooms.Latest(t.Context(), who)
	require.NoError(t, err)
	assert.Equal(t, roomID, found)
	room, err := client.Rooms.FindByCustomer(t.Context(), who)
	require.NoError(t, err)
	assert.Equal(t, customer, room.UserID)
	assert.Equal(t, roomID, room.RoomID)
	who.CustomerID = "628115559998"
	_, err = client.Rooms.FindByCustomer(t.Context(), who)
	require.ErrorIs(t, err, qismo.ErrNotFound)

	checkExport(t, p, client, roomID)
	checkMergeInfo(t, client, roomID)
	checkOptions(t, p, client, roomID)
}

func checkExport(t *testing.T, p *platform, client *qismo.Client, roomID flex.ID) {
	t.Helper()
	link, err := client.Rooms.Export(t.Context(), roomID)
	require.NoError(t, err)
	assert.Contains(t, link.Reveal(), string(roomID))
	assert.Equal(t, "***", sprint("%v", link), "who has the link has the file")

	// A chat that was opened has no history until the customer writes.
	const customer = "laras@example.id"
	chat, err := client.Customer.InitiateChat(t.Context(), qismo.InitiateChatParams{UserID: customer, Name: "Laras", Nonce: "nonce"})
	require.NoError(t, err)
	empty, err := client.Rooms.Export(t.Context(), chat.CustomerRoom.RoomID)
	require.NoError(t, err)
	assert.Empty(t, empty)
	looks := 0
	link, err = client.Rooms.ExportJob(chat.CustomerRoom.RoomID).Wait(t.Context(), qismo.WaitParams[flex.Secret]{
		First: time.Millisecond,
		Progress: func(flex.Secret) {
			looks++
			_, err := p.CustomerWrites(t.Context(), sandbox.CustomerMessage{Source: "qiscus", UserID: customer, Text: "halo"})
			assert.NoError(t, err)
		},
	})
	require.NoError(t, err)
	assert.NotEmpty(t, link)
	assert.Equal(t, 2, looks)
}

func checkMergeInfo(t *testing.T, client *qismo.Client, roomID flex.ID) {
	t.Helper()
	_, err := client.Rooms.SetInfo(t.Context(), roomID, []qismo.UserProperty{{Key: "kota", Value: "Bandung"}, {Key: "nomor pesanan", Value: "KW-2093"}})
	require.NoError(t, err)
	_, err = client.Rooms.MergeInfo(t.Context(), roomID, []qismo.UserProperty{{Key: "lunas", Value: "ya"}, {Key: "kota", Value: "Semarang"}})
	require.NoError(t, err)
	info, err := client.Rooms.Info(t.Context(), roomID)
	require.NoError(t, err)
	assert.Equal(t, []qismo.UserProperty{
		{Key: "kota", Value: "Semarang"}, {Key: "nomor pesanan", Value: "KW-2093"}, {Key: "lunas", Value: "ya"},
	}, info.Extras.UserProperties)
}

// The options come back with the resolution, as JSON inside text.
func checkOptions(t *testing.T, p *platform, client *qismo.Client, roomID flex.ID) {
	t.Helper()
	resolve := func() flex.JSON {
		resolution, err := client.Rooms.Resolve(t.Context(), qismo.ResolveRoomParams{RoomID: roomID})
		require.NoError(t, err)
		return resolution.RoomInfo.Room.RoomOptions
	}
	read := resolve()
	require.True(t, read.FromText())
	var options map[string]any
	require.NoError(t, read.Decode(&options))
	assert.Equal(t, "wa", options["source"])
	options["notes"], options["tahap"] = "minta faktur", 3
	changed, err := flex.NewJSON(options)
	require.NoError(t, err)
	require.NoError(t, p.signedInAdmin(t).Rooms.UpdateOptions(t.Context(), roomID, changed))

	write(t, p, "628115550403")
	read = resolve()
	var again map[string]any
	require.NoError(t, read.Decode(&again))
	assert.Equal(t, "minta faktur", again["notes"])
	assert.InDelta(t, 3, again["tahap"], 0, "a member that nobody knows")
	assert.Equal(t, options["channel_details"], again["channel_details"])
	require.NoError(t, p.signedInAdmin(t).Rooms.UpdateOptions(t.Context(), roomID, read), "as it was read")
}

func checkTagsOfApp(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	admin := p.signedInAdmin(t)
	roomID := write(t, p, "628115550404")
	older, err := client.Tags.CreateV1(t.Context(), roomID, "kopi gayo")
	require.NoError(t, err)
	_, err = client.Tags.CreateV1(t.Context(), roomID, "kopi gayo")
	require.ErrorIs(t, err, qismo.ErrTagExists)
	tags, err := client.Tags.Ensure(t.Context(), roomID, []string{"kopi luwak", "kopi gayo", "kopi toraja", "kopi luwak"})
	require.NoError(t, err)
	assert.Equal(t, []string{"kopi gayo", "kopi luwak", "kopi toraja"}, tagNames(tags))
	assert.Equal(t, older.ID, tags[0].ID)
	tags, err = client.Tags.ListV1(t.Context(), roomID)
	require.NoError(t, err)
	assert.Equal(t, []string{"kopi gayo", "kopi luwak", "kopi toraja"}, tagNames(tags))
	assert.True(t, tags[0].CreatedAt.IsZero(), "the older route has no times")

	var found []qismo.Tag
	for tag, err := range admin.Tags.AllOfApp(t.Context(), qismo.ListTagsParams{Name: "KOPI", Limit: 2}) {
		require.NoError(t, err)
		found = append(found, tag)
	}
	assert.Equal(t, []string{"kopi gayo", "kopi luwak", "kopi toraja"}, tagNames(found))
	page, err := admin.Tags.ListOfApp(t.Context(), qismo.ListTagsParams{Name: "kopi", Limit: 2, Page: 2})
	require.NoError(t, err)
	assert.Equal(t, []string{"kopi toraja"}, tagNames(page.Items))
	assert.Nil(t, page.Total)
}

func tagNames(tags []qismo.Tag) []string {
	var all []string
	for _, tag := range tags {
		all = append(all, strings.ToLower(tag.Name))
	}
	return all
}
