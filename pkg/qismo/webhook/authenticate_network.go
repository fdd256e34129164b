package webhook

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// FromNetworks accepts requests whose source address is in one of the networks.
// Qiscus does not publish the addresses that it sends from, and those that one has
// seen may change: use it as a second lock beside a secret, with [AllOf], or where a
// gateway of one's own stands before the receiver.
//
// The source is the address that the connection comes from. Behind a load balancer
// that is the balancer, so name its networks as the trusted proxies: of a request
// from one of them the source is the last address in X-Forwarded-For that is no
// trusted proxy itself. What stands before that anybody can have written, and is not
// looked at. If no such address is found, or something on the way to it cannot be
// read, the request is refused. Requests from elsewhere have their X-Forwarded-For
// ignored.
//
// IPv4 addresses in their IPv6 form count as IPv4; zones and ports are dropped. No
// networks, or an invalid one, is an error of [NewHandler].
func FromNetworks(networks []netip.Prefix, trustedProxies ...netip.Prefix) Authenticator {
	sources, sourcesErr := plainNetworks("network", networks)
	proxies, proxiesErr := plainNetworks("trusted proxy", trustedProxies)
	a := &authenticator{name: "FromNetworks", misuse: cmp.Or(sourcesErr, proxiesErr)}
	if len(networks) == 0 {
		a.misuse = errors.New("there are no networks")
	}
	a.accepts = func(request *http.Request, _ []byte) bool {
		source, ok := sourceOf(request, proxies)
		return ok && contain(sources, source)
	}
	return a
}

// sourceOf is the address that a request comes from, behind all trusted proxies.
func sourceOf(request *http.Request, proxies []netip.Prefix) (netip.Addr, bool) {
	source, ok := readAddress(request.RemoteAddr)
	hops := strings.Join(request.Header.Values("X-Forwarded-For"), ",") // all lines are one list
	for ok && contain(proxies, source) {
		comma := strings.LastIndexByte(hops, ',')
		source, ok = readAddress(strings.Trim(hops[comma+1:], " \t")) // at the end of the list "", which is none
		hops = hops[:max(comma, 0)]
	}
	return source, ok
}

// readAddress reads an address with or without a port, and gives it the form in
// which addresses compare.
func readAddress(text string) (netip.Addr, bool) {
	address, err := netip.ParseAddr(text)
	if err != nil {
		if strings.HasSuffix(text, "]") {
			text += ":0"
		}
		var withPort netip.AddrPort
		withPort, err = netip.ParseAddrPort(text)
		address = withPort.Addr()
	}
	return address.WithZone("").Unmap(), err == nil
}

// plainNetworks gives networks the form in which readAddress gives addresses.
func plainNetworks(kind string, networks []netip.Prefix) ([]netip.Prefix, error) {
	const mapped = 128 - 32 // bits before the IPv4 address in its IPv6 form
	plain := slices.Clone(networks)
	for i, network := range plain {
		if !network.IsValid() {
			return nil, fmt.Errorf("%s %d is invalid", kind, i+1)
		}
		if network.Addr().Is4In6() && network.Bits() >= mapped {
			plain[i] = netip.PrefixFrom(network.Addr().Unmap(), network.Bits()-mapped)
		}
	}
	return plain, nil
}

func contain(networks []netip.Prefix, address netip.Addr) bool {
	return slices.ContainsFunc(networks, func(network netip.Prefix) bool { return network.Contains(address) })
}
