package realtime

// Stats count what a connection has done.
type Stats struct {
	// Broker is the address of the broker, "" while there is none.
	Broker string
	// Connections is how often the broker was connected.
	Connections int64
	// Received is how much the broker has brought.
	Received int64
	// Messages is how many new messages the consumer has taken.
	Messages int64
	// Duplicates is how much came that was told already, which is no more than usual.
	Duplicates int64
	// Gaps is how often the broker brought a message before the one that it follows.
	Gaps int64
	// LetGo is how much there was no room for, and sync had to bring.
	LetGo int64
	// Waiting is how many events wait for the consumer.
	Waiting int
	// Syncs is how often sync has read from some message to the last one.
	Syncs int64
	// SyncFailures is how often it has failed.
	SyncFailures int64
}

// Stats returns what the connection has done so far.
func (c *Connection) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.counted
	s.Duplicates, s.Gaps, s.LetGo = c.sequence.duplicates, c.sequence.gaps, c.sequence.letGone
	s.Waiting = c.sequence.queue.len()
	return s
}
