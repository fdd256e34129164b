package realtime

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// eventOf is the event of a message.
func eventOf(id int64, room string) *NewMessage {
	return &NewMessage{Message: wire.Message{ID: flex.ID(strconv.FormatInt(id, 10)), RoomID: flex.ID(room)}}
}

// post makes a message that was posted after another one in its room.
func post(room string, id, before int64) message {
	return message{id: id, before: before, room: room, event: eventOf(id, room)}
}

func messageID(event Event) int64 {
	id, err := event.(*NewMessage).Message.ID.Int64()
	if err != nil {
		panic(err)
	}
	return id
}

// caughtUp is a sequence that is connected and has read everything.
func caughtUp(t *testing.T, after int64, capacity int) *sequence {
	t.Helper()
	s := newSequence(Position{MessageID: after, EventID: after}, capacity, 20)
	s.reconnected()
	walk(t, s, 0)
	return s
}

// walk answers all that is asked for with messages.
func walk(t *testing.T, s *sequence, now time.Duration, visible ...message) (walks int) {
	t.Helper()
	for {
		before := s.messages.begun
		after, ask := s.askMessages(now)
		if !ask {
			return walks
		}
		walks += s.messages.begun - before
		var page []message
		for _, m := range visible {
			if m.id > after && len(page) < s.pageSize {
				page = append(page, m)
			}
		}
		s.gotMessages(page, 0, now)
	}
}

// told takes all that can be told, as numbers; late ones are negative.
func told(s *sequence) []int64 {
	var ids []int64
	for {
		event, ok := s.take(false)
		if !ok {
			return ids
		}
		id := messageID(event)
		if event.(*NewMessage).Late {
			id = -id
		}
		ids = append(ids, id)
	}
}

func TestWhatFollowsOnWhatWasToldIsToldAtOnce(t *testing.T) {
	s := caughtUp(t, 10, 40)
	s.arrived(post("a", 11, 7)) // up to the safe place nothing is missing
	s.arrived(post("b", 12, 0)) // nor before the first message of a room
	s.arrived(post("a", 13, 11))
	require.Equal(t, []int64{11, 12, 13}, told(s))
	require.Zero(t, walk(t, s, 0), "nothing to sync for")
}

func TestWhatCameTwiceIsToldOnce(t *testing.T) {
	s := caughtUp(t, 10, 40)
	s.arrived(post("a", 9, 8))
	s.arrived(post("a", 11, 10))
	s.arrived(post("a", 11, 10))
	s.messages.wantAll()
	walk(t, s, 0, post("a", 11, 10))
	s.arrived(post("a", 11, 10))
	require.Equal(t, []int64{11}, told(s))
	require.EqualValues(t, 3, s.duplicates)
}

func TestAMessageWaitsForTheOneBeforeIt(t *testing.T) {
	s := caughtUp(t, 10, 40)
	s.arrived(post("a", 13, 12))
	s.arrived(post("a", 14, 13))
	s.arrived(post("b", 15, 4))
	require.Equal(t, []int64{15}, told(s), "other rooms do not wait")
	s.arrived(post("a", 14, 13)) // once more

	t.Run("which MQTT brings", func(t *testing.T) {
		s := caughtUp(t, 10, 40)
		s.arrived(post("a", 14, 13))
		s.arrived(post("a", 13, 12))
		s.arrived(post("a", 12, 10))
		require.Equal(t, []int64{12, 13, 14}, told(s))
	})
	t.Run("which sync brings", func(t *testing.T) {
		require.Equal(t, 1, walk(t, s, 0, post("a", 12, 10), post("a", 13, 12), post("a", 14, 13)))
		require.Equal(t, []int64{12, 13, 14}, told(s))
	})
	t.Run("which sync brings alone", func(t *testing.T) {
		s := caughtUp(t, 10, 40)
		s.arrived(post("a", 13, 12))
		s.arrived(post("a", 14, 13))
		require.Equal(t, 1, walk(t, s, 0, post("a", 12, 10)))
		require.Equal(t, []int64{12, 13, 14}, told(s))
	})
	t.Run("which sync brings without the next", func(t *testing.T) {
		s := caughtUp(t, 10, 40)
		s.arrived(post("a", 13, 12))
		require.Equal(t, 1, walk(t, s, 0, post("a", 14, 13)))
		require.Equal(t, []int64{13, 14}, told(s))
	})
	t.Run("which does not exist", func(t *testing.T) {
		s := caughtUp(t, 10, 40)
		s.arrived(post("a", 14, 13))
		s.arrived(post("a", 13, 12))
		require.Empty(t, told(s))
		require.Equal(t, 1, walk(t, s, 0))
		require.Equal(t, []int64{13, 14}, told(s))
	})
}

