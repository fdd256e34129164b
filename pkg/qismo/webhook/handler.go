package webhook

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// preallocated bounds what is allocated on the word of a Content-Length.
const preallocated = 64 << 10

// Handler is an [http.Handler] that receives webhooks. It is safe for concurrent
// use. Make one with [NewHandler].
type Handler struct {
	settings
	// A function and not the Authenticator, so that printing a handler shows the
	// secrets of nobody's authenticator.
	authenticate func(request *http.Request, body []byte) error
	needsBody    bool // to authenticate
	callbacks    Callbacks
	callback     Callback // all of them, with what Use puts around
	schemas      map[Name]*schema
	queue        *queue
	identity     string // of this handler among all that share its store
	claims       *atomic.Uint64
}

// NewHandler returns a handler that hands authentic events to the callbacks.
//
// An authenticator with an empty secret is an error here, so that a program
// without its configuration does not start and accept everything. So is a nil
// one: to go without, say [WithoutAuthentication]. Callbacks of which none could ever be
// called are an error, and so are options that make no sense together.
func NewHandler(authenticator Authenticator, callbacks Callbacks, options ...Option) (*Handler, error) {
	handler := &Handler{
		settings: defaultSettings(), callbacks: callbacks, identity: rand.Text(), claims: new(atomic.Uint64),
	}
	if err := handler.configure(authenticator, options); err != nil {
		return nil, err
	}
	schemas, err := loadSchemas()
	if err != nil {
		return nil, err
	}
	handler.schemas = schemas
	handler.callback = handler.callbacks.call
	for _, around := range slices.Backward(handler.around) {
		if handler.callback = around(handler.callback); handler.callback == nil {
			return nil, errors.New("webhook: Use: a function returned no callback")
		}
	}
	handler.queue = newQueue(handler.workers, handler.waiting)
	if handler.store == nil {
		if handler.store, err = NewMemoryStore(DefaultMemory); err != nil {
			return nil, err
		}
	}
	return handler, nil
}

func (h *Handler) configure(authenticator Authenticator, options []Option) error {
	if err := misuseOf(authenticator); err != nil {
		return fmt.Errorf("webhook: %w", err)
	}
	h.authenticate, h.needsBody = authenticator.Authenticate, needsBody(authenticator)
	for _, option := range options {
		if option == nil {
			return errors.New("webhook: an option is nil")
		}
		if err := option(&h.settings); err != nil {
			return fmt.Errorf("webhook: %w", err)
		}
	}
	return h.contradiction()
}

// contradiction finds what is well by itself, and together would drop what
// somebody waits for.
func (h *Handler) contradiction() error {
	switch {
	case h.callbacks.none() && len(h.around) == 0:
		return errors.New("webhook: there are no callbacks, so that every event would be dropped")
	case h.only != "" && !h.callbacks.has(h.only) && h.callbacks.Unknown == nil && len(h.around) == 0:
		return fmt.Errorf("webhook: Only(%s): there is no callback for it, so that every event would be dropped", h.only)
	}
	return h.contradictoryValidation()
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if len(h.hooks) == 0 {
		h.handle(w, request).write(w)
		return
	}
	began := time.Now()
	ctx, end := h.startDelivery(request.Context(), DeliveryStart{Only: h.only})
	result := &answer{status: http.StatusInternalServerError, reason: "a panic"} // unless it comes to another
	defer func() {
		if err := end(result.end(began)); err != nil {
			panic(err) // for net/http to write down
		}
	}()
	result = h.handle(w, request.WithContext(ctx))
	result.write(w)
}

func (h *Handler) handle(w http.ResponseWriter, request *http.Request) *answer {
	if h.authenticate == nil { // a Handler that NewHandler did not make
		return unauthorized()
	}
	if request.Method != http.MethodPost {
		return refuse(http.StatusMethodNotAllowed, "only POST is accepted")
	}
	if !h.needsBody && h.authenticate(request, nil) != nil { // a stranger's body is not even read
		return unauthorized()
	}
	body, refusal := h.read(w, request)
	if refusal != nil {
		return refusal
	}
	if h.needsBody && h.authenticate(request, body) != nil {
		return unauthorized()
	}
	result := h.receive(request, body)
	result.bytes = len(body)
	return result
}

