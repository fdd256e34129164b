package realtime_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// soakRoom is a room. Its messages are numbered, and posted one after the other.
type soakRoom struct {
	id       flex.ID
	members  []string
	byServer bool  // the server posts, in the name of the members
	share    int64 // messages of a round
	posted   int64 // the last number
	lastID   int64 // the id of that message
}

// round is a share of the messages.
type round struct {
	total   int64 // messages that the server posts
	mu      sync.Mutex
	posted  int64
	quarter chan struct{} // closed when a quarter of them were posted, and so on
	late    chan struct{} // three quarters
	all     chan struct{}
}

// round posts messages in each room while there is trouble, and waits until everybody has
// got them.
func (s *soakTest) round(trouble disturbance, messages func(*soakRoom) int64) {
	s.t.Helper()
	r := &round{quarter: make(chan struct{}), late: make(chan struct{}), all: make(chan struct{})}
	for _, room := range s.rooms {
		if room.byServer {
			r.total += messages(room)
		}
	}
	s.begin(r)
	began := time.Now()
	var working sync.WaitGroup
	working.Go(func() { trouble.happen(s, r) })
	for _, room := range s.rooms {
		working.Go(func() { s.post(r, room, messages(room)) })
	}
	working.Wait()
	posted := time.Since(began)
	s.awaitAll(trouble.name)
	s.t.Logf("%s: posted in %v, delivered %v later", trouble.name, posted.Round(time.Millisecond), (time.Since(began) - posted).Round(time.Millisecond))
}

// begin lets a round be the present one, and orders some programs to stop within it.
func (s *soakTest) begin(r *round) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = r
	s.begun++
	for _, p := range s.programs {
		if (p.number+s.begun)%restartEvery == 0 {
			p.orders <- order{after: 1 + 3*p.number, crash: (p.number+s.begun)/restartEvery%2 == 0}
		}
	}
}

func (s *soakTest) present() *round {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// post posts the next messages of a room.
func (s *soakTest) post(r *round, room *soakRoom, count int64) {
	for range count {
		number := room.posted + 1
		author := room.author(number)
		id, err := s.send(room, author, number)
		if err != nil {
			s.note("message %d of room %s was not posted: %v", number, room.id, err)
			return
		}
		if id <= room.lastID {
			s.note("message %d of room %s has the id %d, after %d", number, room.id, id, room.lastID)
		}
		room.posted, room.lastID = number, id
		if room.byServer {
			r.wasPosted()
		}
	}
}

// author is whose turn it is.
func (r *soakRoom) author(number int64) string { return r.members[number%int64(len(r.members))] }

// textOf is what the message with a number says.
func textOf(number int64) string { return fmt.Sprintf("pesanan %d", number) }

// send posts one message, and returns its id. The server does so on a path without
// faults. Users do on one with them, again and again: the service knows the message by its
// unique id, whatever came of the last time.
func (s *soakTest) send(room *soakRoom, author string, number int64) (id int64, err error) {
	message := chat.NewText(textOf(number))
	if room.byServer {
		sent, err := s.server.Messages.Send(s.t.Context(), chat.ServerSendParams{RoomID: room.id, UserID: author, Message: message})
		if err != nil {
			return 0, err
		}
		return sent.ID.Int64()
	}
	message = message.WithUniqueID(fmt.Sprintf("%s-%d", room.id, number))
	for {
		sent, err := s.byName[author].user().Messages.Send(s.t.Context(), room.id, message)
		if err == nil {
			return sent.ID.Int64()
		}
		if s.t.Context().Err() != nil {
			return 0, err
		}
		s.sendFailed(err)
		pause(s.t.Context(), 5*time.Millisecond)
	}
}

func (s *soakTest) sendFailed(err error) {
	var failure *chat.Error
	if errors.As(err, &failure) && failure.Uncertain() {
		s.mu.Lock()
		s.uncertain++
		s.mu.Unlock()
	}
}

// pause waits, as long as the context lasts.
func pause(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// wasPosted counts what the server posts.
func (r *round) wasPosted() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.posted++
	for part, at := range map[chan struct{}]int64{r.quarter: r.total / 4, r.late: r.total * 3 / 4, r.all: r.total} {
		if r.posted == at {
			close(part)
		}
	}
}

// awaitAll waits until everybody has got everything that was posted.
func (s *soakTest) awaitAll(during string) {
	s.t.Helper()
	patience := time.NewTimer(soakPatience)
	defer patience.Stop()
	for {
		s.requireNothingWrong(during)
		if !slices.ContainsFunc(s.programs, (*program).isMissingSome) {
			return
		}
		select {
		case <-s.progress:
			patience.Reset(soakPatience)
		case <-patience.C:
			for _, p := range s.programs {
				p.reportMissing()
			}
			require.Fail(s.t, "messages are missing", "in the round with %s", during)
		}
	}
}

// note notes something that must not happen.
func (s *soakTest) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	const enough = 10
	if s.mistakes++; s.mistakes <= enough {
		s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
	}
	signal(s.progress)
}

func signal(to chan struct{}) {
	select {
	case to <- struct{}{}:
	default: // they know
	}
}

func (s *soakTest) requireNothingWrong(during string) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mistakes > 0 {
		require.Fail(s.t, "messages came wrong", "%d in the round with %s: %q", s.mistakes, during, s.wrong)
	}
}
