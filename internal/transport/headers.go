package transport

import "net/http"

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
