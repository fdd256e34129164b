package webhook_test

import (
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func prefixes(texts ...string) []netip.Prefix {
	parsed := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		parsed[i] = netip.MustParsePrefix(text)
	}
	return parsed
}

// from makes a request of a peer with lines of X-Forwarded-For.
func from(t testing.TB, peer string, forwarded ...string) *http.Request {
	t.Helper()
	request := postTo(t, "/")
	request.RemoteAddr = peer
	if forwarded != nil {
		request.Header["X-Forwarded-For"] = forwarded
	}
	return request
}

func TestFromNetworksWithoutAProxy(t *testing.T) {
	authenticator := webhook.FromNetworks(prefixes("192.0.2.0/24", "2001:db8::/32", "203.0.113.7/32", "::ffff:198.51.100.0/120"))
	for peer, want := range map[string]bool{
		"192.0.2.1:1234":             true,
		"192.0.2.255:0":              true,
		"192.0.2.1":                  true, // as some middleware leaves it
		"203.0.113.7:80":             true,
		"[::ffff:192.0.2.1]:1234":    true,
		"[2001:db8:1::1]:1234":       true,
		"[2001:db8::1%eth0]:1234":    true,
		"2001:db8::1":                true,
		"198.51.100.9:1":             true,
		"[::ffff:198.51.100.9]:1":    true,
		"192.0.3.1:1234":             false,
		"203.0.113.8:80":             false,
		"[2001:db9::1]:1234":         false,
		"[::192.0.2.1]:1234":         false,
		"[64:ff9b::192.0.2.1]:1":     false,
		"":                           false,
		"@":                          false,
		"192.0.2.1:":                 false,
		"192.0.2.1:x":                false,
		"192.0.2.1:65536":            false,
		"192.0.2":                    false,
		"192.0.2.01:80":              false,
		"0xc0.0.2.1:80":              false,
		"localhost:80":               false,
		"192.0.2.1:1, 192.0.2.1:1":   false,
		" 192.0.2.1:1":               false,
		"/run/receiver.sock":         false,
		"[192.0.2.1]:80":             false,
		"[2001:db8::1":               false,
		"192.0.2.1%eth0:80":          false,
		"[::ffff:192.0.2.1%eth0]:80": true,
	} {
		checkAuthentication(t, authenticator, from(t, peer), "", want, peer)
		checkAuthentication(t, authenticator, from(t, peer, "192.0.2.1"), "", want, peer+", with a header")
		checkAuthentication(t, authenticator, from(t, peer, "8.8.8.8"), "", want, peer+", with another")
	}
}

