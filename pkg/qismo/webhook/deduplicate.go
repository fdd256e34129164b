package webhook

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

const (
	// leaseMargin is how much longer than its deadline an event is claimed: by then its
	// callback has ended, or its process has.
	leaseMargin = 10 * time.Second
	// answering bounds how long a store may take: one that hangs is to leave time for
	// what can be done without it.
	answering = 5 * time.Second
	// firstLook and longestLook are how long to wait before looking again whether
	// another process has handled an event. The wait doubles.
	firstLook   = 10 * time.Millisecond
	longestLook = 500 * time.Millisecond
)

// How long it is remembered that an event was handled, unless [RememberFor] says
// otherwise.
const (
	rememberDefault    = 24 * time.Hour
	rememberAllocation = time.Minute
	rememberButton     = 5 * time.Second
)

// remembered is how long it is remembered that such an event was handled; 0 when it
// is not.
func (s *settings) remembered(name Name) time.Duration {
	if keep, ok := s.remember[name]; ok {
		return keep
	}
	if keep, ok := s.rest[name]; ok {
		return keep
	}
	switch name {
	case CustomAgentAllocation:
		return rememberAllocation
	case CustomButton:
		return rememberButton
	}
	return rememberDefault
}

// keyOf is what an event is remembered under; "" when it is not.
func (h *Handler) keyOf(event Event) string {
	if h.remembered(event.Name()) == 0 {
		return ""
	}
	return event.DeduplicationKey()
}

// newOwner names a claim as no other, here or in another process.
func (h *Handler) newOwner() string {
	return h.identity + "-" + strconv.FormatUint(h.claims.Add(1), 36)
}

// claim takes the event for this handler. It is repeated when it was handled before.
func (h *handling) claim(ctx context.Context) (repeated bool, err error) {
	if h.key == "" {
		return false, nil
	}
	owner := h.handler.newOwner()
	claim, err := h.tryToClaim(ctx, owner)
	if err == nil && claim == Busy {
		claim, err = h.outlast(ctx, owner)
	}
	switch {
	case err != nil:
		h.owner = owner // it may be claimed all the same, and is to be freed then
		return false, h.withoutStore(fmt.Errorf("%w: claim the event: %w", ErrStore, err))
	case claim == Claimed:
		h.owner = owner
		return false, nil
	case claim == Handled:
		return true, nil
	case claim == Busy:
		return false, ErrClaimedElsewhere
	}
	return false, h.withoutStore(fmt.Errorf("%w: it knows no claim %d", ErrStore, claim))
}

// outlast waits, while another process handles the event, for what comes of that: to say
// that it was handled would lose it if the other fails. It waits for longer than a claim
// lasts, as the other may have died, and the event may not come a third time.
func (h *handling) outlast(ctx context.Context, owner string) (Claim, error) {
	patient, cancel := context.WithTimeout(ctx, h.handler.lease()+grace)
	defer cancel()
	for wait := firstLook; pause(patient, wait); wait = min(2*wait, longestLook) {
		claim, err := h.tryToClaim(ctx, owner)
		if err != nil || claim != Busy {
			return claim, err
		}
	}
	return Busy, nil
}

// lease is how long a claim lasts.
func (s *settings) lease() time.Duration { return s.deadline + leaseMargin }

func (h *handling) tryToClaim(ctx context.Context, owner string) (Claim, error) {
	ctx, cancel := context.WithTimeout(ctx, min(answering, h.handler.deadline))
	defer cancel()
	return h.handler.store.Claim(ctx, h.key, owner, h.handler.lease())
}

// withoutStore is what a failing store means: that the event is not handled, unless
// the handler was asked to handle it all the same.
func (h *handling) withoutStore(err error) error {
	if !h.handler.withoutStore {
		return err
	}
	h.tell(beside(err))
	return nil
}

// keepClaim renews the claim until the callback has returned.
func (h *handling) keepClaim(returned <-chan struct{}) error {
	ticker := time.NewTicker(leaseMargin / 2)
	defer ticker.Stop()
	for {
		claim, err := h.tryToClaim(h.values, h.owner)
		switch {
		case err != nil:
			return fmt.Errorf("%w: keep the claim of an event that is overdue: %w", ErrStore, err)
		case claim != Claimed:
			return ErrClaimLost
		}
		select {
		case <-returned:
			return nil
		case <-ticker.C:
		}
	}
}

// settle tells the store what became of the event. It does so also when the deadline
// has passed.
func (h *handling) settle() {
	resolved, isResolved := h.event.(*MarkAsResolvedEvent)
	isResolved = isResolved && h.outcome == Succeeded
	if h.owner == "" && !isResolved {
		return
	}
	ctx, cancel := context.WithTimeout(h.values, answering)
	defer cancel()
	if h.owner != "" {
		h.unclaim(ctx)
	}
	if isResolved {
		h.forgetAllocation(ctx, resolved)
	}
}

// unclaim ends the claim.
func (h *handling) unclaim(ctx context.Context) {
	var err error
	if h.outcome.isHandled() {
		err = h.handler.store.Commit(ctx, h.key, h.owner, h.handler.remembered(h.event.Name()))
	} else {
		err = h.handler.store.Release(ctx, h.key, h.owner)
	}
	if err != nil && h.outcome != StoreFailed { // of which it tells already
		h.tell(beside(fmt.Errorf("%w: remember that the event has %s: %w", ErrStore, h.outcome, err)))
	}
}

// forgetAllocation lets a room wait for an agent anew once it is resolved. A room that
// has had no session before waits under the same key each time, as far as is known.
func (h *handling) forgetAllocation(ctx context.Context, resolved *MarkAsResolvedEvent) {
	if resolved.AppCode == "" || h.handler.remembered(CustomAgentAllocation) == 0 {
		return
	}
	waiting := &CustomAgentAllocationEvent{}
	waiting.AppID, waiting.CustomAgentAllocation.RoomID = resolved.AppCode, resolved.RoomID()
	if err := h.handler.store.Forget(ctx, waiting.DeduplicationKey()); err != nil {
		h.tell(beside(fmt.Errorf("%w: forget the allocation of a room that was resolved: %w", ErrStore, err)))
	}
}

// pause waits; it is false when the context ended first.
func pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
