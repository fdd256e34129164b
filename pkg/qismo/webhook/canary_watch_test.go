package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/qismo-go/qismo/internal/canary"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
	"github.com/qismo-go/qismo/pkg/qismo/webhook/otelwebhook"
)

// The places where canaries could show.
const (
	inAnswers   = "an answer"
	inLog       = "a log line"
	inHooks     = "what hooks are told"
	inProblems  = "what OnProblems is told"
	inErrors    = "what OnError is told"
	inCallbacks = "what shows of an event"
	inStore     = "what the store is told"
	inSpans     = "a span"
	inMetrics   = "a metric"
	inHandler   = "what shows of a handler"
	inParsing   = "what parsing and validating tell"
)

// callbacksError is an error of a callback's, which may hold anything.
type callbacksError struct{ text string }

func (e *callbacksError) Error() string { return e.text }

// canaryWatch watches handlers in all the ways there are, and keeps what it sees.
type canaryWatch struct {
	spans    *tracetest.InMemoryExporter
	tracers  *sdktrace.TracerProvider
	reader   *sdkmetric.ManualReader
	meters   *sdkmetric.MeterProvider
	logger   *slog.Logger
	outcomes map[string]int // how often what came of it: reasons, outcomes, errors

	mutex sync.Mutex
	seen  map[string][]string
}

func newCanaryWatch() *canaryWatch {
	w := &canaryWatch{
		spans: tracetest.NewInMemoryExporter(), reader: sdkmetric.NewManualReader(),
		outcomes: map[string]int{}, seen: map[string][]string{},
	}
	w.tracers = sdktrace.NewTracerProvider(sdktrace.WithSyncer(w.spans))
	w.meters = sdkmetric.NewMeterProvider(sdkmetric.WithReader(w.reader),
		sdkmetric.WithExemplarFilter(exemplar.AlwaysOffFilter)) // their ids look like any number
	w.logger = slog.New(bothHandlers(canaryLines{w}))
	return w
}

// bothHandlers write each line as text and as JSON.
func bothHandlers(to io.Writer) slog.Handler {
	options := &slog.HandlerOptions{Level: slog.LevelDebug}
	return twoHandlers{slog.NewTextHandler(to, options), slog.NewJSONHandler(to, options)}
}

// twoHandlers are handlers that write the same lines; nobody groups them here.
type twoHandlers struct {
	slog.Handler

	second slog.Handler
}

func (h twoHandlers) Handle(ctx context.Context, record slog.Record) error {
	return errors.Join(h.Handler.Handle(ctx, record), h.second.Handle(ctx, record.Clone()))
}

// canaryLines takes log lines.
type canaryLines struct{ *canaryWatch }

func (l canaryLines) Write(line []byte) (int, error) {
	l.note(inLog, string(line))
	return len(line), nil
}

// watchStandardLog takes what is written to the standard log until the test is over.
func (w *canaryWatch) watchStandardLog(t *testing.T) {
	t.Helper()
	before := log.Writer()
	log.SetOutput(canaryLines{w})
	t.Cleanup(func() { log.SetOutput(before) })
}

func (w *canaryWatch) note(place string, texts ...string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.seen[place] = append(w.seen[place], texts...)
}

func (w *canaryWatch) count(what string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.outcomes[what]++
}

// options are those that watch. Of problems a handler that validates nothing must not be
// asked.
func (w *canaryWatch) options(store webhook.Store, problems bool) []webhook.Option {
	options := []webhook.Option{
		otelwebhook.WithTelemetry(otelwebhook.WithTracerProvider(w.tracers), otelwebhook.WithMeterProvider(w.meters)),
		webhook.WithLogger(w.logger), webhook.WithHooks(w.hooks()), webhook.OnError(w.onError),
		webhook.Deduplicate(canaryStore{store, w}),
	}
	if problems {
		options = append(options, webhook.OnProblems(w.onProblems))
	}
	return options
}

func (w *canaryWatch) hooks() webhook.Hooks {
	return webhook.Hooks{
		Delivery: func(ctx context.Context, start webhook.DeliveryStart) (context.Context, func(webhook.DeliveryEnd)) {
			w.note(inHooks, canary.Printed(start)...)
			w.note(inHooks, fmt.Sprintf("%v %+v", ctx, ctx))
			return ctx, func(end webhook.DeliveryEnd) {
				w.count(fmt.Sprint(end.Status, " ", end.Reason))
				end.Duration = 0
				w.note(inHooks, canary.Printed(end)...)
			}
		},
		Event: func(ctx context.Context, start webhook.EventStart) (context.Context, func(webhook.EventEnd)) {
			w.note(inHooks, canary.Printed(start)...)
			w.note(inHooks, fmt.Sprintf("%v %+v", ctx, ctx))
			return ctx, func(end webhook.EventEnd) {
				w.count(string(end.Outcome))
				w.noteError(inHooks, end.Err)
				if end.Err != nil && !isOwn(end.Err) {
					end.Err = nil
				}
				w.note(inHooks, canary.Printed(end)...)
			}
		},
	}
}

