package qismo

import (
	"context"
	"iter"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// ListRoomBroadcastsParams choose a page of the sends to a room's customer.
type ListRoomBroadcastsParams = omnichannel.ListRoomBroadcastsParams

// ListBroadcasts returns one page of the broadcasts that a room's customer was sent.
// Their Status is a number whose meaning is not known: it does not tell whether a
// message arrived. The only client seen asks for 10 rows a page, with a user's
// token. A negative page or limit is an error before anything is sent.
//
// Operation listRoomBroadcasts, GET
// /api/v2/customer_rooms/{room_id}/broadcast_history; seen in a single public
// client.
func (s *RoomsService) ListBroadcasts(
	ctx context.Context, roomID flex.ID, params ListRoomBroadcastsParams, opts ...Option,
) (*Page[BroadcastLog], error) {
	return s.broadcastPager(roomID, params, opts).page(ctx, paging.Number(params.Page))
}

// AllBroadcasts walks the broadcasts that a room's customer was sent, page by page,
// and ends with the first error. See [RoomsService.ListBroadcasts].
//
// Operation listRoomBroadcasts, GET
// /api/v2/customer_rooms/{room_id}/broadcast_history; seen in a single public
// client.
func (s *RoomsService) AllBroadcasts(
	ctx context.Context, roomID flex.ID, params ListRoomBroadcastsParams, opts ...Option,
) iter.Seq2[BroadcastLog, error] {
	return s.broadcastPager(roomID, params, opts).all(ctx, paging.Number(params.Page))
}

func (s *RoomsService) broadcastPager(
	roomID flex.ID, params ListRoomBroadcastsParams, opts []Option,
) pager[BroadcastLog] {
	return func(ctx context.Context, at flex.ID) (*Page[BroadcastLog], error) {
		if err := checkPage(omnichannel.OperationListRoomBroadcasts, params.Page, params.Limit); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		params.Page = paging.NumberOf(at)
		ctx, _ = s.client.begin(ctx, omnichannel.OperationListRoomBroadcasts, opts)
		out, err := receive[omnichannel.BroadcastLogsResponse](s.client.api.ListRoomBroadcasts(ctx, roomID, &params))
		return logPage(ctx, out, params.Page, err)
	}
}
