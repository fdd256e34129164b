package document_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/qismo-go/qismo/internal/document"
)

// The prover itself: it proves what holds, and says what is missing otherwise.
func TestProver(t *testing.T) {
	t.Parallel()
	const (
		unseen    = "no example and no fixture has a value here"
		ignored   = "nothing that should break it is refused"
		redundant = "whatever breaks it also breaks another rule"
	)
	for name, test := range map[string]struct {
		schema string
		bodies []string
		gaps   map[place]string // by the place within the schema; all else is proved
	}{
		"every keyword": {
			schema: `
type: object
required: [text, list]
properties:
  text: {type: string, minLength: 2, maxLength: 40}
  code: {type: string, pattern: '^[0-9]+$'}
  number: {type: number, minimum: -1.5, maximum: 90}
  list: {type: array, minItems: 1, maxItems: 2, items: {type: [integer, "null"]}}
  listed: {type: string, enum: [satu, dua]}
  fixed: {type: string, const: tetap}
  any: {anyOf: [{type: integer}, {type: "null"}]}
  one: {oneOf: [{type: string}, {type: boolean}]}
  no: {not: {type: [object, array]}}
  none: {type: string, not: {enum: [satu]}}
additionalProperties: {type: boolean}
dependentSchemas: {text: {required: [number]}}
if: {properties: {listed: {const: satu}}}
then: {required: [fixed]}
else: {required: [any]}
`,
			bodies: []string{
				`{"text": "ab", "code": "7", "number": 3, "list": [1, null], "listed": "satu", "fixed": "tetap", "any": null, "one": true, "no": 1, "none": "dua", "other": true}`,
				`{"text": "ab", "number": 3, "list": [1], "listed": "dua", "any": 1, "one": "a"}`,
			},
		},
		"a member that no body has": {
			schema: `{type: object, properties: {name: {type: string}}}`,
			bodies: []string{`{}`},
			gaps:   map[place]string{"/properties/name/type": unseen},
		},
		"a condition that no body meets": {
			schema: `{type: object, if: {required: [kind]}, then: {required: [size]}}`,
			bodies: []string{`{}`},
			gaps:   map[place]string{"/then/required/0": unseen},
		},
		"a condition that holds for all bodies": {
			schema: `{type: object, if: {properties: {kind: {}}}, then: {required: [size]}}`,
			bodies: []string{`{"size": 1}`},
			gaps:   map[place]string{"/if": ignored},
		},
		"a choice with a branch that accepts all": {
			schema: `{anyOf: [{type: string, maxLength: 40}, {description: anything}]}`,
			bodies: []string{`"abc"`},
			gaps:   map[place]string{"/anyOf": ignored, "/anyOf/0/type": ignored, "/anyOf/0/maxLength": ignored},
		},
		"a rule that says what another says": {
			schema: `{allOf: [{type: string}, {type: [string, "null"]}]}`,
			bodies: []string{`"abc"`},
			gaps:   map[place]string{"/allOf/1/type": redundant},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var schema any
			require.NoError(t, yaml.Unmarshal([]byte(test.schema), &schema))
			doc := document.WithTree(map[string]any{"schema": schema})
			var bodies []body
			for _, text := range test.bodies {
				value, err := decode([]byte(text))
				require.NoError(t, err)
				require.Empty(t, judge(t, doc, "/schema", value), text)
				bodies = append(bodies, body{name: text, schema: "/schema", value: value})
			}
			p := newProver(t, doc, bodies)
			gaps := map[place]string{}
			for _, schema := range reachable(doc.Tree(), []place{"/schema"}, "if", "not") {
				for _, r := range rulesOf(doc.Tree(), schema) {
					if gap := p.prove(t, r); gap != "" {
						gaps[r.at[len("/schema"):]] = gap
					}
				}
			}
			if test.gaps == nil {
				test.gaps = map[place]string{}
			}
			assert.Equal(t, test.gaps, gaps)
		})
	}
}
