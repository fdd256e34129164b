package webhook

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// mask stands where a secret stood.
const mask = "***"

// HideSecret keeps the secret of a URL from handlers that write or send URLs, such as
// access logs and traces. Put it around them, and give it the authenticator of the
// webhooks inside, or [AnyOf] theirs:
//
//	mux.Handle("/hooks/bot/", handler)
//	server.Handler = webhook.HideSecret(authenticator, accessLog(mux))
//
// Inside, the request's URL and RequestURI have "***" for the last segment of the
// path if the authenticator is [PathSecret], and for the value of the parameter if it
// is [QuerySecret], whether that is a right secret or a wrong one. A right one that
// stands as another segment, as another parameter or as its value is masked too,
// whichever of the two it is. So with PathSecret every route inside must leave the last
// segment open, as "/hooks/bot/" and "/hooks/bot/{secret}" do: hang other routes outside.
// The authenticators of this package still see the true URL, through the request's
// context.
//
// Where an authenticator of the caller's own looks for a secret is not known, also if
// it wraps one of this package or is a member of [AllOf] or [AnyOf]. So whatever may be
// one is masked: the last segment of the path that is not empty, the values of all
// parameters, and of the query what has no value. It sees the masked URL itself, but
// what it wraps sees the true one. A nil one counts as the caller's own.
//
// An authenticator of this package that looks for no secret in the URL, such as [HMAC],
// [HeaderSecret] and [FromNetworks], has nothing to hide: next is returned as it is.
// A nil next is [http.DefaultServeMux], as in [http.Server].
func HideSecret(authenticator Authenticator, next http.Handler) http.Handler {
	if next == nil {
		next = http.DefaultServeMux
	}
	hide := hideAll([]Authenticator{authenticator})
	if hide == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		next.ServeHTTP(w, withoutSecret(request, hide))
	})
}

// withoutSecret is a shallow copy of a request, with its true URL in the context.
func withoutSecret(request *http.Request, hide func(*url.URL)) *http.Request {
	hidden := &hiddenURL{trueURL(request)} // that of an outer HideSecret, if there is one
	masked := *request.URL
	hide(&masked)
	inner := request.WithContext(context.WithValue(request.Context(), hiddenURLKey{}, hidden))
	inner.URL = &masked
	if inner.RequestURI != "" { // it is empty in requests that no server made
		inner.RequestURI = masked.RequestURI()
	}
	return inner
}

// hiddenURL holds a URL where nothing prints it: a context shows the text of a value
// that has one, as the URL itself does.
type hiddenURL struct{ url *url.URL }

type hiddenURLKey struct{}

// trueURL is the URL of a request as it came.
func trueURL(request *http.Request) *url.URL {
	if hidden, ok := request.Context().Value(hiddenURLKey{}).(*hiddenURL); ok {
		return hidden.url
	}
	return request.URL
}

// hideUnknown masks all that may be a secret, for authenticators that do not say where
// theirs is. The last segment may have slashes too many after it.
func hideUnknown(target *url.URL) {
	hideSegments(target, func(_ string, after []string) bool { return strings.Join(after, "") == "" })
	pairs := strings.Split(target.RawQuery, "&")
	for i, pair := range pairs {
		pairs[i] = hideValue(pair)
	}
	target.RawQuery = strings.Join(pairs, "&")
}

// hideValue masks the value of a pair of a query, and a pair that has none: Base64 may
// end in equals signs. Where a semicolon stands before the value, some take what is
// before that for a pair without one.
func hideValue(pair string) string {
	name, value, _ := strings.Cut(pair, "=")
	switch {
	case pair == "":
		return ""
	case strings.Trim(value, "=") == "" || strings.Contains(name, ";"):
		return mask
	}
	return name + "=" + mask
}

// hideSegments masks the segments of a path that are or may be a secret, which is told
// by the segment and those after it. Empty ones stay. An escaped slash does not part
// segments.
func hideSegments(target *url.URL, isSecret func(segment string, after []string) bool) {
	if target.Opaque != "" { // as in "POST http:secret"
		target.Opaque = mask
	}
	escaped := strings.Split(target.EscapedPath(), "/")
	plain := make([]string, len(escaped))
	for i, segment := range escaped {
		plain[i] = unescapeSegment(segment)
		if segment != "" && isSecret(plain[i], escaped[i+1:]) {
			plain[i], escaped[i] = mask, mask
		}
	}
	target.Path, target.RawPath = strings.Join(plain, "/"), strings.Join(escaped, "/")
}

// unescapeSegment makes nothing of what cannot be unescaped, which no segment of a
// URL's EscapedPath is.
func unescapeSegment(segment string) string {
	plain, _ := url.PathUnescape(segment)
	return plain
}

// hideParameters masks the values of a parameter, "" is none, and every parameter and
// every value that is a secret.
func hideParameters(target *url.URL, parameter string, isSecret func(string) bool) {
	pairs := strings.Split(target.RawQuery, "&")
	for i, pair := range pairs {
		pairs[i] = hidePair(pair, parameter, isSecret)
	}
	target.RawQuery = strings.Join(pairs, "&")
}

// hidePair masks what stands in a pair of a query from the value on. Some take a
// semicolon for the end of a pair, so that another pair can begin there; others do
// not, so that the value can go on behind it.
func hidePair(pair, parameter string, isSecret func(string) bool) string {
	for from := 0; ; {
		part, _, more := strings.Cut(pair[from:], ";")
		name, value, found := strings.Cut(part, "=")
		plain := unescapeQuery(name)
		switch {
		case isSecret(plain):
			return pair[:from] + mask
		case found && (parameter != "" && plain == parameter || isSecret(unescapeQuery(value))):
			return pair[:from+len(name)+1] + mask
		case !more:
			return pair
		}
		from += len(part) + 1
	}
}

// unescapeQuery makes nothing of what cannot be unescaped.
func unescapeQuery(text string) string {
	plain, _ := url.QueryUnescape(text)
	return plain
}
