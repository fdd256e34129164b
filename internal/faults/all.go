package faults

import (
	"net/http"
	"time"
)

// All returns every fault, once or, where it has variants, once for each that a
// client might tell apart, so that a test can see that it has left none out. The
// address is where [RedirectTo] leads, the token the one that [ExpiredToken] refuses.
func All(address, token string) []Fault {
	faults := []Fault{
		ResetUnread(),
		ResetMidRequest(64),
		ResetUnanswered(),
		CloseUnanswered(),
		StallUnread(),
		StallHeader(),
		HalfAnswer(),
		HalfChunkedAnswer(),
		StallBody(),
		SlowDrip(time.Millisecond),
		TruncatedJSON(),
		HugeHeader(),
		EarlyHints(),
		NotHTTP(),
		RateLimited(),
		RateLimitedWith("1"),
		RateLimitedWith("-5"),
		RateLimitedWith("soon"),
		RateLimitedWith("99999999999999999999"),
		RateLimitedWith("Thu, 01 Jan 2150 00:00:00 GMT"),
		RateLimitedWith(""),
		RateLimitedUntil(time.Second),
		ClockSkew(48*time.Hour, time.Second),
		ClockSkew(-48*time.Hour, time.Second),
		HTMLSuccess(),
		FailureInSuccess(),
		ExpiredToken(token),
	}
	for _, status := range []int{
		http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	} {
		for _, body := range []Body{BodyJSON, BodyHTML, BodyEmpty, BodyHuge} {
			faults = append(faults, ServerError(status, body))
		}
	}
	for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect} {
		faults = append(faults, RedirectTo(status, address), RedirectLoop(status))
	}
	return faults
}
