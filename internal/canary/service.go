package canary

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/qismo-go/qismo/internal/document"
)

// headerLane names the lane of a request.
const headerLane = "X-Lane"

// service is the other side: what it answers is for each lane to say.
type service struct {
	*httptest.Server

	router document.Router
	mu     sync.Mutex
	lanes  map[string]*lane
}

func newService(t testing.TB, operations []*document.Operation) *service {
	t.Helper()
	s := &service{router: document.NewRouter(operations), lanes: map[string]*lane{}}
	s.Server = httptest.NewUnstartedServer(s)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// lane is one client's way to the service. Its calls come one after the other.
type lane struct {
	answer func(exchange *exchange)

	mu      sync.Mutex
	sent    []*sent
	present string // the body that is the answer now
	arrived func() // called when a request arrived, unless it is nil
}

// prepare sets what the next calls meet.
func (l *lane) prepare(present string, arrived func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.present, l.arrived = present, arrived
}

func (s *service) open(name string, answer func(*exchange)) *lane {
	s.mu.Lock()
	defer s.mu.Unlock()
	opened := &lane{answer: answer}
	s.lanes[name] = opened
	return opened
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	on := s.lanes[r.Header.Get(headerLane)]
	s.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if on == nil || err != nil {
		http.Error(w, "no lane", http.StatusTeapot)
		return
	}
	request := &sent{Request: r, body: body}
	request.operation, _, _ = s.router.Find(r.Method, r.URL.EscapedPath())
	on.mu.Lock()
	on.sent = append(on.sent, request)
	exchange := &exchange{ResponseWriter: w, sent: request, earlier: len(on.sent) - 1, present: on.present}
	arrived := on.arrived
	on.mu.Unlock()
	if arrived != nil {
		arrived()
	}
	on.answer(exchange)
}

// take returns the requests since it was last called.
func (l *lane) take() []*sent {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.sent
	l.sent = nil
	return taken
}

// exchange is one request and what answers it.
type exchange struct {
	http.ResponseWriter
	*sent

	earlier int    // requests of the same call before it
	present string // the lane's body
}

// sent is a request as it arrived.
type sent struct {
	*http.Request

	operation *document.Operation // nil where none has its path
	body      []byte
}

// says lists all values of a request: its path's, its query's, its credentials' and
// its body's.
func (s *sent) says() []string {
	var said []string
	for part := range strings.SplitSeq(s.URL.EscapedPath(), "/") {
		if value, err := url.PathUnescape(part); err == nil {
			said = append(said, value)
		}
	}
	for _, values := range s.URL.Query() {
		said = append(said, values...)
	}
	for _, name := range []string{
		"Qiscus-Secret-Key", "Authorization", "Qiscus-Sdk-Secret", "Qiscus-Sdk-Token", "Qiscus-Sdk-User-Id",
	} {
		said = append(said, s.Header.Values(name)...)
	}
	said = append(said, s.saysInBody()...)
	slices.Sort(said)
	return slices.DeleteFunc(slices.Compact(said), func(value string) bool { return value == "" })
}

func (s *sent) saysInBody() []string {
	var said []string
	mediaType, parameters, _ := mime.ParseMediaType(s.Header.Get("Content-Type")) // none is tried as JSON
	switch mediaType {
	case "application/x-www-form-urlencoded":
		form, _ := url.ParseQuery(string(s.body)) // what can be read
		for _, values := range form {
			said = append(said, values...)
		}
	case "multipart/form-data":
		reader := multipart.NewReader(bytes.NewReader(s.body), parameters["boundary"])
		for part, err := reader.NextPart(); err == nil; part, err = reader.NextPart() {
			value, _ := io.ReadAll(part) // what can be read
			said = append(said, part.FileName(), string(value))
		}
	default:
		var value any
		if json.Unmarshal(s.body, &value) == nil {
			for _, leaf := range leavesOf(value, nil, "") {
				if text, ok := leaf.value.(string); ok {
					said = append(said, text)
				}
			}
		}
	}
	return said
}

// direct reaches the service without a network, for answers that are as HTTP wants
// them: it takes a fraction of the time.
type direct struct{ service *service }

func (d direct) RoundTrip(request *http.Request) (*http.Response, error) {
	arrived := request.Clone(request.Context())
	if request.Body == nil {
		arrived.Body = http.NoBody
	}
	recorder := httptest.NewRecorder()
	d.service.ServeHTTP(recorder, arrived)
	_ = arrived.Body.Close() // of what was sent
	response := recorder.Result()
	response.Request = request
	return response, nil
}
