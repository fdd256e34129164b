package sandbox

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/facade"
	"github.com/qismo-go/qismo/internal/invoke"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// offer is a façade with its document, and how its methods are called.
type offer struct {
	file     string // of the document, in api/
	document *document.Document
	source   *facade.Source
	// invented are arguments that no example of the document has.
	invented func(w *shownWorld) map[string]any
	// client makes what a method is called on.
	client func(w *shownWorld, operation *document.Operation, method facade.Method, address string) any
}

// offers are the façades of both documents.
func offers(t *testing.T) []offer {
	t.Helper()
	rest, err := document.REST()
	require.NoError(t, err)
	return []offer{{
		file: "openapi.yaml", document: rest, source: readFacade(t, "qismo"),
		invented: (*shownWorld).invented, client: (*shownWorld).client,
	}, chatOffer(t)}
}

func readFacade(t *testing.T, name string) *facade.Source {
	t.Helper()
	source, err := facade.Read("../../pkg/" + name)
	require.NoError(t, err)
	return source
}

// invented are arguments that no example of the document has.
func (w *shownWorld) invented() map[string]any {
	return map[string]any{
		"longLivedToken": w.state.admin().longToken,
		"names":          []any{"grosir", "langganan"},
		"properties":     []any{map[string]any{"key": "nomor pesanan", "value": "KW-2093"}},
		"WebhookSettings.SetAll.params": map[string]any{
			"NewSession": "http://127.0.0.1:1/hooks", "Resolve": "http://127.0.0.1:1/hooks",
		},
		"sdkToken":                     sdkKey(w.state.admin()),
		"Bot.SendMessage.message":      qismo.NewText("halo"),
		"Customer.SendMessage.message": qismo.NewText("halo"),
		"Customer.SendMessage.params": qismo.SendCustomChannelMessageParams{
			IdentifierKey: "ik-2207", UserID: "budi@example.id", Name: "Budi Santoso",
		},
		"Broadcasts.UploadCSV.params": qismo.UploadBroadcastCSVParams{
			TemplateDetailID: flex.ID(text(int64(codeTemplate))), File: strings.NewReader("phone,code\n628115550123,4471\n"),
		},
	}
}

// arguments are what a method for an operation is called with in a world: the
// world's own ids, and the document's first example.
func (w *shownWorld) arguments(operation *document.Operation, invented map[string]any) map[string]any {
	known := maps.Clone(invented)
	values := w.values(operation)
	for _, parameter := range operation.Parameters {
		value, ok := values[parameter.Name]
		if !ok || !parameter.Required {
			continue
		}
		known[parameter.Name] = value
		if parameter.Array {
			known[parameter.Name] = []any{value}
		}
	}
	if body, ok := operation.JSON(); ok && len(body.Examples) > 0 {
		first := slices.Min(slices.Collect(maps.Keys(body.Examples)))
		if members, ok := w.realIDs(body.Examples[first]).(map[string]any); ok {
			for _, member := range members { // a method may take out of an object what is in it
				inner, _ := member.(map[string]any)
				maps.Copy(known, inner)
			}
			maps.Copy(known, members)
		}
	}
	invoke.AddOtherNames(known)
	return known
}

// client makes a client with the first credentials that an operation accepts.
func (w *shownWorld) client(operation *document.Operation, _ facade.Method, address string) any {
	w.t.Helper()
	config := w.Config()
	credential := qismo.WithSecretKey(config.AppCode, config.SecretKey)
	if len(operation.Security) > 0 && slices.Contains(operation.Security[0], "userToken") {
		credential = qismo.WithToken(config.AppCode, w.login())
	}
	client, err := qismo.New(credential, qismo.WithBaseURL(address))
	require.NoError(w.t, err)
	return client
}

// everyMethod calls each method of a façade for the operation that it is for,
// in a world of its own, which stands behind the stage. No operation is left out.
func everyMethod(
	t *testing.T, at *stage, of offer, check func(t *testing.T, operation *document.Operation, err error),
) {
	t.Helper()
	for _, operation := range of.document.Operations() {
		if operation.IsWebhook() {
			continue
		}
		called := 0
		for _, method := range of.source.Of(operation.ID) {
			if method.First() != operation.ID || !method.Asks {
				continue
			}
			called++
			t.Run(operation.ID+" by "+method.String(), func(t *testing.T) {
				w := newShownWorld(t, operation.ID)
				arguments := w.arguments(operation, of.invented(w))
				client := of.client(w, operation, method, at.address)
				at.play(w.server.Config.Handler)
				check(t, operation, invoke.Method(t.Context(), client, method, arguments))
			})
		}
		assert.Positive(t, called, "no method is for %s", operation.ID)
	}
}

// stage is a server behind which one world after the other stands.
type stage struct {
	// address is where clients call: the server's, or that of somebody in between.
	address string
	server  *httptest.Server

	mu    sync.Mutex
	world http.Handler
	asked map[string]bool
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{}
	router := document.NewRouter(everyOperation(t))
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		world := s.world
		if operation, _, _ := router.Find(r.Method, r.URL.EscapedPath()); operation != nil {
			s.asked[operation.ID] = true
		}
		s.mu.Unlock()
		world.ServeHTTP(w, r)
	}))
	t.Cleanup(s.server.Close)
	s.address = s.server.URL
	return s
}

// play puts a world on the stage, of which nothing was asked yet.
func (s *stage) play(world http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world, s.asked = world, map[string]bool{}
}

func (s *stage) wasAsked(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[id]
}

// Every method can be called for its operation as the document shows it, asks for
// that operation, and understands the answer.
func TestEveryMethodAsTheDocumentShowsIt(t *testing.T) {
	at := newStage(t)
	for _, of := range offers(t) {
		everyMethod(t, at, of, func(t *testing.T, operation *document.Operation, err error) {
			t.Helper()
			require.NoError(t, err)
			assert.True(t, at.wasAsked(operation.ID), "%s was not asked for", operation.ID)
		})
	}
}
