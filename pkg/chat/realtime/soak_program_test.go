package realtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/chat/realtime"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

const (
	// storeEvery is after how many messages a program stores how far it is.
	storeEvery = 40
	// failEvery is of how many messages a handler does not succeed with one at first.
	failEvery = 97
	// slowBuffer is that of the slow ones.
	slowBuffer = 40
)

var (
	errBusy    = errors.New("the handler is busy")
	errStopped = errors.New("the program stops")
)

// program is one user's, which takes what happens in the user's rooms. It may stop at any
// message, and goes on then where it was, or where it has stored that last.
type program struct {
	soak   *soakTest
	name   string
	number int
	orders chan order
	rooms  map[flex.ID]struct{}
	client atomic.Pointer[chat.User]
	taken  atomic.Int64 // of all rooms; what was taken again counts once

	mu sync.Mutex
	// What follows is guarded by mu, for whoever reports.
	state      state
	stored     []byte
	connection *realtime.Connection
	position   *realtime.Position // where to go on; nil for from now on

	// What follows is of the loop alone.
	sinceStored int
	countdown   *order
	busyWith    int64 // the message with which the handler did not succeed
	waitedIn    *round
}

// order tells a program to stop after so many messages.
type order struct {
	after int
	crash bool // and forget what was not stored
}

// state is what a program knows of its rooms.
type state struct {
	Position *realtime.Position
	Rooms    map[flex.ID]told
}

// told is the last message of a room that was taken.
type told struct{ Number, ID int64 }

func newProgram(s *soakTest, name string, number int) *program {
	p := &program{
		soak: s, name: name, number: number, orders: make(chan order, 100),
		rooms: map[flex.ID]struct{}{}, state: state{Rooms: map[flex.ID]told{}},
	}
	p.renewUser()
	return p
}

func (p *program) user() *chat.User { return p.client.Load() }

// renewUser logs the user in anew, as a program does that begins.
func (p *program) renewUser() {
	s := p.soak
	config := s.platform.Config()
	user, err := chat.NewUser(config.AppCode, chat.Password(p.name, "kunci-"+p.name), chat.WithBaseURL(s.api.URL),
		chat.WithoutProxy(), chat.WithRetries(chat.Backoff{First: time.Millisecond, Longest: 20 * time.Millisecond}))
	if err != nil {
		s.t.Error(err)
		return
	}
	if before := p.client.Swap(user); before != nil {
		before.CloseIdleConnections()
	}
}

func (p *program) forget() { p.user().CloseIdleConnections() }

// call makes some call for the user, until it succeeds.
func (p *program) call() {
	ctx := p.soak.t.Context()
	for ctx.Err() == nil {
		if _, err := p.user().Session.Profile(ctx); err == nil {
			return
		}
		pause(ctx, 20*time.Millisecond)
	}
}

// isSlow reports whether the program waits in each round until all was posted.
func (p *program) isSlow() bool { return p.number%5 == 3 }

// options are those of its connections: every other one uses WebSockets, and most of them
// sync only when there is a reason to.
func (p *program) options() []realtime.Option {
	s := p.soak
	connected, disconnected := time.Hour, time.Hour
	if p.number%4 == 1 {
		connected, disconnected = 5*time.Second, 200*time.Millisecond
	}
	options := []realtime.Option{
		realtime.WithBackoff(5*time.Millisecond, 200*time.Millisecond),
		realtime.WithSyncInterval(connected, disconnected),
		realtime.WithKeepAlive(time.Second),
	}
	if p.number%2 == 0 {
		options = append(options, realtime.WithBroker("mqtt://"+s.tcp.Address()))
	} else {
		options = append(options, realtime.WithBroker("ws://"+s.web.Address()+"/mqtt"))
	}
	if p.isSlow() {
		options = append(options, realtime.WithBuffer(slowBuffer))
	} else {
		options = append(options, realtime.WithSyncPage(200))
	}
	if p.number%4 != 0 { // a few do acknowledge
		options = append(options, realtime.WithoutAcknowledging())
	}
	if p.position != nil {
		options = append(options, realtime.From(*p.position))
	}
	return options
}

// run lets the program live again and again. It tells when the first connection is made,
// or could not be.
func (p *program) run(ctx context.Context, started func()) {
	for started := sync.OnceFunc(started); ctx.Err() == nil; {
		err := p.live(ctx, started)
		if err != nil && ctx.Err() == nil {
			pause(ctx, 20*time.Millisecond) // as who starts programs does
		}
		started()
	}
}

// live is one life of the program, from its connection to its end.
func (p *program) live(ctx context.Context, started func()) error {
	user := p.user()
	changed, end := user.WatchToken()
	defer end()
	connection, err := realtime.Connect(ctx, user, p.options()...)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.connection = connection
	if p.position == nil { // from now on
		position := connection.Position()
		p.position = &position
	}
	p.mu.Unlock()
	started()
	watching, endWatching := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() { p.soak.countRenewals(watching, changed) })
	if p.number%2 == 0 {
		err = p.loop(ctx, connection)
	} else {
		err = p.handle(ctx, connection)
	}
	p.end(context.WithoutCancel(ctx), connection, err)
	endWatching()
	watch.Wait()
	return nil
}

