package sandbox

import (
	"errors"
	"net/netip"
	"net/url"
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

func newTargets(config Config) *targets {
	t := &targets{named: map[string]bool{}}
	t.nameAll(config.Webhooks)
	for _, channel := range config.Channels {
		t.name(channel.WebhookURL)
	}
	for _, button := range config.Buttons {
		t.name(button.URL)
	}
	return t
}

func (t *targets) nameAll(to Webhooks) {
	for _, address := range []string{to.Bot, to.NewSession, to.Allocation, to.Resolve, to.Auth} {
		t.name(address)
	}
}

// name allows the host of an address.
func (t *targets) name(address string) {
	if parsed, err := url.Parse(address); err == nil && address != "" {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.named[parsed.Hostname()] = true
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
