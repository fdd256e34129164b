package transport

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
)

// because is what went wrong on the way, in words that quote neither an answer nor
// a URL. Where a context ended, its cause says more than the error that it led to.
func because(ctx context.Context, err error) error {
	var credential *CredentialError
	var held *heldBackError
	if errors.As(err, &credential) || errors.As(err, &held) {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var timeout *timeoutError
	if errors.As(err, &timeout) {
		return timeout
	}
	return plain(err)
}

// plain leaves out what net/http quotes: its client puts the whole URL, with its
// query, into errors, and what it cannot read of an answer, in quotes, into others.
func plain(err error) error {
	if wrapped, ok := err.(*url.Error); ok { //nolint:errorlint // its own, and not one that a token source wraps
		err = wrapped.Err
	}
	var network net.Error
	if errors.As(err, &network) || neverTrusted(err) || !strings.ContainsAny(err.Error(), "\"`") {
		return err
	}
	return &unquoted{"the answer is not HTTP as it should be", err}
}

// unquoted words an error anew that quotes what it must not.
type unquoted struct {
	words string
	cause error
}

func (e *unquoted) Error() string { return e.words }
func (e *unquoted) Unwrap() error { return e.cause }
