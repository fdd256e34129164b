package realtime

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/require"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/sandbox/broker"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// inFlight is how many messages are on their way at most.
const inFlight = 500

// BenchmarkEvents takes messages from a broker: as they are told by a connection, and by
// the library beneath it alone, which decodes the same, and knows neither gaps nor
// duplicates.
func BenchmarkEvents(b *testing.B) {
	b.Run("client=qismo", func(b *testing.B) {
		published := &stream{}
		made, address := benchmarkBroker(b)
		service := &endlessService{platform: &platform{held: "token", calls: map[string]int{}}, stream: published}
		c, err := connectAs(b.Context(), service, []Option{
			WithBroker(address), WithoutAcknowledging(), WithSyncInterval(time.Hour, time.Hour), After(0, 0),
		})
		require.NoError(b, err)
		defer func() { require.NoError(b, c.Close(context.WithoutCancel(b.Context()))) }()
		taken := make(chan struct{}, inFlight)
		go func() {
			for event, err := range c.Events(b.Context()) {
				if err != nil {
					b.Error(err)
				}
				if _, is := event.(*NewMessage); is {
					<-taken
				}
			}
		}()
		published.run(b, made, taken)
		require.Zero(b, c.Stats().LetGo)
	})
	b.Run("client=paho", func(b *testing.B) {
		published := &stream{}
		made, address := benchmarkBroker(b)
		taken := make(chan struct{}, inFlight)
		client := mqtt.NewClient(mqtt.NewClientOptions().AddBroker(address).SetClientID("bare").SetProtocolVersion(4))
		connected := client.Connect()
		connected.Wait()
		require.NoError(b, connected.Error())
		defer client.Disconnect(1000)
		subscribed := client.Subscribe("token/c", 1, func(_ mqtt.Client, m mqtt.Message) {
			var message wire.RealtimeMessage
			if err := json.Unmarshal(m.Payload(), &message); err != nil {
				b.Error(err)
			}
			<-taken
		})
		subscribed.Wait()
		require.NoError(b, subscribed.Error())
		published.run(b, made, taken)
	})
}

func benchmarkBroker(b *testing.B) (made *broker.Broker, address string) {
	b.Helper()
	made, err := broker.New(broker.Rules{})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, made.Close(context.Background())) })
	listens, err := made.Listen(b.Context(), "127.0.0.1:0")
	require.NoError(b, err)
	return made, "tcp://" + listens.String()
}

// stream publishes messages of ten rooms, each after the other.
type stream struct{ last atomic.Int64 }

func (s *stream) message(id int64) wire.Message {
	return wire.Message{
		ID: idOf(id), CommentBeforeID: idOf(max(0, id-10)), RoomID: flex.ID(fmt.Sprint(id % 10)), Email: other,
		UniqueTempID: "unik", Message: "Halo, apakah pesanan saya sudah dikirim?",
	}
}

// run publishes as many messages as the benchmark wants, and waits until all were taken.
func (s *stream) run(b *testing.B, made *broker.Broker, taken chan struct{}) {
	payloads := make([][]byte, b.N)
	for i := range payloads {
		payloads[i] = []byte(realtimeJSON(b, s.message(int64(i+1))))
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i, payload := range payloads {
		taken <- struct{}{}
		s.last.Store(int64(i + 1))
		if err := made.Publish("token/c", payload, false, 1); err != nil {
			b.Fatal(err)
		}
	}
	for range inFlight { // it is full again when nothing is on its way
		taken <- struct{}{}
	}
}

// endlessService has all messages of a stream.
type endlessService struct {
	*platform
	*stream
}

func (s *endlessService) config(context.Context) (*wire.GetConfigResult, error) {
	return &wire.GetConfigResult{EnableRealtime: true, EnableSync: true}, nil
}

func (s *endlessService) messages(_ context.Context, after int64, limit int) (page []wire.Message, next int64, err error) {
	for id := after + 1; id <= s.stream.last.Load() && len(page) < limit; id++ {
		page = append(page, s.message(id))
	}
	return page, after + int64(len(page)), nil
}
