package sandbox

import (
	"bytes"
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

// strange are the values that are put in the place of others.
func strange() []any {
	return []any{nil, true, int64(-1), 1.5, "", "x", strings.Repeat("y", 4001), []any{}, []any{nil}, object{}, object{"x": object{}}}
}

// mutations yields a JSON value with one place of it changed at a time: left out, or
// put strange.
func mutations(value any, yield func(any)) {
	for _, other := range strange() {
		yield(other)
	}
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			without := maps.Clone(value)
			delete(without, name)
			yield(without)
			mutations(value[name], func(member any) {
				with := maps.Clone(value)
				with[name] = member
				yield(with)
			})
		}
	case []any:
		for i := range value {
			mutations(value[i], func(item any) {
				with := slices.Clone(value)
				with[i] = item
				yield(with)
			})
		}
	}
}

// problemsOf is what the document says of a body as it was sent.
func problemsOf(t *testing.T, operation *document.Operation, header string, sent []byte) []document.Problem {
	t.Helper()
	contentType, options, err := mime.ParseMediaType(header)
	require.NoError(t, err)
	value, err := decode(sent, contentType, options["boundary"])
	require.NoError(t, err)
	schema := operation.Request[contentType].Schema
	if contentType == "application/json" {
		return schema.Validate(value)
	}
	_, problems := fit(schema, value)
	return problems
}

// ask sends a request to a world without a network between. Its answer is validated.
func (w *shownWorld) ask(method, path string, header http.Header, contentType string, body []byte) (status int, answer object) {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), method, path, bytes.NewReader(body))
	r.Header = header.Clone()
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	recorder := httptest.NewRecorder()
	w.server.Config.Handler.ServeHTTP(recorder, r)
	_ = json.Unmarshal(recorder.Body.Bytes(), &answer) // an answer may be empty, or a picture
	return recorder.Code, answer
}

// firstCredentials are those that the document names first.
func (w *shownWorld) firstCredentials(operation *document.Operation) http.Header {
	w.t.Helper()
	if len(operation.Security) == 0 {
		return http.Header{}
	}
	return w.credentials(operation.Security[0])
}

// Whatever a body breaks of what the document asks, in each operation and at each
// place of its examples, is refused with 400, and each place is named. What breaks
// nothing is answered.
func TestEveryConstraintOfBodies(t *testing.T) {
	for _, operation := range everyOperation(t) {
		if len(operation.Request) == 0 {
			continue
		}
		t.Run(operation.ID, func(t *testing.T) {
			w := newShownWorld(t, operation.ID)
			refused := 0
			path, credentials := w.path(operation), w.firstCredentials(operation)
			for contentType, example := range examples(operation) {
				mutations(w.realIDs(example), func(changed any) {
					header, body := asContent(t, contentType, changed)
					problems := problemsOf(t, operation, header, body)
					status, answer := w.ask(operation.Method, path, credentials, header, body)
					if len(problems) == 0 {
						assert.Less(t, status, http.StatusInternalServerError, "%s %.200s", operation.ID, body)
						return
					}
					refused++
					assert.Equal(t, http.StatusBadRequest, status, "%s %.200s", operation.ID, body)
					assert.Equal(t, named(problems), detailsOf(answer), "%s %.200s", operation.ID, body)
				})
			}
			asksNothing := operation.ID == "setSessional" // no source shows what it takes
			assert.True(t, refused > 0 || asksNothing, "nothing was refused")
		})
	}
}

// named are the places, and what is wrong there, as far as an answer tells them.
func named(problems []document.Problem) []any {
	var all []any
	for _, problem := range problems[:min(len(problems), maxDetails)] {
		all = append(all, problem.String())
	}
	return all
}

func detailsOf(answer object) []any {
	errors, _ := answer["errors"].(object)
	details, _ := errors["details"].([]any)
	if failure, isChat := answer["error"].(object); isChat {
		details, _ = failure["detailed_messages"].([]any)
	}
	return details
}

// So it is with each parameter of paths and queries.
func TestEveryConstraintOfParameters(t *testing.T) {
	for _, operation := range everyOperation(t) {
		t.Run(operation.ID, func(t *testing.T) {
			w := newShownWorld(t, operation.ID)
			for _, parameter := range operation.Parameters {
				if parameter.In != "query" {
					continue
				}
				for _, value := range []string{"", "x", "-1", "0", "1.5", "true", "null", "{}", strings.Repeat("9", 30)} {
					sent := w.withParameter(operation, parameter.Name, &value)
					_, problems := fit(parameter.Schema, asValue([]string{value}, parameter.Array))
					w.expect(operation, sent, len(problems) > 0, parameter.Name)
				}
				w.expect(operation, w.withParameter(operation, parameter.Name, nil), parameter.Required, parameter.Name)
			}
		})
	}
}

// withParameter is an operation's path with one parameter of the query changed, or
// left out.
func (w *shownWorld) withParameter(operation *document.Operation, name string, value *string) string {
	w.t.Helper()
	address, err := url.Parse(w.path(operation))
	require.NoError(w.t, err)
	query := address.Query()
	query.Del(name)
	if value != nil {
		query.Set(name, *value)
	}
	address.RawQuery = query.Encode()
	return address.String()
}

// expect sends an operation's first example to a path, and expects a refusal that
// names a parameter, or none that does.
func (w *shownWorld) expect(operation *document.Operation, path string, refused bool, parameter string) {
	w.t.Helper()
	header, body := "", []byte(nil)
	for contentType, example := range examples(operation) {
		header, body = asContent(w.t, contentType, w.realIDs(example))
		break
	}
	status, answer := w.ask(operation.Method, path, w.firstCredentials(operation), header, body)
	names := slices.ContainsFunc(detailsOf(answer), func(detail any) bool {
		return strings.HasPrefix(detail.(string), parameter+":") || strings.HasPrefix(detail.(string), parameter+"/")
	})
	assert.Less(w.t, status, http.StatusInternalServerError, path)
	if refused {
		assert.True(w.t, status == http.StatusBadRequest && names, "%s: %d %s", path, status, encode(answer))
	} else if names {
		assert.Contains(w.t, []string{"cursor_after", "cursor_before"}, parameter, "%s: %d %s", path, status, encode(answer))
	}
}
