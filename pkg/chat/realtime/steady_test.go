package realtime

import (
	"io"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oneAtATime is a connection that bears one write at a time, as a WebSocket does.
type oneAtATime struct {
	net.Conn

	writing  atomic.Int32
	overlaps atomic.Int32
}

func (c *oneAtATime) SetWriteDeadline(time.Time) error { return nil }

func (c *oneAtATime) Write(p []byte) (int, error) {
	if c.writing.Add(1) > 1 {
		c.overlaps.Add(1)
	}
	for range 10 {
		runtime.Gosched() // so that others come in between
	}
	c.writing.Add(-1)
	return len(p), nil
}

// The library writes answers in one goroutine, and asks whether the connection is alive
// in another one.
func TestWritesComeOneAfterTheOther(t *testing.T) {
	t.Parallel()
	conn := &oneAtATime{}
	opened := &steady{Conn: conn, within: patience}
	var writing sync.WaitGroup
	for range 8 {
		writing.Go(func() {
			for range 100 {
				_, err := opened.Write([]byte("halo"))
				assert.NoError(t, err)
			}
		})
	}
	writing.Wait()
	assert.Zero(t, conn.overlaps.Load())
}

// Nobody reads, and what the library itself does not bound ends all the same.
func TestAWriteEnds(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	defer theirs.Close() //nolint:errcheck // nothing was read
	opened := &steady{Conn: ours, within: time.Millisecond}
	require.NoError(t, opened.SetWriteDeadline(time.Time{}))
	_, err := opened.Write([]byte("halo"))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	require.NoError(t, opened.SetDeadline(time.Now()))
	_, err = opened.Read(make([]byte, 1))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	require.NoError(t, opened.Close())
	_, err = opened.Write([]byte("halo"))
	require.ErrorIs(t, err, io.ErrClosedPipe)
}
