package webhook_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/qismo-go/qismo/gen/webhooks"
	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// FuzzValidate checks that what is found wrong does not depend on how the JSON is
// laid out, and is what the full validator finds: the quick check accepts nothing else.
func FuzzValidate(f *testing.F) {
	addFixtures(f, func(body []byte) { f.Add(body) })
	doc, err := document.Webhooks()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > maxFuzzed {
			return
		}
		var names []webhook.Name
		var problems []webhook.Problem
		var err error
		boundMemory(t, func() { names, problems, err = webhook.Validate(body) })
		if err != nil {
			return
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, body); err != nil {
			t.Fatal(err)
		}
		again, same, err := webhook.Validate(compact.Bytes())
		if err != nil || !slices.Equal(names, again) || !slices.Equal(problems, same) {
			t.Fatalf("%v %v; without white space %v %v", names, problems, again, same)
		}
		for _, problem := range problems {
			if problem.Reason == "" || problem.Pointer != "" && problem.Pointer[0] != '/' {
				t.Fatalf("%#v", problem)
			}
		}
		for _, name := range webhook.Names() {
			alone, err := webhook.ValidateAs(name, body)
			if err != nil {
				t.Fatal(err)
			}
			full := fullProblems(t, doc, name, body)
			if len(alone) == 0 && len(full) > 0 {
				t.Fatalf("nothing is wrong with it as %s, but %v", name, full)
			}
			if slices.Equal(names, []webhook.Name{name}) && !slices.Equal(alone, problems) {
				t.Fatalf("%v, and by its name %v", problems, alone)
			}
		}
	})
}

// fullProblems is what the validator says of the body, which nobody has cleaned.
func fullProblems(t *testing.T, doc *document.Document, name webhook.Name, body []byte) []document.Problem {
	t.Helper()
	declared, ok := doc.Operation(string(name)).JSON()
	if !ok {
		t.Fatal("no body")
	}
	var value any
	_ = json.Unmarshal(body, &value) // a number beyond float64 is null then
	return declared.Schema.Validate(value)
}

// FuzzStrict checks the mode Strict against encoding/json and against a checker that
// knows of required members and JSON types alone: what Strict accepts is decoded
// without an error and gives the typed event; and what is decoded and has all that the
// types require is accepted, or refused for one of a few reasons that types cannot say.
func FuzzStrict(f *testing.F) {
	addFixtures(f, func(body []byte) { f.Add(body) })
	for _, body := range []string{ // valid, though not at first sight
		strings.Replace(message(""), `"type":"text"`, `"ty\u0070e":"text"`, 1), strings.Replace(message(""), "post_comment_mobile", "post_comment_\u00e9", 1),
		message(`,"participants":[{"email":"a","extras":{"EMAIL":1,"a":1,"a":2}}],"options":{"x":1.5,"X":1e999}`),
	} {
		f.Add([]byte(body))
	}
	doc, err := document.Webhooks()
	if err != nil {
		f.Fatal(err)
	}
	handler, err := webhook.NewHandler(webhook.PathSecret(secret), ignoring(), webhook.Validation(webhook.Strict))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > maxFuzzed {
			return
		}
		names, problems, err := webhook.Validate(body)
		if err != nil || len(names) == 0 {
			return
		}
		status := 0
		boundMemory(t, func() { status = post(handler, string(body)).Code })
		checker := naive{tree: doc.Tree()}
		if status == http.StatusOK {
			got, err := webhook.Parse(body)
			if err != nil || len(got) != len(names) || len(problems) > 0 {
				t.Fatalf("%d events of %v, with %v and %v", len(got), names, problems, err)
			}
			for i, name := range names {
				checkDecoded(t, got[i], name, body)
				if _, value := exact(t, body); !checker.event(name, value) {
					t.Fatalf("as %s it lacks something, or has a value of another type", name)
				}
			}
			return
		}
		fits := !slices.ContainsFunc(names, func(name webhook.Name) bool {
			representable, value := exact(t, body)
			return !representable || json.Unmarshal(body, typeOf(name)) != nil || !checker.event(name, value)
		})
		if fits && !slices.ContainsFunc(problems, beyondTypes) && status != http.StatusRequestEntityTooLarge && !tooDeep(body) {
			t.Fatalf("it fits %v, and is refused with %d: %v", names, status, problems)
		}
	})
}

// beyondTypes reports whether a problem is one that types and required members cannot
// express.
func beyondTypes(problem webhook.Problem) bool {
	if problem == (webhook.Problem{Pointer: "/payload", Reason: `the required member "type" is missing`}) {
		return true // it may stand in either of two places
	}
	for _, reason := range []string{
		"does not match the pattern",       // of a type, a time or digits
		"must be at least",                 // a minimum
		"must have at least",               // a list that must not be empty
		"must be \"",                       // a constant
		"is what the document rules out",   // an object where only text is known
		"must be one of ",                  // a flag as other text than "true" and "false"
		"fits none of the accepted shapes", // no type in any of its places
		"has more than the",                // beyond the bounds
		"is deeper than the",               // beyond the bounds
		"stands twice, or under a name",    // read differently by different readers
	} {
		if strings.HasPrefix(problem.Reason, reason) {
			return true
		}
	}
	return false
}

