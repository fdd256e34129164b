package chat

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/transport"
)

// BrokerLocation is where a realtime broker is that has room for one more client.
type BrokerLocation = wire.BrokerLocation

// LocateBroker asks which realtime broker has room for one more client, at the address
// that BrokerLbURL of [Config] names. That may be another host than the API's: it is told
// nothing of the app and the user, and no header of [WithHeader]. Package realtime does
// this by itself when it has lost its broker.
//
// It is no operation of the API: GET of that address; seen in public clients.
func (s *SyncService) LocateBroker(ctx context.Context, address string, opts ...Option) (*BrokerLocation, error) {
	const doing = "locate a broker"
	base, err := transport.ParseBaseURL(address)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: the address serves no more than a base URL: %w", owner, doing, err)
	}
	ctx, call := s.client.beginOperation(ctx, wire.Operation{
		Method: http.MethodGet, Idempotent: true, Credential: wire.CredentialNone, AnswersJSON: true,
	}, opts)
	elsewhere := *call.Settings
	elsewhere.BaseURL = &url.URL{Scheme: base.Scheme, Host: base.Host}
	elsewhere.Header = http.Header{}
	for _, name := range []string{"Accept", "User-Agent"} {
		elsewhere.Header[name] = call.Settings.Header[name]
	}
	call.Settings = &elsewhere
	path := &url.URL{Path: cmp.Or(base.Path, "/"), RawPath: base.RawPath}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, path.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: the address is malformed", owner, doing)
	}
	return receive[BrokerLocation](s.client.api.Client.Do(request))
}
