package sandbox

import "time"

// customerCount is how many customers a member of the staff serves: now, and as
// listAgents tells it, which is what was true a while ago.
type customerCount struct {
	now  int
	most int // at one moment
	lag  time.Duration
	// past is what the number was from each moment on, back to the one that listAgents
	// still tells; empty while nothing has changed.
	past []pastCount
}

type pastCount struct {
	from      time.Time
	customers int
}

// change adds to the number, and forgets what is too old to be told.
func (c *customerCount) change(by int, at time.Time) {
	if c.lag > 0 {
		if len(c.past) == 0 {
			c.past = append(c.past, pastCount{customers: c.now})
		}
		c.forget(at)
		c.past = append(c.past, pastCount{from: at, customers: c.now + by})
	}
	c.now += by
	c.most = max(c.most, c.now)
}

// forget drops what is older than what is told at a time.
func (c *customerCount) forget(at time.Time) {
	for len(c.past) > 1 && !c.past[1].from.After(at.Add(-c.lag)) {
		c.past = c.past[1:]
	}
}

// told is the number that listAgents tells at a time.
func (c *customerCount) told(at time.Time) int {
	if c.forget(at); len(c.past) == 0 {
		return c.now
	}
	return c.past[0].customers
}
