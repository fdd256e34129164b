package chat

import (
	"context"
	"errors"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/transport"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// SessionService logs in and out, and knows the user's own profile. A [User] logs in by
// itself: its methods that do so are for programs that keep tokens on their own.
type SessionService struct {
	client *client
	tokens *transport.Tokens
	who    Identity
}

type (
	// Account is the user whose token it is. Email is the user's id, and ID an internal
	// number. Token, RefreshToken and RtKey print as ***; Reveal gives them out.
	// LastCommentID and LastSyncEventID are where a new client begins to sync, see
	// [SyncService].
	Account = wire.Account
	// LoginOrRegisterParams are a user's id, as Email, the key by which only they are
	// let in, as Password, and what is written into their profile.
	LoginOrRegisterParams = wire.LoginOrRegisterRequest
	// UpdateProfileParams are a user's profile as it shall be. What is left out
	// presumably stays as it is; Extras are replaced as a whole.
	UpdateProfileParams = wire.UpdateMyProfileRequest
	// Config is how the app wants its clients to work: where the API and the broker are,
	// and how often to sync, in milliseconds. Empty text stands for the client's own
	// default.
	Config = wire.GetConfigResult
	// Nonce is what an identity token is signed with: it serves once, until ExpiredAt in
	// Unix seconds, ten minutes at most.
	Nonce = wire.GetNonceResult
	// RealtimeCredentials are what the realtime broker wants of a client.
	RealtimeCredentials = wire.GetMqttConfigResult
	// RefreshedToken are a user's token and what renews it next, which print as ***.
	RefreshedToken = wire.RefreshUserTokenResult
)

// RefreshTokenParams say whose token is to be renewed, and by what.
type RefreshTokenParams struct {
	// UserID is whose token it is.
	UserID string
	// Token is the one to be renewed, expired or not.
	Token flex.Secret
	// RefreshToken came with it.
	RefreshToken flex.Secret
}

// LoginOrRegister opens a session with a user's id and key, and makes the user if there
// is none by that id: the key is what lets them in from then on. The token is the
// caller's to keep; a user whom [Password] or [LoginOrRegister] identifies logs in by
// this and needs no other call.
//
// How a wrong key is refused was never recorded. An empty id or key is an error before
// anything is sent.
//
// Operation sdkLoginOrRegister, POST /api/v2/sdk/login_or_register; seen in public
// clients.
func (s *SessionService) LoginOrRegister(
	ctx context.Context, params LoginOrRegisterParams, opts ...Option,
) (*Account, error) {
	const id = wire.OperationSdkLoginOrRegister
	if err := checkGiven(id, "user id", params.Email, "key", params.Password.Reveal()); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.AccountResponse](s.client.api.SdkLoginOrRegister(ctx, params))
	return signedIn(ctx, out, err)
}

// Nonce asks for what an identity token is signed with. See [IdentityToken] for a user
// who does all of it by themselves.
//
// Operation sdkGetNonce, POST /api/v2/sdk/auth/nonce; seen in public clients.
func (s *SessionService) Nonce(ctx context.Context, opts ...Option) (*Nonce, error) {
	ctx, _ = s.client.begin(ctx, wire.OperationSdkGetNonce, opts)
	out, err := receive[wire.GetNonceResponse](s.client.api.SdkGetNonce(ctx))
	if err != nil {
		return nil, err
	}
	if out.Results.Nonce == "" {
		return nil, missing(ctx, "nonce")
	}
	return &out.Results, nil
}

// VerifyIdentity opens a session with an identity token that the app's back end has
// signed, see [NewIdentityToken], and makes the user if there is none yet. The call is
// never carried out twice, as a nonce serves once. An empty token is an error before
// anything is sent.
//
// Operation sdkVerifyIdentityToken, POST /api/v2/sdk/auth/verify_identity_token; seen in
// public clients.
func (s *SessionService) VerifyIdentity(
	ctx context.Context, identityToken flex.Secret, opts ...Option,
) (*Account, error) {
	const id = wire.OperationSdkVerifyIdentityToken
	if err := checkGiven(id, "identity token", identityToken.Reveal()); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	request := wire.VerifyIdentityTokenRequest{IdentityToken: flex.Credential(identityToken)}
	out, err := receive[wire.AccountResponse](s.client.api.SdkVerifyIdentityToken(ctx, request))
	return signedIn(ctx, out, err)
}

// RefreshToken trades a token, and what renews it, for new ones. Only apps that let
// tokens expire give out what renews them. [ErrUnauthorized] means that it is void: log
// in again. The call is never carried out twice, as it may serve once. A [User] does
// this by itself. An empty value is an error before anything is sent.
//
// Operation sdkRefreshUserToken, POST /api/v2/sdk/refresh_user_token; seen in public
// clients.
func (s *SessionService) RefreshToken(
	ctx context.Context, params RefreshTokenParams, opts ...Option,
) (*RefreshedToken, error) {
	const id = wire.OperationSdkRefreshUserToken
	err := checkGiven(id, "user id", params.UserID,
		"token", params.Token.Reveal(), "refresh token", params.RefreshToken.Reveal())
	if err != nil {
		return nil, err
	}
	ctx, call := s.client.begin(ctx, id, opts)
	call.session = &transport.Session{Token: params.Token.Reveal(), UserID: params.UserID}
	request := wire.RefreshUserTokenRequest{
		UserID: params.UserID, RefreshToken: flex.Credential(params.RefreshToken),
	}
	out, err := receive[wire.RefreshUserTokenResponse](s.client.api.SdkRefreshUserToken(ctx, request))
	if err != nil {
		return nil, err
	}
	if out.Results.Token == "" {
		return nil, missing(ctx, "token")
	}
	return &out.Results, nil
}

