package realtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/pkg/chat"
)

const (
	defaultSyncConnected    = 30 * time.Second
	defaultSyncDisconnected = 5 * time.Second
	// What an app's configuration can ask for at least.
	leastSync = time.Second
	// refusalsToEnd is how often in a row sync must be refused before the user counts as
	// refused: a few refusals may be a gateway's.
	refusalsToEnd = 6
)

// pace is how often to sync: as the options say, or the app's configuration.
func (s *settings) pace(config *wire.GetConfigResult) pace {
	p := pace{
		messages: config.EnableSync, events: config.EnableSyncEvent,
		connected:    intervalOf(config.SyncOnConnect, defaultSyncConnected),
		disconnected: intervalOf(config.SyncInterval, defaultSyncDisconnected),
	}
	if s.syncConnected > 0 {
		p = pace{messages: true, events: true, connected: s.syncConnected, disconnected: s.syncDisconnected}
	}
	return p
}

func intervalOf(milliseconds int64, otherwise time.Duration) time.Duration {
	if milliseconds <= 0 {
		return otherwise
	}
	return max(time.Duration(milliseconds)*time.Millisecond, leastSync)
}

// keepSynced reads what sync has: when something is missing, and at intervals.
func (c *Connection) keepSynced(ctx context.Context) {
	s := &syncing{Connection: c, waits: c.settings.backoff(), last: time.Now()}
	for ctx.Err() == nil {
		wait, err := s.step(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, ErrRefused):
			c.fail(err)
			return
		case err != nil:
			s.failed(err)
			pause(ctx, s.waits.next())
		case wait > 0:
			s.rest(ctx, wait)
		}
	}
}

// syncing is where keepSynced is.
type syncing struct {
	*Connection

	waits    backoff
	last     time.Time // when a regular walk was last asked for
	walked   time.Time // when a walk began last
	isBehind bool      // and the consumer knows it
	refusals int
}

// step reads one page, or tells how long there is nothing to do.
func (s *syncing) step(ctx context.Context) (wait time.Duration, err error) {
	if wait := s.untilWalk(); wait > 0 {
		return wait, nil
	}
	s.mu.Lock()
	begun := s.sequence.messages.begun
	after, ask := s.sequence.askMessages(s.since())
	if s.sequence.messages.begun > begun {
		s.walked = time.Now()
		s.counted.Syncs++
	}
	limit := s.sequence.pageSize
	s.mu.Unlock()
	if ask {
		return 0, s.readMessages(ctx, after, limit)
	}
	s.mu.Lock()
	after, ask = s.sequence.askEvents(s.since())
	s.mu.Unlock()
	if ask {
		return 0, s.readEvents(ctx, after)
	}
	return s.untilRegular(), nil
}

// untilWalk keeps walks apart, so that many gaps at once make one walk.
func (s *syncing) untilWalk() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sequence.messages.isWalking() || !s.sequence.messages.wanted {
		return 0
	}
	return s.settings.betweenWalks - time.Since(s.walked)
}

// untilRegular asks for regular walks when it is time for them, or tells how long it is
// not.
func (s *syncing) untilRegular() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	interval := s.pace.disconnected
	if s.link != nil {
		interval = s.pace.connected
	}
	if wait := interval - time.Since(s.last); wait > 0 {
		return wait
	}
	s.last = time.Now()
	if s.pace.messages {
		s.sequence.messages.wantAll()
	}
	if s.pace.events {
		s.sequence.events.wantAll()
	}
	return 0
}

// rest waits until there may be something to do.
func (s *syncing) rest(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.syncNow:
	case <-ctx.Done():
	}
}

func (s *syncing) readMessages(ctx context.Context, after int64, limit int) error {
	rows, next, err := s.service.messages(ctx, after, limit)
	if err != nil {
		return s.judge(ctx, fmt.Errorf("sync messages: %w", err))
	}
	page := make([]message, 0, len(rows))
	for i := range rows {
		m, ok := sequenced(&rows[i])
		if !ok {
			return s.judge(ctx, errors.New("sync messages: one has no id"))
		}
		page = append(page, m)
	}
	s.mu.Lock()
	for i := range page {
		if !s.sequence.messages.knows(page[i].id) { // most are known as a rule
			page[i].event = &NewMessage{Message: rows[i]}
		}
	}
	s.sequence.gotMessages(page, next, s.since())
	s.mu.Unlock()
	s.worked()
	return nil
}

func (s *syncing) readEvents(ctx context.Context, after int64) error {
	rows, err := s.service.events(ctx, after)
	if errors.Is(err, chat.ErrNotFound) {
		s.mu.Lock()
		s.sequence.eventless = true // an older service
		s.mu.Unlock()
		return nil
	}
	if err != nil {
		return s.judge(ctx, fmt.Errorf("sync events: %w", err))
	}
	page := make([]happening, 0, len(rows))
	for _, row := range rows {
		h, ok := happeningOf(&row)
		if !ok {
			return s.judge(ctx, errors.New("sync events: one has no id"))
		}
		if h.event == nil {
			h.event = unknownOf(&row)
		}
		page = append(page, *h)
	}
	s.mu.Lock()
	s.sequence.gotEvents(page, s.since())
	s.mu.Unlock()
	s.worked()
	return nil
}

// unknownOf is what sync told of, and this package does not know, as far as it was read.
func unknownOf(n *wire.Notification) Event {
	payload, err := json.Marshal(n)
	if err != nil {
		return &Unknown{}
	}
	return &Unknown{Payload: payload}
}

// judge tells whether a failure of sync is the end: the user cannot log in any more, or
// is refused again and again.
func (s *syncing) judge(ctx context.Context, err error) error {
	if !errors.Is(err, chat.ErrUnauthorized) && !errors.Is(err, chat.ErrForbidden) {
		s.refusals = 0
		return err
	}
	if s.refusals++; s.refusals >= refusalsToEnd {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if _, failed := s.service.token(ctx); failed != nil {
		return refused(fmt.Errorf("get the user's token: %w", failed))
	}
	return err
}

// failed tells the consumer of the first failure in a row.
func (s *syncing) failed(err error) {
	s.mu.Lock()
	s.counted.SyncFailures++
	s.mu.Unlock()
	if !s.isBehind {
		s.isBehind = true
		s.tell(&Behind{Err: fmt.Errorf("realtime: %w", err)})
	}
}

// worked notes a success.
func (s *syncing) worked() {
	s.refusals = 0
	s.waits = s.settings.backoff()
	s.mu.Lock()
	isDone := !s.sequence.messages.isWalking()
	if s.isBehind && isDone {
		s.isBehind = false
		s.sequence.passed(&CaughtUp{})
	}
	s.mu.Unlock()
	signal(s.news)
}
