package webhook_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/canary"
	"github.com/qismo-go/qismo/internal/soak"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// canaryDrive delivers bodies in all ways, and searches for canaries in all that a
// program could show of it.
type canaryDrive struct {
	nursery    *nursery
	net        *canary.Net
	signatures []string // of the body that is delivered
	searched   map[string]bool
	findings   []string
	numbers    canaryNumbers
}

// canaryNumbers say how far a drive went.
type canaryNumbers struct {
	Bodies, Places, Canaries, Ways, Deliveries int
	Texts                                      int // that could be shown
	Searched                                   int // of these, those that differ
	Bytes                                      int // of those
}

// newCanaryDrive makes a drive, and the bodies that it can deliver.
func newCanaryDrive(t *testing.T) (*canaryDrive, []plantedBody, []canaryWay) {
	t.Helper()
	d := &canaryDrive{nursery: &nursery{map[string]canary.Canary{}}, searched: map[string]bool{}}
	bodies, places := d.nursery.plantAll(t)
	ways := canaryWays(d.nursery)
	d.nursery.authenticators()
	d.nursery.misused()
	d.nursery.canaryRequest(t, "")
	d.nursery.of(canary.Token, "a method")
	all := d.nursery.all()
	d.net = canary.NewNet(all...)
	d.numbers.Bodies, d.numbers.Places, d.numbers.Canaries = len(bodies), places, len(all)
	return d, bodies, ways
}

// search looks for canaries in texts, in each once.
func (d *canaryDrive) search(way, place string, texts ...string) {
	for _, text := range texts {
		d.numbers.Texts++
		if d.searched[place+text] {
			continue
		}
		d.searched[place+text] = true
		d.numbers.Searched++
		d.numbers.Bytes += len(text)
		for _, found := range d.net.Search(text) {
			if found.Canary.Place == memberName && tellsPlaces(place) {
				continue
			}
			d.findings = append(d.findings, fmt.Sprintf("%s, in %s: %s", way, place, found))
		}
		for _, signature := range d.signatures {
			if strings.Contains(text, signature) {
				d.findings = append(d.findings, fmt.Sprintf("%s, in %s: a signature", way, place))
			}
		}
	}
}

// memberName is where the canary stands that is a member's name. Problems name places in
// bodies, and so the names of members, also of those that nobody knows.
const memberName = "a member's name"

// tellsPlaces reports whether problems are told there.
func tellsPlaces(place string) bool {
	return place == inProblems || place == inAnswers || place == inCallbacks || place == inErrors || place == inParsing
}

// signaturesOf are beginnings of a body's signature, in the forms that it can take.
func (n *nursery) signaturesOf(body string) []string {
	sum := sign(n.of(canary.Token, "a key"), body)
	return []string{
		hex.EncodeToString(sum)[:16], strings.ToUpper(hex.EncodeToString(sum)[:16]), strings.Trim(fmt.Sprintf("%d", sum[:8]), "[]"),
		base64.StdEncoding.EncodeToString(sum)[:16], base64.URLEncoding.EncodeToString(sum)[:16],
	}
}

// deliver lets the bodies go one way. In a bubble, time passes as fast as it can and is
// the same each time.
func (d *canaryDrive) deliver(t *testing.T, way canaryWay, bodies []plantedBody) {
	t.Helper()
	d.numbers.Ways++
	synctest.Test(t, func(t *testing.T) {
		watch := newCanaryWatch()
		watch.watchStandardLog(t)
		authenticators := d.nursery.authenticators()
		for i, body := range bodies {
			authenticator := way.authenticator
			if authenticator == nil {
				authenticator = authenticators[i%len(authenticators)]
			}
			d.signatures = d.nursery.signaturesOf(body.text)
			handler := way.handler(t, authenticator, watch)
			delivery := &canaryDelivery{handler: handler, outer: handler, watch: watch, sent: &d.numbers.Deliveries}
			if way.around != nil {
				delivery.outer = way.around(watch, handler)
			}
			delivery.request = func() *http.Request {
				request := d.nursery.canaryRequest(t, body.text)
				if way.request != nil {
					way.request(request)
				}
				return request
			}
			if way.drive != nil {
				way.drive(t, delivery)
			} else {
				delivery.send(delivery.request())
			}
			watch.note(inHandler, canary.Printed(handler)...)
			watch.note(inHandler, canary.Printed(*handler)...)
			watch.note(inHandler, canary.Printed(authenticator)...)
			require.NoError(t, handler.Shutdown(t.Context()))
			for place, texts := range watch.take() {
				d.search(way.name+", "+body.name, place, texts...)
			}
		}
		d.search(way.name, inMetrics, watch.metrics(t))
		for _, want := range way.wants {
			assert.Positive(t, watch.outcomes[want], "%s: %q is to come of it; what came: %v", way.name, want, watch.outcomes)
		}
	})
}

