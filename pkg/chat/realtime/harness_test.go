package realtime

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/internal/sandbox/broker"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// When all tests have ended, no goroutine is left of the connections that they made.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	// patience is how long something may take that happens as a rule within milliseconds.
	patience = 30 * time.Second

	testApp  = "wangi-qjxw1k2m3n4o"
	testUser = "rina@toko.example.id"
	other    = "agus@toko.example.id"
)

// platform is a chat server as one user sees it, with a real broker.
type platform struct {
	t *testing.T

	mu       sync.Mutex
	broker   *broker.Broker // nil while there is none
	front    net.Listener
	entrance *entrance // of the last broker
	held     string    // the user's token
	changed  chan struct{}
	posts    []wire.Message
	last     map[string]flex.ID // the last message of a room
	happened []wire.Notification
	settings wire.GetConfigResult
	login    [2]string
	rules    broker.Rules
	cloud    bool
	// failure is asked before each call; nil is none.
	failure func(call string) error
	marked  map[string][]string // what was marked as delivered, by room
	calls   map[string]int
	found   wire.BrokerLocation
	address string // where the broker is
}

// newPlatform is a platform with a broker over TCP.
func newPlatform(t *testing.T) *platform {
	t.Helper()
	p := &platform{
		t: t, held: "token-rahasia-1", changed: make(chan struct{}, 1), last: map[string]flex.ID{},
		settings: wire.GetConfigResult{EnableRealtime: true, EnableSync: true, EnableSyncEvent: true},
		marked:   map[string][]string{}, calls: map[string]int{},
	}
	p.front = listen(t)
	p.address = p.front.Addr().String()
	p.settings.BrokerURL = "tcp://" + p.address
	p.startBroker()
	var accepting sync.WaitGroup
	accepting.Go(p.accept)
	t.Cleanup(func() {
		p.stopBroker()
		assert.NoError(t, p.front.Close())
		accepting.Wait()
	})
	return p
}

// accept hands connections to the broker of the moment. The address stays that of the
// test, so that nobody else takes it while there is no broker.
func (p *platform) accept() {
	for {
		conn, err := p.front.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		current := p.entrance
		p.mu.Unlock()
		select {
		case current.conns <- conn:
		case <-current.closed:
			_ = conn.Close() // nothing was said yet
		}
	}
}

// entrance is where a broker gets its connections from.
type entrance struct {
	net.Listener // the one before it

	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (e *entrance) Accept() (net.Conn, error) {
	select {
	case conn := <-e.conns:
		return conn, nil
	case <-e.closed:
		return nil, net.ErrClosed
	}
}

func (e *entrance) Close() error {
	e.once.Do(func() { close(e.closed) })
	return nil
}

// startBroker begins to take connections.
func (p *platform) startBroker() {
	p.t.Helper()
	made, err := broker.New(p.rules)
	require.NoError(p.t, err)
	door := &entrance{Listener: p.front, conns: make(chan net.Conn), closed: make(chan struct{})}
	p.mu.Lock()
	p.broker, p.entrance = made, door
	p.mu.Unlock()
	go func() { _ = made.Serve(door) }() // until the broker is closed, which waits for it
}

// stopBroker breaks all connections and takes no more.
func (p *platform) stopBroker() {
	p.t.Helper()
	p.mu.Lock()
	stopped := p.broker
	p.broker = nil
	p.mu.Unlock()
	if stopped == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	assert.NoError(p.t, stopped.Close(ctx))
}

// webSocket is where the broker also listens over WebSocket.
func (p *platform) webSocket() string {
	server := httptest.NewServer(p.broker)
	p.t.Cleanup(server.Close)
	return strings.Replace(server.URL, "http", "ws", 1) + "/mqtt"
}

// connect connects the user, with what makes tests quick, until the test ends.
func (p *platform) connect(options ...Option) *Connection {
	p.t.Helper()
	c, err := p.tryToConnect(p.t.Context(), options...)
	require.NoError(p.t, err)
	return c
}

func (p *platform) tryToConnect(ctx context.Context, options ...Option) (*Connection, error) {
	p.t.Helper()
	quick := []Option{
		WithBackoff(time.Millisecond, 20*time.Millisecond), WithSyncInterval(100*time.Millisecond, 10*time.Millisecond),
		func(s *settings) error {
			s.betweenWalks, s.betweenAcknowledgements = time.Millisecond, time.Millisecond
			s.connectTimeout, s.writeTimeout = patience, patience
			return nil
		},
	}
	c, err := connectAs(ctx, p, slices.Concat(quick, options))
	if err == nil {
		p.t.Cleanup(func() { //nolint:contextcheck // the test's has ended
			if c.reason() == nil {
				p.end(c)
			}
		})
	}
	return c, err
}

func (p *platform) end(c *Connection) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	assert.NoError(p.t, c.Close(ctx))
}

// write posts a message, of which sync knows, and returns it.
func (p *platform) write(room, sender, text string) wire.Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := int64(1)
	if len(p.posts) > 0 {
		id += numberOf(p.posts[len(p.posts)-1].ID)
	}
	m := wire.Message{
		ID: idOf(id), UniqueTempID: fmt.Sprintf("unik-%d", id), CommentBeforeID: cmp.Or(p.last[room], "0"),
		RoomID: flex.ID(room), Email: sender, Message: text, Type: "text",
		UserAvatarURL: "https://cdn.example.id/a.png",
	}
	p.posts = append(p.posts, m)
	p.last[room] = m.ID
	return m
}

