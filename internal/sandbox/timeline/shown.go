package timeline

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// mask is what stands for a credential.
const mask = "***"

// password is that of an address, with what stands before it.
var password = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*://[^/?#:@]*:)[^/?#]*@`)

// Shown is the entry as people may see it: the credentials in its headers and in the
// query of its address are masked. A replay needs the entry itself.
//
// Paths and bodies are shown as they are, although a webhook's path may end with its
// receiver's secret and a log-in's body holds a password: they are what somebody who
// looks wants to see exactly, and all of it is a laptop's own.
func (e Entry) Shown() Entry {
	e.URL = shownURL(e.URL)
	e.Request.Header = shownHeader(e.Request.Header)
	e.Response.Header = shownHeader(e.Response.Header)
	return e
}

// shownHeader masks credentials; what is not masked is shared with the entry.
func shownHeader(header http.Header) http.Header {
	var shown http.Header
	for name, values := range header {
		if !isCredential(name) {
			continue
		}
		if shown == nil {
			shown = header.Clone()
		}
		masked := make([]string, len(values))
		for i := range masked {
			masked[i] = mask
		}
		shown[name] = masked
	}
	if shown == nil {
		return header
	}
	return shown
}

// isCredential tells whether a header's value is one. The secret key is sent under
// names with hyphens and with underscores.
func isCredential(name string) bool {
	switch strings.ReplaceAll(strings.ToLower(name), "_", "-") {
	case "authorization", "proxy-authorization", "cookie", "set-cookie", "qiscus-secret-key", "qiscus-sdk-secret":
		return true
	default:
		return false
	}
}

// shownURL masks the values of a query that are tokens or secrets, and a password
// before the host. The rest stays as it was written, also where it is malformed.
func shownURL(address string) string {
	address = password.ReplaceAllString(address, "${1}"+mask+"@")
	path, query, hasQuery := strings.Cut(address, "?")
	if !hasQuery {
		return address
	}
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, _, hasValue := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil {
			plain = name
		}
		plain = strings.ToLower(plain)
		if hasValue && (strings.Contains(plain, "token") || strings.Contains(plain, "secret")) {
			pairs[i] = name + "=" + mask
		}
	}
	return path + "?" + strings.Join(pairs, "&")
}
