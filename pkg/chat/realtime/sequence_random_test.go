package realtime

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// posted is a message of the simulated service.
type posted struct {
	id, before int64
	room       string
	visible    time.Duration // from when on
	overtaken  bool          // a higher one was visible before
}

// simulation is a service, a broker that loses, doubles and reorders, and a consumer,
// around one sequence after the other. One step is a second.
type simulation struct {
	t   *testing.T
	rng *rand.Rand
	*trouble

	now       time.Duration
	posts     []posted
	last      map[string]int64
	connected bool
	feed      []message     // on its way over MQTT
	answer    *pageOnItsWay // of sync
	capacity  int

	sequence *sequence
	told     map[int64]int
	order    map[string][]int64
}

// trouble says how bad it is. All but the numbers of seconds are chances.
type trouble struct {
	lost, doubled, swapped, late, cut, restarted, failed float64
	slow                                                 int // the consumer takes up to so many a step
}

type pageOnItsWay struct {
	page []message
	next int64
}

func newSimulation(t *testing.T, seed uint64, trouble *trouble, capacity int) *simulation {
	t.Helper()
	s := &simulation{
		t: t, rng: rand.New(rand.NewPCG(seed, 7)), trouble: trouble, capacity: capacity,
		last: map[string]int64{}, told: map[int64]int{}, order: map[string][]int64{},
	}
	s.restart(Position{})
	return s
}

func (s *simulation) chance(p float64) bool { return s.rng.Float64() < p }

func (s *simulation) restart(from Position) {
	s.sequence = newSequence(from, s.capacity, 1+s.rng.IntN(8))
	s.sequence.messages.overlap = 1 << 20 // else what is late may be given up
	s.feed, s.answer = nil, nil
	s.connected = false
	// The clock of a new program begins anew, which nothing may depend on.
}

// post writes a message, which may become visible late.
func (s *simulation) post() {
	room := fmt.Sprintf("%d", s.rng.IntN(4))
	id := int64(s.rng.IntN(3) + 1)
	if len(s.posts) > 0 {
		id += s.posts[len(s.posts)-1].id
	}
	written := posted{id: id, before: s.last[room], room: room, visible: s.now}
	if s.chance(s.late) {
		written.visible += time.Duration(s.rng.IntN(int(lateness/time.Second))) * time.Second
	}
	s.posts = append(s.posts, written)
	s.last[room] = id
}

// show publishes what has become visible.
func (s *simulation) show() {
	highest := int64(0)
	for i := range s.posts {
		post := &s.posts[i]
		if post.visible < s.now {
			highest = max(highest, post.id)
		}
	}
	for i := range s.posts {
		post := &s.posts[i]
		if post.visible != s.now {
			continue
		}
		post.overtaken = post.id < highest
		if !s.connected || s.chance(s.lost) {
			continue
		}
		s.feed = append(s.feed, s.message(*post))
		if s.chance(s.doubled) {
			s.feed = append(s.feed, s.message(*post))
		}
		for at := len(s.feed) - 1; at > 0 && s.chance(s.swapped); at-- {
			s.feed[at], s.feed[at-1] = s.feed[at-1], s.feed[at]
		}
	}
}

func (s *simulation) message(p posted) message {
	return message{id: p.id, before: p.before, room: p.room, event: eventOf(p.id, p.room)}
}

func (s *simulation) step() {
	s.now += time.Second
	for range s.rng.IntN(4) {
		s.post()
	}
	s.show()
	switch {
	case s.connected && s.chance(s.cut):
		s.connected, s.feed = false, nil
		s.sequence.disconnected()
	case !s.connected && s.chance(0.3):
		s.connected = true
		s.sequence.reconnected()
	}
	for range s.rng.IntN(40) {
		s.act()
	}
	for range s.rng.IntN(s.slow + 1) {
		s.consume()
	}
	if s.chance(s.restarted) {
		stored, err := json.Marshal(s.sequence.position())
		require.NoError(s.t, err)
		var position Position
		require.NoError(s.t, json.Unmarshal(stored, &position))
		s.restart(position)
	}
}

// act lets one of the things happen that can happen now.
func (s *simulation) act() {
	switch s.rng.IntN(4) {
	case 0:
		if len(s.feed) > 0 {
			s.sequence.arrived(s.feed[0])
			s.feed = s.feed[1:]
		}
	case 1:
		s.ask()
	case 2:
		if s.answer != nil { // messages may have come since it was made
			s.sequence.gotMessages(s.answer.page, s.answer.next, s.now)
			s.answer = nil
		}
	case 3:
		if s.chance(0.2) {
			s.sequence.messages.wantAll()
		}
	}
	s.requireBounds()
}

