package canary

import (
	"context"
	"net/http"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// panics are what of the caller's can panic in the middle of a call.
func panics() []failure {
	fail := func(e *exchange) { e.write(429, typeJSON, object{"errors": message()}.String()) }
	return []failure{
		{name: "a transport that panics", options: []qismo.Option{qismo.WithTransport(panicking{})}},
		{name: "a body that panics", options: []qismo.Option{qismo.WithTransport(panickingBody{})}},
		{name: "a policy that panics", alone: true, answer: fail, options: []qismo.Option{qismo.WithRetries(panicking{})}},
		{name: "a limiter that panics", alone: true, answer: fail, options: []qismo.Option{qismo.WithLimiter(panicking{})}},
		{name: "an inspector that panics", answer: fail, options: []qismo.Option{qismo.WithInspector(panicking{})}},
		{name: "a hook that panics", answer: fail, options: []qismo.Option{qismo.WithHooks(qismo.Hooks{
			Operation: func(ctx context.Context, _ qismo.OperationStart) (context.Context, func(qismo.OperationEnd)) {
				return ctx, func(qismo.OperationEnd) { panic(panicked) }
			},
		})}},
		{name: "a hook of attempts that panics", answer: fail, options: []qismo.Option{qismo.WithHooks(qismo.Hooks{
			Attempt: func(ctx context.Context, _ qismo.AttemptStart) (context.Context, func(qismo.AttemptEnd)) {
				return ctx, func(qismo.AttemptEnd) { panic(panicked) }
			},
		})}},
	}
}

// panicked is what they panic with.
const panicked = "out of order"

type panicking struct{}

func (panicking) RoundTrip(*http.Request) (*http.Response, error) { panic(panicked) }
func (panicking) Next(qismo.FailedAttempt) (time.Duration, bool)  { panic(panicked) }
func (panicking) Wait(context.Context) error                      { return nil }
func (panicking) Answered(int, time.Duration)                     { panic(panicked) }
func (panicking) Inspect(qismo.Exchange)                          { panic(panicked) }
func (panicking) Read([]byte) (int, error)                        { panic(panicked) }
func (panicking) Close() error                                    { return nil }
func (panicking) Token(context.Context) (string, error)           { panic(panicked) }
func (panicking) Expired(string)                                  { panic(panicked) }

// panickingBody answers, and panics while the answer is read.
type panickingBody struct{}

func (panickingBody) RoundTrip(request *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {typeJSON}}, Body: panicking{}, Request: request,
	}, nil
}