// isOwn reports whether an error is of package webhook, and not a callback's. A panic's
// is, as long as nobody asks it for the value.
func isOwn(err error) bool {
	var panicked *webhook.PanicError
	var theirs *callbacksError
	return errors.As(err, &panicked) || !errors.As(err, &theirs)
}

func (w *canaryWatch) noteError(place string, err error) {
	if err == nil || !isOwn(err) {
		return
	}
	var panicked *webhook.PanicError
	if errors.As(err, &panicked) {
		w.note(place, canary.Printed(err)...)
		w.note(place, canary.Printed(*panicked)...)
		// For a verb that no error is for, package fmt shows all that is in another's wrapper.
		wrapped := fmt.Errorf("handle: %w", err)
		w.note(place, fmt.Sprintf("%v %+v %#v %s %q %x", wrapped, wrapped, wrapped, wrapped, wrapped, wrapped))
		return
	}
	w.note(place, canary.AllTexts(err)...)
}

func (w *canaryWatch) onProblems(ctx context.Context, name webhook.Name, problems []webhook.Problem) {
	w.note(inProblems, fmt.Sprintf("%v %s", ctx, name))
	w.note(inProblems, canary.Printed(problems)...)
	for _, problem := range problems {
		w.note(inProblems, problem.String())
	}
}

func (w *canaryWatch) onError(ctx context.Context, event webhook.Event, err error) {
	for _, known := range []error{
		webhook.ErrQueueFull, webhook.ErrShutdown, webhook.ErrOverdue, webhook.ErrClaimedElsewhere, webhook.ErrStore,
	} {
		if errors.Is(err, known) {
			w.count(known.Error())
		}
	}
	w.note(inErrors, fmt.Sprintf("%v", ctx))
	w.note(inErrors, printedEvent(event)...)
	w.noteError(inErrors, err)
}

// printedEvent is an event in every form but JSON, which is its content.
func printedEvent(event webhook.Event) []string {
	held := struct{ Event webhook.Event }{event}
	var texts []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%U", "%t"} {
		texts = append(texts, fmt.Sprintf(verb, event), fmt.Sprintf(verb, held), fmt.Sprintf(verb, &held))
	}
	// Where it is hidden package fmt calls no methods, and a verb that makes no sense for a
	// pointer shows all; these do not.
	hidden := struct{ event webhook.Event }{event}
	texts = append(texts, fmt.Sprintf("%v %+v %#v", hidden, hidden, hidden))
	var lines []string
	slog.New(bothHandlers(lineTo{&lines})).Info("event", "event", event)
	texts = append(texts, event.DeduplicationKey())
	if unknown, ok := event.(*webhook.UnknownEvent); ok {
		texts = append(texts, unknown.Reason, string(unknown.LooksLike))
		texts = append(texts, canary.Printed(unknown.Problems)...)
	}
	return append(texts, lines...)
}

type lineTo struct{ lines *[]string }

func (l lineTo) Write(line []byte) (int, error) {
	*l.lines = append(*l.lines, string(line))
	return len(line), nil
}

// take returns what was seen since it was last called, by the place.
func (w *canaryWatch) take() map[string][]string {
	for _, span := range w.spans.GetSpans() {
		// All but the ids, whose random bytes look like any number.
		w.note(inSpans, fmt.Sprintf("%s %+v %+v %+v %+v %+v", span.Name, span.Attributes, span.Status, span.Events,
			span.Resource, span.InstrumentationScope))
	}
	w.spans.Reset()
	w.mutex.Lock()
	defer w.mutex.Unlock()
	taken := w.seen
	w.seen = map[string][]string{}
	return taken
}

// metrics are all that were measured.
func (w *canaryWatch) metrics(t *testing.T) string {
	t.Helper()
	var collected metricdata.ResourceMetrics
	require.NoError(t, w.reader.Collect(t.Context(), &collected))
	return fmt.Sprintf("%+v", collected.ScopeMetrics)
}

// canaryStore writes down what a store is told.
type canaryStore struct {
	webhook.Store

	watch *canaryWatch
}

func (s canaryStore) Claim(ctx context.Context, key, owner string, lease time.Duration) (webhook.Claim, error) {
	s.watch.note(inStore, "claim "+key)
	return s.Store.Claim(ctx, key, owner, lease)
}

func (s canaryStore) Commit(ctx context.Context, key, owner string, keep time.Duration) error {
	s.watch.note(inStore, "commit "+key)
	return s.Store.Commit(ctx, key, owner, keep)
}

func (s canaryStore) Release(ctx context.Context, key, owner string) error {
	s.watch.note(inStore, "release "+key)
	return s.Store.Release(ctx, key, owner)
}

func (s canaryStore) Forget(ctx context.Context, key string) error {
	s.watch.note(inStore, "forget "+key)
	return s.Store.Forget(ctx, key)
}
