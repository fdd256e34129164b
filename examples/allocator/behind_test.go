package main

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"time"
)

// behind is a way to the platform on which the lists of agents' rooms are old: who asks for
// one again within a while is told what was true the first time.
type behind struct {
	carrier http.RoundTripper
	lag     time.Duration

	mutex sync.Mutex
	lists map[string]list // by what was asked
}

// list is an answer, and when it was true.
type list struct {
	header http.Header
	body   []byte
	at     time.Time
}

func newBehind(lag time.Duration) *behind {
	return &behind{carrier: &http.Transport{}, lag: lag, lists: map[string]list{}}
}

func (b *behind) RoundTrip(request *http.Request) (*http.Response, error) {
	asked, err := agentsRooms(request)
	if err != nil || asked == "" {
		return roundTrip(b.carrier, request, err)
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if known, isKnown := b.lists[asked]; isKnown && time.Since(known.at) < b.lag {
		return answer(request, http.StatusOK, known.header.Clone(), known.body), nil
	}
	at := time.Now()
	response, err := b.carrier.RoundTrip(request)
	if err != nil || response.StatusCode != http.StatusOK {
		return response, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	b.lists[asked] = list{response.Header.Clone(), body, at}
	return answer(request, http.StatusOK, response.Header, body), nil
}

// blind is a way to the platform on which agents' rooms are not listed. It says so.
type blind struct{ asked chan struct{} }

func (b blind) RoundTrip(request *http.Request) (*http.Response, error) {
	asked, err := agentsRooms(request)
	if err != nil || asked == "" {
		return roundTrip(http.DefaultTransport, request, err)
	}
	select {
	case b.asked <- struct{}{}:
	default:
	}
	return answer(request, http.StatusServiceUnavailable, http.Header{}, nil), nil
}

// agentsRooms is what a request asks for, if that is an agent's rooms; "" otherwise.
func agentsRooms(request *http.Request) (string, error) {
	if request.URL.Path != "/api/v2/customer_rooms" || request.Body == nil {
		return "", nil
	}
	asked, err := io.ReadAll(request.Body)
	request.Body = io.NopCloser(bytes.NewReader(asked))
	if !bytes.Contains(asked, []byte(`"user_ids"`)) {
		return "", err
	}
	return string(asked), err
}

func roundTrip(carrier http.RoundTripper, request *http.Request, err error) (*http.Response, error) {
	if err != nil {
		return nil, err
	}
	return carrier.RoundTrip(request)
}

func answer(request *http.Request, status int, header http.Header, body []byte) *http.Response {
	return &http.Response{
		StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewReader(body)), ProtoMajor: 1, ProtoMinor: 1,
		Request: request,
	}
}
