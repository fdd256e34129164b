package faults

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The faults in this file answer in the place of the server's handler, which does
// not act. The connection can be used again.

// Answer answers with another handler, under a name of the caller's.
func Answer(name string, handler http.Handler) Fault {
	return Fault{name: name, strike: func(x *exchange) error { return x.send(answerOf(handler, x.request)) }}
}

// RateLimited answers 429 and does not say when to come again.
func RateLimited() Fault { return rateLimited("429", nil) }

// RateLimitedWith answers 429 with a header Retry-After that holds the value as it
// is: seconds, or what nobody should send.
func RateLimitedWith(retryAfter string) Fault {
	return rateLimited(fmt.Sprintf("429 with Retry-After %q", retryAfter), func(header http.Header) {
		header.Set("Retry-After", retryAfter)
	})
}

// RateLimitedUntil answers 429 with the date, in whole seconds, at which the wait
// will have passed.
func RateLimitedUntil(wait time.Duration) Fault {
	return rateLimited(fmt.Sprintf("429 with Retry-After in %v, as a date", wait), func(header http.Header) {
		header.Set("Retry-After", date(time.Now().Add(wait)))
	})
}

// ClockSkew answers 429 from a server whose clock is wrong by the skew: its Date is
// that much ahead, or behind if the skew is negative, and so is the date in
// Retry-After, at which the wait will have passed by that clock.
func ClockSkew(skew, wait time.Duration) Fault {
	return rateLimited(fmt.Sprintf("429 of a clock wrong by %v", skew), func(header http.Header) {
		now := time.Now().Add(skew)
		header.Set("Date", date(now))
		header.Set("Retry-After", date(now.Add(wait)))
	})
}

// date writes a time as HTTP does.
func date(at time.Time) string { return at.UTC().Format(http.TimeFormat) }

func rateLimited(name string, say func(http.Header)) Fault {
	return Answer(name, http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if say != nil {
			say(w.Header())
		}
		answering(http.StatusTooManyRequests, jsonType, failureJSON).ServeHTTP(w, request)
	}))
}

// Body is what the answer to a failure holds.
type Body int

// The bodies that gateways and services were seen to send, and one that is too large
// to be read.
const (
	// BodyJSON is a failure in one of the service's shapes.
	BodyJSON Body = iota
	// BodyHTML is a gateway's page.
	BodyHTML
	// BodyEmpty is nothing, of no type.
	BodyEmpty
	// BodyHuge is a failure in one of the service's shapes with a message of
	// [HugeBodySize].
	BodyHuge
)

// HugeBodySize is the size of the message in a [BodyHuge], in bytes.
const HugeBodySize = 100 << 20

// String names the body.
func (b Body) String() string {
	switch b {
	case BodyJSON:
		return "JSON"
	case BodyHTML:
		return "HTML"
	case BodyEmpty:
		return "an empty body"
	case BodyHuge:
		return "a huge body"
	}
	return fmt.Sprintf("body %d", int(b))
}

const (
	jsonType    = "application/json; charset=utf-8"
	htmlType    = "text/html; charset=utf-8"
	failureJSON = `{"errors":{"message":"the test's service fails"}}`
	failureHTML = "<html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>\n"
)

// ServerError answers with the status, which is meant to be 500 or above, and a body.
func ServerError(status int, body Body) Fault {
	name := fmt.Sprintf("%d with %s", status, body)
	switch body {
	case BodyHTML:
		return Answer(name, answering(status, htmlType, failureHTML))
	case BodyEmpty:
		return Answer(name, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	case BodyHuge:
		return Fault{name: name, strike: func(x *exchange) error { return x.sendHuge(status) }}
	}
	return Answer(name, answering(status, jsonType, failureJSON))
}

// sendHuge makes the body while it is sent.
func (x *exchange) sendHuge(status int) error {
	const before, after = `{"errors":{"message":"`, `"}}`
	a := answer{status, http.Header{"Content-Type": {jsonType}}, nil}
	head := a.head("Content-Length", strconv.Itoa(len(before)+HugeBodySize+len(after)))
	if _, err := x.Write(append(head, before...)); err != nil {
		return err
	}
	_, err := io.Copy(x, io.MultiReader(padding(HugeBodySize), strings.NewReader(after)))
	return err
}

// HTMLSuccess answers 200 with a page, as gateways and sign-in walls do.
func HTMLSuccess() Fault {
	return Answer("200 with HTML", answering(http.StatusOK, htmlType, failureHTML))
}

// FailureInSuccess answers 200 with a failure inside, in the shape of one.
func FailureInSuccess() Fault {
	return Answer("200 with a failure inside", answering(http.StatusOK, jsonType, failureJSON))
}

// RedirectTo sends the client with a status, such as 307, to the same path under
// another address, which has a scheme and a host.
func RedirectTo(status int, address string) Fault {
	return redirect(fmt.Sprintf("%d to another host", status), status, address)
}

// RedirectLoop sends the client with a status, such as 307, to where it is already.
func RedirectLoop(status int) Fault {
	return redirect(fmt.Sprintf("%d in a loop", status), status, "")
}

func redirect(name string, status int, address string) Fault {
	return Answer(name, http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		w.Header().Set("Location", address+request.RequestURI)
		w.WriteHeader(status)
	}))
}

// ExpiredToken answers 401 to a request that shows the token in any header, as to one
// that has expired, and lets all others through to the handler. The empty token is
// one that every request shows.
func ExpiredToken(token string) Fault {
	expired := answering(http.StatusUnauthorized, jsonType, `{"detail":"401 token_expired: sign in again"}`)
	return Fault{name: "expired token", strike: func(x *exchange) error {
		if shows(x.request, token) {
			return x.send(answerOf(expired, x.request))
		}
		return x.send(answerOf(x.handler, x.request))
	}}
}

func shows(request *http.Request, token string) bool {
	if token == "" {
		return true
	}
	for _, values := range request.Header {
		for _, value := range values {
			if strings.Contains(value, token) {
				return true
			}
		}
	}
	return false
}
