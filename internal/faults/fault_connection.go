package faults

import (
	"errors"
	"fmt"
	"io"
)

// ResetUnread resets the connection when the first byte of the request has arrived,
// before anything is read of it.
func ResetUnread() Fault {
	return Fault{name: "reset before the request is read", unread: true, strike: (*exchange).reset}
}

// ResetMidRequest resets the connection when that many bytes of the request, headers
// included, were read. They must be fewer than the request has; a request that is
// larger than the buffers of the connection is still being sent then.
func ResetMidRequest(bytes int64) Fault {
	return Fault{
		name: fmt.Sprintf("reset after %d bytes of the request", bytes), unread: true,
		strike: func(x *exchange) error {
			_, err := io.CopyN(io.Discard, x.reader, bytes)
			return errors.Join(err, x.reset())
		},
	}
}

// ResetUnanswered resets the connection when the request was read whole and acted
// on, before any byte of an answer.
func ResetUnanswered() Fault {
	return Fault{name: "reset before the answer", acts: true, strike: (*exchange).reset}
}

// CloseUnanswered closes the connection in good order when the request was read
// whole and acted on, before any byte of an answer: what a server does that shuts
// down too early.
func CloseUnanswered() Fault {
	return Fault{name: "close before the answer", acts: true, strike: func(*exchange) error { return errOver }}
}

// StallUnread never reads the request, and lets the client wait until the server
// ends: as nothing is read, the client is not seen to go away. A request that is
// larger than the buffers of the connection cannot be sent whole. At an address with
// https, it is the handshake that stalls.
func StallUnread() Fault {
	return Fault{name: "request never read", unread: true, strike: func(x *exchange) error {
		<-x.ctx.Done()
		return errOver
	}}
}

// StallHeader reads the request and acts on it, and lets the client wait for the
// first byte of an answer until it goes away.
func StallHeader() Fault {
	return Fault{name: "answer never begins", acts: true, strike: (*exchange).hold}
}
