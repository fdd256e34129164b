package qismo

import (
	"context"
	"iter"
	"slices"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

type (
	// BroadcastJob is a broadcast and what became of its sends.
	BroadcastJob = omnichannel.BroadcastJob
	// BroadcastLog is one send. Status is [BroadcastSent] or [BroadcastFailed] in the
	// answers of sends, a number of unknown meaning in a room's history.
	BroadcastLog = omnichannel.BroadcastLog
	// ListBroadcastJobsParams choose a page of broadcasts.
	ListBroadcastJobsParams = omnichannel.ListBroadcastJobsParams
	// ListBroadcastLogsParams choose a page of a broadcast's sends.
	ListBroadcastLogsParams = omnichannel.ListBroadcastLogsParams
)

// What became of a send. Others may come.
const (
	BroadcastSent   = flex.Text("sent")
	BroadcastFailed = flex.Text("failed")
)

// NotReached returns the sends that failed, with the service's reasons in Notes, of
// those in the answer of a send, a [BroadcastJob] or a page of its logs.
func NotReached(logs []BroadcastLog) []BroadcastLog {
	var failed []BroadcastLog
	for _, log := range logs {
		if isFailed(log) {
			failed = append(failed, log)
		}
	}
	return failed
}

// ListJobs returns one page of past broadcasts. That the service has this route is
// inferred from its Ruby gem, and so is the answer: [ErrNotFound] may well mean that
// the path is another one. [Client.Do] reaches that. A negative page or limit is an
// error before anything is sent.
//
// Operation listBroadcastJobs, GET /api/v2/admin/broadcast_jobs; assumed.
func (s *BroadcastsService) ListJobs(
	ctx context.Context, params ListBroadcastJobsParams, opts ...Option,
) (*Page[BroadcastJob], error) {
	return s.jobPager(params, opts).page(ctx, paging.Number(params.Page))
}

// AllJobs walks past broadcasts, page by page, and ends with the first error. See
// [BroadcastsService.ListJobs].
//
// Operation listBroadcastJobs, GET /api/v2/admin/broadcast_jobs; assumed.
func (s *BroadcastsService) AllJobs(
	ctx context.Context, params ListBroadcastJobsParams, opts ...Option,
) iter.Seq2[BroadcastJob, error] {
	return s.jobPager(params, opts).all(ctx, paging.Number(params.Page))
}

func (s *BroadcastsService) jobPager(params ListBroadcastJobsParams, opts []Option) pager[BroadcastJob] {
	return func(ctx context.Context, at flex.ID) (*Page[BroadcastJob], error) {
		if err := checkPage(omnichannel.OperationListBroadcastJobs, params.Page, params.Limit); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		params.Page = paging.NumberOf(at)
		ctx, _ = s.client.begin(ctx, omnichannel.OperationListBroadcastJobs, opts)
		out, err := receive[omnichannel.ListBroadcastJobsResponse](s.client.api.ListBroadcastJobs(ctx, &params))
		if err != nil {
			return nil, err
		}
		if out.Data.BroadcastJobs == nil {
			return nil, missing(ctx, "list of broadcasts")
		}
		return numberedPage(out.Data.BroadcastJobs, params.Page, out.Meta), nil
	}
}

// Job returns one broadcast with its sends. The route is assumed; see
// [BroadcastsService.ListJobs].
//
// Operation getBroadcastJob, GET /api/v2/admin/broadcast_jobs/{broadcast_job_id};
// assumed.
func (s *BroadcastsService) Job(ctx context.Context, jobID flex.ID, opts ...Option) (*BroadcastJob, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetBroadcastJob, opts)
	out, err := receive[omnichannel.BroadcastJobResponse](s.client.api.GetBroadcastJob(ctx, jobID))
	if err != nil {
		return nil, err
	}
	if out.Data.BroadcastJob == nil {
		return nil, missing(ctx, "broadcast job")
	}
	return out.Data.BroadcastJob, nil
}

// JobProgress follows a broadcast, also one that was begun elsewhere or before a
// restart; see [Job.Wait]. The route that it asks is assumed; see
// [BroadcastsService.ListJobs].
//
// No source says how the service tells that a broadcast is over. Here it is when it
// was cancelled, or when it has sends and each of them was sent or failed: its
// status says so, it has the time of sending, or a reason of failure. Two things can
// make that wrong. If the service adds sends as it goes, a broadcast can look over
// that is not; and one that shows no sends never does, so bound the wait by the
// context. A failed send is no error here: see [NotReached].
//
// Operation getBroadcastJob, GET /api/v2/admin/broadcast_jobs/{broadcast_job_id};
// assumed.
func (s *BroadcastsService) JobProgress(jobID flex.ID, opts ...Option) *Job[BroadcastJob] {
	return newJob(func(ctx context.Context) (BroadcastJob, bool, error) {
		job, err := s.Job(ctx, jobID, opts...)
		if err != nil {
			return BroadcastJob{}, false, err
		}
		return *job, isOver(*job), nil
	})
}

func isOver(job BroadcastJob) bool {
	isPending := func(log BroadcastLog) bool {
		return log.Status != BroadcastSent && !isFailed(log) && log.SentAt.IsZero() && log.Notes == ""
	}
	return !job.CanceledAt.IsZero() ||
		len(job.BroadcastLogs) > 0 && !slices.ContainsFunc(job.BroadcastLogs, isPending)
}

// ListLogs returns one page of a broadcast's sends. The route is assumed; see
// [BroadcastsService.ListJobs], also for its errors.
//
// Operation listBroadcastLogs, GET
// /api/v2/admin/broadcast_jobs/{broadcast_job_id}/broadcast_logs; assumed.
func (s *BroadcastsService) ListLogs(
	ctx context.Context, jobID flex.ID, params ListBroadcastLogsParams, opts ...Option,
) (*Page[BroadcastLog], error) {
	return s.logPager(jobID, params, opts).page(ctx, paging.Number(params.Page))
}

// AllLogs walks a broadcast's sends, page by page, and ends with the first error.
// See [BroadcastsService.ListLogs].
//
// Operation listBroadcastLogs, GET
// /api/v2/admin/broadcast_jobs/{broadcast_job_id}/broadcast_logs; assumed.
func (s *BroadcastsService) AllLogs(
	ctx context.Context, jobID flex.ID, params ListBroadcastLogsParams, opts ...Option,
) iter.Seq2[BroadcastLog, error] {
	return s.logPager(jobID, params, opts).all(ctx, paging.Number(params.Page))
}

func (s *BroadcastsService) logPager(
	jobID flex.ID, params ListBroadcastLogsParams, opts []Option,
) pager[BroadcastLog] {
	return func(ctx context.Context, at flex.ID) (*Page[BroadcastLog], error) {
		if err := checkPage(omnichannel.OperationListBroadcastLogs, params.Page, params.Limit); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		params.Page = paging.NumberOf(at)
		ctx, _ = s.client.begin(ctx, omnichannel.OperationListBroadcastLogs, opts)
		out, err := receive[omnichannel.BroadcastLogsResponse](s.client.api.ListBroadcastLogs(ctx, jobID, &params))
		return logPage(ctx, out, params.Page, err)
	}
}

// logPage makes a page of either list of sends.
func logPage(
	ctx context.Context, out *omnichannel.BroadcastLogsResponse, page int64, err error,
) (*Page[BroadcastLog], error) {
	if err != nil {
		return nil, err
	}
	if out.Data.BroadcastLogs == nil {
		return nil, missing(ctx, "list of sends")
	}
	return numberedPage(out.Data.BroadcastLogs, page, out.Meta), nil
}