// end closes a connection, and notes where to go on.
func (p *program) end(ctx context.Context, connection *realtime.Connection, err error) {
	s := p.soak
	stats := connection.Stats()
	position := connection.Position()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_ = connection.Close(ctx) // the network may be cut
	if ctx.Err() != nil {
		s.t.Errorf("%s: the connection does not close", p.name)
	}
	p.mu.Lock()
	p.connection, p.position = nil, &position
	p.mu.Unlock()
	switch {
	case errors.Is(err, errStopped) && p.countdown.crash:
		p.restore()
		p.renewUser()
		s.count(stats, 0, 1)
	case errors.Is(err, errStopped):
		p.store(position)
		p.restore()
		s.count(stats, 1, 0)
	case errors.Is(err, context.Canceled):
		s.count(stats, 0, 0)
	default:
		s.note("%s: the connection has ended: %v", p.name, err)
	}
	if errors.Is(err, errStopped) {
		p.countdown = nil
	}
}

// loop takes events in a loop.
func (p *program) loop(ctx context.Context, connection *realtime.Connection) error {
	for event, err := range connection.Events(ctx) {
		if err != nil {
			return err
		}
		message, is := event.(*realtime.NewMessage)
		if !is {
			continue
		}
		p.take(ctx, message)
		p.storeSometimes(connection)
		if p.isToStop() {
			return errStopped
		}
	}
	return errors.New("there are no more events")
}

// handle takes events by a handler, which does not always succeed, and stops before a
// message.
func (p *program) handle(ctx context.Context, connection *realtime.Connection) error {
	for {
		err := connection.Handle(ctx, realtime.Handlers{
			NewMessage: func(ctx context.Context, message *realtime.NewMessage) error {
				p.storeSometimes(connection)
				if p.isToStop() {
					return errStopped
				}
				if id, err := message.Message.ID.Int64(); err == nil && id%failEvery == 0 && p.busyWith != id {
					p.busyWith = id
					return errBusy
				}
				p.take(ctx, message)
				return nil
			},
		})
		if !errors.Is(err, errBusy) {
			return err
		}
	}
}

// isToStop reports whether the program was ordered to, so many messages ago.
func (p *program) isToStop() bool {
	if p.countdown == nil {
		select {
		case ordered := <-p.orders:
			p.countdown = &ordered
		default:
			return false
		}
	}
	p.countdown.after--
	return p.countdown.after <= 0
}

// take checks that a message is the next one of its room.
func (p *program) take(ctx context.Context, message *realtime.NewMessage) {
	p.check(message)
	p.sinceStored++
	signal(p.soak.progress)
	if current := p.soak.present(); p.isSlow() && p.waitedIn != current {
		p.waitedIn = current
		select {
		case <-current.all:
		case <-ctx.Done():
		}
	}
}

func (p *program) check(message *realtime.NewMessage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := &message.Message
	id, err := m.ID.Int64()
	_, isMember := p.rooms[m.RoomID]
	room := p.state.Rooms[m.RoomID]
	number, isNumbered := numberOf(m.Message)
	wrong := func(what string) {
		p.soak.note("%s: %q of room %s, with the id %d, %s: the last one was %d, with the id %d",
			p.name, m.Message, m.RoomID, id, what, room.Number, room.ID)
	}
	switch {
	case err != nil || !isMember || !isNumbered:
		wrong("is none of the user's")
	case number <= room.Number:
		wrong("came again")
	case number > room.Number+1:
		wrong("came too early, or others never did")
	case id <= room.ID || message.Late:
		wrong("is late")
	case m.Email != p.soak.byID[m.RoomID].author(number):
		wrong("is another's")
	}
	p.state.Rooms[m.RoomID] = told{Number: max(number, room.Number), ID: max(id, room.ID)}
	p.taken.Add(1)
}

func numberOf(text string) (int64, bool) {
	rest, isNumbered := strings.CutPrefix(text, "pesanan ")
	number, err := strconv.ParseInt(rest, 10, 64)
	return number, isNumbered && err == nil
}

// storeSometimes stores how far the program is.
func (p *program) storeSometimes(connection *realtime.Connection) {
	p.mu.Lock()
	isFirst := p.stored == nil
	p.mu.Unlock()
	if isFirst || p.sinceStored >= storeEvery {
		p.store(connection.Position())
	}
}

func (p *program) store(position realtime.Position) {
	p.sinceStored = 0
	p.mu.Lock()
	defer p.mu.Unlock()
	written, err := json.Marshal(state{Position: &position, Rooms: p.state.Rooms})
	if err != nil {
		p.soak.note("%s: store the state: %v", p.name, err)
	}
	p.stored = written
}

// restore goes back to what was stored.
func (p *program) restore() {
	p.mu.Lock()
	defer p.mu.Unlock()
	var stored state
	if err := json.Unmarshal(p.stored, &stored); err != nil {
		p.soak.note("%s: restore the state: %v", p.name, err)
		return
	}
	p.state, p.position = stored, stored.Position
	taken := int64(0)
	for room := range maps.Values(p.state.Rooms) {
		taken += room.Number
	}
	p.taken.Store(taken)
}

// isMissingSome reports whether there is a message that the program has not taken. It is
// asked while nothing is posted.
func (p *program) isMissingSome() bool {
	posted := int64(0)
	for id := range p.rooms {
		posted += p.soak.byID[id].posted
	}
	return p.taken.Load() < posted
}

func (p *program) reportMissing() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id := range p.rooms {
		room := p.soak.byID[id]
		if last := p.state.Rooms[id]; last.Number < room.posted {
			p.soak.t.Logf("%s: room %s stands at %d of %d (id %d of %d)", p.name, room.id, last.Number, room.posted, last.ID, room.lastID)
		}
	}
	if p.connection != nil {
		p.soak.t.Logf("%s: %+v", p.name, p.connection.Stats())
	}
}
