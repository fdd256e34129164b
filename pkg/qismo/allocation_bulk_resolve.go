package qismo

import (
	"context"
	"sync/atomic"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

type (
	// BulkResolve is the resolving of every expired room on a WhatsApp channel.
	BulkResolve = omnichannel.BulkResolve
	// BulkResolveProgress is how far a bulk resolve is. Its Status is
	// [BulkResolveFinished] at the end; the others are not known.
	BulkResolveProgress = omnichannel.BulkResolveProgress
	// BulkResolveChannel is a WhatsApp channel with its number of expired rooms.
	BulkResolveChannel = omnichannel.BulkResolveChannel
)

// BulkResolveFinished is the status of a bulk resolve that has come to its end.
const BulkResolveFinished = "finished"

// ListBulkResolves returns the WhatsApp channels whose expired rooms can be
// resolved together, with how many rooms that are; the service does not page them.
// A room is expired when its customer has not written for 24 hours. Like all calls
// on bulk resolves, it was seen with a user's token only.
//
// Operation listWaBulkResolves, GET /api/v2/admin/bulk_resolve/wa; seen in a
// single public client.
func (s *AllocationService) ListBulkResolves(ctx context.Context, opts ...Option) ([]BulkResolveChannel, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationListWaBulkResolves, opts)
	out, err := receive[omnichannel.ListBulkResolvesResponse](s.client.api.ListWaBulkResolves(ctx))
	if err != nil {
		return nil, err
	}
	return out.Data, nil
}

// StartBulkResolve begins to resolve every expired room on a WhatsApp channel, and
// returns the job to wait for. No call undoes it;
// [AllocationService.AbortBulkResolve] stops what is left. What a second start does
// while the first runs is not known. It is never begun twice: when the call fails
// without an answer, see with [AllocationService.BulkResolve] whether it has begun.
//
// Operation startWaBulkResolve, POST /api/v2/admin/bulk_resolve/wa/{channel_id};
// seen in a single public client. Operation getWaBulkResolve, GET
// /api/v2/admin/bulk_resolve/wa/{channel_id}; seen in a single public client.
func (s *AllocationService) StartBulkResolve(
	ctx context.Context, channelID flex.ID, opts ...Option,
) (*Job[BulkResolve], error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationStartWaBulkResolve, opts)
	out, err := receive[omnichannel.BulkResolveResponse](s.client.api.StartWaBulkResolve(ctx, channelID))
	if err != nil {
		return nil, err
	}
	return s.bulkResolveJob(channelID, out.Data.Progress.Status != "", opts), nil
}

// BulkResolveJob picks up a bulk resolve that was begun elsewhere or before a
// restart. It makes no request. See [AllocationService.BulkResolve] for when it is
// done: of a channel where none was begun it never is, so bound the context that
// it is waited for with.
//
// Operation getWaBulkResolve, GET /api/v2/admin/bulk_resolve/wa/{channel_id}; seen
// in a single public client.
func (s *AllocationService) BulkResolveJob(channelID flex.ID, opts ...Option) *Job[BulkResolve] {
	return s.bulkResolveJob(channelID, false, opts)
}

// bulkResolveJob is done when the status is finished, and when a status that was
// there has gone: so one client takes an abort. A status that was never there says
// nothing, as the work may not have been taken up yet.
func (s *AllocationService) bulkResolveJob(channelID flex.ID, hasBegun bool, opts []Option) *Job[BulkResolve] {
	var begun atomic.Bool
	begun.Store(hasBegun)
	return newJob(func(ctx context.Context) (BulkResolve, bool, error) {
		seen, err := s.BulkResolve(ctx, channelID, opts...)
		if err != nil {
			return BulkResolve{}, false, err
		}
		switch seen.Progress.Status {
		case BulkResolveFinished:
			return *seen, true, nil
		case "":
			return *seen, begun.Load(), nil
		}
		begun.Store(true)
		return *seen, false, nil
	})
}

// BulkResolve looks once at the bulk resolve of a WhatsApp channel. It is over
// when Progress.Status is [BulkResolveFinished], or, after an abort, empty again.
// What comes for a channel where none was begun is not known.
//
// Operation getWaBulkResolve, GET /api/v2/admin/bulk_resolve/wa/{channel_id}; seen
// in a single public client.
func (s *AllocationService) BulkResolve(
	ctx context.Context, channelID flex.ID, opts ...Option,
) (*BulkResolve, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetWaBulkResolve, opts)
	out, err := receive[omnichannel.BulkResolveResponse](s.client.api.GetWaBulkResolve(ctx, channelID))
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}

// AbortBulkResolve stops the bulk resolve of a WhatsApp channel, and returns what
// is known of it: TotalRooms are the rooms that are left. Rooms that were resolved
// stay so.
//
// Operation abortWaBulkResolve, POST
// /api/v2/admin/bulk_resolve/wa/{channel_id}/abort; seen in a single public
// client.
func (s *AllocationService) AbortBulkResolve(
	ctx context.Context, channelID flex.ID, opts ...Option,
) (*BulkResolve, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationAbortWaBulkResolve, opts)
	out, err := receive[omnichannel.BulkResolveResponse](s.client.api.AbortWaBulkResolve(ctx, channelID))
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}
