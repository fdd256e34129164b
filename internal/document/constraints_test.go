package document_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// canary is the text that the tests put into bodies in place of what belongs
// there. No report of what is wrong with a body may repeat it.
const canary = "kanari-2f81c7"

// strangers are one value of each kind that JSON has. Whatever a schema wants,
// one of them is something else.
var strangers = []any{
	nil,
	true,
	json.Number("7041775"),
	json.Number("70417.75"),
	canary,
	[]any{canary},
	map[string]any{"asing": canary},
}

// A rule is one constraint of a document: a keyword of a schema that can refuse
// a value, or one of the names that the keyword required lists.
type rule struct {
	at       place // the rule's own place in the document
	schema   place // the schema that it belongs to
	keyword  string
	argument any   // what the keyword is set to; of required, the one name
	wider    []any // of an enum beside a reference: the values that the reference allows
}

// rulesOf lists the rules of the schema at a place; those of the schemas below
// it are theirs.
func rulesOf(tree any, schema place) []rule {
	content := members(tree, schema)
	var rules []rule
	for _, keyword := range sortedKeys(content) {
		if keywords[keyword] != constraint || isImplied(content, keyword) {
			continue
		}
		whole := rule{at: schema.join(keyword), schema: schema, keyword: keyword, argument: content[keyword]}
		if reference, ok := content["$ref"].(string); ok && keyword == "enum" {
			whole.wider, _ = members(tree, place(strings.TrimPrefix(reference, "#")))["enum"].([]any)
		}
		if keyword != "required" {
			rules = append(rules, whole)
			continue
		}
		names, _ := content[keyword].([]any)
		for i, name := range names {
			one := whole
			one.at, one.argument = whole.at.join(strconv.Itoa(i)), name
			rules = append(rules, one)
		}
	}
	return rules
}

// isImplied reports whether a keyword refuses nothing that its neighbour does
// not refuse: the type beside an enum or a const stands there for the tools
// that generate code. TestKeywordsAreKnown sees to it that the two agree.
func isImplied(content map[string]any, keyword string) bool {
	return keyword == "type" && (has(content, "enum") || has(content, "const"))
}

// breaches returns values to put in place of one that keeps the rule, each made
// to break it. Not every one does: whether it breaks this rule, and only this
// one, shows when the document judges it with and without the rule.
func (r rule) breaches(value any) []any {
	switch r.keyword {
	case "type", "const", "anyOf", "oneOf":
		return strangers
	case "not":
		excluded, _ := r.argument.(map[string]any)["enum"].([]any)
		return append(slices.Clone(excluded), strangers...)
	case "enum":
		return append(slices.Clone(r.wider), strangers...)
	case "required":
		if object, ok := value.(map[string]any); ok {
			return []any{without(object, fmt.Sprint(r.argument))}
		}
	case "pattern", "minLength", "maxLength":
		if _, ok := value.(string); ok {
			return r.texts()
		}
	case "minimum", "maximum":
		if _, ok := value.(json.Number); ok {
			return []any{beyond(r.argument, r.keyword)}
		}
	case "minItems", "maxItems":
		if list, ok := value.([]any); ok {
			return r.lists(list)
		}
	}
	return nil
}

// texts returns texts that a pattern may refuse, or that are one character too
// short or too long.
func (r rule) texts() []any {
	switch r.keyword {
	case "minLength":
		return []any{strings.Repeat("x", max(r.limit()-1, 0))}
	case "maxLength":
		return []any{strings.Repeat(canary, r.limit()+1)[:r.limit()+1]}
	default:
		return []any{canary, ""}
	}
}

// lists returns the list with one item too few or one too many.
func (r rule) lists(list []any) []any {
	switch {
	case r.keyword == "minItems":
		return []any{list[:max(r.limit()-1, 0)]}
	case len(list) > 0:
		return []any{slices.Repeat(list[:1], r.limit()+1)}
	default:
		return nil
	}
}

func (r rule) limit() int { return index(fmt.Sprint(r.argument)) }

// beyond returns a number that is one past a limit.
func beyond(limit any, keyword string) json.Number {
	number, ok := new(big.Rat).SetString(fmt.Sprint(limit))
	if !ok {
		panic(fmt.Sprintf("%s %v is no number", keyword, limit))
	}
	step := big.NewRat(1, 1)
	if keyword == "minimum" {
		step.Neg(step)
	}
	return json.Number(number.Add(number, step).FloatString(0))
}

// lift returns the document's tree as it would be without the rule. Without its
// condition, a then would never be demanded; the rule of a condition is that it
// is not always so, hence without it the condition always holds.
func (r rule) lift(tree any) map[string]any {
	if r.keyword == "if" {
		return replace(tree, r.at, map[string]any{}).(map[string]any)
	}
	return remove(tree, r.at).(map[string]any)
}
