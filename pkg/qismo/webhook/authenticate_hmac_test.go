package webhook_test

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// signed makes a request with a sum in hexadecimal digits.
func signed(t testing.TB, header string, sum []byte) *http.Request {
	t.Helper()
	request := postTo(t, "/")
	request.Header.Set(header, hex.EncodeToString(sum))
	return request
}

func TestHMAC(t *testing.T) {
	const body = "{\"type\":\"auth\"}\n"
	sum := sign(secret, body)
	inHex, inBase64 := hex.EncodeToString(sum), base64.StdEncoding.EncodeToString(sum)
	for name, test := range map[string]struct {
		signature string
		want      bool
	}{
		"hex":                        {inHex, true},
		"hex in capitals":            {strings.ToUpper(inHex), true},
		"hex in either case":         {strings.ToUpper(inHex[:32]) + inHex[32:], true},
		"base64":                     {inBase64, true},
		"base64 without padding":     {strings.TrimRight(inBase64, "="), true},
		"of the old key":             {hex.EncodeToString(sign(oldSecret, body)), true},
		"of the old key, base64":     {base64.StdEncoding.EncodeToString(sign(oldSecret, body)), true},
		"empty":                      {"", false},
		"of another key":             {hex.EncodeToString(sign("another", body)), false},
		"of an empty key":            {hex.EncodeToString(sign("", body)), false},
		"of both keys in one":        {hex.EncodeToString(sign(secret+oldSecret, body)), false},
		"of the body re-encoded":     {hex.EncodeToString(sign(secret, strings.TrimSpace(body))), false},
		"of no body":                 {hex.EncodeToString(sign(secret, "")), false},
		"of another key, base64":     {base64.StdEncoding.EncodeToString(sign("another", body)), false},
		"half":                       {inHex[:32], false},
		"one digit short":            {inHex[1:], false},
		"one digit more":             {inHex + "0", false},
		"twice":                      {inHex + inHex, false},
		"one byte more in base64":    {base64.StdEncoding.EncodeToString(append([]byte{0}, sum...)), false},
		"one byte less in base64":    {base64.StdEncoding.EncodeToString(sum[1:]), false},
		"base64 of the digits":       {base64.StdEncoding.EncodeToString([]byte(inHex)), false},
		"base64, padded twice":       {inBase64 + "=", false},
		"base64 with a line break":   {inBase64[:43] + "\n", false},
		"base64 over two lines":      {inBase64[:20] + "\r\n" + inBase64[20:], false},
		"base64, bits left over":     {inBase64[:42] + string(inBase64[42]+1) + "=", false},
		"bits left over, no padding": {inBase64[:42] + string(inBase64[42]+1), false},
		"33 bytes":                   {base64.StdEncoding.EncodeToString(append(slices.Clone(sum), 0)), false},
		"with its algorithm":         {"sha256=" + inHex, false},
		"digits that are none":       {strings.Repeat("z", 64), false},
		"neither":                    {"%%%", false},
		"the secret itself":          {secret, false},
		"two in one line":            {inHex + ", " + inHex, false},
		"zeros":                      {strings.Repeat("0", 64), false},
		"padding alone":              {strings.Repeat("=", 44), false},
		"with white space around it": {" " + inHex, false}, // which a server takes off
	} {
		for _, header := range []string{webhook.OmnichannelSignatureHeader, webhook.ChatSDKSignatureHeader, "x-sum"} {
			request := postTo(t, "/")
			request.Header.Set(header, test.signature)
			checkAuthentication(t, webhook.HMAC(header, secret, oldSecret), request, body, test.want, name)
			checkAuthentication(t, webhook.HMAC("X-Other", secret, oldSecret), request, body, false, name+", elsewhere")
			request.Header.Add(header, test.signature)
			checkAuthentication(t, webhook.HMAC(header, secret, oldSecret), request, body, false, name+", doubled")
		}
	}
	checkAuthentication(t, webhook.HMAC("x-sum", secret), postTo(t, "/"), body, false, "missing")
	checkAuthentication(t, webhook.HMAC("x-sum", oldSecret), signed(t, "X-Sum", sum), body, false, "rotated out")
	checkAuthentication(t, webhook.HMAC("x-sum", secret), signed(t, "X-Sum", sign(secret, "")), "", true, "an empty body")
}

// Exactly three texts are the signature of a body, whatever stands in the header.
func FuzzSignature(f *testing.F) {
	f.Add([]byte("{}"), "", -1, "")
	f.Add([]byte("{}"), strings.Repeat("0", 64), 3, "A")
	f.Add([]byte(nil), strings.Repeat("A", 42)+"==", 43, "==")
	f.Add([]byte(" "), strings.Repeat("A", 43), 42, "B=")
	f.Add([]byte("\xff"), "\r\n", 0, "\n")
	authenticator := webhook.HMAC("X-Sum", secret, oldSecret)
	f.Fuzz(func(t *testing.T, body []byte, text string, at int, edit string) {
		var good []string
		for _, key := range []string{secret, oldSecret} {
			sum := sign(key, string(body))
			padded := base64.StdEncoding.EncodeToString(sum)
			good = append(good, hex.EncodeToString(sum), padded, strings.TrimRight(padded, "="))
		}
		for _, correct := range append(good, text) {
			sent := correct
			if at >= 0 && at < len(sent) { // overwrite something in it
				sent = sent[:at] + edit + sent[min(at+len(edit), len(sent)):]
			}
			want := slices.Contains(good, sent) || len(sent) == 64 && slices.Contains(good, asciiLower(sent))
			request := postTo(t, "/")
			request.Header["X-Sum"] = []string{sent}
			if err := authenticator.Authenticate(request, body); (err == nil) != want {
				t.Fatalf("%q: %v", sent, err)
			}
		}
	})
}

func asciiLower(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r - 'A' + 'a'
		}
		return r
	}, text)
}
