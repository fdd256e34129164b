package realtime

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

const (
	tlsPort       = "1885"
	webSocketPort = "1886"
	plainPort     = "1883"
	webSocketPath = "/mqtt"

	cloudLookup = "https://realtime-lb.qiscus.com"
	// lookupTimeout bounds the question which broker has room.
	lookupTimeout = 10 * time.Second
)

// cloudBrokers are those that the vendor's SDKs have within, the newest first.
func cloudBrokers() []string {
	return []string{"realtime-jogja.qiscus.com", "realtime-bali.qiscus.com", "mqtt.qiscus.com"}
}

// errNoBroker is a service that tells no broker, and is not the vendor's.
var errNoBroker = errors.New("the app's configuration names no broker; name one by WithBroker")

// brokers knows where a broker may be, and which address is next.
type brokers struct {
	service service
	given   []*url.URL            // by the caller, who alone decides then
	config  *wire.GetConfigResult // that was not looked at yet

	addresses []*url.URL
	turn      int
	lookup    string // where to ask for others, "" for nowhere
}

// next is the address to try. It learns the addresses first, if it knows none.
func (b *brokers) next(ctx context.Context) (*url.URL, error) {
	if len(b.addresses) == 0 {
		if err := b.learn(ctx); err != nil {
			return nil, err
		}
	}
	return b.addresses[b.turn], nil
}

// learn finds out where the broker may be.
func (b *brokers) learn(ctx context.Context) error {
	b.turn = 0
	if len(b.given) > 0 {
		b.addresses = b.given
		return nil
	}
	config := b.config
	if b.config = nil; config == nil {
		var err error
		if config, err = b.service.config(ctx); err != nil {
			return fmt.Errorf("find the broker: %w", err)
		}
	}
	if !config.EnableRealtime {
		return ErrNoBroker
	}
	hosts := []string{config.BrokerURL}
	b.lookup = config.BrokerLbURL
	if b.service.isCloud() {
		hosts = append(hosts, cloudBrokers()...)
		if b.lookup == "" {
			b.lookup = cloudLookup
		}
	}
	var addresses []*url.URL
	for _, host := range hosts {
		if host == "" {
			continue
		}
		found, err := brokerAddresses(host)
		if err != nil {
			return err
		}
		addresses = append(addresses, found...)
	}
	if len(addresses) == 0 {
		return errNoBroker
	}
	b.addresses = addresses
	return nil
}

// failed turns to the next address, and reports whether all have been tried. Then they
// are learnt anew.
func (b *brokers) failed() (all bool) {
	b.turn++
	if b.turn < len(b.addresses) {
		return false
	}
	b.addresses = nil
	return true
}

// locate asks which broker has room, after one was lost. If the service knows where to
// ask, what it says is tried first.
func (b *brokers) locate(ctx context.Context) error {
	if b.lookup == "" || len(b.given) > 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	location, err := b.service.locate(ctx, b.lookup)
	if err != nil {
		return fmt.Errorf("look the broker up: %w", err)
	}
	addresses, err := locatedAddresses(location)
	if err != nil {
		return fmt.Errorf("look the broker up: %w", err)
	}
	isNew := func(address *url.URL) bool {
		return !slices.ContainsFunc(addresses, func(known *url.URL) bool { return known.String() == address.String() })
	}
	for _, address := range b.addresses {
		if isNew(address) {
			addresses = append(addresses, address)
		}
	}
	b.addresses, b.turn = addresses, 0
	return nil
}

// locatedAddresses are those of the answer to a look-up, whose host may be an address
// with its scheme.
func locatedAddresses(location *wire.BrokerLocation) ([]*url.URL, error) {
	host := cmp.Or(location.Data.URL, location.Node)
	if strings.Contains(host, "://") {
		return brokerAddresses(host)
	}
	return hostAddresses(host, portOr(location.Data.SslPort, tlsPort), portOr(location.Data.WssPort, webSocketPort))
}

func portOr(port flex.Int, otherwise string) string {
	if port <= 0 {
		return otherwise
	}
	return port.String()
}

// brokerAddresses reads where a broker is: a host, which is tried over TLS and then over
// WebSocket, or an address with its scheme.
func brokerAddresses(text string) ([]*url.URL, error) {
	if !strings.Contains(text, "://") {
		return hostAddresses(text, tlsPort, webSocketPort)
	}
	address, err := url.Parse(text)
	if err != nil || address.Hostname() == "" {
		return nil, errors.New("the broker's address has no host")
	}
	clean := &url.URL{Host: address.Host, Path: address.Path}
	port := ""
	switch strings.ToLower(address.Scheme) {
	case "mqtt", "tcp":
		clean.Scheme, port = "tcp", plainPort
	case "mqtts", "ssl", "tls":
		clean.Scheme, port = "ssl", tlsPort
	case "ws":
		clean.Scheme = "ws"
	case "wss":
		clean.Scheme, port = "wss", webSocketPort
	default:
		return nil, errors.New("the scheme of the broker's address is none of mqtt, mqtts, ws and wss")
	}
	if address.Port() == "" && port != "" {
		clean.Host = net.JoinHostPort(address.Hostname(), port)
	}
	switch {
	case clean.Scheme == "tcp" || clean.Scheme == "ssl":
		clean.Path = ""
	case strings.Trim(clean.Path, "/") == "":
		clean.Path = webSocketPath
	}
	return []*url.URL{clean}, nil
}

// hostAddresses are the two ways to a host, which may name its port.
func hostAddresses(host, tlsPort, webSocketPort string) ([]*url.URL, error) {
	parsed, err := url.Parse("//" + host)
	if err != nil || parsed.Hostname() == "" || strings.Trim(parsed.Path, "/") != "" {
		return nil, errors.New("the broker's host is none")
	}
	if port := parsed.Port(); port != "" {
		tlsPort, webSocketPort = port, port
	}
	return []*url.URL{
		{Scheme: "ssl", Host: net.JoinHostPort(parsed.Hostname(), tlsPort)},
		{Scheme: "wss", Host: net.JoinHostPort(parsed.Hostname(), webSocketPort), Path: webSocketPath},
	}, nil
}