func TestFromNetworksBehindProxies(t *testing.T) {
	authenticator := webhook.FromNetworks(prefixes("192.0.2.0/24", "2001:db8::/32", "10.9.0.0/16"), prefixes("10.0.0.0/8", "fd00::/8")...)
	const proxy = "10.0.0.1:4711"
	for name, test := range map[string]struct {
		peer      string
		forwarded []string
		want      bool
	}{
		"no proxy":                          {"192.0.2.1:1", nil, true},
		"no proxy, header ignored":          {"192.0.2.1:1", []string{"8.8.8.8"}, true},
		"a stranger who pretends":           {"8.8.8.8:1", []string{"192.0.2.1"}, false},
		"a stranger who pretends a proxy":   {"8.8.8.8:1", []string{"192.0.2.1, 10.0.0.1"}, false},
		"one proxy":                         {proxy, []string{"192.0.2.1"}, true},
		"one proxy, stranger":               {proxy, []string{"8.8.8.8"}, false},
		"what stands before is not read":    {proxy, []string{"8.8.8.8, 192.0.2.1"}, true},
		"nor if nobody can read it":         {proxy, []string{"unknown, , 192.0.2.1"}, true},
		"a stranger wrote the first":        {proxy, []string{"192.0.2.1, 8.8.8.8"}, false},
		"two proxies":                       {proxy, []string{"192.0.2.1, 10.0.0.2"}, true},
		"three, over two lines":             {proxy, []string{"192.0.2.1,10.0.0.3", "10.0.0.2"}, true},
		"the last line counts":              {proxy, []string{"192.0.2.1", "8.8.8.8"}, false},
		"a stranger wrote the first line":   {proxy, []string{"8.8.8.8", "192.0.2.1"}, true},
		"proxy of IPv6":                     {"[fd00::1]:4711", []string{"192.0.2.1"}, true},
		"proxy of IPv6 with a zone":         {"[fd00::1%eth0]:4711", []string{"192.0.2.1, fd00::2%eth1"}, true},
		"mapped proxy":                      {"[::ffff:10.0.0.1]:4711", []string{"192.0.2.1"}, true},
		"mapped proxy in the list":          {proxy, []string{"192.0.2.1, ::ffff:10.0.0.2"}, true},
		"mapped source":                     {proxy, []string{"::ffff:192.0.2.1"}, true},
		"mapped source in hex":              {proxy, []string{"::ffff:c000:0201"}, true},
		"source of IPv6":                    {proxy, []string{"2001:db8::7"}, true},
		"in brackets":                       {proxy, []string{"[2001:db8::7]"}, true},
		"in brackets, with a port":          {proxy, []string{"[2001:db8::7]:80"}, true},
		"with a port":                       {proxy, []string{"192.0.2.1:5678"}, true},
		"with ports":                        {proxy, []string{"192.0.2.1:5678, 10.0.0.2:90"}, true},
		"stranger with a port":              {proxy, []string{"8.8.8.8:192"}, false},
		"looks like a port":                 {proxy, []string{"2001:db8::7:80"}, true},
		"with a zone":                       {proxy, []string{"2001:db8::7%eth0"}, true},
		"spaces and tabs":                   {proxy, []string{" \t192.0.2.1\t , 10.0.0.2 "}, true},
		"no list":                           {proxy, nil, false},
		"an empty list":                     {proxy, []string{}, false},
		"an empty line":                     {proxy, []string{""}, false},
		"an empty line at the end":          {proxy, []string{"192.0.2.1", ""}, false},
		"an empty line in front":            {proxy, []string{"", "192.0.2.1"}, true},
		"a comma too many":                  {proxy, []string{"192.0.2.1,"}, false},
		"an empty hop":                      {proxy, []string{"192.0.2.1, , 10.0.0.2"}, false},
		"proxies alone":                     {proxy, []string{"10.0.0.3, 10.0.0.2"}, false},
		"a proxy that is in a network":      {"10.9.0.1:80", nil, false},
		"named proxy that is in a network":  {proxy, []string{"10.9.0.1"}, false},
		"unknown":                           {proxy, []string{"unknown"}, false},
		"unknown on the way":                {proxy, []string{"192.0.2.1, unknown, 10.0.0.2"}, false},
		"quoted":                            {proxy, []string{`"192.0.2.1"`}, false},
		"as Forwarded writes it":            {proxy, []string{"for=192.0.2.1"}, false},
		"a name":                            {proxy, []string{"hooks.example.id"}, false},
		"a network":                         {proxy, []string{"192.0.2.1/32"}, false},
		"leading zeros":                     {proxy, []string{"192.0.02.1"}, false},
		"a number":                          {proxy, []string{"3221225985"}, false},
		"semicolons":                        {proxy, []string{"8.8.8.8;192.0.2.1"}, false},
		"a line break":                      {proxy, []string{"8.8.8.8\n192.0.2.1"}, false},
		"a no-break space":                  {proxy, []string{"\u00a0192.0.2.1"}, false},
		"brackets left open":                {proxy, []string{"[2001:db8::7"}, false},
		"brackets around IPv4":              {proxy, []string{"[192.0.2.1]"}, false},
		"brackets alone":                    {proxy, []string{"[]"}, false},
		"a bracket alone":                   {proxy, []string{"]"}, false},
		"two ports":                         {proxy, []string{"192.0.2.1:80:80"}, false},
		"peer unreadable":                   {"@", []string{"192.0.2.1"}, false},
		"peer empty":                        {"", []string{"192.0.2.1"}, false},
		"very many, all proxies":            {proxy, []string{strings.Repeat("10.0.0.2,", 10_000) + "10.0.0.2"}, false},
		"very many, and the source":         {proxy, []string{"192.0.2.1" + strings.Repeat(",10.0.0.2", 10_000)}, true},
		"very many that are not looked at":  {proxy, []string{strings.Repeat(",", 100_000) + "192.0.2.1"}, true},
		"the header that nobody asked for":  {"8.8.8.8:1", []string{"10.0.0.1"}, false},
		"another's port is no address":      {proxy, []string{":192.0.2.1"}, false},
		"source with a port that is no one": {proxy, []string{"192.0.2.1:99999"}, false},
	} {
		checkAuthentication(t, authenticator, from(t, test.peer, test.forwarded...), "", test.want, name)
	}
	other := from(t, proxy)
	for _, header := range []string{"Forwarded", "X-Real-Ip", "True-Client-Ip", "X-Forwarded", "X-Client-Ip"} {
		other.Header.Set(header, "192.0.2.1")
	}
	checkAuthentication(t, authenticator, other, "", false, "other headers")
}

