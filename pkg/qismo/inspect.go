package qismo

import (
	"errors"

	"github.com/qismo-go/qismo/internal/transport"
)

// Inspector sees every answer of the service, as it came: those of failures too,
// and each attempt's. Package contract has one that holds answers against the
// document. It must be safe for concurrent use. Its method Inspect(Exchange) is
// called in the caller's goroutine, before the call returns, which it must
// therefore not hold up.
type Inspector = transport.Inspector

// Exchange is one answer of the service: the operation's id ("" for a call of
// [Client.Do]), the request's method, the status, the content type and the body as
// it was read, with whether that is all of it. The body can hold secrets and
// customers' words; it is shared and must not be changed, nor kept without a copy.
// It is nil for an answer that the caller reads as a stream.
type Exchange = transport.Exchange

// WithInspector lets an inspector see the answers.
func WithInspector(inspector Inspector) Option {
	return func(s *transport.Settings) error {
		if inspector == nil {
			return errors.New("the inspector is nil")
		}
		if err := s.Once("inspector"); err != nil {
			return err
		}
		s.Inspector = inspector
		return nil
	}
}
