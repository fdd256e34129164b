package control

import (
	"net"
	"net/http"
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
// and the given ones pass.
func GuardHost(next http.Handler, hosts ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host := hostName(r.Host); !sandbox.IsOwnName(host) && !slices.Contains(hosts, host) {
			refuse(http.StatusForbidden, "", "the sandbox does not answer to the host name in the address; "+
				"use its IP address, or start it with --listen and the name").write(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hostName is a Host header's name or number, without the port.
func hostName(header string) string {
	host, _, err := net.SplitHostPort(header)
	if err != nil {
		host = header
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}
