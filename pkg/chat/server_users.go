package chat

import (
	"context"
	"iter"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// ServerUsersService makes, finds and deactivates users, and gives out their tokens.
type ServerUsersService struct{ client *client }

type (
	// ServerUser is a user, as servers see them. Active is false, too, in older answers,
	// which do not tell it.
	ServerUser = wire.ServerUser
	// CreateOrUpdateUserParams say who a user is to be. UserID and Username are needed.
	// Without a Password a new user gets one that nobody knows.
	CreateOrUpdateUserParams = wire.ServerLoginOrRegisterRequest
	// ListedUser is a user, as lists have them: Email is the user's id, and ID an
	// internal number.
	ListedUser = wire.User
	// ServerListUsersParams choose a page of users. What ShowAll adds is not known,
	// presumably those who are deactivated. OrderQuery is as a database has it, such as
	// "created_at desc nulls last", which is the order without it.
	ServerListUsersParams = wire.RestListUsersParams
)

// CreateOrUpdate makes a user, or changes the one who has the id: what is given
// replaces what was there. An id has letters, digits and .-_@ only; with other signs,
// and without a name, nothing is sent. The vendor's page of 2018 warns that a user who
// exists cannot be changed without giving the password again; newer clients leave it
// out. A repeat does no harm. No token comes back: see [ServerUsersService.Token].
//
// Operation restLoginOrRegister, POST /api/v2.1/rest/login_or_register; documented by
// the vendor.
func (s *ServerUsersService) CreateOrUpdate(
	ctx context.Context, params CreateOrUpdateUserParams, opts ...Option,
) (*ServerUser, error) {
	const id = wire.OperationRestLoginOrRegister
	if err := checkNewUserID(params.UserID); err != nil {
		return nil, refuse(id, err)
	}
	if err := checkGiven(id, "name", params.Username); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.ServerUserResponse](s.client.api.RestLoginOrRegister(ctx, params))
	return userOf(ctx, out, err)
}

// Get returns a user. One who does not exist is presumably [ErrNotFound].
//
// Operation restGetUserProfile, GET /api/v2.1/rest/user_profile; documented by the
// vendor.
func (s *ServerUsersService) Get(ctx context.Context, userID string, opts ...Option) (*ServerUser, error) {
	const id = wire.OperationRestGetUserProfile
	if err := checkGiven(id, "user id", userID); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	params := &wire.RestGetUserProfileParams{UserID: userID}
	out, err := receive[wire.ServerUserResponse](s.client.api.RestGetUserProfile(ctx, params))
	return userOf(ctx, out, err)
}

func userOf(ctx context.Context, out *wire.ServerUserResponse, err error) (*ServerUser, error) {
	if err != nil {
		return nil, err
	}
	if out.Results.User.UserID == "" {
		return nil, missing(ctx, "user id")
	}
	return &out.Results.User, nil
}

// Token returns the token with which a user, or a server for the user, calls what
// [User] calls. It prints as ***.
//
// Operation restGetUserToken, GET /api/v2.1/rest/get_user_token; documented by the
// vendor.
func (s *ServerUsersService) Token(ctx context.Context, userID string, opts ...Option) (flex.Secret, error) {
	const id = wire.OperationRestGetUserToken
	if err := checkGiven(id, "user id", userID); err != nil {
		return "", err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	params := &wire.RestGetUserTokenParams{UserID: userID}
	out, err := receive[wire.UserTokenResponse](s.client.api.RestGetUserToken(ctx, params))
	return tokenOf(ctx, out, err)
}

// ResetToken gives a user another token and returns it. The one before no longer works,
// so whoever uses it is logged out, and no call is carried out twice. The token prints
// as ***.
//
// Operation restResetUserToken, POST /api/v2.1/rest/reset_user_token; documented by the
// vendor.
func (s *ServerUsersService) ResetToken(ctx context.Context, userID string, opts ...Option) (flex.Secret, error) {
	const id = wire.OperationRestResetUserToken
	if err := checkGiven(id, "user id", userID); err != nil {
		return "", err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	request := wire.ResetUserTokenRequest{UserID: userID}
	out, err := receive[wire.UserTokenResponse](s.client.api.RestResetUserToken(ctx, request))
	return tokenOf(ctx, out, err)
}

func tokenOf(ctx context.Context, out *wire.UserTokenResponse, err error) (flex.Secret, error) {
	if err != nil {
		return "", err
	}
	if out.Results.Token == "" {
		return "", missing(ctx, "token")
	}
	return out.Results.Token, nil
}

// List returns one page of the app's users, 20 unless Limit says otherwise; the most is
// not known. A negative page or limit is an error before anything is sent.
//
// Operation restListUsers, GET /api/v2.1/rest/get_user_list; documented by the vendor.
func (s *ServerUsersService) List(
	ctx context.Context, params ServerListUsersParams, opts ...Option,
) (*Page[ListedUser], error) {
	return s.pager(params, opts).page(ctx, paging.Number(params.Page))
}

// All walks the app's users, page by page, and ends with the first error. See
// [ServerUsersService.List].
//
// Operation restListUsers, GET /api/v2.1/rest/get_user_list; documented by the vendor.
func (s *ServerUsersService) All(
	ctx context.Context, params ServerListUsersParams, opts ...Option,
) iter.Seq2[ListedUser, error] {
	return s.pager(params, opts).all(ctx, paging.Number(params.Page))
}

func (s *ServerUsersService) pager(params ServerListUsersParams, opts []Option) pager[ListedUser] {
	return func(ctx context.Context, at flex.ID) (*Page[ListedUser], error) {
		const id = wire.OperationRestListUsers
		if err := checkPage(id, params.Page, params.Limit); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		params.Page = paging.NumberOf(at)
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[wire.ListUsersResponse](s.client.api.RestListUsers(ctx, &params))
		if err != nil {
			return nil, err
		}
		results := out.Results
		if results.Users == nil {
			return nil, missing(ctx, "list of users")
		}
		return paging.Numbered(results.Users, params.Page, results.Meta.TotalPage, results.Meta.TotalData), nil
	}
}

// Deactivate makes users inactive, which [ServerUsersService.Reactivate] undoes. What
// they can still do then is not known. A repeat does no harm. The ids go into the body
// of a DELETE, which proxies have been known to drop.
//
// Operation restDeactivateUsers, DELETE /api/v2.1/rest/deactivate_users; seen in a
// single public client.
func (s *ServerUsersService) Deactivate(ctx context.Context, userIDs []string, opts ...Option) error {
	const id = wire.OperationRestDeactivateUsers
	if err := checkList(id, "user id", userIDs); err != nil {
		return err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	_, err := receive[wire.DoneResponse](s.client.api.RestDeactivateUsers(ctx, wire.UserIDsRequest{UserIDs: userIDs}))
	return err
}

// Reactivate makes users active again. A repeat does no harm.
//
// Operation restReactivateUsers, POST /api/v2.1/rest/reactivate_users; seen in a single
// public client.
func (s *ServerUsersService) Reactivate(ctx context.Context, userIDs []string, opts ...Option) error {
	const id = wire.OperationRestReactivateUsers
	if err := checkList(id, "user id", userIDs); err != nil {
		return err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	_, err := receive[wire.DoneResponse](s.client.api.RestReactivateUsers(ctx, wire.UserIDsRequest{UserIDs: userIDs}))
	return err
}