func (s *simulation) ask() {
	if s.answer != nil {
		return
	}
	after, ask := s.sequence.askMessages(s.now)
	if !ask {
		return
	}
	s.answer = &pageOnItsWay{}
	for _, post := range s.posts {
		if post.id > after && post.visible <= s.now && len(s.answer.page) < s.sequence.pageSize {
			s.answer.page = append(s.answer.page, s.message(post))
			s.answer.next = post.id
		}
	}
	if s.chance(0.3) {
		s.answer.next = 0 // as if the service did not say
	}
	s.rng.Shuffle(len(s.answer.page), func(i, j int) {
		s.answer.page[i], s.answer.page[j] = s.answer.page[j], s.answer.page[i]
	})
}

func (s *simulation) consume() {
	failing := s.chance(s.failed)
	event, ok := s.sequence.take(failing)
	if !ok {
		return
	}
	if failing {
		s.act() // a handler takes its time
		s.sequence.queue.release(false)
		return
	}
	told := event.(*NewMessage)
	id, err := told.Message.ID.Int64()
	require.NoError(s.t, err)
	room := told.Message.RoomID.String()
	s.told[id]++
	s.order[room] = append(s.order[room], id)
}

func (s *simulation) requireBounds() {
	waiting := 0
	for _, line := range s.sequence.lines {
		waiting += len(line)
	}
	queued := s.sequence.queue.len()
	if waiting != s.sequence.inLines || waiting > s.capacity || queued > 2*s.capacity+s.sequence.pageSize+1 {
		require.Fail(s.t, "too much is kept", "%d wait in lines, which count %d; %d are queued", waiting,
			s.sequence.inLines, queued)
	}
}

// settle lets the trouble end and everything arrive: until what a walk found that began
// after all had become visible was taken.
func (s *simulation) settle() {
	s.trouble = &trouble{slow: 50}
	s.connected = true
	for range lateness / time.Second {
		s.now += time.Second
		s.show()
	}
	s.sequence.reconnected()
	for enough := s.sequence.messages.next(); s.sequence.messages.finished < enough || s.sequence.queue.len() > 0; {
		s.act()
		s.consume()
	}
}

func (s *simulation) requireAllInOrder() {
	for _, post := range s.posts {
		require.Equal(s.t, 1, s.told[post.id], "message %d of room %s", post.id, post.room)
	}
	require.Len(s.t, s.told, len(s.posts))
	for room, ids := range s.order {
		last := int64(0)
		for _, id := range ids {
			i := slices.IndexFunc(s.posts, func(p posted) bool { return p.id == id })
			if !s.posts[i].overtaken {
				require.Greater(s.t, id, last, "room %s: %v", room, ids)
			}
			last = max(last, id)
		}
	}
}

func TestEachMessageIsToldOnceAndInOrderWhateverHappens(t *testing.T) {
	for name, trouble := range map[string]*trouble{
		"no trouble":         {slow: 10},
		"lost":               {slow: 10, lost: 0.3},
		"doubled":            {slow: 10, doubled: 0.5},
		"out of order":       {slow: 10, swapped: 0.6},
		"late":               {slow: 10, late: 0.3},
		"cut off":            {slow: 10, cut: 0.1},
		"restarted":          {slow: 10, restarted: 0.05},
		"slow":               {slow: 3},
		"failing":            {slow: 10, failed: 0.3},
		"all but late":       {slow: 5, lost: 0.2, doubled: 0.2, swapped: 0.5, cut: 0.05, restarted: 0.02, failed: 0.1},
		"everything at once": {slow: 5, lost: 0.2, doubled: 0.2, swapped: 0.5, late: 0.2, cut: 0.05, restarted: 0.02, failed: 0.1},
	} {
		t.Run(name, func(t *testing.T) {
			for range 20 {
				seed := rand.Uint64()
				capacity := 1 + rand.IntN(40)
				t.Logf("seed %d, capacity %d", seed, capacity)
				s := newSimulation(t, seed, trouble, capacity)
				for range 300 {
					s.step()
				}
				s.settle()
				s.requireAllInOrder()
			}
		})
	}
}
