package qismotest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// maxAnswer bounds what is read of a receiver's answer.
const maxAnswer = 1 << 20

// Sender delivers events to one receiver, as the platform does. It is safe for
// concurrent use. Make one with [NewSender] or [NewHTTPSender].
type Sender struct {
	*delivery
	to   url.URL
	send func(*http.Request) (*http.Response, error)
}

// Answer is what a receiver answered.
type Answer struct {
	Status   int
	Header   http.Header
	Body     []byte        // the first mebibyte
	Duration time.Duration // from sending until the answer was read
}

// Accepted reports whether the status is between 200 and 299.
func (a *Answer) Accepted() bool { return a.Status >= 200 && a.Status <= 299 }

// Refusal is why a handler of package webhook refused an event, with the problems of a
// body that does not fit the document. Of an answer that says no such thing it is empty.
func (a *Answer) Refusal() (reason string, problems []webhook.Problem) {
	var refusal struct {
		Error    string            `json:"error"`
		Problems []webhook.Problem `json:"problems"`
	}
	if json.Unmarshal(a.Body, &refusal) != nil {
		return "", nil
	}
	return refusal.Error, refusal.Problems
}

// NewSender returns a sender to a handler in this process, without a network. The
// handler sees requests as a server makes them, to the path / unless [ToPath] says
// otherwise.
func NewSender(handler http.Handler, options ...DeliveryOption) (*Sender, error) {
	if handler == nil {
		return nil, errors.New("qismotest: the handler is nil")
	}
	d, err := newDelivery(options)
	if err == nil {
		err = d.forSender()
	}
	if err != nil {
		return nil, err
	}
	send := func(outgoing *http.Request) (*http.Response, error) {
		if err := outgoing.Context().Err(); err != nil {
			return nil, err
		}
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, d.received(outgoing))
		return recorder.Result(), nil
	}
	return &Sender{delivery: d, to: url.URL{Scheme: "http", Host: "receiver.example.id", Path: "/"}, send: send}, nil
}

// received makes a client's request what a server makes of it.
func (d *delivery) received(outgoing *http.Request) *http.Request {
	request := httptest.NewRequestWithContext(
		outgoing.Context(), outgoing.Method, outgoing.URL.RequestURI(), outgoing.Body)
	request.Host = outgoing.URL.Host
	request.Header = outgoing.Header
	request.ContentLength = outgoing.ContentLength
	if d.address != "" {
		request.RemoteAddr = net.JoinHostPort(d.address, inventedPort)
	}
	return request
}

// NewHTTPSender returns a sender to a URL. The client's timeout bounds a delivery, and
// its redirect policy says whether one is sent on. Errors tell the host of the URL, and
// never its path or query, which may hold a secret.
func NewHTTPSender(client *http.Client, address string, options ...DeliveryOption) (*Sender, error) {
	if client == nil {
		return nil, errors.New("qismotest: the client is nil")
	}
	d, to, err := newDeliveryTo(address, options)
	if err == nil {
		err = d.forSender()
	}
	if err != nil {
		return nil, err
	}
	return &Sender{delivery: d, to: to, send: client.Do}, nil
}

// newDeliveryTo is how events are delivered to a URL.
func newDeliveryTo(address string, options []DeliveryOption) (*delivery, url.URL, error) {
	to, err := url.Parse(address)
	switch {
	case err != nil: // its text holds the address
		return nil, url.URL{}, errors.New("qismotest: the address is not a URL")
	case to.Scheme != "http" && to.Scheme != "https":
		return nil, url.URL{}, errors.New("qismotest: the address does not begin with http:// or https://")
	case to.Hostname() == "":
		return nil, url.URL{}, errors.New("qismotest: the address names no host")
	}
	d, err := newDelivery(options)
	if err != nil {
		return nil, url.URL{}, err
	}
	if d.address != "" {
		return nil, url.URL{}, errors.New("qismotest: FromAddress: it is for handlers in this process")
	}
	return d, *to, nil
}

// Deliver sends a payload once. To deliver the same again, call it again: an event's
// body is always the same. An answer of any status is no error.
func (s *Sender) Deliver(ctx context.Context, payload Payload) (*Answer, error) {
	body, err := payload.Body()
	if err != nil {
		return nil, err
	}
	return s.post(ctx, body)
}

func (s *Sender) post(ctx context.Context, body []byte) (*Answer, error) {
	request, err := s.request(ctx, s.to, body)
	if err != nil {
		return nil, fmt.Errorf("qismotest: %w", err)
	}
	started := time.Now()
	response, err := s.send(request)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) { // its text holds the address
			err = failed.Err
		}
		return nil, fmt.Errorf("qismotest: deliver to %s: %w", s.to.Host, err)
	}
	defer response.Body.Close()
	answered, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("qismotest: read the answer of %s: %w", s.to.Host, err)
	}
	return &Answer{
		Status: response.StatusCode, Header: response.Header, Body: answered, Duration: time.Since(started),
	}, nil
}
