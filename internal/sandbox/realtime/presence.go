package realtime

import (
	"strconv"
	"strings"
	"time"
)

// ParsePresence reads what a client publishes of itself: 1 or 0, and in some clients the
// milliseconds of its own clock after a colon, which are not heeded.
func ParsePresence(payload []byte) (online, ok bool) {
	digit, clock, hasClock := strings.Cut(string(payload), ":")
	if hasClock {
		if _, err := strconv.ParseUint(clock, 10, 64); err != nil {
			return false, false
		}
	}
	return digit == "1", digit == "0" || digit == "1"
}

// PresencePayload is what the platform tells of a user who is there or not since a time.
func PresencePayload(online bool, at time.Time) []byte {
	payload := []byte("0:")
	if online {
		payload = []byte("1:")
	}
	return strconv.AppendInt(payload, at.UnixMilli(), 10)
}
