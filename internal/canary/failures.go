package canary

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// failure is a way in which calls fail.
type failure struct {
	name string
	// answer is what the service does with a request.
	answer func(*exchange)
	// bodies are answers of which each is given once; the lane has the present one.
	bodies func(*document.Operation) []string
	// options are those of a client that meets this failure.
	options []qismo.Option
	// elsewhere is where the client calls, "" for the service.
	elsewhere string
	// ordinary has requests say ordinary sentences.
	ordinary bool
	// doors make the clients that meet it, in place of those that do not log in.
	doors func() doors
	// oneOf is how many operations there are for each that meets it, all when it is 0:
	// of failures that have many variants, each operation meets some.
	oneOf int
	// direct leaves the network out.
	direct bool
	// thorough has all methods of an operation meet it, and not only the first.
	thorough bool
	// alone leaves the observers' policies out, as the failure brings its own.
	alone bool
	// context bounds a call.
	context func(context.Context, *lane) (context.Context, context.CancelFunc)
}

// streamed is the one operation whose answer is read in another way.
const streamed = string(omnichannel.OperationGetWaMedia)

// isFor reports whether a method meets the failure, which has a number.
func (f failure) isFor(operation *operated, number, planned int) bool {
	if oneOf := max(f.oneOf, planned, 1); (operation.number+number)%oneOf != 0 && operation.ID != streamed {
		return false
	}
	return f.thorough || !operation.again
}

// failures are all failures that the plan wants.
func (d *driver) failures(t testing.TB) []failure {
	t.Helper()
	var wanted []failure
	for _, some := range [][]failure{
		refusals(), echoes(), d.front.successes(), redirects(), ends(), wireFailures(), unconnected(t), panics(),
		d.front.failures(),
	} {
		for _, failure := range some {
			if d.plan.Failure == nil || d.plan.Failure(failure.name) {
				wanted = append(wanted, failure)
			}
		}
	}
	return wanted
}

// refusals are all statuses in all shapes.
func refusals() []failure {
	said, headers, note := message(), headers(), "; note="+inAnswer(Token, "X-Trace-Id").Text
	var all []failure
	for _, status := range []int{400, 401, 402, 403, 404, 422, 429, 500, 502, 503, 200} {
		for _, shape := range shapes() {
			body := shape.write(said)
			all = append(all, failure{
				name: "status " + strconv.Itoa(status) + ", " + shape.name, direct: status != 400,
				answer: func(e *exchange) {
					for name, value := range headers {
						e.ResponseWriter.Header().Set(name, value)
					}
					e.write(status, shape.contentType+note, body)
				},
			})
		}
	}
	return all
}

func (e *exchange) write(status int, contentType, body string) {
	e.ResponseWriter.Header().Set("Content-Type", contentType)
	e.WriteHeader(status)
	_, _ = e.Write([]byte(body)) // whoever does not want to hear it has gone
}

// successes are those of the document, and successes that are none.
func (f *front) successes() []failure {
	shown := func(e *exchange) { e.write(200, typeJSON, textOf(planted(exampleOf(e)))) }
	return []failure{
		{name: nameOfSuccess, thorough: true, answer: shown},
		{name: "a success, then a refusal", answer: func(e *exchange) {
			if e.earlier == 0 {
				e.write(200, typeJSON, textOf(planted(exampleOf(e))))
				return
			}
			e.write(400, typeJSON, object{"errors": message() + strings.Join(e.says(), " ")}.String())
		}},
		{
			name: "an unusable success", thorough: true, direct: true, bodies: f.unusable,
			answer: func(e *exchange) { e.write(200, typeJSON, e.present) },
		},
		{name: "a page for a success", answer: func(e *exchange) { e.write(200, "text/html", "<html>"+message()+"</html>") }},
		{name: "text for a success", answer: func(e *exchange) { e.write(200, "text/plain", message()) }},
		{
			name: "a success that is too large", options: []qismo.Option{qismo.WithMaxAnswer(64)},
			answer: func(e *exchange) { e.write(200, typeJSON, object{"data": strings.Repeat(message(), 4)}.String()) },
		},
		{name: "a success that is no gzip", answer: func(e *exchange) {
			e.ResponseWriter.Header().Set("Content-Encoding", "gzip")
			e.write(200, typeJSON, message())
		}},
		{name: "an odd status", answer: func(e *exchange) { e.write(299, typeJSON, message()) }},
		{name: "no content", answer: func(e *exchange) { e.WriteHeader(http.StatusNoContent) }},
	}
}

const nameOfSuccess = "a success"

func exampleOf(e *exchange) any {
	if e.operation == nil {
		return nil
	}
	return example(e.operation)
}

// redirects lead to somewhere else.
func redirects() []failure {
	var all []failure
	location := inAnswer(Address, "location").Text
	targets := map[string]string{
		"to another host": location,
		"to another port": "http://127.0.0.1:1/" + strings.TrimPrefix(location, "https://"),
		"in a circle":     "/" + strings.TrimPrefix(location, "https://"),
		"to no address":   "http://[::1" + location,
		"to no scheme":    "%zz:" + location,
	}
	for _, status := range []int{302, 304, 308} {
		for _, name := range slices.Sorted(maps.Keys(targets)) {
			target := targets[name]
			all = append(all, failure{
				name: "a redirect " + strconv.Itoa(status) + " " + name, oneOf: 3,
				answer: func(e *exchange) {
					e.ResponseWriter.Header().Set("Location", target)
					e.write(status, typeJSON, object{"message": message()}.String())
				},
			})
		}
	}
	return all
}

// ends are calls that their caller, or a bound of time, ends.
func ends() []failure {
	wait := func(e *exchange) {
		e.ResponseWriter.Header().Set("Content-Length", "99999")
		_, _ = e.Write([]byte(`{"data":{"` + message()))
		_ = http.NewResponseController(e.ResponseWriter).Flush() // nobody may be there any more
		<-e.Context().Done()
	}
	silent := func(e *exchange) { <-e.Context().Done() }
	attempt, read := qismo.Timeouts{Attempt: 2 * time.Millisecond}, qismo.Timeouts{Read: 2 * time.Millisecond}
	return []failure{
		{name: "no answer in time", answer: silent, options: []qismo.Option{qismo.WithTimeouts(attempt)}},
		{name: "half an answer in time", answer: wait, options: []qismo.Option{qismo.WithTimeouts(read)}},
		{name: "no answer in the call's time", answer: silent, options: []qismo.Option{
			qismo.WithTimeout(2 * time.Millisecond),
		}},
		{name: "a context that ended", answer: silent, context: cancelled},
		{name: "a context that ends", answer: silent, context: cancelledOnArrival},
	}
}

func cancelled(ctx context.Context, _ *lane) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return ctx, cancel
}

// cancelledOnArrival ends the context when the service has the request.
func cancelledOnArrival(ctx context.Context, on *lane) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	on.prepare("", cancel)
	return ctx, cancel
}
