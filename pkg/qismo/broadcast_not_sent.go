package qismo

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/qismo-go/qismo/internal/transport"
)

// maxRecipientsNamed bounds how many recipients the text of an error names.
const maxRecipientsNamed = 5

// NotSentError lists the recipients whom a broadcast did not reach, although the
// service took it and answered with 200. It is what an [*Error] wraps that is
// [ErrNotSent]; the others were sent to, so send again to these only:
//
//	sent, err := client.Broadcasts.Send(ctx, params)
//	var failure *qismo.NotSentError
//	if errors.As(err, &failure) {
//		for _, log := range failure.Failed() { … log.PhoneNumber, log.Notes … }
//	}
//
// It can be logged. Its text names each recipient by the last three digits of the
// phone number, and gives the service's reason without what the request had said.
type NotSentError struct {
	failed transport.Hidden[[]BroadcastLog]
	text   string
}

// Error says to how many recipients a broadcast was not sent, to whom and why.
func (e *NotSentError) Error() string { return e.text }

// Failed returns the rows of those who were not sent to, with their phone numbers
// and the service's reasons as they came: do not log them.
func (e *NotSentError) Failed() []BroadcastLog { return slices.Clone(e.failed.Reveal()) }

// Format prints the text of Error for every verb, so that %#v shows no customer.
func (e *NotSentError) Format(state fmt.State, verb rune) { transport.FormatText(state, verb, e.text) }

// MarshalText writes what can be logged.
func (e *NotSentError) MarshalText() ([]byte, error) { return []byte(e.text), nil }

// notSent looks for failures in a success. A send failed if its status says so; that
// any other status means a failure is not known. A row may leave out whom it is
// about, which is no question where there was one recipient.
func notSent(response *http.Response, logs []BroadcastLog, recipients ...string) error {
	var failed []BroadcastLog
	var reasons []string
	for _, log := range logs {
		if !isFailed(log) {
			continue
		}
		if log.PhoneNumber == "" && len(recipients) == 1 {
			log.PhoneNumber = recipients[0]
		}
		failed = append(failed, log)
		if len(failed) > maxRecipientsNamed {
			continue
		}
		reason := maskNumber(log.PhoneNumber)
		if log.Notes != "" {
			reason += " (" + transport.Said(response, log.Notes) + ")"
		}
		reasons = append(reasons, reason)
	}
	if len(failed) == 0 {
		return nil
	}
	if more := len(failed) - len(reasons); more > 0 {
		reasons = append(reasons, fmt.Sprintf("%d more", more))
	}
	return transport.UnusableAnswer(response, ErrNotSent, &NotSentError{
		failed: transport.Hide(failed),
		text:   fmt.Sprintf("not sent to %d of %d: %s", len(failed), len(logs), strings.Join(reasons, ", ")),
	})
}

func isFailed(log BroadcastLog) bool {
	return strings.EqualFold(log.Status.String(), BroadcastFailed.String())
}
