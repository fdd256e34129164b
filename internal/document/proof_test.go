package document_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

// A rule that nothing ever breaks may be misspelt, stand in the wrong place or
// be ignored by the validator, and nobody would notice. So each rule of the
// documents is proved: there is a body which the document refuses, and which
// the same document without that rule accepts.
//
// The bodies are made from the examples and the fixtures, by changing one value
// in them. What no fixture shows cannot be proved, so a fixture is missing when
// this test names a rule.
func TestEveryConstraintIsProved(t *testing.T) {
	for _, c := range contracts(t) {
		t.Run(c.name, func(t *testing.T) {
			p := newProver(t, c.doc, c.bodies(t))
			rules := 0
			for _, schema := range reachable(c.doc.Tree(), c.schemas(), "if", "not", "contentSchema") {
				for _, r := range rulesOf(c.doc.Tree(), schema) {
					rules++
					if gap := p.prove(t, r); gap != "" {
						assert.Fail(t, "a rule is not proved", "%s: %s", r.at, gap)
					}
				}
			}
			assert.NotZero(t, rules)
			t.Logf("%d constraints, each broken and refused", rules)
		})
	}
}

// A prover proves rules of one document with a set of valid bodies.
type prover struct {
	doc *document.Document
	// witnesses are the values that each schema has a say in.
	witnesses map[place][]witness
}

// A witness is a value of a body that a schema has a say in.
type witness struct {
	application
	body body
}

func newProver(t *testing.T, doc *document.Document, bodies []body) *prover {
	t.Helper()
	p := &prover{doc: doc, witnesses: map[place][]witness{}}
	for _, b := range bodies {
		found, err := applications(doc, b.schema, b.value)
		require.NoError(t, err, b.name)
		for _, a := range found {
			p.witnesses[a.schema] = append(p.witnesses[a.schema], witness{application: a, body: b})
		}
	}
	return p
}

// prove looks for a body that only this rule refuses. It returns "" when it has
// found one, and what is missing otherwise.
func (p *prover) prove(t *testing.T, r rule) string {
	t.Helper()
	witnesses := p.witnesses[r.schema]
	if len(witnesses) == 0 {
		return "no example and no fixture has a value here"
	}
	lifted := document.WithTree(r.lift(p.doc.Tree()))
	broken := false
	for _, w := range witnesses {
		if r.keyword == "if" {
			if judge(t, lifted, w.body.schema, w.body.value) != nil {
				return "" // the condition is what spares this body from the demand
			}
			continue
		}
		for _, breach := range r.breaches(w.value) {
			changed := replace(w.body.value, w.where, breach)
			problems := judge(t, p.doc, w.body.schema, changed)
			if problems == nil {
				continue
			}
			broken = true
			if judge(t, lifted, w.body.schema, changed) == nil {
				w.checkReport(t, r, problems)
				return ""
			}
		}
	}
	if broken {
		return "whatever breaks it also breaks another rule"
	}
	return "nothing that should break it is refused"
}

// checkReport checks what the document says of a breach: it names the place,
// and never the value.
func (w witness) checkReport(t *testing.T, r rule, problems []document.Problem) {
	t.Helper()
	// A choice can only be reported as a whole when the value suits several of
	// its branches.
	accepted := []string{string(w.where)}
	for _, choice := range w.choices {
		accepted = append(accepted, string(choice))
	}
	named := false
	for _, problem := range problems {
		for _, pointer := range accepted {
			named = named || problem.Pointer == pointer
		}
		assert.NotContains(t, problem.String(), canary, "%s, broken in %s: the report tells the value", r.at, w.body.name)
		assert.NotEmpty(t, problem.Reason, "%s, broken in %s", r.at, w.body.name)
	}
	assert.True(t, named, "%s, broken in %s at %q: reported as %v", r.at, w.body.name, w.where, problems)
}

// judge validates a value against one schema of a document; nil means accepted.
func judge(t *testing.T, doc *document.Document, schema place, value any) []document.Problem {
	t.Helper()
	compiled, err := doc.Schema(string(schema))
	require.NoError(t, err)
	return compiled.Validate(value)
}

// The proofs above are only as good as what they know: a keyword that they do
// not know would be skipped.
func TestKeywordsAreKnown(t *testing.T) {
	t.Parallel()
	for _, c := range contracts(t) {
		tree := c.doc.Tree()
		for _, schema := range reachable(tree, c.schemas()) {
			content := members(tree, schema)
			for keyword, value := range content {
				assert.NotZero(t, keywords[keyword], "%s: %s has a keyword that the tests do not know: %s", c.name, schema, keyword)
				if isImplied(content, keyword) {
					checkImplied(t, schema, value, content)
				}
			}
		}
	}
}

// checkImplied checks that a type says what the listed values beside it say.
func checkImplied(t *testing.T, schema place, declared any, content map[string]any) {
	t.Helper()
	assert.Equal(t, "string", declared, "%s: the engine knows only lists of texts", schema)
	values, _ := content["enum"].([]any)
	if fixed, ok := content["const"]; ok {
		values = append(values, fixed)
	}
	assert.NotEmpty(t, values, schema)
	for _, value := range values {
		assert.Equal(t, "string", strings.ToLower(fmt.Sprintf("%T", value)), schema)
	}
}
