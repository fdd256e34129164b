package sandbox

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
)

// errPublicTarget is why a webhook is not sent.
var errPublicTarget = errors.New("the sandbox sends nothing to a public host that was set through the API")

// targets says where webhooks may be sent. Whoever makes the Sandbox may name any
// host. What is set through the API is often an address of the real world, copied
// from a program's settings: nothing made up may go out to it.
type targets struct{ named map[string]bool }

func newTargets(configured Webhooks) targets {
	t := targets{named: map[string]bool{}}
	for _, address := range []string{
		configured.Bot, configured.NewSession, configured.Allocation, configured.Resolve, configured.Auth,
	} {
		if parsed, err := url.Parse(address); err == nil && address != "" {
			t.named[parsed.Hostname()] = true
		}
	}
	return t
}

// check refuses an address that is neither near nor named.
func (t targets) check(address string) error {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil //nolint:nilerr // making the request says what is wrong with it
	}
	if host := parsed.Hostname(); !t.named[host] && !isNear(host) {
		return errPublicTarget
	}
	return nil
}

// isNear reports whether a host is this machine or in a network of one's own: by its
// number, or by a name that no public host can have.
func isNear(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		return address.IsLoopback() || address.IsPrivate() || address.IsLinkLocalUnicast()
	}
	if !strings.Contains(host, ".") {
		return true // localhost, or a container
	}
	for _, ending := range []string{".localhost", ".local", ".internal", ".test"} {
		if strings.HasSuffix(host, ending) {
			return true
		}
	}
	return false
}
