package document_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/qismo-go/qismo/internal/document"
)

// walked tells what a walk says, a line for each visit that says anything.
func walked(t *testing.T, schema, body string) []string {
	t.Helper()
	var tree map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(schema), &tree))
	doc := document.WithTree(tree)
	shape, err := document.NewShapes(doc).At("/schema")
	require.NoError(t, err)
	var value any
	require.NoError(t, json.Unmarshal([]byte(body), &value))
	lines := []string{}
	shape.Walk(value, func(v document.Visit) {
		if v.Expected != "" {
			lines = append(lines, fmt.Sprintf("%s wants %s, is %s", v.Pointer(), v.Expected, v.Type))
		}
		for _, member := range v.Unknown {
			lines = append(lines, fmt.Sprintf("%s unknown %s %s", v.Pointer(), member.Name, member.Type))
		}
		for _, name := range v.Missing {
			lines = append(lines, fmt.Sprintf("%s lacks %s", v.Pointer(), name))
		}
		if v.Broken {
			lines = append(lines, v.Pointer()+" broken")
		}
	})
	return lines
}

func TestWalk(t *testing.T) {
	t.Parallel()
	const room = `
schema: {$ref: '#/shapes/Room'}
shapes:
  Room:
    type: object
    required: [id]
    properties:
      id: {type: integer}
      name: {type: [string, 'null']}
      tags: {type: array, items: {$ref: '#/shapes/Tag'}}
      parent: {anyOf: [{$ref: '#/shapes/Room'}, {type: 'null'}]}
      extras: {type: [object, 'null']}
      any: {description: anything}
      at: {anyOf: [{type: string, pattern: '^[0-9]+$'}, {$ref: '#/shapes/Tag'}]}
  Tag: {type: object, required: [label], properties: {label: {type: string, enum: [a, b]}}}
`
	const union = `
schema:
  anyOf:
    - {type: object, required: [a], properties: {a: {type: string}}}
    - {type: object, required: [b], properties: {b: {type: string}, c: {type: string}}}
`
	for name, test := range map[string]struct {
		schema, body string
		want         []string
	}{
		"valid":                    {room, `{"id":1,"name":null,"tags":[{"label":"a"}],"parent":{"id":2.0},"extras":{"x":{"y":1}},"any":{"z":1},"at":"7"}`, nil},
		"unknown":                  {room, `{"id":1,"other":[]}`, []string{" unknown other array"}},
		"unknown in items":         {room, `{"id":1,"tags":[{"label":"a"},{"label":"b","x":null}]}`, []string{"/tags/* unknown x null"}},
		"unknown below a choice":   {room, `{"id":1,"parent":{"id":1,"parent":{"id":2,"x":1.5}}}`, []string{"/parent/parent unknown x number"}},
		"unknown in one of two":    {room, `{"id":1,"at":{"label":"a","x":true}}`, []string{"/at unknown x boolean"}},
		"wrong type":               {room, `{"id":"1","name":5}`, []string{"/id wants integer, is string", "/name wants null or string, is integer"}},
		"wrong type of a choice":   {room, `{"id":1,"parent":[],"at":5}`, []string{"/at wants object or string, is integer", "/parent wants null or object, is array"}},
		"a fraction is no integer": {room, `{"id":1.5}`, []string{"/id wants integer, is number"}},
		"missing":                  {room, `{"tags":[{}]}`, []string{" lacks id", "/tags/* lacks label"}},
		"broken":                   {room, `{"id":1,"tags":[{"label":"c"}],"at":"x"}`, []string{"/at broken", "/tags/*/label broken"}},
		"wrong type of the whole":  {room, `[]`, []string{" wants object, is array"}},
		"any type":                 {`schema: {}`, `{"a":1}`, nil},
		"free names":               {`schema: {type: object, properties: {a: {type: string}}, additionalProperties: {type: integer}}`, `{"a":1,"5133":"x","b":2}`, []string{"/* wants integer, is string", "/a wants string, is integer"}},
		"free names, any value":    {`schema: {type: object, properties: {a: {type: string}}, additionalProperties: true}`, `{"a":"","b":{"c":2}}`, nil},
		"no further names":         {`schema: {type: object, properties: {a: {type: string}}, additionalProperties: false}`, `{"b":1}`, []string{" unknown b integer", " broken"}},
		"all of":                   {`schema: {allOf: [{properties: {a: {type: string}}}, {properties: {b: {type: string}}}]}`, `{"a":"","b":1,"c":1}`, []string{" unknown c integer", "/b wants string, is integer"}},
		"both say of a member":     {`schema: {allOf: [{properties: {a: {properties: {b: {}}}}}, {properties: {a: {properties: {c: {}}}}}]}`, `{"a":{"b":1,"c":2,"d":3}}`, []string{"/a unknown d integer"}},
		"fits one branch":          {union, `{"a":"","c":""}`, []string{" unknown c string"}},
		"fits both branches":       {union, `{"a":"","b":"","c":"","d":""}`, []string{" unknown d string"}},
		"closest branch":           {union, `{"b":"","c":5,"d":""}`, []string{" unknown d string", "/c wants string, is integer"}},
		"fits no branch":           {union, `{"d":""}`, []string{" broken"}},
		"a branch that lists none": {`schema: {anyOf: [{type: object, properties: {a: {type: string}}}, {type: object}]}`, `{"a":"","b":{"c":1}}`, nil},
		"a branch that only rules": {`schema: {properties: {a: {}}, anyOf: [{required: [a]}, {properties: {b: {}}}]}`, `{"a":"","c":1}`, []string{" unknown c integer"}},
		"a condition":              {`schema: {properties: {a: {}}, if: {required: [a]}, then: {properties: {b: {type: string}}}, else: {properties: {c: {type: string}}}}`, `{"a":"","b":1,"c":1}`, []string{" unknown c integer", "/b wants string, is integer"}},
		"its other side":           {`schema: {properties: {a: {}}, if: {required: [a]}, else: {properties: {c: {type: string}}}}`, `{"b":1,"c":1}`, []string{" unknown b integer", "/c wants string, is integer"}},
		"dependent":                {`schema: {properties: {a: {}}, dependentSchemas: {a: {required: [b], properties: {b: {}}}}}`, `{"a":""}`, []string{" lacks b"}},
		"names are escaped":        {`schema: {properties: {a/b~c: {type: string}}}`, `{"a/b~c":1}`, []string{"/a~1b~0c wants string, is integer"}},
		"a rule on a list":         {`schema: {type: array, maxItems: 1, items: {type: integer}}`, `[1,2]`, []string{" broken"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.want == nil {
				test.want = []string{}
			}
			assert.Equal(t, test.want, walked(t, test.schema, test.body))
		})
	}
}

