package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
)

// because is what went wrong on the way, in words that quote neither an answer nor
// a URL. Where a context ended, its cause says more than the error that it led to.
func because(ctx context.Context, err error) error {
	var credential *CredentialError
	var held *heldBackError
	if errors.As(err, &credential) || errors.As(err, &held) {
		return err
	}
	var timeout *timeoutError
	if ended := ctx.Err(); ended != nil {
		cause := context.Cause(ctx)
		if errors.As(cause, &timeout) || errors.Is(ended, cause) {
			return cause
		}
		return fmt.Errorf("%w: %w", ended, cause)
	}
	if errors.As(err, &timeout) {
		return timeout
	}
	return plain(err)
}

// WithoutQuotes is an error in words that quote nothing of what the other side said. It
// still is what it was, for errors.Is and errors.As.
func WithoutQuotes(err error) error { return plain(err) }

// plain leaves out what others said: http.Client puts the whole URL, with its query,
// into errors; net/http what it cannot read of an answer, in quotes, and what a proxy
// refused with; and a transport of the caller's whatever it likes. Only errors that
// are known to hold none of it keep their text.
func plain(err error) error {
	if wrapped, ok := err.(*url.Error); ok { //nolint:errorlint // its own, and not one that a token source wraps
		err = wrapped.Err
	}
	if tellsNothing(err) {
		return err
	}
	return &worded{words: wordsOfCause(err), cause: Hide(err)}
}

// wordsOfCause are the words of an error that failures are told in.
func wordsOfCause(err error) string {
	if network, ok := err.(*net.OpError); ok && network.Err != nil { //nolint:errorlint // itself, for its addresses
		told := *network
		told.Err = errors.New(wordsOfCause(network.Err))
		return told.Error()
	}
	// The names of protocols would be taken for addresses.
	return Plain(strings.NewReplacer("net/http: ", "", "http2: ", "", "HTTP/1.x ", "").Replace(err.Error()))
}

// tellsNothing reports whether an error, and all that it wraps, holds no text of the
// other side: those of the network and of TLS name hosts, ports and certificates.
func tellsNothing(err error) bool {
	switch err := err.(type) { //nolint:errorlint // one after the other, and not what a stranger wraps
	case nil:
		return true
	case *net.OpError:
		return tellsNothing(err.Err)
	case *os.SyscallError:
		return tellsNothing(err.Err)
	case *tls.CertificateVerificationError:
		return tellsNothing(err.Err)
	case *net.DNSError, *net.AddrError, net.UnknownNetworkError, syscall.Errno,
		tls.AlertError, tls.RecordHeaderError, x509.UnknownAuthorityError, x509.HostnameError,
		x509.CertificateInvalidError, x509.SystemRootsError, *timeoutError, *proxyError,
		*tooLargeError, *redirectError:
		return true
	}
	switch err { //nolint:errorlint // these, and not what wraps them
	case io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed, os.ErrDeadlineExceeded,
		context.Canceled, context.DeadlineExceeded, http.ErrBodyReadAfterClose, http.ErrSchemeMismatch:
		return true
	}
	return err.Error() == "i/o timeout" // of package net, which does not export it
}

// worded words an error anew that may quote what it must not. It can be asked what
// the error is, but does not give it out as its cause: whoever logs an error logs its
// causes, too.
type worded struct {
	words string
	cause Hidden[error]
}

func (e *worded) Error() string        { return e.words }
func (e *worded) Is(target error) bool { return errors.Is(e.cause.Reveal(), target) }
func (e *worded) As(target any) bool   { return errors.As(e.cause.Reveal(), target) }
