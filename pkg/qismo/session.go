package qismo

import (
	"context"
	"errors"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// SessionService logs in and out and tells who is signed in.
type SessionService struct{ client *Client }

type (
	// LoginParams are a user's e-mail address and password.
	LoginParams = omnichannel.LoginRequest
	// LoginResult is the signed-in user with tokens, app and secret key. Its secrets
	// print as ***; Reveal gives them out.
	LoginResult = omnichannel.LoginResult
	// Profile is a user's profile.
	Profile = omnichannel.AdminProfile
)

// Login opens a session and returns its tokens. It needs no credentials; a client
// that renews its token by itself comes from [WithLogin].
//
// Operation login, POST /api/v1/auth; documented by the vendor.
func (s *SessionService) Login(ctx context.Context, params LoginParams, opts ...Option) (*LoginResult, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationLogin, opts)
	out, err := receive[omnichannel.LoginResponse](s.client.api.Login(ctx, params))
	if err != nil {
		return nil, err
	}
	if out.Data.User.AuthenticationToken == "" {
		return nil, missing(ctx, "token")
	}
	return &out.Data, nil
}

// RefreshToken trades the long-lived token of a log-in for a new user token. When
// it is refused, log in again.
//
// Operation refreshToken, POST /api/v2/auth/refresh_token; seen in a single
// public client.
func (s *SessionService) RefreshToken(
	ctx context.Context, longLivedToken flex.Secret, opts ...Option,
) (flex.Secret, error) {
	if longLivedToken == "" {
		return "", errors.New("qismo: refreshToken: the long-lived token is empty")
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationRefreshToken, opts)
	ctx = context.WithValue(ctx, longLivedTokenKey{}, longLivedToken)
	out, err := receive[omnichannel.RefreshTokenResponse](s.client.api.RefreshToken(ctx))
	if err != nil {
		return "", err
	}
	if out.Data.Auth.Token == "" {
		return "", missing(ctx, "token")
	}
	return out.Data.Auth.Token, nil
}

// Logout ends the session of the client's token, which is void afterwards.
//
// Operation logout, POST /api/v1/auth/logout; seen in a single public client.
func (s *SessionService) Logout(ctx context.Context, opts ...Option) error {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationLogout, opts)
	return discard(s.client.api.Logout(ctx))
}

// Profile returns the signed-in user's profile, or that of the app's admin with
// the secret key. It is a cheap way to check that credentials work.
//
// Operation getProfile, GET /api/v1/{role}/get_profile; seen in public clients.
func (s *SessionService) Profile(ctx context.Context, opts ...Option) (*Profile, error) {
	ctx, settings := s.client.begin(ctx, omnichannel.OperationGetProfile, opts)
	role := settings.roleFor(omnichannel.OperationGetProfile)
	out, err := receive[omnichannel.GetProfileResponse](s.client.api.GetProfile(ctx, role))
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}
