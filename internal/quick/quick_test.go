package quick_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/quick"
)

const fixtures = "../../testdata/webhooks"

// pair is one schema, compiled for the quick check and for the validator.
type pair struct {
	quick *quick.Schema
	full  *document.Schema
}

// events compiles the schema of each event.
func events(t testing.TB) map[string]pair {
	t.Helper()
	doc, err := document.Webhooks()
	require.NoError(t, err)
	pairs := map[string]pair{}
	for _, operation := range doc.Operations() {
		body, ok := operation.JSON()
		require.True(t, ok)
		pairs[operation.ID] = pair{quick.Compile(doc.At, body.Pointer), body.Schema}
	}
	return pairs
}

// valid is the validator's judgement.
func (p pair) valid(body []byte) bool {
	var value any
	_ = json.Unmarshal(body, &value) // at worst a number beyond float64, which is then null
	return len(p.full.Validate(value)) == 0
}

// None of the events may fall back to the slow way because of a new keyword in
// its schema, and none of their known forms.
func TestAcceptsFixtures(t *testing.T) {
	pairs := events(t)
	for _, folder := range []string{"", "invalid"} {
		files, err := filepath.Glob(filepath.Join(fixtures, folder, "*.json"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			body, err := os.ReadFile(file)
			require.NoError(t, err)
			event, _, _ := strings.Cut(filepath.Base(file), "-")
			require.NotNil(t, pairs[event].quick, event)
			assert.Equal(t, folder == "", pairs[event].quick.Accepts(body), file)
		}
	}
}

func TestAccepts(t *testing.T) {
	for name, test := range map[string]struct {
		schema    string
		yes, none []string // none: invalid, or for the validator to say
	}{
		"anything": {`{}`, []string{`1`, `null`, `1e999`, `{"a":[]}`, ` "x" `}, nil},
		"integer":  {`{type: integer}`, []string{`0`, `-5`, `1234567890123456789`, `12345678901234567890`}, []string{`1.0`, `1e2`, `1` + strings.Repeat(`0`, 400), `"1"`, `null`}},
		"number":   {`{type: number}`, []string{`0`, `-5`, `1` + strings.Repeat(`0`, 299)}, []string{`1.5`, `1e999`, `"1"`}},
		"types":    {`{type: [string, "null", boolean]}`, []string{`""`, `null`, `true`, `false`}, []string{`1`, `[]`, `{}`}},
		"minimum":  {`{minimum: 3}`, []string{`3`, `4`, `"x"`}, []string{`2`, `-9`, `4.0`, `123456789012345678901`}},
		"pattern":  {`{pattern: "^a+$"}`, []string{`"aa"`, `1`}, []string{`"b"`, `""`, `"\u0061"`, `"aé"`}},
		"enum":     {`{type: string, enum: [a, b]}`, []string{`"a"`, `"b"`}, []string{`"c"`, `"\u0061"`, `1`}},
		"const":    {`{type: string, const: a}`, []string{`"a"`}, []string{`"b"`}},
		"items":    {`{minItems: 1, items: {type: integer}}`, []string{`[1]`, `[ 1 , 2 ]`, `{}`}, []string{`[]`, `["a"]`, `[1,[]]`}},
		"count":    {`{minItems: 2}`, []string{`[1,{}]`, `[ "]" , [[]] , 3 ]`}, []string{`[]`, `[[1,2]]`}},
		"members": {`{required: [a, b], properties: {a: {type: string}}}`,
			[]string{`{"a":"","b":1}`, `{"c":{"a":1},"b":"}","a":"\""}`, `[]`, `1`},
			[]string{`{}`, `{"a":""}`, `{"a":1,"b":1}`, `{"a":"","\u0062":1}`, `{"a":1,"a":"","b":1}`, `{"a":"","a":"","b":1}`}},
		"other case": {`{properties: {ab: {}, bC: {}}}`,
			[]string{`{"ab":1,"bC":2,"x":3,"X":4}`, `{"":1,"":2}`}, []string{`{"aB":1}`, `{"bc":1}`, "{\"a\u212a\":1,\"BC\":1}", `{"ab":1,"AB":1}`}},
		"other case, a Kelvin": {`{properties: {k: {}}}`, []string{"{\"\u212b\":1}"}, []string{"{\"\u212a\":1}"}},
		"others": {`{properties: {a: {}}, additionalProperties: {type: integer}}`,
			[]string{`{}`, `{"a":"x","b":1}`, `{"b":1,"b":2}`}, []string{`{"b":"x"}`, `{"b":"x","b":1}`}},
		"any of, two": {`{anyOf: [{properties: {a: {}}}, {type: [object, "null"], properties: {b: {}}}]}`, []string{`1`, `null`, `[]`}, []string{`{}`, `{"B":1}`}},
		"any of":      {`{anyOf: [{type: integer}, {type: object, required: [a]}]}`, []string{`1`, `{"a":1}`}, []string{`{}`, `"x"`}},
		"not":         {`{not: {type: [array, number]}}`, []string{`"x"`, `{}`, `null`}, []string{`[]`, `1`, `1.5`, `1e999`}},
		"not, doubt":  {`{not: {properties: {a: {pattern: "^a$"}}}}`, nil, []string{`{"a":"b"}`, `{"a":"\u0061"}`, `{"\u0061":"b"}`, `{"a":"b","a":"a"}`}},
		"not there":   {`{not: {required: [a]}}`, []string{`{}`, `{"b":1}`}, []string{`{"a":1}`, `1`}},
		"condition": {`{if: {required: [a]}, then: {required: [b]}}`,
			[]string{`{}`, `{"b":1}`, `{"a":1,"b":2}`}, []string{`{"a":1}`}},
		"reference": {`{$ref: "#/defs/list", minItems: 1}`, []string{`[[]]`, `[[[]]]`}, []string{`[]`, `[1]`, `[[1]]`}},
		"words":     {`{description: x, title: x, example: 1, examples: [1], x-y: 1, contentMediaType: text/plain, contentSchema: {type: string}}`, []string{`1`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := compile(t, test.schema)
			require.NotNil(t, p.quick)
			for _, body := range test.yes {
				assert.True(t, p.quick.Accepts([]byte(body)), body)
				assert.True(t, p.valid([]byte(body)), body)
			}
			for _, body := range test.none {
				assert.False(t, p.quick.Accepts([]byte(body)), body)
			}
		})
	}
}

func compile(t testing.TB, schema string) pair {
	t.Helper()
	source := `{openapi: 3.1.0, defs: {list: {type: array, items: {$ref: "#/defs/list"}}, it: ` + schema + `}}`
	doc, err := document.Parse([]byte(source))
	require.NoError(t, err)
	full, err := doc.Schema("/defs/it")
	require.NoError(t, err)
	return pair{quick.Compile(doc.At, "/defs/it"), full}
}

// What is not supported is not compiled, rather than checked in part.
func TestCompileRefusesTheUnknown(t *testing.T) {
	for _, schema := range []string{
		`{maxItems: 1}`, `{else: {}}`, `{allOf: [{}]}`, `{format: date}`, `{type: text}`, `{type: 1}`, `{type: [1]}`,
		`{pattern: "("}`, `{pattern: 1}`, `{enum: [1]}`, `{const: a}`, `{enum: a}`, `{minimum: 1.5}`, `{minimum: 9007199254740993}`, `{minItems: x}`,
		`{anyOf: []}`, `{anyOf: [{maxItems: 1}]}`, `{items: true}`, `{not: {maxItems: 1}}`, `{required: a}`,
		`{properties: []}`, `{properties: {a: {maxItems: 1}}}`, `{$ref: "other.yaml#/a"}`, `{$ref: "#/defs/none"}`, `7`,
	} {
		var tree map[string]map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(`{defs: {it: `+schema+`}}`), &tree))
		find := func(pointer string) any {
			name, _ := strings.CutPrefix(pointer, "/defs/")
			return tree["defs"][name]
		}
		compiled := quick.Compile(find, "/defs/it")
		assert.Nil(t, compiled, schema)
		assert.False(t, compiled.Accepts([]byte(`1`)))
	}
}

