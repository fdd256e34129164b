package canary

import (
	"maps"
	"slices"
	"strings"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/facade"
	"github.com/qismo-go/qismo/internal/invoke"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// operated is an operation and a method of the façade that is for it.
type operated struct {
	*document.Operation

	front  *front
	method facade.Method
	number int  // of the operation
	again  bool // another method for an operation
	// values are what the method is called with, as JSON has it.
	values map[string]any
	// ordinary are the same with an ordinary sentence wherever it is taken.
	ordinary map[string]any
}

// arguments are what the method is called with, new for each call: a file is read
// once.
func (o *operated) arguments(values map[string]any) map[string]any {
	all := maps.Clone(values)
	o.front.typed(o.method.String(), all)
	invoke.AddOtherNames(all)
	return all
}

// What a request says that is not in the document.
func inRequest(kind Kind, name string) Canary { return New(kind, "a request's "+name) }

// shown are the arguments of an operation as the document shows them: its parameters,
// those that may be left out too, and the first example of its body.
func (f *front) shown(operation *document.Operation, method facade.Method) map[string]any {
	known := f.known()
	maps.DeleteFunc(known, func(name string, _ any) bool { // those that are for other methods
		return strings.Contains(name, ".") && !strings.HasPrefix(name, method.String()+".")
	})
	for _, parameter := range operation.Parameters {
		if parameter.In == "header" {
			continue
		}
		value := shownParameter(parameter)
		known[parameter.Name] = value
		if parameter.Array {
			known[parameter.Name] = []any{value}
		}
	}
	if _, hasCursor := known["cursor_after"]; hasCursor { // one of two ways of paging
		delete(known, "page")
		delete(known, "cursor_before")
	}
	body, ok := operation.JSON()
	if !ok || len(body.Examples) == 0 {
		return known
	}
	first := slices.Min(slices.Collect(maps.Keys(body.Examples)))
	members, _ := asJSON(body.Examples[first]).(map[string]any)
	for _, member := range members { // a method may take out of an object what is in it
		inner, _ := member.(map[string]any)
		maps.Copy(known, inner)
	}
	maps.Copy(known, members)
	return known
}

func shownParameter(parameter document.Parameter) any {
	switch {
	case parameter.Name == "channel_type":
		return string(qismo.SourceQiscus)
	case len(parameter.Enum) > 0:
		return parameter.Enum[0]
	case parameter.Name == "type":
		return "2" // of an app
	}
	for _, value := range []any{"98120734", float64(2), true} {
		if parameter.Schema == nil || len(parameter.Schema.Validate(value)) == 0 {
			return value
		}
	}
	return "98120734"
}

// A leaf is a value in JSON that holds no others, and how to get there.
type leaf struct {
	path  []any // names and numbers
	name  string
	value any
}

// leavesOf lists the leaves of a JSON value, in an order that does not change.
func leavesOf(value any, path []any, name string) []leaf {
	switch value := value.(type) {
	case map[string]any:
		var leaves []leaf
		for _, member := range slices.Sorted(maps.Keys(value)) {
			leaves = append(leaves, leavesOf(value[member], append(slices.Clip(path), member), member)...)
		}
		return leaves
	case []any:
		var leaves []leaf
		for i, item := range value {
			leaves = append(leaves, leavesOf(item, append(slices.Clip(path), i), name)...)
		}
		return leaves
	}
	return []leaf{{path: path, name: name, value: value}}
}

// with is a copy of a JSON value with another leaf in one place.
func with(value any, path []any, changed any) any {
	if len(path) == 0 {
		return changed
	}
	switch value := value.(type) {
	case map[string]any:
		name, _ := path[0].(string)
		duplicate := maps.Clone(value)
		duplicate[name] = with(value[name], path[1:], changed)
		return duplicate
	case []any:
		at, _ := path[0].(int)
		duplicate := slices.Clone(value)
		duplicate[at] = with(value[at], path[1:], changed)
		return duplicate
	}
	return value
}
