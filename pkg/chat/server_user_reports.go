package chat

import (
	"context"
	"errors"
	"iter"
	"time"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// MaxUnreadUsers is how many ids of users with unread messages a page can have: 100.
const MaxUnreadUsers = 100

type (
	// ListUnreadUsersParams choose a page of users who have not read everything.
	ListUnreadUsersParams struct {
		Page, Limit int64 // Limit is 100 unless it is set, which is also the most
		// From and Until bound the time of the messages; zero does not. They are sent to
		// the second and in UTC, which no page of the vendor confirms.
		From, Until time.Time
	}
	// CountUnreadOfUsersParams say whose messages are counted. UserIDs is needed.
	CountUnreadOfUsersParams struct {
		UserIDs []string
		// From and Until bound the time of the messages, as in [ListUnreadUsersParams].
		From, Until time.Time
	}
	// UserUnreadCount is how many messages a user has not read, in all rooms.
	UserUnreadCount = wire.UserUnreadCount
	// AverageReplyTimeParams say whose answers are looked at. All three are needed; the
	// times are sent as in [ListUnreadUsersParams].
	AverageReplyTimeParams struct {
		UserID      string
		From, Until time.Time
	}
	// ReplyDuration is how long somebody takes to answer. The unit is not documented;
	// seconds is a guess.
	ReplyDuration = wire.ReplyDuration
)

// ListUnread returns one page of the ids of users who have not read everything, for
// reminders by another way. How many pages there are is not told. A limit that is not
// within 1 and [MaxUnreadUsers], 0 being none, and a time before another that it should
// follow are errors before anything is sent.
//
// Operation restListUnreadUsers, GET /api/v2.1/rest/get_unread_users; documented by the
// vendor.
func (s *ServerUsersService) ListUnread(
	ctx context.Context, params ListUnreadUsersParams, opts ...Option,
) (*Page[string], error) {
	return s.unreadPager(params, opts).page(ctx, paging.Number(params.Page))
}

// AllUnread walks the ids of users who have not read everything, page by page, and ends
// with the first error. Who begins or ends to have read everything meanwhile can be
// missed or come twice. See [ServerUsersService.ListUnread].
//
// Operation restListUnreadUsers, GET /api/v2.1/rest/get_unread_users; documented by the
// vendor.
func (s *ServerUsersService) AllUnread(
	ctx context.Context, params ListUnreadUsersParams, opts ...Option,
) iter.Seq2[string, error] {
	return s.unreadPager(params, opts).all(ctx, paging.Number(params.Page))
}

func (s *ServerUsersService) unreadPager(params ListUnreadUsersParams, opts []Option) pager[string] {
	return func(ctx context.Context, at flex.ID) (*Page[string], error) {
		const id = wire.OperationRestListUnreadUsers
		if err := checkPage(id, params.Page, params.Limit); err != nil {
			return nil, err
		}
		if err := checkMost(id, "limit", params.Limit, MaxUnreadUsers); err != nil {
			return nil, err
		}
		if err := checkWindow(id, params.From, params.Until); err != nil {
			return nil, err
		}
		asked := &wire.RestListUnreadUsersParams{
			Page: paging.NumberOf(at), Limit: params.Limit, StartTime: clock(params.From), EndTime: clock(params.Until),
		}
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[wire.ListUnreadUsersResponse](s.client.api.RestListUnreadUsers(ctx, asked))
		if err != nil {
			return nil, err
		}
		if out.Results.UserIDs == nil {
			return nil, missing(ctx, "list of user ids")
		}
		return paging.Numbered(out.Results.UserIDs, asked.Page, 0, 0), nil
	}
}

// CountUnread counts the messages that each of some users has not read, over all of
// their rooms; [ServerRoomsService.CountUnread] counts by room. No user, an empty id
// and a time before another that it should follow are errors before anything is sent.
//
// Operation restCountUnreadOfUsers, GET /api/v2.1/rest/get_user_unread_count; documented
// by the vendor.
func (s *ServerUsersService) CountUnread(
	ctx context.Context, params CountUnreadOfUsersParams, opts ...Option,
) ([]UserUnreadCount, error) {
	const id = wire.OperationRestCountUnreadOfUsers
	if err := checkList(id, "user id", params.UserIDs); err != nil {
		return nil, err
	}
	if err := checkWindow(id, params.From, params.Until); err != nil {
		return nil, err
	}
	asked := &wire.RestCountUnreadOfUsersParams{
		UserIDs: params.UserIDs, StartTime: clock(params.From), EndTime: clock(params.Until),
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.CountUnreadOfUsersResponse](s.client.api.RestCountUnreadOfUsers(ctx, asked))
	if err != nil {
		return nil, err
	}
	if out.Results.UserUnreadCount == nil {
		return nil, missing(ctx, "list of counts")
	}
	return out.Results.UserUnreadCount, nil
}

// AverageReplyTime tells how long a user took to answer the messages between two times.
// An empty id, a time that is missing and one before another that it should follow are
// errors before anything is sent.
//
// Operation restGetAverageReplyTime, GET /api/v2.1/rest/get_average_reply_time_user;
// seen in a single public client.
func (s *ServerUsersService) AverageReplyTime(
	ctx context.Context, params AverageReplyTimeParams, opts ...Option,
) (*ReplyDuration, error) {
	const id = wire.OperationRestGetAverageReplyTime
	if err := checkGiven(id, "user id", params.UserID); err != nil {
		return nil, err
	}
	if params.From.IsZero() || params.Until.IsZero() {
		return nil, refuse(id, errors.New("a time is missing"))
	}
	if err := checkWindow(id, params.From, params.Until); err != nil {
		return nil, err
	}
	asked := &wire.RestGetAverageReplyTimeParams{
		UserID: params.UserID, StartTime: clock(params.From), EndTime: clock(params.Until),
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.AverageReplyTimeResponse](s.client.api.RestGetAverageReplyTime(ctx, asked))
	if err != nil {
		return nil, err
	}
	if out.Results.Data.UserID == "" {
		return nil, missing(ctx, "duration")
	}
	return &out.Results.Data.Duration, nil
}

// clock writes a time as queries have it; nothing for the zero time.
func clock(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.DateTime)
}

// checkWindow refuses a time that ends before it begins.
func checkWindow(id wire.OperationID, from, until time.Time) error {
	if !from.IsZero() && !until.IsZero() && until.Before(from) {
		return refuse(id, errors.New("the end is before the beginning"))
	}
	return nil
}