// handler makes the way's handler.
func (way *canaryWay) handler(t *testing.T, authenticator webhook.Authenticator, watch *canaryWatch) *webhook.Handler {
	t.Helper()
	memory, err := webhook.NewMemoryStore(1000)
	require.NoError(t, err)
	var store webhook.Store = memory
	if way.store != nil {
		store = way.store(store)
	}
	callbacks, options := webhook.Callbacks{}, slices.Concat(watch.options(store, !way.off), way.options)
	if way.callbacks != nil {
		callbacks = *way.callbacks
	} else {
		options = append(options, webhook.Use(func(webhook.Callback) webhook.Callback {
			return func(ctx context.Context, event webhook.Event) error {
				watch.note(inCallbacks, fmt.Sprintf("%v", ctx))
				watch.note(inCallbacks, printedEvent(event)...)
				if way.callback == nil {
					return nil
				}
				return way.callback(ctx, watch, event)
			}
		}))
	}
	handler, err := webhook.NewHandler(authenticator, callbacks, options...)
	require.NoError(t, err)
	return handler
}

// parseAll searches what can be had of bodies without a handler.
func (d *canaryDrive) parseAll(t *testing.T, bodies []plantedBody) {
	t.Helper()
	for _, body := range bodies {
		var texts []string
		events, err := webhook.Parse([]byte(body.text))
		texts = append(texts, textsOf(err)...)
		for _, name := range webhook.Names() {
			event, err := webhook.ParseAs(name, []byte(body.text))
			texts = append(texts, textsOf(err)...)
			if event != nil {
				events = append(events, event)
			}
			problems, err := webhook.ValidateAs(name, []byte(body.text))
			texts = append(append(texts, textsOf(err)...), canary.Printed(problems)...)
		}
		for _, event := range events {
			texts = append(append(texts, printedEvent(event)...), textsOf(innerError(event))...)
		}
		d.search(body.name, inParsing, texts...)
	}
}

func textsOf(err error) []string {
	if err == nil {
		return nil
	}
	return canary.AllTexts(err)
}

// innerError is why JSON inside an event's text cannot be read.
func innerError(event webhook.Event) (err error) {
	switch event := event.(type) {
	case *webhook.BotMessageEvent:
		_, err = event.RoomOptions()
	case *webhook.CustomChannelMessageEvent:
		_, err = event.RoomOptions()
	case *webhook.PostCommentEvent:
		_, err = event.RoomOptions()
	case *webhook.NewSessionEvent:
		_, err = event.CustomerExtras()
	case *webhook.CustomAgentAllocationEvent:
		_, err = event.CustomerExtras()
	}
	return err
}

// Whatever is delivered and however it goes, nothing that can be shown of it holds a
// secret, an id or a customer's word. In short each body goes some of the ways.
func TestSoakNothingShows(t *testing.T) {
	d, bodies, ways := newCanaryDrive(t)
	wanted := map[string]bool{}
	for _, way := range ways {
		d.deliver(t, way, slices.DeleteFunc(slices.Clone(bodies), func(body plantedBody) bool {
			return !soak.Full() && !d.isDriven(way, body)
		}))
		for _, want := range way.wants {
			wanted[want] = true
		}
	}
	d.parseAll(t, bodies)
	d.search("handlers that cannot be made", inErrors, d.nursery.refusedHandlers(t)...)
	t.Logf("%+v", d.numbers)
	for _, finding := range d.findings[:min(len(d.findings), 50)] {
		t.Error(finding)
	}
	assert.Empty(t, d.findings)
	for _, outcome := range []webhook.Outcome{
		webhook.Succeeded, webhook.Duplicate, webhook.Failed, webhook.Panicked, webhook.ClaimedElsewhere, webhook.StoreFailed,
	} {
		assert.True(t, wanted[string(outcome)], "%s: %v", outcome, slices.Sorted(maps.Keys(wanted)))
	}
	assert.GreaterOrEqual(t, d.numbers.Places, 1300, "places of fixtures that took a canary")
	assert.GreaterOrEqual(t, d.numbers.Canaries, 1000)
	assert.GreaterOrEqual(t, d.numbers.Ways, 40)
	assert.GreaterOrEqual(t, d.numbers.Deliveries, soak.Count(1500, 15_000))
	assert.GreaterOrEqual(t, d.numbers.Texts, 100*d.numbers.Deliveries)
}

// isDriven tells which bodies go a way in short: one in twelve, other ones each way, and
// those with most nulls and with most members.
func (d *canaryDrive) isDriven(way canaryWay, body plantedBody) bool {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(way.name + body.name))
	return hash.Sum32()%12 == 0 || strings.HasSuffix(body.name, "nulls.json") || strings.HasSuffix(body.name, "2025.json")
}
