package realtime

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// listener takes the events of a connection.
type listener struct {
	t    *testing.T
	next func() (Event, error, bool)
}

// listen begins to take events, until the test ends.
func (p *platform) listen(c *Connection) *listener {
	p.t.Helper()
	ctx, cancel := context.WithTimeoutCause(p.t.Context(), patience, errors.New("the event does not come"))
	next, stop := iter.Pull2(c.Events(ctx))
	p.t.Cleanup(func() { stop(); cancel() })
	return &listener{p.t, next}
}

// await takes events until one of a type comes.
func await[E Event](l *listener) E {
	l.t.Helper()
	for {
		event, err, more := l.next()
		require.True(l.t, more, "there are no more events")
		require.NoError(l.t, err)
		if wanted, is := event.(E); is {
			return wanted
		}
	}
}

// seesOffline takes events until somebody is not online. A broker may say once more that
// they are, to who has just asked.
func (l *listener) seesOffline() {
	l.t.Helper()
	isOnline := true
	for isOnline {
		isOnline = await[*Presence](l).IsOnline
	}
}

// texts takes the texts of so many messages.
func (l *listener) texts(number int) []string {
	l.t.Helper()
	var texts []string
	for range number {
		texts = append(texts, await[*NewMessage](l).Message.Message)
	}
	return texts
}

// isUpToDate waits until a connection has read all there is.
func isUpToDate(t *testing.T, c *Connection) {
	t.Helper()
	eventually(t, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return !c.sequence.isBehind() && !c.sequence.wantsSync()
	}, "it has read all there is")
}

// eventually waits until something is so.
func eventually(t *testing.T, isSo func() bool, what string) {
	t.Helper()
	require.Eventually(t, isSo, patience, time.Millisecond, what)
}
