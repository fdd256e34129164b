package timeline

import "time"

// Count is how many calls and deliveries there were, and how many of them were not
// [Entry.OK].
type Count struct {
	Calls            int `json:"calls"`
	FailedCalls      int `json:"failed_calls"`
	Deliveries       int `json:"deliveries"`
	FailedDeliveries int `json:"failed_deliveries"`
}

func (c *Count) add(other Count) {
	c.Calls += other.Calls
	c.FailedCalls += other.FailedCalls
	c.Deliveries += other.Deliveries
	c.FailedDeliveries += other.FailedDeliveries
}

// Bucket counts the entries of one interval.
type Bucket struct {
	Begin time.Time `json:"begin"`
	Count
}

// Remembered is how far back a chart goes: each second of that time is counted by
// itself, whether its entries are still kept or not.
const Remembered = time.Hour

// second counts the entries of one second.
type second struct {
	unix int64 // 0 for none
	Count
}

// counts count entries as they are added.
type counts struct {
	total   Count
	seconds []second // a ring, the second n at n modulo its length; nil at first
	latest  int64    // the newest second that was counted
}

func (c *counts) add(entry Entry) {
	one := countOf(entry)
	c.total.add(one)
	if c.seconds == nil {
		c.seconds = make([]second, int(Remembered/time.Second))
	}
	unix, length := entry.At.Unix(), int64(len(c.seconds))
	if unix <= 0 || unix <= c.latest-length {
		return // too long ago
	}
	c.latest = max(c.latest, unix)
	at := &c.seconds[unix%length]
	if at.unix != unix {
		*at = second{unix: unix}
	}
	at.add(one)
}

func countOf(entry Entry) Count {
	failed := 0
	if !entry.OK() {
		failed = 1
	}
	if entry.Kind == Delivery {
		return Count{Deliveries: 1, FailedDeliveries: failed}
	}
	return Count{Calls: 1, FailedCalls: failed}
}

// Total counts all entries that there ever were.
func (t *Timeline) Total() Count {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.counts.total
}

// Chart counts the entries of so many intervals by the time at which they began, the
// oldest first. An interval has whole seconds; the last one is that which a time is in.
// A chart goes back no further than [Remembered], and looks at no entry.
func (t *Timeline) Chart(until time.Time, interval time.Duration, intervals int) []Bucket {
	interval = min(max(interval.Truncate(time.Second), time.Second), Remembered)
	intervals = max(min(intervals, int(Remembered/interval)), 1)
	begin := until.Truncate(interval).Add(-interval * time.Duration(intervals-1)).UTC()
	t.mu.Lock()
	defer t.mu.Unlock()
	chart := make([]Bucket, intervals)
	for i := range chart {
		chart[i].Begin = begin
		for next := begin.Add(interval); begin.Before(next); begin = begin.Add(time.Second) {
			chart[i].add(t.counts.at(begin.Unix()))
		}
	}
	return chart
}

// at is the count of a second.
func (c *counts) at(unix int64) Count {
	if c.seconds == nil || unix <= 0 {
		return Count{}
	}
	if found := c.seconds[unix%int64(len(c.seconds))]; found.unix == unix {
		return found.Count
	}
	return Count{}
}
