package qismo

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
)

func parseBaseURL(address string) (*url.URL, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" {
		return nil, errors.New("the base URL is not an absolute one, such as https://omnichannel.qiscus.com")
	}
	switch {
	case base.User != nil, base.RawQuery != "", base.Fragment != "":
		return nil, errors.New("the base URL must hold no user, query or fragment")
	case base.Scheme == "https", base.Scheme == "http" && isLoopback(base.Hostname()):
		return base, nil
	}
	return nil, fmt.Errorf("the base URL must be https, except on loopback: credentials would travel to %s in the open",
		base.Hostname())
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// defaultTransport is the standard one, with its proxies from the environment
// and HTTP/2, but with as many idle connections to the one host as there can be
// calls in flight: with the standard two, 64 parallel calls keep opening new
// ones.
func defaultTransport() http.RoundTripper {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	transport := standard.Clone()
	transport.MaxIdleConns = 0 // no limit in all; there is one host
	transport.MaxIdleConnsPerHost = 100
	return transport
}

// guardRedirects keeps requests, which carry credentials and messages, where
// they were meant to go: only reads are redirected, and only within a host. Any
// other redirect is handed back as the answer, and becomes an error.
func guardRedirects(next func(*http.Request, []*http.Request) error) func(*http.Request, []*http.Request) error {
	return func(request *http.Request, via []*http.Request) error {
		first := via[0]
		sameHost := request.URL.Scheme == first.URL.Scheme && request.URL.Host == first.URL.Host
		isRead := first.Method == http.MethodGet || first.Method == http.MethodHead
		if !sameHost || !isRead || len(via) >= 10 {
			return http.ErrUseLastResponse
		}
		if next != nil {
			return next(request, via)
		}
		return nil
	}
}