func TestAWalkThatBeganBeforeIsNotEnough(t *testing.T) {
	s := caughtUp(t, 10, 40)
	s.messages.wantAll()
	_, ask := s.askMessages(0)
	require.True(t, ask)
	s.arrived(post("a", 13, 12)) // the answer to what was asked is older
	s.gotMessages(nil, 0, 0)
	require.Empty(t, told(s))
	require.Equal(t, 1, walk(t, s, 0, post("a", 12, 10)))
	require.Equal(t, []int64{12, 13}, told(s))
}

func TestAGapIsFilledFromWhereItIs(t *testing.T) {
	s := caughtUp(t, 10, 40)
	s.messages.wantAll()
	walk(t, s, 0, post("a", 20, 10))
	for name, m := range map[string]struct {
		message
		from int64
	}{
		"after what was read":  {post("a", 32, 31), 20},
		"before what was read": {post("b", 33, 18), 17},
	} {
		t.Run(name, func(t *testing.T) {
			s.arrived(m.message)
			after, ask := s.askMessages(0)
			require.True(t, ask)
			require.Equal(t, m.from, after)
			walk(t, s, 0)
		})
	}
}

func TestOfARoomTheLowerIsToldFirstWhereNothingSaysWhatIsBefore(t *testing.T) {
	s := caughtUp(t, 10, 40)
	s.arrived(post("a", 13, 12))
	s.arrived(post("a", 14, 0))
	require.Empty(t, told(s))
	walk(t, s, 0)
	require.Equal(t, []int64{13, 14}, told(s))
}

func TestWhatSyncFindsTooLateSaysSo(t *testing.T) {
	s := caughtUp(t, 10, 40)
	s.arrived(post("a", 13, 9))
	s.messages.wantAll()
	walk(t, s, 0, post("a", 12, 9), post("a", 14, 13))
	require.Equal(t, []int64{13, -12, 14}, told(s))
}

func TestAfterAReconnectionEverythingWaitsForSync(t *testing.T) {
	s := caughtUp(t, 10, 40)
	s.reconnected()
	s.arrived(post("a", 13, 9))
	s.arrived(post("a", 14, 0))
	require.Empty(t, told(s))
	walk(t, s, 0, post("b", 11, 0), post("a", 12, 9))
	require.Equal(t, []int64{11, 12, 13, 14}, told(s))
	s.arrived(post("a", 15, 14))
	require.Equal(t, []int64{15}, told(s))
}

func TestWhatHasNoRoomIsBroughtBySyncWhenThereIsRoom(t *testing.T) {
	const capacity = 4
	s := caughtUp(t, 10, capacity)
	var all []message
	for id := int64(11); id <= 30; id++ {
		m := post(fmt.Sprint(id%3), id, max(0, id-3))
		if m.before <= 10 {
			m.before = 0
		}
		all = append(all, m)
		s.arrived(m)
		require.LessOrEqual(t, s.queue.len(), capacity)
	}
	require.EqualValues(t, 16, s.letGone)
	require.Zero(t, walk(t, s, 0, all...), "sync waits for room too")
	_, _ = s.take(false)
	other := post("other", 31, 0)
	s.arrived(other)
	require.Equal(t, capacity-1, s.queue.len(), "which is for sync first")
	all = append(all, other)

	ids := []int64{11}
	for len(ids) < len(all) {
		event, ok := s.take(false)
		require.True(t, ok, "after %v", ids)
		ids = append(ids, messageID(event))
		walk(t, s, 0, all...)
		require.LessOrEqual(t, s.queue.len(), capacity)
	}
	for i, m := range all {
		require.Equal(t, m.id, ids[i])
	}
	s.arrived(post("1", 32, 28))
	require.Equal(t, []int64{32}, told(s), "all is as before")
}

func TestMessagesThatWaitAreLetGoWhenThereAreTooMany(t *testing.T) {
	const capacity = 3
	s := caughtUp(t, 10, capacity)
	var all []message
	for id := int64(12); id <= 20; id++ {
		all = append(all, post("a", id, id-1))
		s.arrived(all[len(all)-1])
	}
	require.Equal(t, capacity, s.inLines)
	var ids []int64
	for range 20 {
		walk(t, s, 0, all...)
		ids = append(ids, told(s)...)
	}
	require.Equal(t, []int64{12, 13, 14, 15, 16, 17, 18, 19, 20}, ids)
}

func TestNothingIsToldFromMQTTAloneForEver(t *testing.T) {
	s := caughtUp(t, 0, maxCrowd+10)
	for id := int64(1); id <= maxCrowd+5; id++ {
		s.arrived(post("a", id, id-1))
	}
	require.Equal(t, maxCrowd, s.queue.len(), "what is remembered has its bound")
	require.EqualValues(t, 5, s.letGone)
	require.True(t, s.messages.wanted)
}

