package webhook

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// PathSecret accepts requests whose path ends in one of the secrets, as the last
// segment. As no signature of Omnichannel is confirmed, a long random secret in the
// URL that one gives to the platform is the common way. [HideSecret] keeps it out of
// logs and traces.
//
// Several secrets are for changing one without a gap: add the new one in front,
// change the URL in the dashboard, and when nothing comes with the old one any more
// take it out. No secret at all, an empty one, one with white space around it or one
// with a slash is an error of [NewHandler].
func PathSecret(secrets ...string) Authenticator {
	matches := matcher(secrets)
	a := &authenticator{name: "PathSecret", misuse: secretsMisuse(secrets)}
	for i, secret := range secrets {
		if a.misuse == nil && strings.Contains(secret, "/") {
			a.misuse = fmt.Errorf("secret %d holds a slash, so that it is not one segment of a path", i+1)
		}
	}
	a.accepts = func(request *http.Request, _ []byte) bool {
		path := trueURL(request).EscapedPath()
		return matches(unescapeSegment(path[strings.LastIndexByte(path, '/')+1:]))
	}
	a.hide = func(target *url.URL) {
		// With a slash too many a right one is not the last.
		hideSegments(target, func(segment string, after []string) bool { return len(after) == 0 || matches(segment) })
		hideParameters(target, "", matches)
	}
	return a
}

// QuerySecret accepts requests with one of the secrets in a parameter of the URL's
// query, as in https://hooks.example.id/bot?secret=…. The parameter must be there
// once: with a second one it would depend on the reader which of them counts. A query
// that cannot be read as a whole is refused. [HideSecret] keeps the secret out of logs
// and traces.
//
// Several secrets are for changing one without a gap, as [PathSecret] says. No secret
// at all, an empty one, one with white space around it or a parameter without a name
// is an error of [NewHandler].
func QuerySecret(parameter string, secrets ...string) Authenticator {
	matches := matcher(secrets)
	a := &authenticator{name: "QuerySecret", misuse: secretsMisuse(secrets)}
	if strings.TrimSpace(parameter) == "" {
		a.misuse = errors.New("the parameter has no name")
	}
	a.accepts = func(request *http.Request, _ []byte) bool {
		values, err := url.ParseQuery(trueURL(request).RawQuery)
		return matches(only(values[parameter])) && err == nil
	}
	a.hide = func(target *url.URL) {
		hideSegments(target, func(segment string, _ []string) bool { return matches(segment) })
		hideParameters(target, parameter, matches)
	}
	return a
}

// HeaderSecret accepts requests that carry one of the secrets in a header, as a proxy
// in front of the receiver may add it. The header must be there once: with a second
// one it would depend on the reader which of them counts.
//
// Several secrets are for changing one without a gap: add the new one in front, have
// the proxy send it, and then take the old one out. No secret at all, an empty one,
// one with white space around it or a header whose name is none is an error of
// [NewHandler].
func HeaderSecret(header string, secrets ...string) Authenticator {
	matches := matcher(secrets)
	return &authenticator{
		name:   "HeaderSecret",
		misuse: cmp.Or(headerMisuse(header), secretsMisuse(secrets)),
		accepts: func(request *http.Request, _ []byte) bool {
			return matches(only(request.Header.Values(header)))
		},
	}
}

// only is the value of which there must be one. None and several are "", which no
// secret is.
func only(values []string) string {
	if len(values) != 1 {
		return ""
	}
	return values[0]
}

// secretsMisuse refuses secrets that protect nothing, and those that nobody can send.
// White space alone is what is left of a variable that was never set, and white space
// at the end is the last line of a file.
func secretsMisuse(secrets []string) error {
	if len(secrets) == 0 {
		return errors.New("there is no secret")
	}
	for i, secret := range secrets {
		switch trimmed := strings.TrimSpace(secret); {
		case trimmed == "":
			return fmt.Errorf("secret %d of %d is empty", i+1, len(secrets))
		case trimmed != secret:
			return fmt.Errorf("secret %d of %d begins or ends with white space", i+1, len(secrets))
		}
	}
	return nil
}

// headerMisuse refuses what no header can be called.
func headerMisuse(header string) error {
	const marks = "!#$%&'*+-.^_`|~" // RFC 9110, section 5.6.2
	misfit := func(r rune) bool {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		return !letter && (r < '0' || r > '9') && !strings.ContainsRune(marks, r)
	}
	switch {
	case header == "":
		return errors.New("the header has no name")
	case strings.ContainsFunc(header, misfit):
		return errors.New("no header can have that name")
	}
	return nil
}

// matcher compares with all secrets, also when one of the first was right. It
// compares sums, which have one length, so that the time it takes tells nothing, not
// even the secrets' length.
func matcher(secrets []string) func(string) bool {
	wanted := make([][sha256.Size]byte, len(secrets))
	for i, secret := range secrets {
		wanted[i] = sha256.Sum256([]byte(secret))
	}
	return func(sent string) bool {
		got := sha256.Sum256([]byte(sent))
		equal := 0
		for i := range wanted {
			equal |= subtle.ConstantTimeCompare(got[:], wanted[i][:])
		}
		return equal == 1
	}
}