func TestShapesRefuseWhatLeadsNowhere(t *testing.T) {
	t.Parallel()
	for name, schema := range map[string]string{
		"nothing there":       `other: {}`,
		"reference":           `schema: {properties: {a: {$ref: '#/none'}}}`,
		"another document":    `schema: {items: {$ref: 'other.json#/a'}}`,
		"reference in a list": `schema: {allOf: [{$ref: '#/a'}]}`,
	} {
		var tree map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(schema), &tree))
		_, err := document.NewShapes(document.WithTree(tree)).At("/schema")
		assert.Error(t, err, name)
	}
}

// A walk agrees with what the tests of the documents know by other means: which
// schemas apply where. Of every answer and event it says nothing; a member
// planted into an object is found wherever the document lists members.
func TestWalkFindsWhatIsPlanted(t *testing.T) {
	for _, c := range contracts(t) {
		shapes := document.NewShapes(c.doc)
		planted := 0
		for _, b := range c.bodies(t) {
			operation := c.doc.Operation(b.operation)
			if b.part == "parameter" || b.part == "request" && !operation.IsWebhook() {
				continue // what the service sends is what drifts
			}
			shape, err := shapes.At(string(b.schema))
			require.NoError(t, err)
			assert.Empty(t, deviations(shape, b.value), b.name)
			found, err := applications(c.doc, b.schema, b.value)
			require.NoError(t, err)
			for where, want := range c.listedObjects(found) {
				object := members(b.value, where)
				changed := replace(b.value, where, with(object, canary, true))
				if want == "" {
					assert.Empty(t, deviations(shape, changed), "%s at %q", b.name, where)
					continue
				}
				planted++
				assert.Equal(t, []string{want[1:] + " unknown"}, deviations(shape, changed), "%s at %q", b.name, where)
			}
		}
		assert.Positive(t, planted)
		t.Logf("%s: %d members planted and found", c.name, planted)
	}
}

