package chat

import (
	"context"
	"iter"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// UsersService finds other users, blocks them, and tells who is online.
type UsersService struct{ client *client }

type (
	// ListUsersParams choose a page of users, and search them by Query. OrderQuery names a
	// member of the rows and a direction, such as "username asc".
	ListUsersParams = wire.SdkListUsersParams
	// ListBlockedUsersParams choose a page of the users whom one has blocked.
	ListBlockedUsersParams = wire.SdkListBlockedUsersParams
	// UserStatus is whether a user is online: Email is the user's id, Status 1 online and
	// 0 not, Timestamp since when in Unix seconds.
	UserStatus = wire.UserStatus
)

// List returns one page of the app's users, 20 unless Limit says otherwise; the most is
// not known, and neither is whether the caller is among them. A negative page or limit
// is an error before anything is sent.
//
// Operation sdkListUsers, GET /api/v2/sdk/get_user_list; seen in public clients.
func (s *UsersService) List(ctx context.Context, params ListUsersParams, opts ...Option) (*Page[ListedUser], error) {
	return s.pager(params, opts).page(ctx, paging.Number(params.Page))
}

// All walks the app's users, page by page, and ends with the first error. See
// [UsersService.List].
//
// Operation sdkListUsers, GET /api/v2/sdk/get_user_list; seen in public clients.
func (s *UsersService) All(
	ctx context.Context, params ListUsersParams, opts ...Option,
) iter.Seq2[ListedUser, error] {
	return s.pager(params, opts).all(ctx, paging.Number(params.Page))
}

func (s *UsersService) pager(params ListUsersParams, opts []Option) pager[ListedUser] {
	return func(ctx context.Context, at flex.ID) (*Page[ListedUser], error) {
		const id = wire.OperationSdkListUsers
		if err := checkPage(id, params.Page, params.Limit); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		params.Page = paging.NumberOf(at)
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[wire.ListUsersResponse](s.client.api.SdkListUsers(ctx, &params))
		if err != nil {
			return nil, err
		}
		if out.Results.Users == nil {
			return nil, missing(ctx, "list of users")
		}
		meta := out.Results.Meta
		return paging.Numbered(out.Results.Users, params.Page, meta.TotalPage, meta.TotalData), nil
	}
}

// Block blocks a user: what they write in the room for two does not arrive, and they are
// not told. Groups and channels are not concerned. For some apps the vendor has to
// switch blocking on. A repeat does no harm. An empty id is an error before anything is
// sent.
//
// Operation sdkBlockUser, POST /api/v2/sdk/block_user; seen in public clients.
func (s *UsersService) Block(ctx context.Context, userID string, opts ...Option) (*ListedUser, error) {
	const id = wire.OperationSdkBlockUser
	if err := checkGiven(id, "user id", userID); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.UserResponse](s.client.api.SdkBlockUser(ctx, wire.BlockUserRequest{UserEmail: userID}))
	return listedUserOf(ctx, out, err)
}

// Unblock takes back what [UsersService.Block] did. Whether what was written in between
// arrives later is not known. A repeat does no harm. An empty id is an error before
// anything is sent.
//
// Operation sdkUnblockUser, POST /api/v2/sdk/unblock_user; seen in public clients.
func (s *UsersService) Unblock(ctx context.Context, userID string, opts ...Option) (*ListedUser, error) {
	const id = wire.OperationSdkUnblockUser
	if err := checkGiven(id, "user id", userID); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.UserResponse](s.client.api.SdkUnblockUser(ctx, wire.UnblockUserRequest{UserEmail: userID}))
	return listedUserOf(ctx, out, err)
}

func listedUserOf(ctx context.Context, out *wire.UserResponse, err error) (*ListedUser, error) {
	if err != nil {
		return nil, err
	}
	if out.Results.User.Email == "" {
		return nil, missing(ctx, "user id")
	}
	return &out.Results.User, nil
}

// ListBlocked returns one page of the users whom one has blocked, 20 unless Limit says
// otherwise. A negative page or limit is an error before anything is sent.
//
// Operation sdkListBlockedUsers, GET /api/v2/sdk/get_blocked_users; seen in public
// clients.
func (s *UsersService) ListBlocked(
	ctx context.Context, params ListBlockedUsersParams, opts ...Option,
) (*Page[ListedUser], error) {
	return s.blockedPager(params, opts).page(ctx, paging.Number(params.Page))
}

// AllBlocked walks the users whom one has blocked, page by page, and ends with the first
// error. See [UsersService.ListBlocked].
//
// Operation sdkListBlockedUsers, GET /api/v2/sdk/get_blocked_users; seen in public
// clients.
func (s *UsersService) AllBlocked(
	ctx context.Context, params ListBlockedUsersParams, opts ...Option,
) iter.Seq2[ListedUser, error] {
	return s.blockedPager(params, opts).all(ctx, paging.Number(params.Page))
}

func (s *UsersService) blockedPager(params ListBlockedUsersParams, opts []Option) pager[ListedUser] {
	return func(ctx context.Context, at flex.ID) (*Page[ListedUser], error) {
		const id = wire.OperationSdkListBlockedUsers
		if err := checkPage(id, params.Page, params.Limit); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		params.Page = paging.NumberOf(at)
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[wire.ListBlockedUsersResponse](s.client.api.SdkListBlockedUsers(ctx, &params))
		if err != nil {
			return nil, err
		}
		if out.Results.BlockedUsers == nil {
			return nil, missing(ctx, "list of users")
		}
		return paging.Numbered(out.Results.BlockedUsers, params.Page, 0, out.Results.Total), nil
	}
}

// Status tells which of some users are online. Whether one who has never been online is
// in the answer is not known. The realtime broker tells of changes. No ids, or one that
// is empty, are an error before anything is sent.
//
// Operation sdkGetUsersStatus, POST /api/v2/sdk/users/status; seen in public clients.
func (s *UsersService) Status(ctx context.Context, userIDs []string, opts ...Option) ([]UserStatus, error) {
	const id = wire.OperationSdkGetUsersStatus
	if err := checkList(id, "user id", userIDs); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.GetUsersStatusResponse](
		s.client.api.SdkGetUsersStatus(ctx, wire.GetUsersStatusRequest{UserIDs: userIDs}),
	)
	if err != nil {
		return nil, err
	}
	if out.Results.UserStatus == nil {
		return nil, missing(ctx, "list of users")
	}
	return out.Results.UserStatus, nil
}