func all([]byte) bool { return true }

func TestMembers(t *testing.T) {
	long := strings.Repeat("a", 65)
	for data, want := range map[string]string{
		`{}`:                               "",
		` { } `:                            "",
		`{"a":1}`:                          `a=1;`,
		` { "a" : [1,"]"] , "b":{"c":2} }`: `a=[1,"]"];b={"c":2};`,
		`{"a":"\"}","\u0062":null}`:        `a="\"}";b=null;`,
		`{"a":1,"b":3,"a":2}`:              `a=2;b=3;`,
		`[]`:                               "",
		`null`:                             "",
		``:                                 "",
		`{`:                                "",
		`{"`:                               "",
		`{"a`:                              "",
		`{"a"`:                             "",
		`{"a":`:                            `a=;`,
		`{"a":{"`:                          `a={";`,
		`{"a":]`:                           `a=];`,
		`{"a" 1}`:                          "",
		`{"\x":1,"b":2}`:                   `b=2;`,
		`{"\u00":1,"\u00g0":1,"\u":1}`:     "",
		`{"\u00e9":1,"é":2,"é\n":3}`:       "é=2;",
		`{"\"\\\/\b\f\n\r\t\u005F":1}`:     "\"\\/\b\f\n\r\t_=1;",
		`{"` + long + `":1,"` + long[1:] + `":2,"\u0061` + long + `":3}`: long[1:] + "=2;",
	} {
		var got strings.Builder
		for _, member := range quick.Members([]byte(data), all) {
			got.WriteString(string(member.Key) + "=" + string(member.Value) + ";")
		}
		assert.Equal(t, want, got.String(), data)
	}
}