func tooDeep(body []byte) bool {
	depth, deepest := 0, 0
	decoder := json.NewDecoder(bytes.NewReader(body))
	for token, err := decoder.Token(); err == nil; token, err = decoder.Token() {
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		deepest = max(deepest, depth)
	}
	return deepest > webhook.DefaultMaxDepth
}

// checkDecoded checks that an event is what encoding/json makes of its body.
func checkDecoded(t *testing.T, event webhook.Event, name webhook.Name, body []byte) {
	t.Helper()
	if event.Name() != name {
		t.Fatalf("%s became %s", name, event.Name())
	}
	want := typeOf(name)
	if err := json.Unmarshal(body, want); err != nil {
		t.Fatalf("accepted as %s: %v", name, err)
	}
	if decoded := reflect.ValueOf(event).Elem().Field(0).Interface(); !reflect.DeepEqual(decoded, reflect.ValueOf(want).Elem().Interface()) {
		t.Fatalf("the event has %+v, encoding/json %+v", decoded, want)
	}
}

// typeOf is a new generated body of an event.
func typeOf(name webhook.Name) any {
	switch name {
	case webhook.CustomAgentAllocation:
		return &webhooks.CustomAgentAllocation{}
	case webhook.CustomButton:
		return &webhooks.CustomButton{}
	case webhook.MarkAsResolved:
		return &webhooks.MarkAsResolved{}
	case webhook.NewSession:
		return &webhooks.NewSession{}
	case webhook.UserLogout:
		return &webhooks.UserLogout{}
	case webhook.WhatsAppForwardMessage:
		return &webhooks.WhatsAppForwardMessage{}
	case webhook.WhatsAppForwardStatus:
		return &webhooks.WhatsAppForwardStatus{}
	default:
		return &webhooks.PostComment{}
	}
}

// exact decodes a body with all digits. It also reports whether each number is one
// that the validator can compute with; others it takes for null.
func exact(t *testing.T, body []byte) (representable bool, value any) {
	t.Helper()
	var rounded any
	representable = json.Unmarshal(body, &rounded) == nil
	return representable, generic(t, body)
}

// naive checks values against required members and JSON types, and nothing else.
type naive struct{ tree map[string]any }

func (n naive) event(name webhook.Name, value any) bool {
	path := []string{"webhooks", string(name), "post", "requestBody", "content", "application/json", "schema"}
	var schema any = n.tree
	for _, key := range path {
		schema = schema.(map[string]any)[key]
		if reference, ok := schema.(map[string]any)["$ref"].(string); ok && key != "schema" {
			schema = n.at(reference)
		}
	}
	return n.fits(schema.(map[string]any), value)
}

func (n naive) at(reference string) any {
	var node any = n.tree
	for key := range strings.SplitSeq(strings.TrimPrefix(reference, "#/"), "/") {
		node = node.(map[string]any)[key]
	}
	return node
}

func (n naive) fits(schema map[string]any, value any) bool {
	if reference, ok := schema["$ref"].(string); ok && !n.fits(n.at(reference).(map[string]any), value) {
		return false
	}
	if types, ok := schema["type"]; ok && !slices.ContainsFunc(texts(types), func(name string) bool { return isOf(name, value) }) {
		return false
	}
	if branches, ok := schema["anyOf"].([]any); ok {
		if !slices.ContainsFunc(branches, func(branch any) bool { return n.fits(branch.(map[string]any), value) }) {
			return false
		}
	}
	switch value := value.(type) {
	case map[string]any:
		return n.objectFits(schema, value)
	case []any:
		items, ok := schema["items"].(map[string]any)
		return !ok || !slices.ContainsFunc(value, func(item any) bool { return !n.fits(items, item) })
	}
	return true
}

func (n naive) objectFits(schema, value map[string]any) bool {
	for _, name := range texts(schema["required"]) {
		if _, ok := value[name]; !ok {
			return false
		}
	}
	properties, _ := schema["properties"].(map[string]any)
	for name, member := range value {
		property, ok := properties[name].(map[string]any)
		if !ok {
			property, ok = schema["additionalProperties"].(map[string]any)
		}
		if ok && !n.fits(property, member) {
			return false
		}
	}
	return true
}

// texts is a text, or a list of texts.
func texts(value any) (list []string) {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		for _, item := range value {
			list = append(list, item.(string))
		}
	}
	return list
}

func isOf(name string, value any) bool {
	switch value := value.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case string:
		return name == "string"
	case []any:
		return name == "array"
	case map[string]any:
		return name == "object"
	case json.Number:
		number, err := strconv.ParseFloat(value.String(), 64)
		return name == "number" || name == "integer" && err == nil && (number == float64(int64(number)) || number > 1e18 || number < -1e18)
	}
	return false
}

// maxFuzzed is how long bodies are that are looked at: what a longer one costs is
// checked elsewhere.
const maxFuzzed = 64 << 10

// boundMemory checks that one body does not take too much memory.
func boundMemory(t *testing.T, read func()) {
	t.Helper()
	if took := allocatedBy(read); took > 32<<20 {
		t.Fatalf("it took %d bytes", took)
	}
}
