package chat

import (
	"context"

	"github.com/qismo-go/qismo/internal/job"
)

// Job is work that the service goes on with after the call that began it was
// answered. A job that was begun elsewhere, or before a restart, is picked up by its
// id. It is safe for concurrent use. Its methods:
//
//   - State(ctx) looks at the job once, and returns what it saw and whether it is
//     done.
//   - Wait(ctx, [WaitParams]) looks at the job until it is done, ever more rarely,
//     and returns what it saw last, with an error if the job has failed. It ends with
//     ctx, whose error it wraps then, and with a look that the service refuses; the
//     job itself goes on either way and can be waited for again. A look is made again,
//     up to five times in a row, when the service was too busy for it, failed or did
//     not answer.
type Job[T any] = job.Job[T]

// WaitParams say how a job is waited for. The zero value serves.
//
//   - First is how long to wait before the second look, 1 second when zero. Each wait
//     after that is half as long again.
//   - Longest bounds each wait, 30 seconds when zero.
//   - Progress(state), unless it is nil, is told what each look saw, the last one too.
type WaitParams[T any] = job.WaitParams[T]

// newJob makes a job of what looks at it once.
func newJob[T any](look func(ctx context.Context) (state T, done bool, err error)) *Job[T] {
	return job.New(owner, look)
}
