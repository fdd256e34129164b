package broker_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/broker"
)

// Whatever a client sends, the broker goes on for all others.
func FuzzWhatAClientSends(f *testing.F) {
	greeting := hello(f, "rini", 4)
	f.Add([]byte{}, false)
	f.Add(greeting, false)
	f.Add(append(bytes.Clone(greeting), subscription(f, 2, "r/1/1/e")...), false)
	for _, more := range [][]byte{
		{0x30, 12, 0, 7, 'r', '/', '1', '/', '1', '/', 'e', '{', '}', 0},
		{0x32, 4, 0, 0, 0, 0}, {0x62, 2, 0, 1}, {0x50, 2, 0, 1}, {0x70, 2, 0, 1}, {0x82, 2, 0, 1}, {0xa2, 2, 0, 1},
		{0xe0, 0}, {0xf0, 0}, {0x20, 2, 0, 0}, {0xff, 0xff, 0xff, 0xff, 0x7f},
	} {
		f.Add(more, true)
	}
	made, err := broker.NewWithLimits(broker.Rules{}, broker.Limits{Packet: 1 << 10, Waiting: 100})
	require.NoError(f, err)
	listener := &pipes{came: make(chan net.Conn), ended: make(chan struct{})}
	go func() { assert.ErrorIs(f, made.Serve(listener), broker.ErrClosed) }()
	f.Cleanup(func() { assert.NoError(f, made.Close(context.WithoutCancel(f.Context()))) })
	f.Fuzz(func(t *testing.T, sent []byte, greets bool) {
		conn := listener.dial()
		defer conn.Close() //nolint:errcheck // it may be closed already
		require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
		read := make(chan struct{})
		go func() {
			defer close(read)
			_, _ = io.Copy(io.Discard, conn)
		}()
		if greets {
			_, _ = conn.Write(greeting)
		}
		_, _ = conn.Write(sent)
		_ = conn.Close()
		<-read
		require.NoError(t, made.Publish("r/1/1/e", []byte("{}"), false, 1))
	})
}
