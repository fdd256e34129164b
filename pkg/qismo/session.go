package qismo

import (
	"context"
	"errors"
	"net/url"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// SessionService logs in and out, tells who is signed in, and changes what they
// can change of themselves.
type SessionService struct{ client *Client }

type (
	// LoginParams are a user's e-mail address and password.
	LoginParams = omnichannel.LoginRequest
	// LoginResult is the signed-in user with tokens, app and secret key. Its secrets
	// print as ***; Reveal gives them out.
	LoginResult = omnichannel.LoginResult
	// Profile is a user's profile.
	Profile = omnichannel.AdminProfile
	// MobileSession is a session that was opened with a QR code: QismoToken is the
	// user token, and the Chat SDK gives a chat user for IdentityToken.
	MobileSession = omnichannel.MobileSession
	// KeySession is a session that was opened with an older QR code's key.
	KeySession = omnichannel.QismoKeySession
	// SignUpParams say whose account is made. Phone is digits with the country code;
	// the words that Industry may hold are not known.
	SignUpParams = omnichannel.SignUpRequest
	// MobileVersion is the newest version of the vendor's app for agents.
	MobileVersion = omnichannel.MobileVersion
	// UpdateProfileParams are a user's profile as it shall be. Name, Email and
	// AvatarURL are always sent; the rest is the company's and for admins only.
	UpdateProfileParams = omnichannel.UpdateProfileRequest
)

// MobileAppIOS is the number that the vendor's iOS app asks for its newest version
// with. Those of other apps are not known.
const MobileAppIOS int64 = 2

// Login opens a session and returns its tokens, the app and with it the secret
// key. It needs no credentials; a client that renews its token by itself comes from
// [WithLogin]. The user token, User.AuthenticationToken, lasts 30 days and goes
// into [WithToken]; LongLivedToken is for [SessionService.RefreshToken]. A further
// log-in leaves earlier tokens good.
//
// How a wrong password is refused was never recorded: [ErrUnauthorized] and
// [ErrBadRequest] are both to be expected. What follows when two-factor
// authentication is on, Use2fa, is not known. An empty e-mail address or password
// is an error before anything is sent.
//
// Operation login, POST /api/v1/auth; documented by the vendor.
func (s *SessionService) Login(ctx context.Context, params LoginParams, opts ...Option) (*LoginResult, error) {
	switch {
	case params.Email == "":
		return nil, errors.New("qismo: login: the e-mail address is empty")
	case params.Password == "":
		return nil, errors.New("qismo: login: the password is empty")
	}
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

// RefreshToken trades the long-lived token of a log-in for a new user token, which
// goes into [WithToken]. When it is refused, log in again. An empty token is an
// error before anything is sent.
//
// Operation refreshToken, POST /api/v2/auth/refresh_token; seen in a single
// public client.
func (s *SessionService) RefreshToken(
	ctx context.Context, longLivedToken flex.Secret, opts ...Option,
) (flex.Secret, error) {
	if longLivedToken == "" {
		return "", errors.New("qismo: refreshToken: the long-lived token is empty")
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationRefreshToken, opts)
	call.ownToken = longLivedToken
	out, err := receive[omnichannel.RefreshTokenResponse](s.client.api.RefreshToken(ctx))
	if err != nil {
		return "", err
	}
	if out.Data.Auth.Token == "" {
		return "", missing(ctx, "token")
	}
	return out.Data.Auth.Token, nil
}

// Logout ends the session of the client's token, which is void afterwards. Only a
// user's token can be logged out; what the service answers is not known. A client
// made with [WithLogin] logs in anew when it is used again.
//
// Operation logout, POST /api/v1/auth/logout; seen in a single public client.
func (s *SessionService) Logout(ctx context.Context, opts ...Option) error {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationLogout, opts)
	return discard(s.client.api.Logout(ctx))
}

// Profile returns the signed-in user's profile, or that of the app's admin with
// the secret key. It is a cheap way to check that credentials work: a wrong one is
// [ErrUnauthorized]. IsAvailable is told with [RoleAgent] only. With
// [RoleSupervisor] it takes the agents' path, as one client does to change a
// supervisor's profile; that it can be read there is a guess.
//
// Operation getProfile, GET /api/v1/{role}/get_profile; seen in public clients.
func (s *SessionService) Profile(ctx context.Context, opts ...Option) (*Profile, error) {
	ctx, call := s.client.begin(ctx, omnichannel.OperationGetProfile, opts)
	role := call.roleFor(omnichannel.OperationGetProfile)
	out, err := receive[omnichannel.GetProfileResponse](s.client.api.GetProfile(ctx, role))
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}

// MobileLogin opens a session with what a QR code of the dashboard carries, a
// long-lived token, and with a nonce from the Chat SDK. It needs no other
// credential, and not even the App ID is sent. The QismoToken of the session goes
// into [WithToken].
//
// An empty token or nonce is an error before anything is sent. The call is never
// carried out twice, as a nonce presumably works once.
//
// Operation mobileLogin, POST /api/v2/auth/mobile_login; seen in a single public
// client.
func (s *SessionService) MobileLogin(
	ctx context.Context, longLivedToken flex.Secret, nonce string, opts ...Option,
) (*MobileSession, error) {
	switch {
	case longLivedToken == "":
		return nil, errors.New("qismo: mobileLogin: the long-lived token is empty")
	case nonce == "":
		return nil, errors.New("qismo: mobileLogin: the nonce is empty")
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationMobileLogin, opts)
	call.ownToken = longLivedToken
	contentType, form := credentialForm(url.Values{"nonce": {nonce}})
	out, err := receive[omnichannel.MobileLoginResponse](s.client.api.MobileLoginWithBody(ctx, contentType, form))
	if err != nil {
		return nil, err
	}
	if out.Data.QismoToken == "" {
		return nil, missing(ctx, "token")
	}
	return &out.Data, nil
}

// TokenByQismoKey trades the key of an older QR code for a user token, which goes
// into [WithToken]. It is authenticated by the user's Chat SDK token, such as
// [LoginResult] has it at Details.SdkUser.Token. Newer QR codes go with
// [SessionService.MobileLogin].
//
// An empty token or key is an error before anything is sent.
//
// Operation getTokenByQismoKey, POST /api/v1/auth/get_token_by_qismo_key; seen in
// a single public client.
func (s *SessionService) TokenByQismoKey(
	ctx context.Context, sdkToken flex.Secret, key flex.Credential, opts ...Option,
) (*KeySession, error) {
	switch {
	case sdkToken == "":
		return nil, errors.New("qismo: getTokenByQismoKey: the Chat SDK token is empty")
	case key == "":
		return nil, errors.New("qismo: getTokenByQismoKey: the key is empty")
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationGetTokenByQismoKey, opts)
	call.ownToken = sdkToken
	contentType, form := credentialForm(url.Values{"app_id": {call.appID}, "qismo_key": {key.Reveal()}})
	out, err := receive[omnichannel.GetTokenByQismoKeyResponse](
		s.client.api.GetTokenByQismoKeyWithBody(ctx, contentType, form),
	)
	if err != nil {
		return nil, err
	}
	if out.Data.AuthenticationToken == "" {
		return nil, missing(ctx, "token")
	}
	return &out.Data, nil
}

// SignUp makes an account, as the public sign-up page does; it is not meant for
// servers, and needs no credentials. How the page encodes what it sends and what
// the service answers is not known: this sends JSON, and takes any success for
// one. Why it refuses, the service says in the Message of the [Error].
//
// All members have to be set. The call is never carried out twice.
//
// Operation signUp, POST /api/v1/sign_up; seen in a single public client.
func (s *SessionService) SignUp(ctx context.Context, params SignUpParams, opts ...Option) error {
	for _, member := range []struct{ name, value string }{
		{"name", params.Name}, {"e-mail address", params.Email}, {"password", params.Password.Reveal()},
		{"phone number", params.Phone}, {"industry", params.Industry},
	} {
		if member.value == "" {
			return errors.New("qismo: signUp: the " + member.name + " is empty")
		}
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSignUp, opts)
	return discard(s.client.api.SignUp(ctx, params))
}

// LatestMobileVersion returns the newest version of one of the vendor's mobile
// apps for agents, of which only [MobileAppIOS] is known. It needs no
// credentials. An app that is not above zero is an error before anything is sent.
//
// Operation getLatestMobileVersion, GET /api/v2/mobile_version/latest; seen in a
// single public client.
func (s *SessionService) LatestMobileVersion(
	ctx context.Context, app int64, opts ...Option,
) (*MobileVersion, error) {
	if app <= 0 {
		return nil, errors.New("qismo: getLatestMobileVersion: the app is not above zero")
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetLatestMobileVersion, opts)
	params := &omnichannel.GetLatestMobileVersionParams{Type: app}
	out, err := receive[omnichannel.GetLatestMobileVersionResponse](s.client.api.GetLatestMobileVersion(ctx, params))
	if err != nil {
		return nil, err
	}
	if out.Data.MobileVersion.Version == "" {
		return nil, missing(ctx, "version")
	}
	return &out.Data.MobileVersion, nil
}

// UpdateProfile changes the profile of the user whose token the client has; the
// secret key has not been seen to work. Read it first with
// [SessionService.Profile]: whether the name, the address or the picture can be
// left out is not known, so all three are sent as they are, an empty picture too.
// With [RoleSupervisor] it takes the agents' path, as one client does. What the
// service answers is not known.
//
// An empty name or e-mail address is an error before anything is sent. A repeat
// does no harm.
//
// Operation updateProfile, POST /api/v1/{role}/update_profile; seen in a single
// public client.
func (s *SessionService) UpdateProfile(ctx context.Context, params UpdateProfileParams, opts ...Option) error {
	switch {
	case params.Name == "":
		return errors.New("qismo: updateProfile: the name is empty")
	case params.Email == "":
		return errors.New("qismo: updateProfile: the e-mail address is empty")
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationUpdateProfile, opts)
	role := call.roleFor(omnichannel.OperationUpdateProfile)
	return discard(s.client.api.UpdateProfile(ctx, role, params))
}

// ChangePassword changes the password of the user whose token the client has; the
// secret key has not been seen to work. Which rules a password has to keep,
// whether tokens given out before stay good, and what the service answers is not
// known. A client made with [WithLogin] goes on with its token, but cannot log in
// again with the old password. With [RoleSupervisor] it takes the agents' path, as
// one client does.
//
// An empty password is an error before anything is sent. The call is never
// carried out twice: when it fails without an answer, either password may be the
// right one.
//
// Operation changePassword, POST /api/v1/{role}/change_password; seen in a single
// public client.
func (s *SessionService) ChangePassword(
	ctx context.Context, oldPassword, newPassword flex.Credential, opts ...Option,
) error {
	switch {
	case oldPassword == "":
		return errors.New("qismo: changePassword: the old password is empty")
	case newPassword == "":
		return errors.New("qismo: changePassword: the new password is empty")
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationChangePassword, opts)
	role := call.roleFor(omnichannel.OperationChangePassword)
	change := omnichannel.ChangePasswordRequest{OldPassword: oldPassword, NewPassword: newPassword}
	return discard(s.client.api.ChangePassword(ctx, role, change))
}

// SetAvailability puts the user whose token the client has online or offline. No
// call is known that does so for another user, and no webhook tells of it:
// allocators find out from [AgentsService.ListAvailable]. What the service answers
// is not known. A repeat does no harm.
//
// Operation setAvailability, POST /api/v1/set_availability; seen in a single
// public client.
func (s *SessionService) SetAvailability(ctx context.Context, available bool, opts ...Option) error {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSetAvailability, opts)
	return discard(s.client.api.SetAvailability(ctx, omnichannel.SetAvailabilityRequest{IsAvailable: available}))
}
