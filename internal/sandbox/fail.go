package sandbox

import (
	"context"
	"net/http"
	"strconv"

	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

// gatewayPage is what a gateway says in place of the platform.
var gatewayPage = content{
	"text/html", []byte("<html><head><title>Error</title></head><body><center><h1>The server did not answer</h1>" +
		"</center><hr><center>gateway</center></body></html>\n"),
}

// fail lets a call fail before anything is done, as the trouble that strikes it
// says.
func (s *Sandbox) fail(ctx context.Context, strikes trouble.Strikes, caller caller) error {
	if late, has := strikes[trouble.Latency]; has {
		if err := s.config.Clock.Sleep(ctx, late.Delay); err != nil {
			return err
		}
	}
	switch {
	case strikes.Has(trouble.ExpiredToken) && caller.token != "":
		return s.change(func() error {
			delete(s.state.tokens, caller.token)
			return tokenExpired()
		})
	case strikes.Has(trouble.RateLimit):
		refused := refuse(http.StatusTooManyRequests, "too many requests")
		seconds := int(strikes[trouble.RateLimit].Delay.Seconds())
		refused.header = map[string]string{"Retry-After": strconv.Itoa(seconds)}
		return refused
	case strikes.Has(trouble.ServerError):
		return refuse(http.StatusServiceUnavailable, "service unavailable")
	case strikes.Has(trouble.HTMLError):
		return &refusedError{status: http.StatusBadGateway, page: gatewayPage}
	}
	return nil
}
