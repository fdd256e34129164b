package sandbox

import (
	"errors"
	"net/http"
	"slices"
	"time"
)

// DeliverySettings say how webhooks are delivered. Of the platform nothing of this is
// publicly known, but that a webhook may come more than once.
type DeliverySettings struct {
	// Timeout bounds one attempt. It is real time: ten seconds when zero.
	Timeout time.Duration
	// Attempts is how often a webhook is sent at most: once when zero. A room's next
	// webhooks do not wait for what is tried again, which so may come after them.
	Attempts int
	// Wait is the time between two attempts by the Sandbox's clock, so that moving that
	// brings the next attempt forward: five seconds when zero.
	Wait time.Duration
	// Statuses are the answers after which a webhook is sent again: all but those of
	// 200 to 299 when nil. It always is when there was no answer, unless its address is
	// one that nothing is sent to.
	Statuses []int
}

// What DeliverySettings have when nothing is said.
const (
	deliveryTimeout = 10 * time.Second
	deliveryWait    = 5 * time.Second
)

func (s DeliverySettings) withDefaults() (DeliverySettings, error) {
	if s.Timeout < 0 || s.Attempts < 0 || s.Wait < 0 {
		return s, errors.New("sandbox: the timeout, the attempts or the wait of deliveries is negative")
	}
	s.Timeout = orDefault(s.Timeout, deliveryTimeout)
	s.Attempts = orDefault(s.Attempts, 1)
	s.Wait = orDefault(s.Wait, deliveryWait)
	s.Statuses = slices.Clone(s.Statuses)
	return s, nil
}

// again tells whether a webhook is sent again after an answer; 0 stands for none.
func (s DeliverySettings) again(status int) bool {
	if status != 0 && s.Statuses != nil {
		return slices.Contains(s.Statuses, status)
	}
	return status < http.StatusOK || status >= http.StatusMultipleChoices
}
