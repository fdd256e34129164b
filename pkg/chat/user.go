package chat

import (
	"context"
	"errors"
	"fmt"

	"github.com/qismo-go/qismo/internal/transport"
)

// User calls the service for one chat user, with that user's token. Make one with
// [NewUser] and share it: it is safe for concurrent use, and its connections are worth
// keeping.
type User struct {
	// Session logs in and out, and knows the user's own profile.
	Session *SessionService
	// Users finds other users, blocks them, and tells who is online.
	Users *UsersService
	// Rooms makes and finds the user's rooms, and knows who is in them.
	Rooms *RoomsService
	// Channels finds, joins and leaves channels.
	Channels *ChannelsService
	// Messages writes, reads, changes and deletes messages.
	Messages *MessagesService
	// Files uploads files and finds those of rooms.
	Files *FilesService
	// Push registers the devices that get notifications.
	Push *PushService
	// Sync tells what the user has missed.
	Sync *SyncService

	client *client
	tokens *transport.Tokens
}

// NewUser makes a client for one user. Who that is, and how they prove it, says an
// [Identity]: [Password], [Token], [IdentityToken] or [TokenOf]. It makes no request;
// the user is logged in by the first call that needs a token. Where the service is, is
// found as by [NewServer]. Options that contradict each other and values that cannot work
// are errors.
func NewUser(appID string, who Identity, opts ...Option) (*User, error) {
	user, err := newUser(appID, who, opts)
	if err != nil {
		return nil, fmt.Errorf("%s: make a user: %w", owner, err)
	}
	return user, nil
}

func newUser(appID string, who Identity, opts []Option) (*User, error) {
	switch {
	case who.problem != nil:
		return nil, who.problem
	case who.open == nil:
		return nil, errors.New("the identity is empty")
	case who.appID != "" && who.appID != appID:
		return nil, errors.New("the server that gives out the tokens is of another app")
	}
	made, err := newClient(appID, opts)
	if err != nil {
		return nil, err
	}
	if who.isFixed && made.settings.TokenStore != nil {
		return nil, errNothingToStore
	}
	user := &User{
		client:   made,
		Session:  &SessionService{client: made, who: who},
		Users:    &UsersService{made},
		Rooms:    &RoomsService{made},
		Channels: &ChannelsService{made},
		Messages: &MessagesService{made},
		Files:    &FilesService{made},
		Push:     &PushService{made},
		Sync:     &SyncService{made},
	}
	user.tokens = newTokens(made.settings, who, user.Session)
	user.Session.tokens = user.tokens
	made.credentials = &userCredentials{user.tokens}
	return user, nil
}

// AppID returns the App ID that the client acts for.
func (u *User) AppID() string { return u.client.settings.AppID }

// BaseURL returns the service's address.
func (u *User) BaseURL() string { return u.client.settings.BaseURL.String() }

// CloseIdleConnections closes the connections that no call uses. A client that is
// given up needs no other end; one that goes on being used opens new ones.
func (u *User) CloseIdleConnections() { u.client.http.CloseIdleConnections() }

// Do calls a route that has no method of its own, such as one under /api/v2/sdk/, with
// the user's token, and otherwise as [Server.Do].
func (u *User) Do(ctx context.Context, method, path string, in, out any, opts ...Option) error {
	return u.client.do(ctx, method, path, in, out, opts)
}

// Logout ends the user's session; see [SessionService.Logout].
func (u *User) Logout(ctx context.Context, opts ...Option) error {
	return u.Session.Logout(ctx, opts...)
}
