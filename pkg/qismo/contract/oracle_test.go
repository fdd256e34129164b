package contract_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// canary stands for what no report may repeat.
const canary = "kanari-2f81c7"

// sample is an answer that the document shows, or a fixture.
type sample struct {
	name     string
	exchange qismo.Exchange
	schema   string
	value    any
}

// with returns the sample's answer with another body.
func (s sample) with(t *testing.T, value any) qismo.Exchange {
	t.Helper()
	exchange := s.exchange
	var err error
	exchange.Body, err = json.Marshal(value)
	require.NoError(t, err)
	return exchange
}

// samples are all answers that the document and the fixtures show. Refusals, which
// all operations share, are those of getRoom alone.
func samples(t *testing.T) []sample {
	t.Helper()
	rest, err := document.REST()
	require.NoError(t, err)
	var all []sample
	add := func(operation *document.Operation, status int, name string, value any) {
		response, ok := operation.Response(status)
		require.True(t, ok, name)
		s := sample{name: name, schema: response.Content["application/json"].Pointer}
		s.exchange = qismo.Exchange{Operation: operation.ID, Status: status, ContentType: "application/json", Whole: true}
		s.exchange = s.with(t, value)
		require.NoError(t, json.Unmarshal(s.exchange.Body, &s.value))
		all = append(all, s)
	}
	for _, operation := range rest.Operations() {
		for class, response := range operation.Responses {
			if class != "200" && operation.ID != "getRoom" {
				continue
			}
			status, err := strconv.Atoi(strings.ReplaceAll(class, "X", "0"))
			require.NoError(t, err)
			for name, example := range response.Content["application/json"].Examples {
				add(operation, status, operation.ID+" "+class+" "+name, example)
			}
		}
	}
	files, err := filepath.Glob("../../../testdata/rest/*.json")
	require.NoError(t, err)
	for _, file := range files {
		base := filepath.Base(file)
		id, part, _ := strings.Cut(base, ".")
		status := 200
		if strings.HasPrefix(base, "error-") {
			id, part, status = "getRoom", "response", 400
		}
		if !strings.HasPrefix(part, "response") {
			continue
		}
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		var value any
		require.NoError(t, json.Unmarshal(content, &value))
		require.NotNil(t, rest.Operation(id), base)
		add(rest.Operation(id), status, base, value)
	}
	require.NotEmpty(t, all)
	return all
}

// spot is a value of a body, and what the document knows of it by the plainest
// means: references are followed, and of a choice the branches that fit.
type spot struct {
	steps   []string // names and indexes, as they are
	pointer string   // as a finding must have it
	value   any
	listed  bool // an object of which the members are listed
	known   bool // not below what is free
	chosen  bool // it, or a value above, can have one of several shapes
	vague   bool // it fits a branch of a choice that lists members and one that does not
}

// spots lists the values of a sample.
func (s sample) spots(t *testing.T) []spot {
	t.Helper()
	rest, err := document.REST()
	require.NoError(t, err)
	o := oracle{t: t, doc: rest}
	o.visit(spot{value: s.value, known: true}, []string{s.schema})
	return o.found
}

type oracle struct {
	t     *testing.T
	doc   *document.Document
	found []spot
}

func (o *oracle) visit(s spot, schemas []string) {
	var all []string
	for _, schema := range schemas {
		all = append(all, o.applying(schema, &s)...)
	}
	names, others, items := map[string][]string{}, []string{}, []string{}
	for _, at := range all {
		node := o.node(at)
		listed, _ := node["properties"].(map[string]any)
		for name := range listed {
			names[name] = append(names[name], at+"/properties/"+name)
		}
		if _, ok := node["additionalProperties"].(map[string]any); ok {
			others = append(others, at+"/additionalProperties")
		}
		if _, ok := node["items"]; ok {
			items = append(items, at+"/items")
		}
	}
	_, isObject := s.value.(map[string]any)
	s.listed = isObject && len(names) > 0 && len(others) == 0
	o.found = append(o.found, s)
	below := func(step, general string, value any, schemas []string) {
		next := s
		next.steps, next.value = append(slices.Clone(s.steps), step), value
		next.vague = s.vague // what is below a vague one is too
		next.pointer, next.known = s.pointer+"/"+general, s.known && len(schemas) > 0
		o.visit(next, schemas)
	}
	switch value := s.value.(type) {
	case map[string]any:
		for name, member := range value {
			if names[name] != nil {
				below(name, name, member, names[name])
			} else {
				below(name, "*", member, others)
			}
		}
	case []any:
		for i, item := range value {
			below(strconv.Itoa(i), "*", item, items)
		}
	}
}

// applying lists the schemas that have a say in a value.
func (o *oracle) applying(at string, s *spot) []string {
	all := []string{at}
	node := o.node(at)
	if reference, ok := node["$ref"].(string); ok {
		all = append(all, o.applying(strings.TrimPrefix(reference, "#"), s)...)
	}
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		branches, _ := node[keyword].([]any)
		shapes, listing, free := 0, 0, 0
		for i := range branches {
			branch := at + "/" + keyword + "/" + strconv.Itoa(i)
			schema, err := o.doc.Schema(branch)
			require.NoError(o.t, err)
			if o.node(branch)["type"] != "null" {
				shapes++
			}
			if keyword != "allOf" && schema.Validate(s.value) != nil {
				continue
			}
			below := o.applying(branch, s)
			all = append(all, below...)
			if slices.ContainsFunc(below, func(at string) bool { return o.node(at)["properties"] != nil }) {
				listing++
			} else {
				free++
			}
		}
		_, isObject := s.value.(map[string]any)
		s.chosen = s.chosen || keyword != "allOf" && isObject && shapes > 1
		s.vague = s.vague || keyword != "allOf" && isObject && listing > 0 && free > 0
	}
	return all
}

func (o *oracle) node(at string) map[string]any {
	var current any = o.doc.Tree()
	for step := range strings.SplitSeq(strings.TrimPrefix(at, "/"), "/") {
		step = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		switch parent := current.(type) {
		case map[string]any:
			current = parent[step]
		case []any:
			i, err := strconv.Atoi(step)
			require.NoError(o.t, err)
			current = parent[i]
		}
	}
	node, ok := current.(map[string]any)
	require.True(o.t, ok, at)
	return node
}

// replaced returns a copy of a tree with another value at the place that steps
// lead to.
func replaced(tree any, steps []string, value any) any {
	if len(steps) == 0 {
		return value
	}
	switch parent := tree.(type) {
	case map[string]any:
		parent = maps.Clone(parent)
		parent[steps[0]] = replaced(parent[steps[0]], steps[1:], value)
		return parent
	case []any:
		i, _ := strconv.Atoi(steps[0])
		parent = slices.Clone(parent)
		parent[i] = replaced(parent[i], steps[1:], value)
		return parent
	}
	return tree
}
