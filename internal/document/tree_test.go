package document_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A place is a JSON pointer (RFC 6901), in a document or in a body; "" is the
// whole of it.
type place string

// join leads one step further down.
func (p place) join(segment string) place {
	return p + "/" + place(strings.NewReplacer("~", "~0", "/", "~1").Replace(segment))
}

// segments splits a place into its steps.
func (p place) segments() []string {
	if p == "" {
		return nil
	}
	steps := strings.Split(string(p[1:]), "/")
	for i, step := range steps {
		steps[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
	}
	return steps
}

// at returns what stands at a place of a tree of maps and slices, nil when
// nothing does.
func at(tree any, p place) any {
	for _, step := range p.segments() {
		switch parent := tree.(type) {
		case map[string]any:
			tree = parent[step]
		case []any:
			tree = parent[index(step)]
		default:
			return nil
		}
	}
	return tree
}

// members returns the object at a place of a tree, nil when there is none.
func members(tree any, p place) map[string]any {
	object, _ := at(tree, p).(map[string]any)
	return object
}

// edit returns the tree with what stands at a place changed. What is on the way
// there is copied and the rest is shared, so the old tree stays as it was.
func edit(tree any, p place, change func(any) any) any {
	return editSteps(tree, p.segments(), change)
}

func editSteps(tree any, steps []string, change func(any) any) any {
	if len(steps) == 0 {
		return change(tree)
	}
	switch parent := tree.(type) {
	case map[string]any:
		parent = maps.Clone(parent)
		parent[steps[0]] = editSteps(parent[steps[0]], steps[1:], change)
		return parent
	case []any:
		parent, i := slices.Clone(parent), index(steps[0])
		parent[i] = editSteps(parent[i], steps[1:], change)
		return parent
	default:
		panic(fmt.Sprintf("step %q leads nowhere", steps[0]))
	}
}

// replace returns the tree with another value at a place.
func replace(tree any, p place, value any) any {
	return edit(tree, p, func(any) any { return value })
}

// remove returns the tree without the member or the item at a place.
func remove(tree any, p place) any {
	cut := strings.LastIndexByte(string(p), '/')
	last := p[cut:].segments()[0]
	return edit(tree, p[:cut], func(parent any) any {
		switch parent := parent.(type) {
		case map[string]any:
			return without(parent, last)
		case []any:
			return slices.Delete(slices.Clone(parent), index(last), index(last)+1)
		default:
			panic(fmt.Sprintf("nothing to remove at %s", p))
		}
	})
}

// without returns a copy of an object that lacks one member.
func without(object map[string]any, name string) map[string]any {
	object = maps.Clone(object)
	delete(object, name)
	return object
}

func index(step string) int {
	i, err := strconv.Atoi(step)
	if err != nil {
		panic(fmt.Sprintf("step %q is no index of a list", step))
	}
	return i
}

// sortedKeys lists an object's names in order, so that every run of a test does
// the same and reports in the same order.
func sortedKeys[V any](object map[string]V) []string {
	return slices.Sorted(maps.Keys(object))
}

// decode reads JSON as the tests want it: numbers keep all their digits.
func decode(data []byte) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	return value, err
}

// normalise turns a value out of YAML into one as decode returns it.
func normalise(value any) (any, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return decode(data)
}
