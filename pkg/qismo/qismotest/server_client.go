package qismotest

import (
	"time"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// Client makes a client of the app, with its secret key. It tries again what a
// [qismo.Backoff] does, but without any wait, so that a test with [Trouble] takes no
// time; the options may say otherwise. For other credentials see [Agent.Client].
func (s *Server) Client(options ...qismo.Option) *qismo.Client {
	s.t.Helper()
	return s.client(qismo.WithSecretKey(s.AppID, s.SecretKey), options)
}

func (s *Server) client(credentials qismo.Option, options []qismo.Option) *qismo.Client {
	s.t.Helper()
	own := []qismo.Option{
		credentials, qismo.WithBaseURL(s.URL), qismo.WithoutProxy(), qismo.WithRetries(atOnce{}),
	}
	client, err := qismo.New(append(own, options...)...)
	if err != nil {
		s.t.Fatalf("%v", err)
		return nil
	}
	s.t.Cleanup(client.CloseIdleConnections)
	return client
}

// atOnce tries again what a Backoff does, without a wait.
type atOnce struct{}

// Next implements [qismo.RetryPolicy].
func (atOnce) Next(failed qismo.FailedAttempt) (wait time.Duration, again bool) {
	_, again = qismo.Backoff{}.Next(failed)
	return 0, again
}
