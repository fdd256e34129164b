package webhook_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func TestPathSecret(t *testing.T) {
	for path, want := range map[string]bool{
		"/canary-secret":                   true,
		"/hooks/canary-secret":             true,
		"/hooks/canary%2Dsecret":           true,
		"/hooks/%63anary-secret":           true,
		"//canary-secret":                  true,
		"/hooks/canary-secret?x=y":         true,
		"/hooks/canary-of-yesterday":       true,
		"http://x.example/canary-secret":   true,
		"/hooks/canary-secret/":            false,
		"/hooks/canary-secret//":           false,
		"/hooks/canary-secret/bot":         false,
		"/hooks/canary-secret/..":          false,
		"/hooks/x%2Fcanary-secret":         false, // an escaped slash parts nothing
		"/hooks/canary-secret%2F":          false,
		"/hooks/canary%252Dsecret":         false,
		"/hooks/canary-secre":              false,
		"/hooks/canary-secrets":            false,
		"/hooks/canary-secret%00":          false,
		"/hooks/canary-secret;x":           false,
		"/hooks/canary-secret%20":          false,
		"/hooks/CANARY-SECRET":             false,
		"/hooks/x-canary-secret":           false,
		"/hooks/canary-secretcanary-of-ye": false,
		"/hooks/***":                       false,
		"/hooks/":                          false,
		"/":                                false,
		"/?canary-secret":                  false,
		"/?x=/canary-secret":               false,
		"*":                                false,
	} {
		checkAuthentication(t, webhook.PathSecret(secret, oldSecret), postTo(t, path), "", want, path)
	}
	odd := "ключ & %2F+100%"
	for path, want := range map[string]bool{
		"/hooks/%D0%BA%D0%BB%D1%8E%D1%87%20&%20%252F+100%25":   true,
		"/hooks/%D0%BA%D0%BB%D1%8E%D1%87%20%26%20%252F+100%25": true,
		"/hooks/%D0%BA%D0%BB%D1%8E%D1%87%20&%20%2F+100%25":     false,
		"/hooks/%D0%BA%D0%BB%D1%8E%D1%87+&+%252F+100%25":       false,
	} {
		checkAuthentication(t, webhook.PathSecret(odd), postTo(t, path), "", want, path)
	}
}

func TestQuerySecret(t *testing.T) {
	for query, want := range map[string]bool{
		"key=canary-secret":                      true,
		"key=canary%2Dsecret":                    true,
		"%6Bey=canary-secret":                    true,
		"a=b&key=canary-secret&c":                true,
		"key=canary-of-yesterday":                true,
		"&&key=canary-secret&":                   true,
		"key=":                                   false,
		"key":                                    false,
		"":                                       false,
		"Key=canary-secret":                      false,
		"other=canary-secret":                    false,
		"canary-secret":                          false,
		"=canary-secret":                         false,
		"key=canary-secrets":                     false,
		"key=CANARY-SECRET":                      false,
		"key=canary-secret%20":                   false,
		"key=wrong&key=canary-secret":            false,
		"key=canary-secret&key=wrong":            false,
		"key=canary-secret&key=canary-secret":    false,
		"key=canary-secret&key":                  false,
		"key=canary-secret&%6bey=x":              false,
		"key=canary-secret&key=canary-of-yester": false,
		"key=canary-secret;key=wrong":            false,
		"a;b&key=canary-secret":                  false, // who knows what another makes of it
		"a=%zz&key=canary-secret":                false,
		"key=canary-secret&k%zzey=x":             false,
		"key[]=canary-secret":                    false,
	} {
		checkAuthentication(t, webhook.QuerySecret("key", secret, oldSecret), postTo(t, "/hooks?"+query), "", want, query)
	}
	odd := webhook.QuerySecret("my key", "a+b & c;d")
	checkAuthentication(t, odd, postTo(t, "/?my+key=a%2Bb+%26%20c%3Bd"), "", true, "escaped")
	checkAuthentication(t, odd, postTo(t, "/?my%20key=a+b+%26%20c%3Bd"), "", false, "plus for a space")
}

func TestHeaderSecret(t *testing.T) {
	for name, test := range map[string]struct {
		values []string
		want   bool
	}{
		"right":            {[]string{secret}, true},
		"the old one":      {[]string{oldSecret}, true},
		"missing":          {nil, false},
		"empty":            {[]string{""}, false},
		"too long":         {[]string{secret + "x"}, false},
		"too short":        {[]string{secret[1:]}, false},
		"in capitals":      {[]string{strings.ToUpper(secret)}, false},
		"wrong":            {[]string{strings.Repeat("x", 1<<10)}, false},
		"very long":        {[]string{strings.Repeat(secret, 1000)}, false},
		"twice":            {[]string{secret, secret}, false},
		"new and old":      {[]string{secret, oldSecret}, false},
		"first of two":     {[]string{secret, "wrong"}, false},
		"second of two":    {[]string{"wrong", secret}, false},
		"one empty":        {[]string{secret, ""}, false},
		"in a list":        {[]string{secret + ", wrong"}, false},
		"both in one line": {[]string{secret + "," + oldSecret}, false},
	} {
		request := postTo(t, "/hooks/"+secret+"?x-hook-secret="+secret)
		for _, value := range test.values {
			request.Header.Add("X-Hook-Secret", value)
		}
		checkAuthentication(t, webhook.HeaderSecret("x-hook-secret", secret, oldSecret), request, "", test.want, name)
	}
}

// What each of them accepts while secrets are changed.
func TestRotation(t *testing.T) {
	requests := func(value string) []*http.Request {
		header := postTo(t, "/")
		header.Header.Set("X-Hook-Secret", value)
		return []*http.Request{postTo(t, "/hooks/"+value), postTo(t, "/hooks?key="+value), header}
	}
	for i := range requests("") {
		of := func(secrets ...string) webhook.Authenticator {
			return []webhook.Authenticator{
				webhook.PathSecret(secrets...), webhook.QuerySecret("key", secrets...), webhook.HeaderSecret("X-Hook-Secret", secrets...),
			}[i]
		}
		for name, step := range map[string]struct {
			authenticator webhook.Authenticator
			accepted      []string
		}{
			"before":       {of("one"), []string{"one"}},
			"two":          {of("two", "one"), []string{"one", "two"}},
			"after":        {of("two"), []string{"two"}},
			"three":        {of("three", "two", "one"), []string{"one", "two", "three"}},
			"the same one": {of("one", "one"), []string{"one"}},
		} {
			for _, value := range []string{"one", "two", "three", "onetwo", ""} {
				checkAuthentication(t, step.authenticator, requests(value)[i], "", slices.Contains(step.accepted, value), name+": "+value)
			}
		}
	}
}

// The caller's slice is the caller's.
func TestSecretsAreCopied(t *testing.T) {
	secrets := []string{secret, oldSecret}
	path, sum := webhook.PathSecret(secrets...), webhook.HMAC("X-Sum", secrets...)
	secrets[0], secrets[1] = "", "other"
	checkAuthentication(t, path, postTo(t, "/"+secret), "", true, "path")
	checkAuthentication(t, path, postTo(t, "/other"), "", false, "path")
	checkAuthentication(t, sum, signed(t, "X-Sum", sign(oldSecret, "{}")), "{}", true, "hmac")
	checkAuthentication(t, sum, signed(t, "X-Sum", sign("other", "{}")), "{}", false, "hmac")
	assert.Equal(t, []string{"", "other"}, secrets)
}
