package sandbox

import (
	"errors"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// errPublicTarget is why a webhook is not sent.
var errPublicTarget = errors.New("the sandbox sends nothing to a public host that was set through the API")

// targets says where webhooks may be sent. Whoever makes the Sandbox may name any
// host. What is set through the API is often an address of the real world, copied
// from a program's settings: nothing made up may go out to it.
type targets struct {
	mu    sync.Mutex
	named map[string]bool
}

// newTargets allows what the configuration names, and the given hosts.
func newTargets(config Config, hosts map[string]bool) *targets {
	t := &targets{named: maps.Clone(hosts)}
	maps.Copy(t.named, config.Webhooks.hosts())
	for _, channel := range config.Channels {
		t.name(channel.WebhookURL)
	}
	for _, button := range config.Buttons {
		t.name(button.URL)
	}
	return t
}

// hosts are those of the addresses.
func (w Webhooks) hosts() map[string]bool {
	hosts := map[string]bool{}
	for _, address := range []string{w.Bot, w.NewSession, w.Allocation, w.Resolve, w.Auth, w.Chat} {
		if host := hostOf(address); host != "" {
			hosts[host] = true
		}
	}
	return hosts
}

// name allows the host of an address.
func (t *targets) name(address string) {
	if host := hostOf(address); host != "" {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.named[host] = true
	}
}

// hostOf is an address's host, without the port; "" when it has none.
func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return parsed.Hostname()
}

// nameHost allows the host of an address, from now on and in the Sandbox that goes on
// from here. Sandbox.mu is held.
func (s *Sandbox) nameHost(address string) {
	s.deliveries.targets.name(address)
	if host := hostOf(address); host != "" {
		s.state.settings.named[host] = true
	}
}

func (t *targets) isNamed(host string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.named[host]
}

// check refuses an address that is neither near nor named.
func (t *targets) check(address string) error {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil //nolint:nilerr // making the request says what is wrong with it
	}
	if host := parsed.Hostname(); !t.isNamed(host) && !isNear(host) {
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
	return IsOwnName(host)
}

// IsOwnName reports whether a host is a number, or a name that nobody can register for
// the whole world.
func IsOwnName(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") {
		return true // such as localhost, or a container
	}
	return slices.ContainsFunc(
		[]string{".localhost", ".local", ".internal", ".test"},
		func(ending string) bool { return strings.HasSuffix(host, ending) },
	)
}
