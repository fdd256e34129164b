package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// flood is many customers who write at once, and few agents.
type flood struct {
	customers, agents, limit int
	// returning is how many customers write again after their conversation was resolved.
	returning int
	// chat is how long an agent takes at most before a conversation is resolved.
	chat time.Duration

	platform *sandbox.Sandbox
	api      *httptest.Server
	joined   chan string // rooms that were just given to somebody
	resolved chan string
}

// open starts the platform, with its agents online.
func (f *flood) open(t *testing.T) {
	t.Helper()
	sessions := f.customers + f.returning
	f.joined, f.resolved = make(chan string, 8*sessions), make(chan string, 8*sessions)
	config := sandbox.Config{
		Channels:         []sandbox.Channel{{ID: 5120, Source: "wa", Name: "Kopi Wangi"}},
		OnMessage:        f.hear,
		DoubleAllocation: true, // as under load
		Remember:         100_000,
	}
	for i := range f.agents {
		config.Agents = append(config.Agents, sandbox.Agent{
			Name: fmt.Sprintf("Agent %d", i+1), Email: fmt.Sprintf("agent-%d@example.id", i+1),
		})
	}
	var err error
	f.platform, err = sandbox.New(config)
	require.NoError(t, err)
	f.api = httptest.NewServer(f.platform)
	t.Cleanup(func() {
		assert.NoError(t, f.platform.Shutdown(context.WithoutCancel(t.Context())))
		f.api.Close()
	})
}

// listen has webhooks sent to a receiver.
func (f *flood) listen(t *testing.T, receiver http.Handler) {
	t.Helper()
	hooks := httptest.NewServer(receiver)
	t.Cleanup(hooks.Close)
	config := f.platform.Config()
	_, err := f.client(t, qismo.WithSecretKey(config.AppCode, config.SecretKey)).WebhookSettings.SetAll(t.Context(),
		qismo.SetAllWebhooksParams{AgentAllocation: hooks.URL, Resolve: hooks.URL})
	require.NoError(t, err)
}

// What the system says of agents, after their names.
const (
	joins    = " joined the room"
	leaves   = " left the room"
	resolves = " resolved the conversation"
)

// hear follows what the system says.
func (f *flood) hear(roomID string, message sandbox.Message) {
	switch {
	case message.Author != sandbox.AuthorSystem:
	case strings.HasSuffix(message.Text, joins):
		f.joined <- roomID
	case strings.HasSuffix(message.Text, resolves):
		f.resolved <- roomID
	}
}

// client makes a client that does not wait long before it tries again.
func (f *flood) client(t *testing.T, opts ...qismo.Option) *qismo.Client {
	t.Helper()
	client, err := qismo.New(append([]qismo.Option{
		qismo.WithBaseURL(f.api.URL), qismo.WithRetries(impatient{}),
	}, opts...)...)
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// impatient tries again as clients do, and does not wait for the second that a service asks
// for at least: a test with thousands of calls has none to spare.
type impatient struct{}

func (impatient) Next(failed qismo.FailedAttempt) (wait time.Duration, again bool) {
	failed.RetryAfter = 0
	return qismo.Backoff{First: 5 * time.Millisecond}.Next(failed)
}

// asAdmin logs in, so that tokens can expire.
func (f *flood) asAdmin() qismo.Option {
	config := f.platform.Config()
	return qismo.WithLogin(config.AppCode, config.AdminEmail, config.AdminPassword)
}

// customersWrite has all customers write at once, some of them twice.
func (f *flood) customersWrite(t *testing.T) {
	t.Helper()
	var writing sync.WaitGroup
	for i := range f.customers {
		writing.Go(func() {
			for range 1 + i%2 {
				assert.NoError(t, f.write(t.Context(), i))
			}
		})
	}
	writing.Wait()
}

func (f *flood) write(ctx context.Context, customer int) error {
	_, err := f.platform.CustomerWrites(ctx, sandbox.CustomerMessage{
		UserID: fmt.Sprintf("62811%07d", customer), Text: "halo",
	})
	return err
}

// agentsWork has agents resolve what they were given, each conversation after a while of
// its own, until ctx ends.
func (f *flood) agentsWork(ctx context.Context) (ended func() error) {
	var working sync.WaitGroup
	var mutex sync.Mutex
	var failures error
	working.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case roomID := <-f.joined:
				working.Go(func() {
					if err := f.resolve(ctx, roomID); err != nil {
						mutex.Lock()
						defer mutex.Unlock()
						failures = errors.Join(failures, err)
					}
				})
			}
		}
	})
	return func() error {
		working.Wait()
		return failures
	}
}

