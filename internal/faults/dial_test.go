package faults_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/faults"
)

func TestConnectionsThatAreNotMade(t *testing.T) {
	for name, test := range map[string]struct {
		dial  func(testing.TB) faults.Dial
		limit time.Duration // 0 for none
		as    func(error) bool
	}{
		"no such host":              {faults.NoSuchHost, 0, isNotFound},
		"the name server fails":     {faults.NameServerFails, 0, isTemporaryOfDNS},
		"the name server is silent": {faults.NameServerSilent, 20 * time.Millisecond, isTimeout},
		"refused":                   {faults.Refused, 0, isRefused},
		"unanswered":                {faults.Unanswered, 20 * time.Millisecond, isTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(t)
			client.Transport.(*http.Transport).DialContext = test.dial(t)
			client.Timeout = test.limit
			outcome := send(t.Context(), client, "https://omnichannel.invalid")
			require.Error(t, outcome.err)
			assert.True(t, test.as(outcome.err), "%v", outcome.err)
		})
	}
}

func isNotFound(err error) bool {
	var failure *net.DNSError
	return errors.As(err, &failure) && failure.Name == "omnichannel.invalid" &&
		failure.IsNotFound && !failure.IsTemporary
}

func isTemporaryOfDNS(err error) bool {
	var failure *net.DNSError
	return errors.As(err, &failure) && failure.Name == "omnichannel.invalid" &&
		failure.IsTemporary && !failure.IsNotFound
}

func isRefused(err error) bool {
	var operation *net.OpError
	return errors.Is(err, syscall.ECONNREFUSED) && errors.As(err, &operation) && operation.Op == "dial"
}

func isTimeout(err error) bool {
	var network net.Error
	return errors.As(err, &network) && network.Timeout()
}

func TestFirstDials(t *testing.T) {
	client := newClient(t)
	server := faults.NewServer(t, faults.Never(), nil)
	client.Transport.(*http.Transport).DialContext = faults.FirstDials(2, faults.Refused(t))
	for range 2 {
		require.ErrorIs(t, send(t.Context(), client, server.URL).err, syscall.ECONNREFUSED)
	}
	require.NoError(t, send(t.Context(), client, server.URL).err)
	assert.Equal(t, 1, server.Counts().Received)
}

// By a context of its own the dial ends as net's own does.
func TestUnansweredEndsWithItsContext(t *testing.T) {
	newClient(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := faults.Unanswered(t)(ctx, "tcp", "omnichannel.invalid:443")
	var operation *net.OpError
	require.ErrorAs(t, err, &operation)
	assert.Equal(t, "dial", operation.Op)
	assert.True(t, operation.Timeout())
}
