package qismo_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// allAtOnce runs a function many times at once, each with its number.
func allAtOnce(many int, run func(number int)) {
	var begun, ended sync.WaitGroup
	begun.Add(1)
	for number := range many {
		ended.Go(func() {
			begun.Wait()
			run(number)
		})
	}
	begun.Done()
	ended.Wait()
}

// The platform replaces a room's information, so whoever adds to it reads, merges and
// writes. Of two who do so at once the second writer's list holds.
func TestInfoIsLostBetweenReadingAndWriting(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, sandbox.Config{})
	client := p.client(t)
	roomID := write(t, p, "628115550701")
	pair := func(key string) qismo.UserProperty { return qismo.UserProperty{Key: key, Value: "ya"} }

	first, err := client.Rooms.Info(t.Context(), roomID)
	require.NoError(t, err)
	second, err := client.Rooms.Info(t.Context(), roomID)
	require.NoError(t, err)
	_, err = client.Rooms.SetInfo(t.Context(), roomID, append(first.Extras.UserProperties, pair("lunas")))
	require.NoError(t, err)
	_, err = client.Rooms.SetInfo(t.Context(), roomID, append(second.Extras.UserProperties, pair("dikirim")))
	require.NoError(t, err)
	assert.Equal(t, []qismo.UserProperty{pair("dikirim")}, infoOf(t, client, roomID))
}

// Programs that take turns lose nothing, however many they are.
func TestInfoIsMergedInTurns(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, sandbox.Config{})
	client := p.client(t)
	roomID := write(t, p, "628115550702")
	const writers = 16
	var turn sync.Mutex
	allAtOnce(writers, func(number int) {
		turn.Lock()
		defer turn.Unlock()
		_, err := client.Rooms.MergeInfo(t.Context(), roomID, []qismo.UserProperty{{Key: sprint("nomor %d", number), Value: "ya"}})
		assert.NoError(t, err)
	})
	assert.Len(t, infoOf(t, client, roomID), writers)
}

// Those that do not take turns lose pairs of each other, but never leave half a list or a
// key twice, and the last to be done finds its own.
func TestInfoIsMergedAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, sandbox.Config{})
	client := p.client(t)
	roomID := write(t, p, "628115550703")
	const writers = 16
	allAtOnce(writers, func(number int) {
		_, err := client.Rooms.MergeInfo(t.Context(), roomID, []qismo.UserProperty{{Key: sprint("nomor %d", number), Value: flex.Text(sprint("%d", number))}})
		assert.NoError(t, err)
	})
	kept := infoOf(t, client, roomID)
	assert.NotEmpty(t, kept)
	keys := map[string]bool{}
	for _, pair := range kept {
		assert.False(t, keys[pair.Key], "%s stands twice", pair.Key)
		keys[pair.Key] = true
		assert.Equal(t, "nomor "+string(pair.Value), pair.Key)
	}
}

// qiscus-go puts new pairs before the old ones, so that a key can stand twice. Such a list
// is kept as it is, and mends itself with the first merge by key.
func TestInfoWithAKeyTwice(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, sandbox.Config{})
	client := p.client(t)
	roomID := write(t, p, "628115550704")
	twice := []qismo.UserProperty{{Key: "kota", Value: "Solo"}, {Key: "kota", Value: "Bandung"}}
	_, err := client.Rooms.SetInfo(t.Context(), roomID, twice)
	require.NoError(t, err)
	assert.Equal(t, twice, infoOf(t, client, roomID))
	_, err = client.Rooms.MergeInfo(t.Context(), roomID, []qismo.UserProperty{{Key: "kota", Value: "Medan"}})
	require.NoError(t, err)
	for _, pair := range infoOf(t, client, roomID) {
		assert.Equal(t, qismo.UserProperty{Key: "kota", Value: "Medan"}, pair)
	}
}

func infoOf(t *testing.T, client *qismo.Client, roomID flex.ID) []qismo.UserProperty {
	t.Helper()
	info, err := client.Rooms.Info(t.Context(), roomID)
	require.NoError(t, err)
	return info.Extras.UserProperties
}

