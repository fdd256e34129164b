package webhook_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// BenchmarkPathSecret compares guesses that are wrong early, late and in their length
// with the secret itself and with one of several: if the times differ by more than
// noise, they tell something.
func BenchmarkPathSecret(b *testing.B) {
	const key = "0123456789abcdef0123456789abcdef"
	path := webhook.PathSecret(key, strings.Repeat("b", 32), strings.Repeat("c", 32))
	for name, segment := range map[string]string{
		"first":       key,
		"last":        strings.Repeat("c", 32),
		"wrong-early": "x" + key[1:],
		"wrong-late":  key[:31] + "x",
		"wrong":       strings.Repeat("x", 32),
	} {
		request := postTo(b, "/hooks/"+segment)
		b.Run("sent="+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = path.Authenticate(request, nil)
			}
		})
	}
}

// BenchmarkHMAC does the same for signatures of a body of two kilobytes.
func BenchmarkHMAC(b *testing.B) {
	body := []byte(strings.Repeat("x", 2000))
	right, old := sign(secret, string(body)), sign(oldSecret, string(body))
	early, late := slices.Clone(right), slices.Clone(right)
	early[0] ^= 1
	late[len(late)-1] ^= 1
	authenticator := webhook.HMAC("X-Sum", secret, oldSecret)
	for name, sum := range map[string][]byte{"first": right, "last": old, "wrong-early": early, "wrong-late": late} {
		request := signed(b, "X-Sum", sum)
		b.Run("sent="+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = authenticator.Authenticate(request, body)
			}
		})
	}
}

// BenchmarkFromNetworks is the price of looking behind two proxies.
func BenchmarkFromNetworks(b *testing.B) {
	authenticator := webhook.FromNetworks(prefixes("192.0.2.0/24"), netip.MustParsePrefix("10.0.0.0/8"))
	request := from(b, "10.0.0.1:4711", "8.8.8.8, 192.0.2.1, 10.0.0.2")
	b.ReportAllocs()
	for b.Loop() {
		if authenticator.Authenticate(request, nil) != nil {
			b.Fatal("refused")
		}
	}
}