// deviations lists, by pointer, what a walk says of a value.
func deviations(shape *document.Shape, value any) []string {
	var found []string
	shape.Walk(value, func(v document.Visit) {
		switch {
		case v.Expected != "" || v.Broken || len(v.Missing) > 0:
			found = append(found, v.Pointer()+" wrong")
		case len(v.Unknown) > 0:
			found = append(found, v.Pointer()+" unknown")
		}
	})
	return found
}

// listedObjects returns the objects of a body: with the pointer that a walk must
// tell, after a colon, where all schemas together list the members, and "" where
// a name can be anything. Objects that some branch of a choice leaves open, and
// others do not, are left out: what is known of them is a matter of opinion.
func (c contract) listedObjects(found []application) map[place]string {
	tree := c.doc.Tree()
	listed, free := map[place]map[string]bool{"": {}}, map[place]bool{}
	for _, a := range found {
		names := members(tree, a.schema.join("properties"))
		if listed[a.where] == nil {
			listed[a.where] = map[string]bool{}
		}
		for name := range names {
			listed[a.where][name] = true
		}
		free[a.where] = free[a.where] || has(members(tree, a.schema), "additionalProperties")
	}
	objects := map[place]string{}
	for _, a := range found {
		if _, isObject := a.value.(map[string]any); !isObject || c.isVague(found, a.where) {
			continue
		}
		if len(listed[a.where]) == 0 || free[a.where] {
			objects[a.where] = ""
			continue
		}
		general, at := place(""), place("")
		for _, step := range a.where.segments() {
			if listed[at][step] {
				general = general.join(step)
			} else {
				general = general.join("*")
			}
			at = at.join(step)
		}
		objects[a.where] = ":" + string(general)
	}
	return objects
}

// isVague reports whether the object at a place, or one above it, fits a branch of
// a choice that lists members and one that does not.
func (c contract) isVague(found []application, where place) bool {
	listing, free := false, false
	for _, a := range found {
		isBranch := strings.Contains(string(a.schema), "/anyOf/") || strings.Contains(string(a.schema), "/oneOf/")
		_, isObject := a.value.(map[string]any)
		if !isBranch || !isObject || a.where != where && !strings.HasPrefix(string(where), string(a.where)+"/") {
			continue
		}
		below, err := applications(c.doc, a.schema, a.value)
		lists := err == nil && slices.ContainsFunc(below, func(b application) bool {
			return b.where == "" && has(members(c.doc.Tree(), b.schema), "properties")
		})
		listing, free = listing || lists, free || !lists
	}
	return listing && free
}

// with returns a copy of an object that has one member more.
func with(object map[string]any, name string, value any) map[string]any {
	object = without(object, name)
	object[name] = value
	return object
}

func TestPointersHoldNothingOfTheBody(t *testing.T) {
	t.Parallel()
	lines := walked(t, `schema: {properties: {a: {type: array, items: {additionalProperties: {type: string}}}}}`,
		`{"a":[{"`+canary+`":1}]}`)
	assert.Equal(t, []string{"/a/*/* wants string, is integer"}, lines)
	assert.NotContains(t, strings.Join(lines, "\n"), canary)
}