func (f *flood) resolve(ctx context.Context, roomID string) error {
	talking := time.NewTimer(rand.N(f.chat))
	defer talking.Stop()
	select {
	case <-ctx.Done():
		return nil
	case <-talking.C:
	}
	room, _ := f.platform.Room(roomID)
	if len(room.AgentIDs) != 1 {
		return fmt.Errorf("room %s has the agents %v", roomID, room.AgentIDs)
	}
	return f.platform.Resolve(ctx, roomID, room.AgentIDs[0], "")
}

// run lets an allocator, the customers and the agents loose, until the last conversation
// was resolved.
func (f *flood) run(t *testing.T, allocate func(context.Context)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var allocating sync.WaitGroup
	allocating.Go(func() { allocate(ctx) })
	ended := f.agentsWork(ctx)
	f.customersWrite(t)
	f.awaitTheEnd(ctx, t)
	cancel()
	allocating.Wait()
	require.NoError(t, ended())
}

// awaitTheEnd returns when all conversations were resolved, of those customers too who
// came back once.
func (f *flood) awaitTheEnd(ctx context.Context, t *testing.T) {
	t.Helper()
	seen := map[string]int{}
	for returned, ended := 0, 0; ended < f.customers+f.returning; ended++ {
		select {
		case roomID := <-f.resolved:
			seen[roomID]++
			if seen[roomID] == 1 && returned < f.returning {
				returned++
				room, _ := f.platform.Room(roomID)
				_, err := f.platform.CustomerWrites(ctx, sandbox.CustomerMessage{UserID: room.UserID, Text: "satu lagi"})
				require.NoError(t, err)
			}
		case <-ctx.Done():
			require.FailNow(t, "somebody was forgotten", "%d of %d conversations were resolved", ended, f.customers+f.returning)
		}
	}
}

// history is what the platform's rooms tell of its agents.
type history struct {
	most   map[string]int // customers at one moment, by agent
	served map[string]int // by room, how often it was given to somebody
}

// history follows every agent through all that happened. The ids of messages count up in
// the order in which the platform changed, so that no moment is left out.
func (f *flood) history(t *testing.T) history {
	t.Helper()
	type event struct {
		sandbox.Message

		room string
	}
	var events []event
	for _, room := range f.platform.LatestRooms(f.platform.CountRooms()) {
		for _, message := range f.platform.Messages(room.ID) {
			if message.Author == sandbox.AuthorSystem {
				events = append(events, event{message, room.ID})
			}
		}
	}
	slices.SortFunc(events, func(a, b event) int { return cmp.Compare(a.ID, b.ID) })
	told := history{most: map[string]int{}, served: map[string]int{}}
	now, in := map[string]int{}, map[string][]string{} // customers by agent, agents by room
	for _, event := range events {
		agent, isJoin := strings.CutSuffix(event.Text, joins)
		_, isResolve := strings.CutSuffix(event.Text, resolves)
		left, isLeave := strings.CutSuffix(event.Text, leaves)
		switch {
		case isJoin:
			now[agent]++
			in[event.room] = append(in[event.room], agent)
			told.most[agent] = max(told.most[agent], now[agent])
			told.served[event.room]++
		case isLeave:
			now[left]--
			in[event.room] = slices.DeleteFunc(in[event.room], func(agent string) bool { return agent == left })
		case isResolve:
			for _, agent := range in[event.room] {
				now[agent]--
			}
			in[event.room] = nil
		default:
			require.FailNow(t, "an unknown event", event.Text)
		}
	}
	for _, member := range f.platform.Staff() {
		require.Equal(t, now[member.Name], member.Customers, "the history of %s is not whole", member.Name)
	}
	return told
}

// struck counts what went wrong on purpose, by kind.
func (f *flood) struck() map[string]int {
	struck := map[string]int{}
	for _, entry := range f.platform.Timeline().Since(0, nil) {
		for _, kind := range entry.Trouble {
			struck[kind]++
		}
	}
	return struck
}

// worst is the largest number of customers that an agent had at one moment.
func (h history) worst() int {
	worst := 0
	for _, most := range h.most {
		worst = max(worst, most)
	}
	return worst
}
