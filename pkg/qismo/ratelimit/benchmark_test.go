package ratelimit_test

import (
	"context"
	"testing"

	"golang.org/x/time/rate"

	"github.com/qismo-go/qismo/pkg/qismo/ratelimit"
)

// BenchmarkWait lets one caller pass that never has to wait: what a limiter adds to
// a call in quiet times. The bucket that it is built on stands beside it.
func BenchmarkWait(b *testing.B) {
	const perSecond, burst = 1e9, 1 << 30 // more than can be taken
	limiter := newLimiter(b, ratelimit.Config{PerSecond: perSecond, Burst: burst})
	for _, way := range []struct {
		name string
		wait func(ctx context.Context) error
	}{
		{"rate", rate.NewLimiter(perSecond, burst).Wait},
		{"qismo", limiter.Wait},
	} {
		b.Run("type="+way.name, func(b *testing.B) {
			b.ReportAllocs()
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			for b.Loop() {
				if err := way.wait(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
