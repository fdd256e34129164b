package document_test

import (
	"slices"
	"strconv"
	"strings"

	"github.com/qismo-go/qismo/internal/document"
)

// A role says what a keyword of JSON Schema means to these tests.
type role int

const (
	annotation role = iota + 1 // validates nothing
	constraint                 // can refuse a value by itself
	applicator                 // leads to another schema, which may refuse
)

// keywords are all that the documents may use. A keyword that is not listed
// fails TestKeywordsAreKnown: it would otherwise go unproved.
var keywords = map[string]role{
	"type": constraint, "enum": constraint, "const": constraint,
	"pattern": constraint, "minLength": constraint, "maxLength": constraint,
	"minimum": constraint, "maximum": constraint,
	"minItems": constraint, "maxItems": constraint,
	"required": constraint,
	// These four lead to schemas too, but refuse by what all of them say together.
	"anyOf": constraint, "oneOf": constraint, "not": constraint, "if": constraint,

	"$ref": applicator, "allOf": applicator, "then": applicator, "else": applicator,
	"properties": applicator, "additionalProperties": applicator, "items": applicator,
	"dependentSchemas": applicator,

	"description": annotation, "contentMediaType": annotation, "contentSchema": annotation,
	"x-go-name": annotation, "x-go-type": annotation, "x-go-type-import": annotation,
	"x-go-type-skip-optional-pointer": annotation, "x-enum-varnames": annotation,
	"x-sensitive": annotation, "x-omitempty": annotation, "x-omitzero": annotation,
}

// subschemas lists the schemas that a keyword of the schema at a place leads to.
func subschemas(schema place, keyword string, value any) []place {
	below := schema.join(keyword)
	switch keyword {
	case "$ref":
		target, _ := value.(string)
		return []place{place(strings.TrimPrefix(target, "#"))}
	case "allOf", "anyOf", "oneOf":
		branches, _ := value.([]any)
		var found []place
		for i := range branches {
			found = append(found, below.join(strconv.Itoa(i)))
		}
		return found
	case "properties", "dependentSchemas":
		named, _ := value.(map[string]any)
		var found []place
		for _, name := range sortedKeys(named) {
			found = append(found, below.join(name))
		}
		return found
	case "items", "additionalProperties", "not", "if", "then", "else", "contentSchema":
		if _, isSchema := value.(map[string]any); isSchema {
			return []place{below}
		}
	}
	return nil
}

// reachable lists every schema that the given ones lead to, themselves included
// and each once. It does not follow the keywords in skip.
func reachable(tree any, from []place, skip ...string) []place {
	seen := map[place]bool{}
	var found []place
	var follow func(place)
	follow = func(schema place) {
		if seen[schema] {
			return
		}
		seen[schema] = true
		found = append(found, schema)
		content := members(tree, schema)
		for _, keyword := range sortedKeys(content) {
			if slices.Contains(skip, keyword) {
				continue
			}
			for _, below := range subschemas(schema, keyword, content[keyword]) {
				follow(below)
			}
		}
	}
	for _, schema := range from {
		follow(schema)
	}
	return found
}

// An application is one schema that has a say in one value of a body: if the
// value did not fit the schema, the body would be refused, unless the value
// then fitted another branch of a choice.
type application struct {
	schema  place   // in the document
	where   place   // in the body
	value   any     // what stands there
	choices []place // where in the body the choices are that led here
}

// applications finds out which schemas of a document have a say in which values
// of a valid body. It follows a choice into the branches that the value fits,
// and a condition to the side that it selects.
func applications(doc *document.Document, schema place, body any) ([]application, error) {
	w := walk{doc: doc}
	w.apply(application{schema: schema, value: body})
	return w.found, w.err
}

type walk struct {
	doc   *document.Document
	found []application
	err   error
}

func (w *walk) apply(a application) {
	w.found = append(w.found, a)
	content := members(w.doc.Tree(), a.schema)
	for _, keyword := range sortedKeys(content) {
		for _, below := range subschemas(a.schema, keyword, content[keyword]) {
			w.follow(a, keyword, below)
		}
	}
}

// follow applies one subschema of a keyword to the values that it speaks of.
func (w *walk) follow(a application, keyword string, below place) {
	next := a
	next.schema = below
	switch keyword {
	case "$ref", "allOf":
		w.apply(next)
	case "anyOf", "oneOf":
		if w.fits(below, a.value) {
			next.choices = append(slices.Clone(a.choices), a.where)
			w.apply(next)
		}
	case "then", "else":
		if w.fits(a.schema.join("if"), a.value) == (keyword == "then") {
			w.apply(next)
		}
	case "dependentSchemas":
		if object, _ := a.value.(map[string]any); has(object, lastStep(below)) {
			w.apply(next)
		}
	case "properties":
		if object, _ := a.value.(map[string]any); has(object, lastStep(below)) {
			w.apply(next.into(lastStep(below), object[lastStep(below)]))
		}
	case "additionalProperties":
		object, _ := a.value.(map[string]any)
		listed := members(w.doc.Tree(), a.schema.join("properties"))
		for _, name := range sortedKeys(object) {
			if !has(listed, name) {
				w.apply(next.into(name, object[name]))
			}
		}
	case "items":
		list, _ := a.value.([]any)
		for i, item := range list {
			w.apply(next.into(strconv.Itoa(i), item))
		}
	}
}

// into moves an application one step down in the body.
func (a application) into(step string, value any) application {
	a.where, a.value = a.where.join(step), value
	return a
}

// fits reports whether a value is valid against one schema of the document.
func (w *walk) fits(schema place, value any) bool {
	compiled, err := w.doc.Schema(string(schema))
	if err != nil {
		w.err = err
		return false
	}
	return compiled.Validate(value) == nil
}

func has(object map[string]any, name string) bool {
	_, there := object[name]
	return there
}

func lastStep(p place) string {
	steps := p.segments()
	return steps[len(steps)-1]
}
