package sandbox

import (
	"cmp"
	"net"
	"net/http"
	"net/url"
)

const (
	// RealtimePath is where clients connect to the broker by WebSocket.
	RealtimePath = "/mqtt"
	// RealtimeLookupPath is where they ask for the broker's address when they have lost
	// it. Config.RealtimeLookup tells them to.
	RealtimeLookupPath = "/realtime_lb"
)

// serveRealtime answers what is asked at the two paths, and tells whether a request is
// one of these. Neither is part of the chat server's API, nor in the timeline: the one is
// a connection, and the other a host of its own.
func (s *Sandbox) serveRealtime(w http.ResponseWriter, r *http.Request) (served bool) {
	s.mu.Lock()
	current := s.realtime
	s.mu.Unlock()
	switch {
	case r.URL.Path != RealtimePath && r.URL.Path != RealtimeLookupPath:
		return false
	case current.broker == nil:
		http.Error(w, "there is no broker", http.StatusNotFound)
	case r.URL.Path == RealtimePath:
		current.broker.ServeHTTP(w, r)
	default:
		at := current.address(calledURL(r))
		jsonContent(object{
			"data":   object{"url": at.String(), "ssl_port": at.Port(), "wss_port": at.Port()},
			"node":   at.Hostname(),
			"status": http.StatusOK,
		}).write(w, http.StatusOK)
	}
	return true
}

// address is where a client finds the broker that called at an address. The platform
// tells its broker's host alone, whose schemes and ports its clients know; those who take
// a URL in its place can use this one's.
func (r *chatRealtime) address(called *url.URL) *url.URL {
	if own, err := url.Parse(r.url); err == nil && r.url != "" {
		if own.Hostname() == "" {
			own.Host = net.JoinHostPort(called.Hostname(), own.Port())
		}
		return own
	}
	scheme := map[string]string{"https": "wss"}[called.Scheme]
	return &url.URL{Scheme: cmp.Or(scheme, "ws"), Host: called.Host, Path: RealtimePath}
}

// brokerAddresses are where a client finds the broker, and where it is to ask for that
// when it has lost it; "" for nowhere.
func (s *Sandbox) brokerAddresses(r *request) (broker, lookup string) {
	called, err := url.Parse(r.address)
	if err != nil || s.realtime.broker == nil {
		return "", ""
	}
	if s.config.RealtimeLookup {
		lookup = (&url.URL{Scheme: called.Scheme, Host: called.Host, Path: RealtimeLookupPath}).String()
	}
	return s.realtime.address(called).String(), lookup
}

// RealtimeURL is where a client finds the broker that calls the API at a URL; "" when
// there is none.
func (s *Sandbox) RealtimeURL(apiURL string) string {
	called, err := url.Parse(apiURL)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || s.realtime.broker == nil {
		return ""
	}
	return s.realtime.address(called).String()
}