// A contact cannot be made: it is born by its first message. Programs look for a
// customer's room, and let the customer write where there is none; many at once for the
// same customer end up in one room with one contact.
func TestContactIsFoundOrMade(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, sandbox.Config{})
	client := p.client(t)
	const customer = "budi@example.id"
	channel := customChannel(t, p)
	var made atomic.Int64
	found := make([]qismo.Room, 16)
	allAtOnce(len(found), func(number int) {
		who := qismo.FindRoomParams{Source: channel.Source, ChannelID: flex.ID(sprint("%d", channel.ID)), CustomerID: customer}
		room, err := client.Rooms.FindByCustomer(t.Context(), who)
		if errors.Is(err, qismo.ErrNotFound) {
			made.Add(1)
			_, err = client.Customer.SendCustomChannelMessage(t.Context(), qismo.SendCustomChannelMessageParams{
				IdentifierKey: flex.Credential(channel.Source), UserID: customer, Name: "Budi Santoso", Message: "halo",
			})
			if assert.NoError(t, err) {
				room, err = client.Rooms.FindByCustomer(t.Context(), who)
			}
		}
		if assert.NoError(t, err) {
			found[number] = *room
		}
	})
	assert.Positive(t, made.Load())
	for _, room := range found {
		assert.Equal(t, found[0].RoomID, room.RoomID)
		assert.Equal(t, found[0].ContactID, room.ContactID)
	}
	assert.Len(t, p.Messages(string(found[0].RoomID)), int(made.Load()), "each who found nobody wrote")
	contact, err := p.signedInAdmin(t).Contacts.Get(t.Context(), found[0].ContactID)
	require.NoError(t, err)
	assert.Equal(t, "Budi Santoso", contact.Name)
}

// customChannel is one that programs write on for customers.
func customChannel(t *testing.T, p *platform) sandbox.Channel {
	t.Helper()
	for _, channel := range p.Config().Channels {
		if channel.Custom {
			return channel
		}
	}
	require.Fail(t, "the sandbox has no custom channel")
	return sandbox.Channel{}
}

// Programs that tag rooms take "it is there" for done. Many at once make one tag, and
// other rooms get the same one.
func TestTagIsFoundOrMade(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, sandbox.Config{})
	client := p.client(t)
	roomID, other := write(t, p, "628115550705"), write(t, p, "628115550706")
	var made, there atomic.Int64
	allAtOnce(16, func(int) {
		_, err := client.Tags.Create(t.Context(), roomID, "grosir")
		if err == nil {
			made.Add(1)
		} else if assert.ErrorIs(t, err, qismo.ErrTagExists) {
			there.Add(1)
		}
	})
	assert.EqualValues(t, 1, made.Load())
	assert.EqualValues(t, 15, there.Load())

	allAtOnce(8, func(int) {
		tags, err := client.Tags.Ensure(t.Context(), roomID, []string{"grosir", "langganan"})
		if assert.NoError(t, err) {
			assert.Equal(t, []string{"grosir", "langganan"}, tagNames(tags))
		}
	})
	tags, err := client.Tags.Ensure(t.Context(), roomID, nil)
	require.NoError(t, err)
	elsewhere, err := client.Tags.Create(t.Context(), other, "grosir")
	require.NoError(t, err)
	assert.Equal(t, tags[0].ID, elsewhere.ID, "a tag is the app's")
}

// Programs that hand out rooms race for them with max_agent 1: one wins, and the others
// are told.
func TestOneOfManyIsAssigned(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, sandbox.Config{AgentCount: 4})
	client := p.client(t)
	roomID := write(t, p, "628115550707")
	agents := p.Config().Agents[:3] // the last one is offline
	var won, lost atomic.Int64
	allAtOnce(12, func(number int) {
		agent := agents[number%len(agents)]
		_, err := client.Allocation.Assign(t.Context(), qismo.AssignAgentParams{
			RoomID: roomID, AgentID: flex.ID(sprint("%d", agent.ID)), MaxAgent: 1,
		})
		if err == nil {
			won.Add(1)
		} else if assert.ErrorIs(t, err, qismo.ErrMaxAgents) {
			lost.Add(1)
		}
	})
	assert.Len(t, p.serving(t, roomID), 1)
	assert.EqualValues(t, 12, won.Load()+lost.Load())
	assert.Positive(t, won.Load())
}
