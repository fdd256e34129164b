package redisstore_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/storetest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
	"github.com/qismo-go/qismo/pkg/qismo/webhook/redisstore"
)

func newStore(tb testing.TB, client redis.Scripter, options ...redisstore.Option) *redisstore.Store {
	tb.Helper()
	store, err := redisstore.New(client, options...)
	require.NoError(tb, err)
	return store
}

// The suite with a server that is part of the test, and is always there.
func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Subject {
		t.Helper()
		server := miniredis.RunT(t)
		client := redis.NewClient(&redis.Options{Addr: server.Addr(), ContextTimeoutEnabled: true})
		t.Cleanup(func() { require.NoError(t, client.Close()) })
		advance := func(_ *testing.T, by time.Duration) { server.FastForward(by) }
		return storetest.Subject{Store: newStore(t, client), Advance: advance, CrowdKeys: 50}
	})
}

// The client of a cluster finds the one key of each script by itself.
func TestStoreInACluster(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{server.Addr()}, ContextTimeoutEnabled: true})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	store := newStore(t, client)
	for i := range 10 {
		key := fmt.Sprint("key ", i)
		requireClaim(t, store, webhook.Claimed, key, "one")
		require.NoError(t, store.Commit(t.Context(), key, "one", time.Hour))
		requireClaim(t, store, webhook.Handled, key, "two")
	}
}

func TestNewRefusesWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	client := redis.NewClient(&redis.Options{ContextTimeoutEnabled: true})
	deaf := redis.NewClient(&redis.Options{})
	deafCluster := redis.NewClusterClient(&redis.ClusterOptions{})
	deafRing := redis.NewRing(&redis.RingOptions{})
	t.Cleanup(func() {
		for _, client := range []redis.UniversalClient{client, deaf, deafCluster, deafRing} {
			assert.NoError(t, client.Close())
		}
	})
	const ignores = "redisstore: the client ignores the deadlines of contexts: set ContextTimeoutEnabled in its options"
	for name, test := range map[string]struct {
		client redis.Scripter
		option redisstore.Option
		says   string
	}{
		"no client":                 {nil, redisstore.Prefix("p"), "redisstore: the client is nil"},
		"nil client":                {(*redis.Client)(nil), redisstore.Prefix("p"), "redisstore: the client is nil"},
		"nil cluster":               {(*redis.ClusterClient)(nil), redisstore.Prefix("p"), "redisstore: the client is nil"},
		"nil ring":                  {(*redis.Ring)(nil), redisstore.Prefix("p"), "redisstore: the client is nil"},
		"client without deadlines":  {deaf, redisstore.Prefix("p"), ignores},
		"cluster without deadlines": {deafCluster, redisstore.Prefix("p"), ignores},
		"ring without deadlines":    {deafRing, redisstore.Prefix("p"), ignores},
		"nil option":                {client, nil, "redisstore: an option is nil"},
		"no prefix":                 {client, redisstore.Prefix(""), "redisstore: Prefix: the prefix is empty"},
		"prefix given twice":        {client, redisstore.Prefix("p"), "redisstore: Prefix: it was given twice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, err := redisstore.New(test.client, slices.Repeat([]redisstore.Option{test.option}, 2)...)
			require.EqualError(t, err, test.says)
			assert.Nil(t, store)
		})
	}
}

func TestPrefix(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr(), ContextTimeoutEnabled: true})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	requireClaim(t, newStore(t, client), webhook.Claimed, "key", "one")
	requireClaim(t, newStore(t, client, redisstore.Prefix("other:")), webhook.Claimed, "key", "two")
	assert.Equal(t, []string{"other:key", "qismo:webhook:key"}, server.Keys())
}

// stranger answers what no script of the store answers.
type stranger struct{ redis.Scripter }

func (stranger) EvalSha(context.Context, string, []string, ...any) *redis.Cmd {
	return redis.NewCmdResult(int64(0), nil)
}

func TestAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	requireErrors(t, newStore(t, stranger{}), "unexpected answer 0")
}

// What the server refuses is an error that says what was attempted, and names neither
// the key nor the owner.
func TestErrorsOfTheServer(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr(), ContextTimeoutEnabled: true})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	server.SetError("LOADING Redis is loading the dataset in memory")
	requireErrors(t, newStore(t, client), "LOADING")
}

// requireErrors requires that each method fails for a reason, tells so, and tells
// neither the key nor the owner.
func requireErrors(t *testing.T, store webhook.Store, reason string) {
	t.Helper()
	const key, owner = "a key of somebody", "an owner of it"
	claimed, claim := store.Claim(t.Context(), key, owner, time.Minute)
	assert.Zero(t, claimed)
	for attempted, err := range map[string]error{
		"claim a key":   claim,
		"commit a key":  store.Commit(t.Context(), key, owner, time.Minute),
		"release a key": store.Release(t.Context(), key, owner),
		"forget a key":  store.Forget(t.Context(), key),
	} {
		require.ErrorContains(t, err, "redisstore: "+attempted+": ")
		require.ErrorContains(t, err, reason)
		require.NotErrorIs(t, err, webhook.ErrClaimLost)
		assert.NotContains(t, err.Error(), key)
		assert.NotContains(t, err.Error(), owner)
	}
}

func requireClaim(t *testing.T, store webhook.Store, expected webhook.Claim, key, owner string) {
	t.Helper()
	claimed, err := store.Claim(t.Context(), key, owner, time.Hour)
	require.NoError(t, err)
	require.Equal(t, expected, claimed)
}
