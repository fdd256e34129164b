package faults

import (
	"context"
	"net"
	"sync/atomic"
	"syscall"
	"testing"
)

// Dial makes a connection, or fails to, as the DialContext of a net/http Transport
// does. Its failures are those of the net package itself.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// FirstDials fails the first dials as the one function does and makes the others as
// they should be made.
func FirstDials(count int64, failing Dial) Dial {
	var dials atomic.Int64
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if dials.Add(1) <= count {
			return failing(ctx, network, address)
		}
		var dialer net.Dialer
		return dialer.DialContext(ctx, network, address)
	}
}

// Refused dials an address at which nobody listens in place of the one wanted.
func Refused(tb testing.TB) Dial {
	tb.Helper()
	refusing := RefusingAddress(tb)
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, network, refusing)
	}
}

// RefusingAddress is a host and port on loopback at which nobody listens until the
// end of the test. It is the near end of a connection, so that nobody else is given
// it meanwhile, as may happen to a port that was just closed.
func RefusingAddress(tb testing.TB) string {
	tb.Helper()
	listener := listen(tb)
	var dialer net.Dialer
	connection, err := dialer.DialContext(tb.Context(), "tcp4", listener.Addr().String())
	if err != nil {
		tb.Fatalf("occupy a port: %v", err)
	}
	tb.Cleanup(func() {
		_ = connection.Close()
		_ = listener.Close()
	})
	return connection.LocalAddr().String()
}

// Unanswered dials as if the packets were lost on the way: it takes until the context
// ends. That is not the context of a request: net/http goes on dialing for others
// when one is given up.
func Unanswered(tb testing.TB) Dial {
	tb.Helper()
	ended := tb.Context().Done()
	dialer := net.Dialer{
		ControlContext: func(ctx context.Context, _, _ string, _ syscall.RawConn) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-ended:
				return syscall.ETIMEDOUT
			}
		},
	}
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, "127.0.0.1:9") // where no packet is sent to
	}
}
