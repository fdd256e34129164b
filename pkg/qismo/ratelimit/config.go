package ratelimit

import (
	"errors"
	"math"
	"time"
)

// What holds when the Config does not say.
const (
	defaultBurst        = 1
	defaultSlowestShare = 1.0 / 20 // of PerSecond
	defaultPause        = time.Second
	defaultLongestPause = time.Minute
)

// Config says how fast a [Limiter] lets attempts pass. PerSecond must be given, the
// rest may be left out.
type Config struct {
	// PerSecond is how many attempts may pass a second in the long run, above 0; 0.5
	// is one every two seconds. It has no default, because what an account may do is
	// not published.
	PerSecond float64
	// Burst is how many attempts may pass at once after a quiet while, 1 when zero,
	// which spaces all of them evenly. What a busy machine notices too late it can
	// make up for within the burst only, so above 100 a second a few are wise.
	Burst int
	// SlowestPerSecond is the rate below which refusals do not push it, above 0 and
	// at most PerSecond; a twentieth of PerSecond when zero.
	SlowestPerSecond float64
	// Pause is how long a refusal that does not say how long to wait holds all
	// attempts back; 1 second when zero, or LongestPause if that is shorter.
	Pause time.Duration
	// LongestPause bounds what a service can ask for, and is not below Pause; 1
	// minute when zero, or Pause if that is longer. After a bounded pause the service
	// may refuse again, and so begin the next.
	LongestPause time.Duration
}

// withDefaults fills in what was left out and checks the rest.
func (c Config) withDefaults() (Config, error) {
	if !(c.PerSecond > 0) || math.IsInf(c.PerSecond, 0) { // so that NaN is refused too
		return c, errors.New("ratelimit: PerSecond is not a number above 0")
	}
	if c.Burst < 0 {
		return c, errors.New("ratelimit: Burst is negative")
	}
	if c.Burst == 0 {
		c.Burst = defaultBurst
	}
	if c.SlowestPerSecond == 0 {
		c.SlowestPerSecond = c.PerSecond * defaultSlowestShare
	}
	if !(0 < c.SlowestPerSecond && c.SlowestPerSecond <= c.PerSecond) {
		return c, errors.New("ratelimit: SlowestPerSecond is not above 0 and at most PerSecond")
	}
	return c.withDefaultPauses()
}

func (c Config) withDefaultPauses() (Config, error) {
	if c.Pause < 0 || c.LongestPause < 0 {
		return c, errors.New("ratelimit: a pause is negative")
	}
	if c.LongestPause == 0 {
		c.LongestPause = max(defaultLongestPause, c.Pause)
	}
	if c.Pause == 0 {
		c.Pause = min(defaultPause, c.LongestPause)
	}
	if c.Pause > c.LongestPause {
		return c, errors.New("ratelimit: Pause is longer than LongestPause")
	}
	return c, nil
}
