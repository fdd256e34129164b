package realtime

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"
)

// Option sets something of a [Connection].
type Option func(*settings) error

// settings are what options set.
type settings struct {
	from     *Position
	brokers  []*url.URL
	dialing  dialing
	buffer   int
	pageSize int

	presence, keepAlive time.Duration
	// How often to sync; 0 for what the app's configuration says.
	syncConnected, syncDisconnected time.Duration
	firstRetry, longestRetry        time.Duration
	acknowledge                     bool

	// What only tests change.
	connectTimeout, writeTimeout time.Duration
	betweenAcknowledgements      time.Duration
	betweenWalks                 time.Duration
}

const (
	// DefaultBuffer is how many events wait for a slow consumer.
	DefaultBuffer = 1000
	// DefaultPresenceInterval is how often it is said that the user is online.
	DefaultPresenceInterval = 10 * time.Second
	// DefaultKeepAlive is how long a connection may be silent before it is tried.
	DefaultKeepAlive = time.Minute
	// DefaultSyncPage is how many messages sync asks for at once, as the vendor's SDKs do.
	DefaultSyncPage = 20

	defaultFirstRetry   = 500 * time.Millisecond
	defaultLongestRetry = 30 * time.Second
)

func newSettings(options []Option) (*settings, error) {
	s := &settings{
		buffer: DefaultBuffer, pageSize: DefaultSyncPage,
		presence: DefaultPresenceInterval, keepAlive: DefaultKeepAlive,
		firstRetry: defaultFirstRetry, longestRetry: defaultLongestRetry, acknowledge: true,
		connectTimeout: 10 * time.Second, writeTimeout: 5 * time.Second,
		betweenAcknowledgements: 500 * time.Millisecond, betweenWalks: 200 * time.Millisecond,
	}
	s.dialing.dial = (&net.Dialer{}).DialContext
	for _, option := range options {
		if option == nil {
			return nil, errors.New("an option is nil")
		}
		if err := option(s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// From goes on where a consumer has stopped, see [Connection.Position]. Without it, a
// connection begins with what happens from now on.
func From(position Position) Option {
	return func(s *settings) error {
		if position.MessageID < 0 || position.EventID < 0 {
			return errors.New("a position below zero")
		}
		s.from = &position
		return nil
	}
}

// After begins after a message and an event, by their ids. 0 is before all that sync
// still has.
func After(messageID, eventID int64) Option {
	return From(Position{MessageID: messageID, EventID: eventID})
}

// WithBroker names the broker's addresses, which are tried in turn, whatever the app's
// configuration says: mqtt://host:1883, mqtts://host:1885, ws://host:80/mqtt or
// wss://host:1886/mqtt; a host alone is tried over TLS and then over WebSocket.
func WithBroker(addresses ...string) Option {
	return func(s *settings) error {
		if len(addresses) == 0 {
			return errors.New("no broker is named")
		}
		s.brokers = nil
		for _, address := range addresses {
			found, err := brokerAddresses(address)
			if err != nil {
				return err
			}
			s.brokers = append(s.brokers, found...)
		}
		return nil
	}
}

// WithTLS sets the configuration of TLS towards the broker, such as the authorities that
// are trusted. It is copied.
func WithTLS(config *tls.Config) Option {
	return func(s *settings) error {
		if config == nil {
			return errors.New("the TLS configuration is nil")
		}
		s.dialing.tls = config.Clone()
		return nil
	}
}

// WithDialer sets what opens connections to the broker, such as one through a proxy.
// Without it, WebSockets go through the proxy of the environment, and others through
// none.
func WithDialer(dial DialFunc) Option {
	return func(s *settings) error {
		if dial == nil {
			return errors.New("the dialer is nil")
		}
		s.dialing.dial = dial
		return nil
	}
}

// WithBuffer sets how many events wait for a slow consumer, [DefaultBuffer] otherwise;
// about twice as many are held at most. Messages beyond it are let go, and fetched again
// when there is room. Events that only the broker tells are dropped, see [Dropped].
func WithBuffer(events int) Option {
	return func(s *settings) error {
		if events < 1 {
			return errors.New("the buffer holds nothing")
		}
		s.buffer = events
		return nil
	}
}

// WithSyncPage sets how many messages sync asks for at once, [DefaultSyncPage] otherwise.
// How many the service gives at most is not known.
func WithSyncPage(messages int) Option {
	return func(s *settings) error {
		if messages < 1 {
			return errors.New("a page holds nothing")
		}
		s.pageSize = messages
		return nil
	}
}

// WithSyncInterval sets how often to sync while the broker is connected, and while it is
// not, whatever the app's configuration says: as a rule 30 seconds, and 5.
func WithSyncInterval(connected, disconnected time.Duration) Option {
	return func(s *settings) error {
		s.syncConnected, s.syncDisconnected = connected, disconnected
		return checkPositive(connected, disconnected)
	}
}

// WithPresenceInterval sets how often it is said that the user is online, while they are;
// [DefaultPresenceInterval] otherwise.
func WithPresenceInterval(interval time.Duration) Option {
	return func(s *settings) error {
		s.presence = interval
		return checkPositive(interval)
	}
}

// WithKeepAlive sets how long a connection may be silent before it is tried,
// [DefaultKeepAlive] otherwise.
func WithKeepAlive(interval time.Duration) Option {
	return func(s *settings) error {
		s.keepAlive = interval
		if interval < time.Second {
			return errors.New("the protocol counts in seconds")
		}
		return nil
	}
}

// WithBackoff bounds the random waits between attempts to connect, and to sync after a
// failure: the first bound, 500 milliseconds otherwise, doubles up to the longest, 30
// seconds otherwise.
func WithBackoff(first, longest time.Duration) Option {
	return func(s *settings) error {
		s.firstRetry, s.longestRetry = first, longest
		if longest < first {
			return fmt.Errorf("the longest wait, %v, is shorter than the first", longest)
		}
		return checkPositive(first)
	}
}

// WithoutAcknowledging leaves it to the program to mark messages as delivered. Otherwise
// those of others are marked when the consumer has taken them, at most every 500
// milliseconds for a room.
func WithoutAcknowledging() Option {
	return func(s *settings) error {
		s.acknowledge = false
		return nil
	}
}

func checkPositive(durations ...time.Duration) error {
	for _, d := range durations {
		if d <= 0 {
			return fmt.Errorf("an interval of %v", d)
		}
	}
	return nil
}
