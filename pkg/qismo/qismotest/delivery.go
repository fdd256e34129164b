package qismotest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// Payload is what can be delivered: an [Event], or the bytes of a [Raw].
type Payload interface {
	// Body is what is sent.
	Body() ([]byte, error)
}

// Raw is a body of one's own, such as one that is no JSON.
type Raw []byte

// Body implements [Payload].
func (r Raw) Body() ([]byte, error) { return r, nil }

// DeliveryOption sets how events are delivered.
type DeliveryOption func(*delivery) error

// delivery is how events are delivered.
type delivery struct {
	path    string // "" for that of the URL, or /
	query   url.Values
	header  http.Header
	sign    []func(header http.Header, body []byte)
	address string // where the request says that it comes from; "" for nothing special
	only    []webhook.Name
	of      string
}

// inventedPort is where requests of an invented address come from.
const inventedPort = "40000"

func newDelivery(options []DeliveryOption) (*delivery, error) {
	d := &delivery{query: url.Values{}, header: http.Header{"Content-Type": {"application/json"}}}
	for _, option := range options {
		if option == nil {
			return nil, errors.New("qismotest: an option is nil")
		}
		if err := option(d); err != nil {
			return nil, fmt.Errorf("qismotest: %w", err)
		}
	}
	return d, nil
}

// ToPath sets the path to which events are delivered, with the secret if it has one.
func ToPath(path string) DeliveryOption {
	return func(d *delivery) error {
		if !strings.HasPrefix(path, "/") {
			return errors.New("ToPath: the path does not begin with a slash")
		}
		d.path = path
		return nil
	}
}

// WithQuery adds a parameter to the query, such as a secret.
func WithQuery(parameter, value string) DeliveryOption {
	return func(d *delivery) error {
		d.query.Add(parameter, value)
		return nil
	}
}

// WithHeader sets a header, such as one with a secret, or another content type. With
// an empty value it takes the header away.
func WithHeader(name, value string) DeliveryOption {
	return func(d *delivery) error {
		if name == "" {
			return errors.New("WithHeader: the header has no name")
		}
		d.header.Del(name)
		if value != "" {
			d.header.Set(name, value)
		}
		return nil
	}
}

// SignHex adds a header with the HMAC-SHA256 of the body as hexadecimal digits, as the
// Chat SDK signs: see [webhook.ChatSDKSignatureHeader].
func SignHex(header, secret string) DeliveryOption {
	return signature("SignHex", header, secret, hex.EncodeToString)
}

// SignBase64 adds a header with the HMAC-SHA256 of the body in Base64, as Omnichannel
// may sign: see [webhook.OmnichannelSignatureHeader].
func SignBase64(header, secret string) DeliveryOption {
	return signature("SignBase64", header, secret, base64.StdEncoding.EncodeToString)
}

func signature(option, header, secret string, write func([]byte) string) DeliveryOption {
	return func(d *delivery) error {
		switch "" {
		case header:
			return errors.New(option + ": the header has no name")
		case secret:
			return errors.New(option + ": the secret is empty")
		}
		d.sign = append(d.sign, func(to http.Header, body []byte) {
			hash := hmac.New(sha256.New, []byte(secret))
			hash.Write(body)
			to.Set(header, write(hash.Sum(nil)))
		})
		return nil
	}
}

// FromAddress says from which IP address the request comes, and through which proxies,
// the first one first: the last of them is where the receiver sees the connection come
// from, and the others are in X-Forwarded-For. It is for handlers in this process, as
// a connection cannot come from an invented address.
func FromAddress(client string, proxies ...string) DeliveryOption {
	return func(d *delivery) error {
		way := append([]string{client}, proxies...)
		for _, address := range way {
			if _, err := netip.ParseAddr(address); err != nil {
				return errors.New("FromAddress: it is not an IP address")
			}
		}
		last := len(way) - 1
		if last > 0 {
			d.header.Set("X-Forwarded-For", strings.Join(way[:last], ", "))
		}
		d.address = way[last]
		return nil
	}
}

// Only chooses the events that [Server.SendTo] and [Server.SendToURL] are about. All
// buttons and channels are meant that have the event, unless there is [Of] too.
func Only(events ...webhook.Name) DeliveryOption {
	return func(d *delivery) error {
		if len(events) == 0 {
			return errors.New("Only: there is no event")
		}
		for _, event := range events {
			if !slices.Contains(webhook.Names(), event) {
				return fmt.Errorf("Only: no event has the name %q; there are %q", event, webhook.Names())
			}
			if event == webhook.PostComment {
				return fmt.Errorf("Only: %s is not of the platform, but of the Chat SDK", event)
			}
		}
		d.only = events
		return nil
	}
}

// Of chooses one custom button, by its name, or one channel, by its name, for
// [Server.SendTo] and [Server.SendToURL]. Each button has an address of its own for
// customButton, each custom channel one for customChannelMessage, and each WhatsApp
// channel one for both whatsAppForwardMessage and whatsAppForwardStatus.
func Of(channelOrButton string) DeliveryOption {
	return func(d *delivery) error {
		if channelOrButton == "" {
			return errors.New("Of: the name is empty")
		}
		d.of = channelOrButton
		return nil
	}
}

// forSender refuses what a sender can make nothing of: it delivers what it is given.
func (d *delivery) forSender() error {
	if d.only != nil || d.of != "" {
		return errors.New("qismotest: Only and Of are for the platform of a Server")
	}
	return nil
}

// place is where events are delivered, of a URL whose path and query may be changed.
func (d *delivery) place(to url.URL) url.URL {
	if d.path != "" {
		to.Path, to.RawPath = d.path, ""
	}
	query := to.Query()
	for parameter, values := range d.query {
		query[parameter] = append(query[parameter], values...)
	}
	if len(d.query) > 0 { // what is not changed stays as it was written
		to.RawQuery = query.Encode()
	}
	return to
}

// request makes a request with the body, to a URL whose path and query may be changed.
func (d *delivery) request(ctx context.Context, to url.URL, body []byte) (*http.Request, error) {
	to = d.place(to)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("make the request: its address cannot be used")
	}
	request.Header = d.header.Clone()
	for _, sign := range d.sign {
		sign(request.Header, body)
	}
	return request, nil
}