// A long text costs its length and no more, whatever is in it.
func TestMembersOfLongText(t *testing.T) {
	for _, part := range []string{`\n`, `\"`, `\\`, `[`, `}`, `a`} {
		text := `"` + strings.Repeat(part, 1<<20) + `"`
		members := quick.Members([]byte(`{"a":`+text+`,"b":1}`), all)
		require.Len(t, members, 2)
		assert.Len(t, members[0].Value, len(text))
	}
}

// The quick check never accepts what the validator refuses, and the members of
// an object are those that encoding/json finds.
func FuzzAccepts(f *testing.F) {
	for _, folder := range []string{"", "combined", "invalid"} {
		files, _ := filepath.Glob(filepath.Join(fixtures, folder, "*.json"))
		for _, file := range files {
			body, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(body)
		}
	}
	for _, body := range []string{
		`{"payload":{"room":{"ID":1,"id":2,"id":3}},"PAYLOAD":{}}`, `{"messages":[{"Id":1}],"me\u0073sages":[]}`, strings.Repeat("[", 70) + strings.Repeat("]", 70),
	} {
		f.Add([]byte(body))
	}
	pairs := events(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		members := quick.Members(body, all)
		size, atMost := quick.Measure(body), quick.AtMost(body)
		if size.Exceeds(atMost) {
			t.Fatalf("%v exceeds %v", size, atMost)
		}
		if !json.Valid(body) {
			return
		}
		var want map[string]json.RawMessage
		_ = json.Unmarshal(body, &want)
		got := map[string]json.RawMessage{}
		for _, member := range members {
			got[strings.ToValidUTF8(string(member.Key), "\ufffd")] = member.Value
		}
		for key, value := range want {
			if !isASCII(key) || len(key) > 64 {
				continue // not looked for
			}
			if !bytes.Equal(value, got[key]) {
				t.Fatalf("%q is %q, not %q", key, value, got[key])
			}
		}
		if len(want) < len(got) {
			t.Fatalf("%d members, not %d", len(got), len(want))
		}
		if got := countValues(body); size.Values != got {
			t.Fatalf("%d values, not %d", size.Values, got)
		}
		for _, beyond := range quick.Excess(body, 10) {
			if len(body) < quick.MaxDepth {
				t.Fatalf("%v", beyond)
			}
		}
		for event, p := range pairs {
			ambiguous := p.quick.Ambiguous(body, 1<<20)
			if p.quick.Accepts(body) && (!p.valid(body) || len(ambiguous) > 0) {
				t.Fatalf("accepted as %s, with %d ambiguous members", event, len(ambiguous))
			}
			cleaned := quick.Cut(body, ambiguous)
			if !json.Valid(cleaned) || len(p.quick.Ambiguous(cleaned, 1)) > 0 {
				t.Fatalf("%q is left", cleaned)
			}
			for _, part := range ambiguous {
				if len(quick.Find(body, []string{part.Pointer})) == 0 && utf8.Valid(body) {
					t.Fatalf("nothing is at %q", part.Pointer)
				}
			}
		}
	})
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(char rune) bool { return char >= utf8.RuneSelf })
}

// countValues counts the values of well-formed JSON by its tokens.
func countValues(wellFormed []byte) (count int) {
	decoder := json.NewDecoder(bytes.NewReader(wellFormed))
	decoder.UseNumber()
	var inObject []bool // of each object or array that is open
	key := false        // whether the next token is one
	for {
		token, err := decoder.Token()
		if err != nil {
			return count
		}
		switch {
		case token == json.Delim('}') || token == json.Delim(']'):
			inObject = inObject[:len(inObject)-1]
		case key:
			key = false
			continue
		default:
			count++
		}
		if token == json.Delim('{') || token == json.Delim('[') {
			inObject = append(inObject, token == json.Delim('{'))
		}
		key = len(inObject) > 0 && inObject[len(inObject)-1]
	}
}

func BenchmarkAccepts(b *testing.B) {
	body, err := os.ReadFile(filepath.Join(fixtures, "botMessage-2025-whatsapp-text.json"))
	require.NoError(b, err)
	p := events(b)["botMessage"]
	b.Run("check=quick", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p.quick.Accepts(body)
		}
	})
	b.Run("check=full", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p.valid(body)
		}
	})
}