func TestFromNetworksCopiesThem(t *testing.T) {
	networks, proxies := prefixes("192.0.2.0/24", "::ffff:198.51.100.0/120"), prefixes("10.0.0.0/8")
	authenticator := webhook.FromNetworks(networks, proxies...)
	assert.Equal(t, prefixes("192.0.2.0/24", "::ffff:198.51.100.0/120"), networks, "the caller's are left alone")
	networks[0], proxies[0] = netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("0.0.0.0/0")
	checkAuthentication(t, authenticator, from(t, "8.8.8.8:1"), "", false, "networks")
	checkAuthentication(t, authenticator, from(t, "8.8.8.8:1", "192.0.2.1"), "", false, "proxies")
}

// What is built on with care must agree with what is written down without any.
func TestFromNetworksAgreesWithAReference(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	hops := []string{
		"192.0.2.1", "192.0.2.1:80", "192.0.2.200", "::ffff:192.0.2.1", "[::ffff:192.0.2.1]:443", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1%e]:9",
		"10.0.0.1", "10.0.0.2:1", "10.1.2.3", "::ffff:10.0.0.1", "fd00::1", "[fd00::1]:4", "fd00::1%eth0", "172.16.0.1", "10.255.0.1", "10.0.0.9",
		"8.8.8.8", "2001:db9::1", "127.0.0.1", "", "unknown", "1.2.3", "[192.0.2.1]", "192.0.2.1:x", "%", "192.0.2.1%e", "[", "::",
	}
	networks := []string{"192.0.2.0/24", "2001:db8::/32", "192.0.2.1/32", "10.0.0.0/24", "0.0.0.0/0", "fd00::/8", "::/0"}
	proxies := []string{"10.0.0.0/8", "10.0.0.1/32", "fd00::/8", "172.16.0.0/12", "0.0.0.0/0", "192.0.2.128/25"}
	accepted := 0
	const rounds = 20_000
	for range rounds {
		sources, trusted := []string{pick(networks)}, []string{}
		for range random.IntN(3) {
			sources = append(sources, pick(networks))
		}
		for range random.IntN(4) {
			trusted = append(trusted, pick(proxies))
		}
		peer := net.JoinHostPort(strings.Trim(pick(hops[:21]), "[]"), "80")
		if random.IntN(2) == 0 {
			peer = pick(hops)
		}
		var lines []string
		for range random.IntN(3) {
			line := []string{pick(hops)}
			for range random.IntN(3) {
				line = append(line, pick(hops))
			}
			lines = append(lines, strings.Join(line, pick([]string{",", ", ", " ,\t"})))
		}
		want := referenceAccepts(sources, trusted, peer, lines)
		err := webhook.FromNetworks(prefixes(sources...), prefixes(trusted...)...).Authenticate(from(t, peer, lines...), nil)
		require.Equal(t, want, err == nil, "networks %v, proxies %v, peer %q, lines %q", sources, trusted, peer, lines)
		if want {
			accepted++
		}
	}
	assert.Greater(t, accepted, rounds/10)
	assert.Less(t, accepted, rounds*9/10)
}

