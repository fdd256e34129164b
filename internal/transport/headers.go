package transport

import (
	"fmt"
	"net/http"
	"strings"
)

// IsReservedHeader tells the headers that would break a request if a caller set
// them. To net/http an idempotency key says that a request may be sent again, which
// is not true here.
func IsReservedHeader(header string) bool {
	switch http.CanonicalHeaderKey(header) {
	case "Host", "Content-Type", "Content-Length", "Transfer-Encoding", "Accept-Encoding", "Connection",
		"Idempotency-Key", "X-Idempotency-Key":
		return true
	}
	return false
}

// IsHeaderName reports whether text can be a header's name: what RFC 9110, section
// 5.6.2, calls a token.
func IsHeaderName(text string) bool {
	for _, char := range text {
		isLetter := 'a' <= char && char <= 'z' || 'A' <= char && char <= 'Z' || '0' <= char && char <= '9'
		if !isLetter && !strings.ContainsRune("!#$%&'*+-.^_`|~", char) {
			return false
		}
	}
	return text != ""
}

// IsHeaderValue reports whether text can be a header's value. What cannot would end
// the header and begin another, or make net/http refuse the request.
func IsHeaderValue(text string) bool {
	return !strings.ContainsFunc(text, func(char rune) bool { return char < ' ' && char != '\t' || char == 0x7f })
}

// CheckHeaderText refuses what is nothing, and what no header can hold.
func CheckHeaderText(name, text string) error {
	switch {
	case text == "":
		return fmt.Errorf("the %s is empty", name)
	case !IsHeaderValue(text):
		return fmt.Errorf("the %s holds a line break or another control character", name)
	}
	return nil
}