func TestTheSafePlaceStaysBehind(t *testing.T) {
	s := caughtUp(t, 10, 100)
	regular := func(now time.Duration, visible ...message) (from int64) {
		t.Helper()
		s.messages.wantAll()
		from, ask := s.askMessages(now)
		require.True(t, ask)
		walk(t, s, now, visible...)
		return from
	}
	twenty := post("a", 20, 0)
	s.arrived(twenty)
	require.EqualValues(t, 10, regular(1*time.Second, twenty))
	require.EqualValues(t, 10, regular(2*time.Second, twenty))
	// What comes late is found as long as lateness allows.
	require.EqualValues(t, 10, regular(11*time.Second, post("b", 15, 0), twenty))
	require.Equal(t, []int64{20, 15}, told(s))
	require.EqualValues(t, 20, regular(12*time.Second))
	require.EqualValues(t, 20, s.messages.floor)
	require.Empty(t, s.messages.seen)
	require.Empty(t, s.told)
}

func TestAWalkForAGapMakesNothingSafe(t *testing.T) {
	s := caughtUp(t, 10, 100)
	s.messages.wantAll()
	walk(t, s, time.Second, post("a", 20, 0))
	s.arrived(post("a", 22, 21))
	walk(t, s, time.Hour, post("a", 21, 20)) // it did not look below 20
	require.EqualValues(t, 10, s.messages.safe)
}

func TestAfterMuchTheLastIDsAreEnough(t *testing.T) {
	s := newSequence(Position{}, 10*overlap, 100)
	s.reconnected()
	var all []message
	for id := int64(1); id <= 5*overlap; id++ {
		all = append(all, post("a", id, id-1))
	}
	for begin := 0; begin < len(all); begin += 100 {
		_, ask := s.askMessages(0)
		require.True(t, ask)
		s.gotMessages(all[begin:begin+100], 0, 0)
		require.LessOrEqual(t, len(told(s)), 100)
		require.LessOrEqual(t, len(s.messages.seen), 3*overlap)
	}
	walk(t, s, 0)
	require.GreaterOrEqual(t, s.position().MessageID, int64(3*overlap))
	require.LessOrEqual(t, len(s.position().Messages), 2*overlap)
	s.messages.wantAll()
	from, ask := s.askMessages(0)
	require.True(t, ask)
	require.GreaterOrEqual(t, from, int64(3*overlap))
	require.LessOrEqual(t, from, int64(4*overlap))
}

func TestPositionCoversWhatWasTaken(t *testing.T) {
	s := caughtUp(t, 10, 40)
	for id := int64(11); id <= 14; id++ {
		s.arrived(post(fmt.Sprint(id), id, 0))
	}
	require.Equal(t, Position{MessageID: 10, EventID: 10}, s.position())
	_, _ = s.take(false)
	_, _ = s.take(false)
	require.Equal(t, Position{MessageID: 10, Messages: []int64{11, 12}, EventID: 10}, s.position())

	_, _ = s.take(true)
	require.Equal(t, []int64{11, 12}, s.position().Messages, "what is being handled was not taken")
	for _, now := range []time.Duration{time.Hour, 2 * time.Hour, 3 * time.Hour} {
		s.messages.wantAll()
		walk(t, s, now, post("11", 11, 0), post("12", 12, 0), post("13", 13, 0), post("14", 14, 0))
	}
	require.Equal(t, Position{MessageID: 12, EventID: 10}, s.position())
	s.queue.release(false)
	require.Equal(t, Position{MessageID: 12, EventID: 10}, s.position())
	require.Equal(t, []int64{13, 14}, told(s))
	require.Equal(t, Position{MessageID: 14, EventID: 10}, s.position())
}

func TestPositionRemembersWhatWasTakenBeforeALowerOne(t *testing.T) {
	s := caughtUp(t, 10, 20)
	late := []message{post("a", 12, 9), post("a", 13, 9)}
	s.arrived(late[1])
	for _, now := range []time.Duration{time.Hour, 2 * time.Hour, 3 * time.Hour} {
		s.messages.wantAll()
		walk(t, s, now, late...)
	}
	_, _ = s.take(false)
	s.messages.wantAll()
	walk(t, s, 4*time.Hour, late...)
	require.Equal(t, []int64{12}, s.queue.ids(messageList))
	require.Equal(t, Position{MessageID: 11, Messages: []int64{13}, EventID: 10}, s.position())
}

func TestWhatWasLetGoComesBeforeWhatWaits(t *testing.T) {
	s := caughtUp(t, 10, 2)
	s.arrived(post("a", 11, 0))
	s.arrived(post("a", 12, 0))
	_, _ = s.take(false)
	s.messages.wantAll()
	_, ask := s.askMessages(0)
	require.True(t, ask)
	s.arrived(post("b", 13, 0))
	s.arrived(post("b", 14, 0)) // there is no room
	_, _ = s.take(false)
	s.arrived(post("b", 15, 0))
	s.gotMessages(nil, 0, 0) // the answer was made before all of them
	require.Equal(t, []int64{13}, told(s))
	walk(t, s, 0, post("b", 14, 0))
	require.Equal(t, []int64{14, 15}, told(s))
}