// Expire lets the user's token expire at once, presumably for tests of what clients do
// then. The next call of this one gets another.
//
// Operation sdkExpireUserToken, POST /api/v2/sdk/expire_user_token; seen in public
// clients.
func (s *SessionService) Expire(ctx context.Context, opts ...Option) error {
	ctx, call := s.client.begin(ctx, wire.OperationSdkExpireUserToken, opts)
	session, err := s.tokens.Session(ctx)
	if err != nil {
		return withOwner(err)
	}
	call.session = session
	request := wire.ExpireUserTokenRequest{UserID: session.UserID}
	return discard(s.client.api.SdkExpireUserToken(ctx, request))
}

// Logout ends the session of the user's token, which is void afterwards, and forgets it,
// in the token store too. Whoever is not logged in has nothing to end. A user that is
// used again logs in anew. Devices stay registered for notifications: see
// [PushService.Remove], which is to be called before.
//
// A token that the service refuses is no error: it was void already.
//
// Operation sdkLogout, POST /api/v2/sdk/logout; seen in public clients.
func (s *SessionService) Logout(ctx context.Context, opts ...Option) error {
	session, err := s.tokens.Held(ctx)
	if session == nil && err == nil && s.who.isFixed {
		session, err = s.tokens.Session(ctx)
	}
	switch {
	case err != nil:
		return withOwner(err)
	case session == nil:
		return nil
	}
	logout, call := s.client.begin(ctx, wire.OperationSdkLogout, opts)
	call.session = session
	err = discard(s.client.api.SdkLogout(logout, wire.LogoutRequest{
		UserID: session.UserID, Token: flex.Credential(session.Token),
	}))
	var failure *Error
	if isVoid := errors.As(err, &failure) && refusesToken(failure); err != nil && !isVoid {
		return err
	}
	if err := s.tokens.Forget(ctx, session); err != nil {
		return withOwner(err)
	}
	return nil
}

// Profile returns the user's own account. It is a cheap way to check that a token works.
//
// Operation sdkGetMyProfile, GET /api/v2/sdk/my_profile; seen in public clients.
func (s *SessionService) Profile(ctx context.Context, opts ...Option) (*Account, error) {
	ctx, _ = s.client.begin(ctx, wire.OperationSdkGetMyProfile, opts)
	out, err := receive[wire.AccountResponse](s.client.api.SdkGetMyProfile(ctx))
	return accountOf(ctx, out, err)
}

// UpdateProfile changes the user's own name, picture and extras, and returns the account
// as it is then. A repeat does no harm.
//
// Operation sdkUpdateMyProfile, PATCH /api/v2/sdk/my_profile; seen in public clients.
func (s *SessionService) UpdateProfile(
	ctx context.Context, params UpdateProfileParams, opts ...Option,
) (*Account, error) {
	ctx, _ = s.client.begin(ctx, wire.OperationSdkUpdateMyProfile, opts)
	out, err := receive[wire.AccountResponse](s.client.api.SdkUpdateMyProfile(ctx, params))
	return accountOf(ctx, out, err)
}

// Config returns how the app wants its clients to work. It needs no token.
//
// Operation sdkGetConfig, GET /api/v2/sdk/config; seen in public clients.
func (s *SessionService) Config(ctx context.Context, opts ...Option) (*Config, error) {
	ctx, _ = s.client.begin(ctx, wire.OperationSdkGetConfig, opts)
	out, err := receive[wire.GetConfigResponse](s.client.api.SdkGetConfig(ctx))
	if err != nil {
		return nil, err
	}
	return &out.Results, nil
}

// RealtimeCredentials returns what the realtime broker wants of a client; nil where the
// service has none to give, as before 2026: then a client connects without.
//
// Operation sdkGetMqttConfig, GET /api/v2/sdk/mqtt_config; seen in public clients.
func (s *SessionService) RealtimeCredentials(ctx context.Context, opts ...Option) (*RealtimeCredentials, error) {
	ctx, call := s.client.begin(ctx, wire.OperationSdkGetMqttConfig, opts)
	call.mayBeEmpty()
	response, err := s.client.api.SdkGetMqttConfig(ctx)
	if errors.Is(err, ErrNotFound) {
		return nil, nil //nolint:nilnil // there are none
	}
	if err == nil && len(transport.Bytes(response)) == 0 {
		return nil, response.Body.Close()
	}
	out, err := receive[wire.GetMqttConfigResponse](response, err)
	if err != nil || out.Results == (RealtimeCredentials{}) {
		return nil, err
	}
	return &out.Results, nil
}

// signedIn takes the account of a log-in, which is none without its token.
func signedIn(ctx context.Context, out *wire.AccountResponse, err error) (*Account, error) {
	account, err := accountOf(ctx, out, err)
	if err == nil && account.Token == "" {
		return nil, missing(ctx, "token")
	}
	return account, err
}

// accountOf takes an account, which is none without the user's id.
func accountOf(ctx context.Context, out *wire.AccountResponse, err error) (*Account, error) {
	if err != nil {
		return nil, err
	}
	if out.Results.User.Email == "" {
		return nil, missing(ctx, "user id")
	}
	return &out.Results.User, nil
}
