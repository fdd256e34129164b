package ratelimit

import (
	"net/http"
	"time"

	"golang.org/x/time/rate"
)

// How a rate changes: refusals halve it, and so many successes would raise it from
// nothing to the configured one. A service that takes half of what was configured
// then refuses one attempt in fifty.
const (
	refusalFactor  = 0.5
	successesToTop = 200
)

// Answered tells of an answer: its HTTP status, and how long the service asked to
// wait in Retry-After, 0 when it did not. See the package's comment for what
// follows from it. A wait below 0 counts as none.
func (l *Limiter) Answered(status int, retryAfter time.Duration) {
	refused := status == http.StatusTooManyRequests
	told := retryAfter > 0 && (refused || status == http.StatusServiceUnavailable)
	succeeded := status >= http.StatusOK && status < http.StatusBadRequest

	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	perSecond := float64(l.bucket.Limit())
	switch {
	case told:
		l.pause(now.Add(min(retryAfter, l.config.LongestPause)))
	case l.untried:
		// The attempt is from before the pause, which has taken account of it.
	case refused:
		l.setRate(now, max(perSecond*refusalFactor, l.config.SlowestPerSecond))
		l.pause(now.Add(l.config.Pause))
	case succeeded && perSecond < l.config.PerSecond:
		l.setRate(now, min(perSecond+l.config.PerSecond/successesToTop, l.config.PerSecond))
	}
}

// setRate changes the rate from now on. The first in the queue waits for a turn
// that may come sooner by that.
func (l *Limiter) setRate(now time.Time, perSecond float64) {
	l.bucket.SetLimitAt(now, rate.Limit(perSecond))
	l.queue.wakeFirst()
}

// pause lets nothing pass until its end; a shorter one than there is changes
// nothing. What the bucket would have gathered by then is spent, up to one attempt,
// so that a service that has just refused does not meet a burst. Everybody in the
// queue is woken, because some may have a deadline before the end.
func (l *Limiter) pause(end time.Time) {
	if !end.After(l.pauseEnd) {
		return
	}
	l.pauseEnd, l.untried = end, true
	if spare := int(l.bucket.TokensAt(end)) - 1; spare > 0 {
		l.bucket.AllowN(end, spare)
	}
	l.queue.wakeAll()
}
