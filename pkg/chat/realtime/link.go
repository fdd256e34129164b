package realtime

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"github.com/qismo-go/qismo/pkg/chat"
)

const (
	atMostOnce  byte = 0
	atLeastOnce byte = 1
	refusedByte byte = 0x80 // what a broker says of a topic that it refuses

	// filtersAtOnce bounds one request for topics.
	filtersAtOnce = 100
)

// login is what a client shows the broker.
type login struct {
	clientID           string
	userName, password string
	presence           string // the topic of the last will
}

// link is one connection to a broker, from its opening to its end. It does not connect
// again by itself: the next one may have to go elsewhere, as somebody else.
type link struct {
	client mqtt.Client
	lost   chan error // why it has ended, by itself
	asking sync.WaitGroup
}

// linkOptions are how a link is made.
type linkOptions struct {
	dialing

	connectTimeout time.Duration
	writeTimeout   time.Duration
	keepAlive      time.Duration
	receive        func(topic string, payload []byte)
}

// connect opens a link. It ends with the context, which is not needed afterwards.
func connect(ctx context.Context, broker *url.URL, who login, options linkOptions) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, options.connectTimeout)
	defer cancel()
	opened := &link{lost: make(chan error, 1)}
	settings := mqtt.NewClientOptions().
		SetClientID(who.clientID).SetUsername(who.userName).SetPassword(who.password).
		SetProtocolVersion(4). // 3.1.1
		SetCleanSession(true).
		SetAutoReconnect(false).SetConnectRetry(false).
		SetConnectTimeout(options.connectTimeout).SetWriteTimeout(options.writeTimeout).
		SetKeepAlive(options.keepAlive).SetPingTimeout(options.writeTimeout).
		SetWill(who.presence, offline, atLeastOnce, true).
		SetConnectionLostHandler(func(_ mqtt.Client, err error) { opened.lost <- err }).
		SetDefaultPublishHandler(func(_ mqtt.Client, m mqtt.Message) { options.receive(m.Topic(), m.Payload()) })
	settings.Servers = []*url.URL{broker}
	ways, isGreeted := options.until(ctx)
	settings.SetCustomOpenConnectionFn(func(broker *url.URL, _ mqtt.ClientOptions) (net.Conn, error) {
		conn, err := ways.open(ctx, broker)
		if err != nil {
			return nil, err
		}
		return &steady{Conn: conn, within: options.writeTimeout}, nil
	})
	opened.client = mqtt.NewClient(settings)
	token := opened.client.Connect()
	token.Wait()
	if err := token.Error(); err != nil {
		return nil, connectError(ctx, err)
	}
	if !isGreeted() {
		opened.client.Disconnect(0)
		return nil, connectError(ctx, context.Cause(ctx))
	}
	return opened, nil
}

func connectError(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
		err = errors.Join(cause, err)
	}
	return fmt.Errorf("%w: %w", chat.ErrNotConnected, err)
}

// do waits for what was asked of the broker, as long as the context lasts.
func (l *link) do(ctx context.Context, ask func() mqtt.Token) (mqtt.Token, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	var token mqtt.Token
	done := make(chan struct{})
	l.asking.Go(func() { // asking itself may wait until the connection takes it
		defer close(done)
		token = ask()
		token.Wait()
	})
	select {
	case <-done:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	switch err := token.Error(); {
	case errors.Is(err, mqtt.ErrNotConnected):
		return nil, chat.ErrNotConnected
	case err != nil: // the library has many words for a connection that breaks
		return nil, fmt.Errorf("%w: %w", chat.ErrConnectionBroken, err)
	}
	return token, nil
}

// isAway tells of an error that the next connection makes good.
func isAway(err error) bool {
	return errors.Is(err, chat.ErrNotConnected) || errors.Is(err, chat.ErrConnectionBroken)
}

// subscribe asks for topics, and returns those that the broker refuses.
func (l *link) subscribe(ctx context.Context, topics []string) (refused []string, err error) {
	for len(topics) > 0 {
		some := topics[:min(len(topics), filtersAtOnce)]
		topics = topics[len(some):]
		filters := make(map[string]byte, len(some))
		for _, topic := range some {
			filters[topic] = atLeastOnce
		}
		token, err := l.do(ctx, func() mqtt.Token { return l.client.SubscribeMultiple(filters, nil) })
		if err != nil {
			return nil, err
		}
		answered, ok := token.(*mqtt.SubscribeToken)
		if !ok {
			return nil, fmt.Errorf("the library answers with a %T", token)
		}
		for topic, granted := range answered.Result() {
			if granted == refusedByte {
				refused = append(refused, topic)
			}
		}
	}
	return refused, nil
}

func (l *link) unsubscribe(ctx context.Context, topics []string) error {
	if len(topics) == 0 {
		return nil
	}
	_, err := l.do(ctx, func() mqtt.Token { return l.client.Unsubscribe(topics...) })
	return err
}

// publish sends a payload, and waits until the broker has it.
func (l *link) publish(ctx context.Context, topic string, retained bool, payload []byte) error {
	_, err := l.do(ctx, func() mqtt.Token { return l.client.Publish(topic, atLeastOnce, retained, payload) })
	return err
}

// mention sends a payload that need not arrive, and waits for nothing.
func (l *link) mention(topic string, retained bool, payload []byte) {
	l.asking.Go(func() { l.client.Publish(topic, atMostOnce, retained, payload) })
}

// close ends the link, within a moment, and waits for what was asked of it.
func (l *link) close(within time.Duration) {
	l.client.Disconnect(uint(max(1, within.Milliseconds())))
	l.asking.Wait()
}