func FuzzForwardedFor(f *testing.F) {
	f.Add("10.0.0.1:80", "192.0.2.1", "10.0.0.2")
	f.Add("[fd00::1]:80", "8.8.8.8, [2001:db8::1]:80", "fd00::2%eth0, ::ffff:10.0.0.1")
	f.Add("10.0.0.1:80", "192.0.2.1:80, unknown", "10.0.0.2:7,10.0.0.3")
	f.Add("10.0.0.1", "[::ffff:192.0.2.1%x]", "")
	f.Add("192.0.2.1:080", ",", ",,")
	f.Add("[10.0.0.1]:80", "[::1]x:80", "[fe80::1%]:1")
	networks, proxies := []string{"192.0.2.0/24", "2001:db8::/32"}, []string{"10.0.0.0/8", "fd00::/8"}
	authenticator := webhook.FromNetworks(prefixes(networks...), prefixes(proxies...)...)
	f.Fuzz(func(t *testing.T, peer, first, second string) {
		lines := []string{first, second}
		want := referenceAccepts(networks, proxies, peer, lines)
		if err := authenticator.Authenticate(from(t, peer, lines...), nil); (err == nil) != want {
			t.Fatalf("peer %q, lines %q: %v", peer, lines, err)
		}
	})
}

// referenceAccepts is the rule in the plainest words: all hops in a list, the nearest
// last; proxies are taken off its end; what is last then is the source.
func referenceAccepts(networks, proxies []string, peer string, lines []string) bool {
	var hops []string
	for _, line := range lines {
		for hop := range strings.SplitSeq(line, ",") {
			hops = append(hops, strings.Trim(hop, " \t"))
		}
	}
	hops = append(hops, peer)
	for len(hops) > 0 {
		address := referenceAddress(hops[len(hops)-1])
		if address == nil {
			return false
		}
		if !referenceContains(proxies, address) {
			return referenceContains(networks, address)
		}
		hops = hops[:len(hops)-1]
	}
	return false
}

// referenceContains asks the older types of package net, which take an IPv4 address
// and its IPv6 form for one.
func referenceContains(networks []string, address net.IP) bool {
	return slices.ContainsFunc(networks, func(text string) bool {
		_, network, err := net.ParseCIDR(text)
		return err == nil && network.Contains(address)
	})
}

func referenceAddress(hop string) net.IP {
	host := hop
	switch {
	case strings.HasPrefix(hop, "["):
		end := strings.LastIndexByte(hop, ']') // a zone may hold one too
		if end < 0 || hop[end+1:] != "" && !referencePort(hop[end+1:]) || !strings.Contains(hop[:end], ":") {
			return nil
		}
		host = hop[1:end]
	case strings.Count(hop, ":") == 1:
		at := strings.IndexByte(hop, ':')
		if !referencePort(hop[at:]) {
			return nil
		}
		host = hop[:at]
	}
	address, zone, zoned := strings.Cut(host, "%")
	if zoned && (zone == "" || !strings.Contains(address, ":")) {
		return nil
	}
	return net.ParseIP(address)
}

func referencePort(text string) bool {
	port, ok := strings.CutPrefix(text, ":")
	_, err := strconv.ParseUint(port, 10, 16)
	return ok && err == nil
}
