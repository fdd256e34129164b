package faults_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/faults"
)

func TestUntrustedServer(t *testing.T) {
	client := newClient(t)
	server := faults.NewUntrustedServer(t, faults.Never(), nil)
	outcome := send(t.Context(), client, server.URL)
	var refused *tls.CertificateVerificationError
	require.ErrorAs(t, outcome.err, &refused)
	var unknown x509.UnknownAuthorityError
	require.ErrorAs(t, outcome.err, &unknown)
	server.Close()
	assert.Equal(t, faults.Counts{Accepted: 1, MostOpen: 1}, server.Counts())
}

// The faults strike beneath TLS as well, once the certificate is trusted.
func TestUntrustedServerThatIsTrusted(t *testing.T) {
	client := newClient(t)
	script := faults.Sequence(faults.Fault{}, faults.ResetUnanswered())
	server := faults.NewUntrustedServer(t, script, nil)
	client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: server.Roots()}
	outcome := send(t.Context(), client, server.URL)
	require.NoError(t, outcome.err)
	assert.JSONEq(t, `{"data":{}}`, outcome.body)
	require.ErrorIs(t, send(t.Context(), client, server.URL).err, syscall.ECONNRESET)
	assert.Equal(t, 2, server.Counts().Received)
}

func TestHTTPSWhereNoTLSIsSpoken(t *testing.T) {
	for name, test := range map[string]struct {
		script faults.Script
		giveUp func(faults.Counts) bool
		err    error
		words  string
	}{
		"plain HTTP":              {faults.Never(), nil, nil, "server gave HTTP response to HTTPS client"},
		"the handshake stalls":    {faults.Always(faults.StallUnread()), begun(1), context.Canceled, ""},
		"the handshake is broken": {faults.Always(faults.ResetUnread()), nil, syscall.ECONNRESET, ""},
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(t)
			server := faults.NewServer(t, test.script, nil)
			assert.True(t, server.Roots().Equal(x509.NewCertPool()), "nothing to trust")
			var outcome seen
			if test.giveUp != nil {
				outcome = sendUntil(t, client, server.HTTPSURL(), server, test.giveUp)
			} else {
				outcome = send(t.Context(), client, server.HTTPSURL())
			}
			if test.err != nil {
				require.ErrorIs(t, outcome.err, test.err)
			}
			require.ErrorContains(t, outcome.err, test.words)
			server.Close()
			assert.Equal(t, faults.Counts{Begun: 1, Accepted: 1, MostOpen: 1}, server.Counts())
		})
	}
}
