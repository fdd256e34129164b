package redisstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// Store is a [webhook.Store] in Redis. Make one with [New].
type Store struct {
	client                         redis.Scripter
	prefix                         string
	claim, commit, release, forget *redis.Script
}

var _ webhook.Store = (*Store)(nil)

// New returns a store that uses a client, such as a [*redis.Client] or a
// [*redis.ClusterClient]. It does not connect. Closing the client is up to the caller.
func New(client redis.Scripter, options ...Option) (*Store, error) {
	if err := heedsDeadlines(client); err != nil {
		return nil, err
	}
	store := &Store{
		client:  client,
		claim:   redis.NewScript(claimScript),
		commit:  redis.NewScript(commitScript),
		release: redis.NewScript(releaseScript),
		forget:  redis.NewScript(forgetScript),
	}
	for _, option := range options {
		if option == nil {
			return nil, errors.New("redisstore: an option is nil")
		}
		if err := option(store); err != nil {
			return nil, fmt.Errorf("redisstore: %w", err)
		}
	}
	store.prefix = cmp.Or(store.prefix, DefaultPrefix)
	return store, nil
}

// heedsDeadlines refuses a client that is not there, or would wait longer than it is
// told to. Of clients that are not go-redis's own, it is not known.
func heedsDeadlines(client redis.Scripter) error {
	isNil, heeds := false, true
	switch client := client.(type) {
	case nil:
		isNil = true
	case *redis.Client:
		isNil = client == nil
		heeds = isNil || client.Options().ContextTimeoutEnabled
	case *redis.ClusterClient:
		isNil = client == nil
		heeds = isNil || client.Options().ContextTimeoutEnabled
	case *redis.Ring:
		isNil = client == nil
		heeds = isNil || client.Options().ContextTimeoutEnabled
	}
	switch {
	case isNil:
		return errors.New("redisstore: the client is nil")
	case !heeds:
		return errors.New("redisstore: the client ignores the deadlines of contexts: " +
			"set ContextTimeoutEnabled in its options")
	}
	return nil
}

// Claim implements [webhook.Store].
func (s *Store) Claim(ctx context.Context, key, owner string, lease time.Duration) (webhook.Claim, error) {
	if lease <= 0 {
		return 0, errors.New("redisstore: claim a key: the lease must be positive")
	}
	answer, err := s.run(ctx, s.claim, key, owner, milliseconds(lease))
	if err != nil {
		return 0, fmt.Errorf("redisstore: claim a key: %w", err)
	}
	switch answer {
	case answerDone:
		return webhook.Claimed, nil
	case answerTaken:
		return webhook.Busy, nil
	default:
		return webhook.Handled, nil
	}
}

// Commit implements [webhook.Store].
func (s *Store) Commit(ctx context.Context, key, owner string, keep time.Duration) error {
	if keep <= 0 {
		return errors.New("redisstore: commit a key: the time to keep it must be positive")
	}
	answer, err := s.run(ctx, s.commit, key, owner, milliseconds(keep))
	if err != nil {
		return fmt.Errorf("redisstore: commit a key: %w", err)
	}
	if answer == answerTaken {
		return webhook.ErrClaimLost
	}
	return nil
}

// Release implements [webhook.Store].
func (s *Store) Release(ctx context.Context, key, owner string) error {
	if _, err := s.run(ctx, s.release, key, owner); err != nil {
		return fmt.Errorf("redisstore: release a key: %w", err)
	}
	return nil
}

// Forget implements [webhook.Store].
func (s *Store) Forget(ctx context.Context, key string) error {
	if _, err := s.run(ctx, s.forget, key); err != nil {
		return fmt.Errorf("redisstore: forget a key: %w", err)
	}
	return nil
}

// run runs a script, and has the server keep it if it does not know it yet.
func (s *Store) run(ctx context.Context, script *redis.Script, key string, arguments ...any) (int, error) {
	answer, err := script.Run(ctx, s.client, []string{s.prefix + key}, arguments...).Int()
	switch {
	case err != nil:
		return 0, orDone(ctx, err)
	case answer < answerDone || answer > answerHandled:
		return 0, fmt.Errorf("unexpected answer %d", answer)
	}
	return answer, nil
}

// orDone adds to an error that the context is done, if it is. A connection's deadline
// is the context's, and may be noticed before it.
func orDone(ctx context.Context, err error) error {
	done := ctx.Err()
	if deadline, ok := ctx.Deadline(); ok && done == nil && !time.Now().Before(deadline) {
		done = context.DeadlineExceeded
	}
	if done == nil || errors.Is(err, done) {
		return err
	}
	return fmt.Errorf("%w: %w", done, err)
}

// milliseconds is what Redis counts in. 0 would be an error to it.
func milliseconds(time time.Duration) int64 { return max(time.Milliseconds(), 1) }
