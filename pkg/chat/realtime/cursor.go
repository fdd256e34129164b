package realtime

import (
	"maps"
	"math"
	"slices"
	"time"
)

// cursor follows one of the two lists that sync reads, the messages or the events of an
// account, whose ids grow. It knows what was told already, and from where sync has to
// read on.
//
// Reading a list from some place to its end, page by page, is a walk. What was there
// when a walk passed is known afterwards. But an id can become visible after a higher
// one: whoever wrote it was slower. So the place from which regular walks begin stays
// behind what was read, and everything is read twice at least.
type cursor struct {
	// safe is where regular walks begin: nothing new is expected up to there.
	safe int64
	// front is where the last walk ended.
	front int64
	// ageing is where an earlier walk ended, at a time. It becomes safe when a regular
	// walk has ended that began long enough after.
	ageing   int64
	ageingAt time.Duration

	// seen are the ids that were told, or wait in the queue, above the floor. Up to the
	// floor, all count as told.
	seen  map[int64]struct{}
	floor int64

	begun, finished int           // walks
	at              int64         // where the walk that is under way reads on
	regular         bool          // it began at the safe place
	beganAt         time.Duration // and then
	wanted          bool          // another walk is to begin
	from            int64         // at the latest there
	rows            int           // read since it was looked what can be forgotten

	overlap int
}

const (
	// lateness is how long after higher ones an id may become visible, and is found.
	lateness = 10 * time.Second
	// overlap is how many of the last ids are enough to read again, however long it
	// took for them to come: whoever was away for a week need not read all of it twice.
	overlap = 1000
	// crowd is how many ids are remembered before a walk is wanted that makes some of them
	// safe, and maxCrowd how many there are at most.
	crowd    = 20 * overlap
	maxCrowd = 5 * crowd
)

// newCursor begins after an id, above which some were told already.
func newCursor(after int64, told []int64) cursor {
	c := cursor{
		safe: after, front: after, ageing: after, floor: after,
		seen: map[int64]struct{}{}, from: math.MaxInt64, overlap: overlap,
	}
	for _, id := range told {
		c.mark(id)
	}
	return c
}

// knows reports whether an id was told, or waits to be.
func (c *cursor) knows(id int64) bool {
	if id <= c.floor {
		return true
	}
	_, known := c.seen[id]
	return known
}

func (c *cursor) mark(id int64) {
	if id > c.floor {
		c.seen[id] = struct{}{}
	}
	if len(c.seen) >= crowd && !c.wanted && !c.isWalking() {
		c.want(c.front)
	}
}

// isCrowded reports whether no more ids can be remembered, as no walk has ended for long.
func (c *cursor) isCrowded() bool { return len(c.seen) >= maxCrowd }

// want asks for another walk, which begins at an id or before.
func (c *cursor) want(from int64) {
	c.wanted, c.from = true, min(c.from, from)
}

// wantAll asks for a regular walk.
func (c *cursor) wantAll() { c.want(c.safe) }

func (c *cursor) isWalking() bool { return c.begun > c.finished }

// next is the number of the first walk that will see all that is visible now.
func (c *cursor) next() int { return c.begun + 1 }

// ask tells after which id the next page is wanted, if one is.
func (c *cursor) ask(now time.Duration) (after int64, ask bool) {
	if !c.isWalking() && c.wanted {
		c.at = min(c.front, c.from)
		c.regular, c.beganAt = c.at <= c.safe, now
		c.wanted, c.from = false, math.MaxInt64
		c.begun++
	}
	return c.at, c.isWalking()
}

// advance moves a walk on after a page, whose ids it gets, to where the service says
// that the next one begins. It reports whether the walk has come to its end: a page
// that leads nowhere.
func (c *cursor) advance(next int64, ids []int64, now time.Duration) (ended bool) {
	c.rows += len(ids)
	if next <= c.at && len(ids) > 0 {
		next = slices.Max(ids) // a service that does not say
	}
	if next > c.at {
		c.at = next
		return false
	}
	c.finished = c.begun
	c.front = max(c.front, c.at)
	if c.regular && c.beganAt-c.ageingAt >= lateness {
		c.safe = max(c.safe, c.ageing)
	}
	if c.ageing <= c.safe {
		c.ageing, c.ageingAt = c.front, now
	}
	return true
}

// settle forgets what need not be remembered, given the lowest id that waits for the
// consumer. It reports whether there was something.
func (c *cursor) settle(waiting int64) bool {
	if len(c.seen) > 2*c.overlap && (c.rows >= c.overlap || !c.isWalking()) {
		c.rows = 0
		ids := slices.Sorted(maps.Keys(c.seen))
		passed := c.front
		if c.isWalking() {
			passed = c.at
		}
		c.safe = max(c.safe, min(ids[len(ids)-c.overlap-1], passed))
	}
	floor := min(c.safe, waiting-1)
	if floor <= c.floor {
		return false
	}
	c.floor = floor
	maps.DeleteFunc(c.seen, func(id int64, _ struct{}) bool { return id <= floor })
	return true
}

// position tells up to where all was taken by the consumer, and what was above. What
// waits for the consumer was not.
func (c *cursor) position(waiting []int64) (base int64, above []int64) {
	base = c.safe
	slices.Sort(waiting)
	if len(waiting) > 0 {
		base = min(base, waiting[0]-1)
	}
	for id := range c.seen {
		if _, waits := slices.BinarySearch(waiting, id); !waits && id > base {
			above = append(above, id)
		}
	}
	slices.Sort(above)
	return base, above
}
