package broker_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/broker"
)

// A message of 600 bytes to each of some clients, who only read.
func BenchmarkPublish(b *testing.B) {
	for _, clients := range []int{1, 50} {
		b.Run(fmt.Sprint(clients), func(b *testing.B) {
			made := start(b, broker.Rules{}, broker.Limits{})
			address := overTCP(b, made)
			readers := make([]io.Reader, clients)
			for i := range readers {
				conn := dial(b, address)
				send(b, conn, hello(b, fmt.Sprint("client-", i), 4))
				send(b, conn, subscription(b, 0, "wangi/berita/c"))
				_, err := io.CopyN(io.Discard, conn, 4+5) // CONNACK and SUBACK
				require.NoError(b, err)
				require.NoError(b, conn.SetDeadline(time.Time{})) // it takes as long as it takes
				readers[i] = conn
			}
			payload := bytes.Repeat([]byte("a"), 600)
			const size = 1 + 2 + 2 + len("wangi/berita/c") + 600
			b.SetBytes(int64(clients * size))
			waiting := 0
			for b.Loop() {
				require.NoError(b, made.Publish("wangi/berita/c", payload, false, 0))
				if waiting++; waiting < 1000 {
					continue
				}
				for _, reader := range readers {
					_, err := io.CopyN(io.Discard, reader, int64(waiting*size))
					require.NoError(b, err)
				}
				waiting = 0
			}
		})
	}
}
