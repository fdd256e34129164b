package canary

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// Sink is a place where canaries could show.
type Sink struct {
	Name string
	// Take returns what was written there since it was last called.
	Take func() []string
}

// Watched is what watches a client: the options that make it, and where it writes.
type Watched struct {
	Options []qismo.Option
	Sinks   []Sink
}

// Observer begins to watch a client.
type Observer func() Watched

// notes are texts that several goroutines may add to.
type notes struct {
	mu    sync.Mutex
	texts []string
}

func (n *notes) add(texts ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.texts = append(n.texts, texts...)
}

func (n *notes) take() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	taken := n.texts
	n.texts = nil
	return taken
}

// Write makes notes of what is written to them.
func (n *notes) Write(text []byte) (int, error) {
	n.add(string(bytes.Clone(text)))
	return len(text), nil
}

func (n *notes) sink(name string) Sink { return Sink{Name: name, Take: n.take} }

// observeLog hands a client a logger at the level of debugging.
func observeLog() Watched {
	var lines notes
	options := &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}
	logger := slog.New(both{slog.NewTextHandler(&lines, options), slog.NewJSONHandler(&lines, options)})
	return Watched{[]qismo.Option{qismo.WithLogger(logger)}, []Sink{lines.sink("a log line")}}
}

// both are two handlers that write the same lines.
type both [2]slog.Handler

func (b both) Enabled(ctx context.Context, level slog.Level) bool { return b[0].Enabled(ctx, level) }

func (b both) Handle(ctx context.Context, record slog.Record) error {
	return errors.Join(b[0].Handle(ctx, record), b[1].Handle(ctx, record.Clone()))
}

func (b both) WithAttrs(attrs []slog.Attr) slog.Handler {
	return both{b[0].WithAttrs(attrs), b[1].WithAttrs(attrs)}
}

func (b both) WithGroup(name string) slog.Handler {
	return both{b[0].WithGroup(name), b[1].WithGroup(name)}
}

// observeHooks writes down what hooks are told, in every form, with the contexts.
func observeHooks() Watched {
	var told notes
	hooks := qismo.Hooks{
		Operation: func(ctx context.Context, start qismo.OperationStart) (context.Context, func(qismo.OperationEnd)) {
			told.add(fmt.Sprintf("%+v", start))
			told.add(printedContext(ctx)...)
			return ctx, func(end qismo.OperationEnd) { told.add(fmt.Sprintf("%+v %#v", end, end)) }
		},
		Attempt: func(ctx context.Context, start qismo.AttemptStart) (context.Context, func(qismo.AttemptEnd)) {
			told.add(fmt.Sprintf("%+v", start))
			told.add(printedContext(ctx)...)
			return ctx, func(end qismo.AttemptEnd) { told.add(shownEnd(end)...) }
		},
	}
	return Watched{[]qismo.Option{qismo.WithHooks(hooks)}, []Sink{told.sink("what hooks are told")}}
}

// shownEnd is what shows of the end of an attempt, whose error nobody else may see.
func shownEnd(end qismo.AttemptEnd) []string {
	texts := []string{fmt.Sprintf("%+v", end)}
	if encoded, problem := json.Marshal(end); problem == nil {
		texts = append(texts, string(encoded))
	}
	if end.Err != nil {
		texts = append(append(texts, end.Err.Error()), members(end.Err)...)
	}
	return texts
}

// observePolicies writes down what a retry policy and a limiter of the caller's are
// told.
func observePolicies() Watched {
	told := &notes{}
	return Watched{
		[]qismo.Option{qismo.WithRetries(policy{told}), qismo.WithLimiter(limiter{told})},
		[]Sink{told.sink("what a policy or a limiter is told")},
	}
}

// policy tries once more, at once.
type policy struct{ told *notes }

func (p policy) Next(failed qismo.FailedAttempt) (time.Duration, bool) {
	p.told.add(fmt.Sprintf("%+v", failed))
	return 0, failed.Number < 2 && failed.Harmless()
}

type limiter struct{ told *notes }

func (l limiter) Wait(ctx context.Context) error {
	l.told.add(printedContext(ctx)...)
	return nil
}

func (l limiter) Answered(status int, retryAfter time.Duration) {
	l.told.add(fmt.Sprint(status, retryAfter))
}

// printedContext is what shows of a context: a program may print it to see what is
// in it, and one that is made of it prints it, too. The standard library's contexts
// change while they are in use, so they are only asked for their own text.
func printedContext(ctx context.Context) []string {
	type key struct{}
	child := context.WithValue(ctx, key{}, http.MethodGet)
	texts := []string{fmt.Sprintf("%v %+v %s", ctx, ctx, ctx), fmt.Sprintf("%v %+v %s", child, child, child)}
	if _, own := ctx.(fmt.Formatter); own {
		texts = append(texts, fmt.Sprintf("%#v %x %q", ctx, ctx, ctx))
	}
	return texts
}
