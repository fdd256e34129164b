package control

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// Guard keeps web pages of others away from what steers a sandbox, which asks for no
// password. A page from elsewhere can make a browser on this machine call it: what
// changes something is refused where the browser says that it comes from another page.
// The rest is what [GuardHost] does.
func Guard(next http.Handler, hosts ...string) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refuse(http.StatusForbidden, "", "a browser sent it from another page").write(w)
	}))
	return GuardHost(protection.Handler(next), hosts...)
}

// GuardHost refuses a host name that anybody in the world can register, since a web page
// can give its own name this machine's address, and read what is answered there. Only
// numbers, names without a dot, those that end with localhost, local, internal or test,
// and the given ones pass. So it is with the page that opens a WebSocket, which, unlike an
// answer, a browser lets pages from anywhere read.
func GuardHost(next http.Handler, hosts ...string) http.Handler {
	isOwn := func(host string) bool { return sandbox.IsOwnName(host) || slices.Contains(hosts, host) }
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch page := r.Header.Get("Origin"); {
		case !isOwn(hostName(r.Host)):
			refuse(http.StatusForbidden, "", "the sandbox does not answer to the host name in the address; "+
				"use its IP address, or start it with --listen and the name").write(w)
		case isWebSocket(r) && page != "" && !isOwn(pageHost(page)):
			refuse(http.StatusForbidden, "", "a page from elsewhere opens a WebSocket").write(w)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// isWebSocket tells whether a request opens a WebSocket.
func isWebSocket(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// pageHost is the host that an Origin header names; a name that is nobody's when it names
// none, as of a page within a page that has no rights.
func pageHost(origin string) string {
	page, err := url.Parse(origin)
	if err != nil || page.Host == "" {
		return "nowhere.invalid"
	}
	return hostName(page.Host)
}

// hostName is a Host header's name or number, without the port.
func hostName(header string) string {
	host, _, err := net.SplitHostPort(header)
	if err != nil {
		host = header
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}
