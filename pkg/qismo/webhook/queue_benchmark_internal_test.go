package webhook

import (
	"context"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkQueue is the price of order and of bounds: it compares the queue with
// goroutines that take from a channel. Each job is of a room, and is waited for, as a
// request waits for its event.
func BenchmarkQueue(b *testing.B) {
	b.Run("queue=channel", func(b *testing.B) {
		jobs := make(chan job, DefaultWaiting)
		for range DefaultWorkers {
			go func() {
				for next := range jobs {
					next.do()
				}
			}()
		}
		benchmarkQueue(b, func(added job) error {
			jobs <- added
			return nil
		})
		close(jobs)
	})
	b.Run("queue=qismo", func(b *testing.B) {
		q := newQueue(DefaultWorkers, DefaultWaiting)
		benchmarkQueue(b, func(added job) error { return q.add([]job{added}) })
		_, err := q.close(context.WithoutCancel(b.Context()))
		require.NoError(b, err)
	})
}

func benchmarkQueue(b *testing.B, add func(job) error) {
	rooms := make([]string, 256)
	for i := range rooms {
		rooms[i] = "room:" + strconv.Itoa(i)
	}
	var numbers atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			room := rooms[int(numbers.Add(1))%len(rooms)]
			added := &awaitedJob{room: room, done: make(chan struct{})}
			if err := add(added); err != nil {
				b.Error(err)
				return
			}
			<-added.done
		}
	})
}

// awaitedJob does nothing, and tells when that is done.
type awaitedJob struct {
	room string
	done chan struct{}
}

func (j *awaitedJob) order() string { return j.room }
func (j *awaitedJob) do()           { close(j.done) }
func (j *awaitedJob) abort(bool)    {}
func (*awaitedJob) leave()          {}
