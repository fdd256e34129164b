package qismo_test

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/qismo-go/qismo/internal/faults"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// countingDialer fails the first connections, as a dial to a name fails, and counts
// them all.
type countingDialer struct {
	dial    faults.Dial
	failing int64
	dials   atomic.Int64
}

func (d *countingDialer) option(t *testing.T) qismo.Option {
	t.Helper()
	return qismo.WithTransport(&http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if d.dials.Add(1) <= d.failing {
				return d.dial(ctx, network, "omnichannel.invalid:443")
			}
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
	})
}
