package chat

import (
	"context"
	"fmt"
	"net/http"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/transport"
)

// Server calls the service for the app: it holds the app's secret, and acts for any
// user. Make one with [NewServer] and share it: it is safe for concurrent use, and its
// connections are worth keeping.
type Server struct {
	// Users makes, finds and deactivates users, and gives out their tokens.
	Users *ServerUsersService
	// Rooms makes rooms and knows who is in them.
	Rooms *ServerRoomsService
	// Messages writes into rooms, as anybody, and reads what was written.
	Messages *ServerMessagesService
	// Webhooks tells what became of the webhooks.
	Webhooks *ServerWebhooksService
	// Backups exports and imports users, rooms and messages.
	Backups *ServerBackupsService

	client *client
}

// NewServer makes a client for servers, with the App ID and the app's secret key. It
// makes no request. Without [WithBaseURL] it reads QISCUS_CHAT_URL from the environment,
// or takes [DefaultBaseURL]. Empty credentials, options that contradict each other and
// values that cannot work are errors.
//
// The secret key lets its holder act as any user: it belongs on a server, never into
// an app. A program that acts for one user is a [User].
func NewServer(appID, secret string, opts ...Option) (*Server, error) {
	server, err := newServer(appID, secret, opts)
	if err != nil {
		return nil, fmt.Errorf("%s: make a server: %w", owner, err)
	}
	return server, nil
}

func newServer(appID, secret string, opts []Option) (*Server, error) {
	if err := transport.CheckHeaderText("secret key", secret); err != nil {
		return nil, err
	}
	made, err := newClient(appID, opts)
	if err != nil {
		return nil, err
	}
	if made.settings.TokenStore != nil {
		return nil, errNothingToStore
	}
	made.credentials = &secretCredentials{transport.Hide([]string{secret})}
	return &Server{
		client:   made,
		Users:    &ServerUsersService{made},
		Rooms:    &ServerRoomsService{made},
		Messages: &ServerMessagesService{made},
		Webhooks: &ServerWebhooksService{made},
		Backups:  &ServerBackupsService{made},
	}, nil
}

// AppID returns the App ID that the client acts for.
func (s *Server) AppID() string { return s.client.settings.AppID }

// BaseURL returns the service's address.
func (s *Server) BaseURL() string { return s.client.settings.BaseURL.String() }

// CloseIdleConnections closes the connections that no call uses. A client that is
// given up needs no other end; one that goes on being used opens new ones.
func (s *Server) CloseIdleConnections() { s.client.http.CloseIdleConnections() }

// Do calls a route that has no method of its own, with the app's credentials, errors
// and bounds. The path begins with a slash, such as /api/v2.1/rest/…, and may hold a
// query. What is sent is in: nothing for nil, a form for url.Values, bytes of JSON as
// they are, a [Body] as it says, JSON for anything else. The answer is decoded into
// out, with its results, or its bytes are copied if that is a *[]byte; it is dropped
// for nil.
//
// Failures are an [*Error] without an operation. What is not a GET is taken for
// something that must not be carried out twice; see [Backoff].
func (s *Server) Do(ctx context.Context, method, path string, in, out any, opts ...Option) error {
	return s.client.do(ctx, method, path, in, out, opts)
}

// secretCredentials are the app's secret key, as the values of a header, which are
// made once and shared.
type secretCredentials struct{ secret transport.Hidden[[]string] }

func (c *secretCredentials) authorize(request *http.Request) error {
	request.Header[headerSecret] = c.secret.Reveal()
	return nil
}

func (*secretCredentials) renew(*http.Request, *Error) (bool, error) { return false, nil }
func (*secretCredentials) kind() wire.CredentialKind                 { return wire.CredentialSecret }