// receive reads an authentic body and sees to its events.
func (h *Handler) receive(request *http.Request, body []byte) *answer {
	if refusal := h.validation.excessive(body); refusal != nil {
		return refusal
	}
	readings, err := h.parse(request, body)
	if err != nil {
		return notJSON(request.Header)
	}
	h.report(request.Context(), readings)
	result := h.validation.misfit(readings)
	if result == nil {
		result = h.dispatch(request.Context(), readings)
	}
	for _, reading := range readings {
		result.events = append(result.events, reading.event.Name())
		if !h.awaits(reading.event) {
			result.ignored = append(result.ignored, reading.event.Name())
		}
	}
	return result
}

func unauthorized() *answer { return refuse(http.StatusUnauthorized, "unauthorized") }

// read reads the body, up to the limit.
func (h *Handler) read(w http.ResponseWriter, request *http.Request) ([]byte, *answer) {
	const tooLarge = "the body is too large"
	if request.ContentLength > h.maxBody {
		return nil, refuse(http.StatusRequestEntityTooLarge, tooLarge)
	}
	if request.Body == nil { // only in requests that no server made
		return nil, nil
	}
	var body bytes.Buffer
	body.Grow(int(min(max(request.ContentLength, 0), preallocated)) + bytes.MinRead)
	_, err := body.ReadFrom(http.MaxBytesReader(w, request.Body, h.maxBody))
	var limit *http.MaxBytesError
	switch {
	case errors.As(err, &limit):
		return nil, refuse(http.StatusRequestEntityTooLarge, tooLarge)
	case err != nil:
		return nil, refuse(http.StatusBadRequest, "the body could not be read")
	}
	return body.Bytes(), nil
}

// parse reads the events of a body, and validates it if bodies are validated.
func (h *Handler) parse(request *http.Request, body []byte) ([]reading, error) {
	d, err := open(body)
	if err != nil {
		return nil, err
	}
	by := rules{schemas: h.schemas, validate: h.validates, maxProblems: h.validation.maxProblems}
	if h.only != "" {
		return d.read([]Name{h.only}, by)
	}
	chatSDK := len(request.Header.Values(ChatSDKSignatureHeader)) > 0
	return d.read(tellApart(d.members(), chatSDK), by)
}

// report tells of problems.
func (h *Handler) report(ctx context.Context, readings []reading) {
	if h.onProblems == nil {
		return
	}
	for _, reading := range readings {
		if problems := h.validation.reported(reading); len(problems) > 0 {
			h.reportOne(ctx, reading, problems)
		}
	}
}

// reportOne survives a function that panics: that it cannot tell of a new form must not
// lose the event.
func (h *Handler) reportOne(ctx context.Context, reading reading, problems []Problem) {
	err := survive(func() { h.onProblems(ctx, reading.name, problems) })
	h.tell(context.WithoutCancel(ctx), reading.event, beside(err))
}

// notJSON is the answer to a body that is not a JSON object. What a request says of its
// body is asked only then: which content type the platform sends is not documented.
func notJSON(header http.Header) *answer {
	switch {
	case header.Get("Content-Encoding") != "":
		return refuse(http.StatusUnsupportedMediaType, "the content is encoded")
	case !isJSON(header.Get("Content-Type")):
		return refuse(http.StatusUnsupportedMediaType, "the content type is not JSON")
	}
	return refuse(http.StatusBadRequest, "the body is not a JSON object")
}

// isJSON accepts JSON content types, and none at all.
func isJSON(contentType string) bool {
	if contentType == "" || contentType == "application/json" {
		return true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return false
	}
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
}