// post posts a message and lets the broker tell of it.
func (p *platform) post(room, sender, text string) wire.Message {
	m := p.write(room, sender, text)
	p.show(m)
	return m
}

// show lets the broker tell of a message.
func (p *platform) show(m wire.Message) { p.publish(p.token1()+"/c", realtimeJSON(p.t, m)) }

func (p *platform) token1() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held
}

func realtimeJSON(t testing.TB, m wire.Message) string {
	t.Helper()
	id, before := numberOf(m.ID), numberOf(m.CommentBeforeID)
	return fmt.Sprintf(`{"id": %d, "comment_before_id": %d, "room_id": %s, "unique_temp_id": %q, "email": %q,
		"message": %q, "type": "text", "timestamp": "2026-02-10T03:20:47Z", "user_avatar": "https://cdn.example.id/a.png"}`,
		id, before, m.RoomID, m.UniqueTempID, m.Email, m.Message)
}

// publish lets the broker tell something, if there is one.
func (p *platform) publish(topic, payload string) {
	p.mu.Lock()
	current := p.broker
	p.mu.Unlock()
	if current != nil {
		_ = current.Publish(topic, []byte(payload), strings.HasPrefix(topic, "u/"), 1) // it may just have been stopped
	}
}

// happen notes an event for sync, and returns it as JSON.
func (p *platform) happen(action, data string) string {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	text := fmt.Sprintf(`{"id": %d, "timestamp": "1770693247118000000", "action_topic": %q,
		"payload": {"actor": {"id": 7, "email": %q, "name": "Agus"}, "data": %s}}`, len(p.happened)+1, action, other, data)
	var event wire.Notification
	require.NoError(p.t, json.Unmarshal([]byte(text), &event))
	p.happened = append(p.happened, event)
	return text
}

// changeToken gives the user another token.
func (p *platform) changeToken(token string) {
	p.mu.Lock()
	p.held = token
	p.mu.Unlock()
	signal(p.changed)
}

// set changes something of the platform.
func (p *platform) set(change func(p *platform)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

func (p *platform) called(call string) error {
	p.mu.Lock()
	failure := p.failure
	p.calls[call]++
	p.mu.Unlock()
	if failure == nil {
		return nil
	}
	return failure(call)
}

func (p *platform) count(call string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[call]
}

// markedIn are the messages of a room that were marked as delivered.
func (p *platform) markedIn(room string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.marked[room])
}

// nobody is an address where nobody listens.
func nobody(t *testing.T) string {
	t.Helper()
	closed := listen(t)
	require.NoError(t, closed.Close())
	return closed.Addr().String()
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return listener
}

// The rest is a service.

func (p *platform) appID() string                         { return testApp }
func (p *platform) id(context.Context) (string, error)    { return testUser, p.called("id") }
func (p *platform) token(context.Context) (string, error) { return p.token1(), p.called("token") }
func (p *platform) watchToken() (<-chan struct{}, func()) { return p.changed, func() {} }
func (p *platform) isCloud() bool                         { return p.cloud }

func (p *platform) newest(context.Context) (Position, error) {
	err := p.called("newest")
	p.mu.Lock()
	defer p.mu.Unlock()
	position := Position{EventID: int64(len(p.happened))}
	if len(p.posts) > 0 {
		position.MessageID = numberOf(p.posts[len(p.posts)-1].ID)
	}
	return position, err
}

func (p *platform) config(context.Context) (*wire.GetConfigResult, error) {
	err := p.called("config")
	p.mu.Lock()
	defer p.mu.Unlock()
	config := p.settings
	return &config, err
}

func (p *platform) credentials(context.Context) (userName, password string, err error) {
	err = p.called("credentials")
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.login[0], p.login[1], err
}

func (p *platform) messages(_ context.Context, after int64, limit int) ([]wire.Message, int64, error) {
	if err := p.called("messages"); err != nil {
		return nil, 0, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	begin, _ := slices.BinarySearchFunc(p.posts, after+1, func(m wire.Message, id int64) int {
		if _, err := m.ID.Int64(); err != nil {
			return 1 // what makes no sense stands at the end
		}
		return cmp.Compare(numberOf(m.ID), id)
	})
	page := slices.Clone(p.posts[begin:min(begin+limit, len(p.posts))])
	next := after
	if len(page) > 0 {
		next = numberOf(page[len(page)-1].ID)
	}
	return page, next, nil
}

func (p *platform) events(_ context.Context, after int64) ([]wire.Notification, error) {
	if err := p.called("events"); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.happened[min(after, int64(len(p.happened))):]), nil
}

func (p *platform) markDelivered(_ context.Context, room string, message int64) error {
	if err := p.called("mark"); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.marked[room] = append(p.marked[room], strconv.FormatInt(message, 10))
	return nil
}

func (p *platform) locate(context.Context, string) (*wire.BrokerLocation, error) {
	err := p.called("locate")
	p.mu.Lock()
	defer p.mu.Unlock()
	return &p.found, err
}
