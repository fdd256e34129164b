package canary

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"net/http/httptest"
	"testing"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// goneAway is a server of HTTP/2 that takes a connection and gives it up again, with
// words.
func goneAway(t testing.TB, secure *httptest.Server) failure {
	t.Helper()
	config := secure.TLS.Clone()
	config.NextProtos = []string{"h2"}
	host := serve(t, config, func(connection io.ReadWriter) {
		const settings, goAway, calm = 4, 7, 11
		hello := make([]byte, len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
		if _, err := io.ReadFull(connection, hello); err != nil {
			return
		}
		payload := binary.BigEndian.AppendUint32(make([]byte, 4), calm)
		payload = append(payload, inAnswer(Sentence, "line").Text...)
		// Whoever does not want to hear it has gone.
		_, _ = connection.Write(append(frameOf(settings, nil), frameOf(goAway, payload)...))
	})
	trusted := &tls.Config{RootCAs: x509.NewCertPool()}
	trusted.RootCAs.AddCert(secure.Certificate())
	return failure{
		name: "a server that goes away", elsewhere: "https://" + host, options: []qismo.Option{qismo.WithTLS(trusted)},
	}
}

// frameOf is a frame of HTTP/2 that concerns a connection as a whole.
func frameOf(kind byte, payload []byte) []byte {
	const noFlagsNoStream = "\x00\x00\x00\x00\x00"
	frame := []byte{0, 0, byte(len(payload)), kind} //nolint:gosec // what is sent here is short
	return append(append(frame, noFlagsNoStream...), payload...)
}
