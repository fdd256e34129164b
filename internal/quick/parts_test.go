package quick_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/internal/quick"
)

func TestParts(t *testing.T) {
	for data, want := range map[string]string{
		`{}`: "", `[]`: "", ` []`: "", `1`: "", `"x"`: "", `null`: "", `[ ]`: "",
		`{"a":1}`:                         `/a "a":1 1;`,
		`{ "a~b" : [1,"]"] , "b/":{} }`:   `/a~0b "a~b" : [1,"]"] [1,"]"];/b~1 "b/":{} {};`,
		`{"\u0062":null,"\ud800":2,"":3}`: "/b \"\\u0062\":null null;/\ufffd \"\\ud800\":2 2;/ \"\":3 3;",
		`[1, {"a":2} ,"x,"]`:              `/0 1 1;/1 {"a":2} {"a":2};/2 "x," "x,";`,
	} {
		var got strings.Builder
		for part := range quick.Parts([]byte(data), 0) {
			fmt.Fprintf(&got, "%s %s %s;", part.Under(""), data[part.Start:part.End], data[part.Value:part.End])
		}
		assert.Equal(t, want, got.String(), data)
	}
	parts := quick.Parts([]byte(`[1,2]`), 0)
	for range 2 { // as often as one likes
		count := 0
		for range parts {
			count++
		}
		assert.Equal(t, 2, count)
	}
}

func TestFind(t *testing.T) {
	const data = ` {"a":1,"b":{"~/":[5,{"c":6}]},"":{"0":7}}`
	for pointer, want := range map[string]string{
		"/a": `1`, "/b": `{"~/":[5,{"c":6}]}`, "/b/~0~1/0": `5`, "/b/~0~1/1/c": `6`, "/": `{"0":7}`, "//0": `7`,
		"": "", "/c": "", "/a/b": "", "/b/~0~1/2": "", "/b/~0~1/-": "", "/b/~0~1/00": "", "/a/": "",
	} {
		parts := quick.Find([]byte(data), []string{pointer})
		if want == "" {
			assert.Empty(t, parts, pointer)
		} else if assert.Len(t, parts, 1, pointer) {
			assert.Equal(t, want, data[parts[0].Value:parts[0].End], pointer)
			assert.Equal(t, pointer, parts[0].Pointer)
		}
	}
}

func TestCut(t *testing.T) {
	for _, test := range []struct {
		data     string
		pointers []string
		want     string
	}{
		{`{"a":1,"b":2,"c":3}`, nil, `{"a":1,"b":2,"c":3}`},
		{`{"a":1,"b":2,"c":3}`, []string{"/a"}, `{"b":2,"c":3}`},
		{`{"a":1,"b":2,"c":3}`, []string{"/c", "/b"}, `{"a":1}`},
		{`{"a":1,"b":2,"c":3}`, []string{"/a", "/c"}, `{"b":2}`},
		{`{"a":1,"b":2,"c":3}`, []string{"/c", "/a", "/b"}, `{}`},
		{`{ "a" : 1 , "b" : "," , "c" : 3 }`, []string{"/c"}, `{ "a" : 1 , "b" : ","}`},
		{`[1,[2,3],4]`, []string{"/1/1", "/2"}, `[1,[2]]`},
		{`[1,[2,3],4]`, []string{"/1/1", "/1", "/1/0", "/0"}, `[4]`},
	} {
		var parts []quick.Part
		for _, pointer := range test.pointers {
			parts = append(parts, quick.Find([]byte(test.data), []string{pointer})...)
		}
		assert.Len(t, parts, len(test.pointers))
		assert.JSONEq(t, test.want, string(quick.Cut([]byte(test.data), parts)), test.data)
	}
}

func TestAmbiguous(t *testing.T) {
	for schema, bodies := range map[string]map[string]string{
		`{properties: {a: {}, bC: {}, ks: {}}}`: {
			`{"a":1,"bC":2}`: "", `{}`: "", `[]`: "", `{"x":1,"x":2,"X":3}`: "",
			`{"a":1,"a":2,"a":3}`: "/a 1;/a 2;", `{"A":1}`: "/A 1;", `{"bc":1,"BC":2}`: "/bc 1;/BC 2;",
			`{"\u0061":1,"a":2}`: "/a 1;", "{\"\u212a\u017f\":1}": "/\u212a\u017f 1;",
			`{"a":{"a":1,"A":2}}`: "",
		},
		`{properties: {a: {properties: {b: {}}}}}`:                         {`{"a":{"B":1},"B":2}`: "/a/B 1;", `{"a":{"B":1},"a":{"B":2}}`: `/a {"B":1};/a/B 2;`},
		`{anyOf: [{items: {properties: {b: {}}}}, {properties: {c: {}}}]}`: {`[{"B":1},{},{"B":2}]`: "/0/B 1;/2/B 2;", `{"C":1}`: "/C 1;"},
		`{additionalProperties: {properties: {b: {}}}, properties: {c: {}}}`: {
			`{"x":{"B":1},"c":{"B":2}}`: "/x/B 1;"},
		`{$ref: "#/defs/list"}`:                              {`[[[]]]`: ""},
		`{if: {required: [a]}, then: {properties: {b: {}}}}`: {`{"A":1,"B":2}`: "/A 1;/B 2;"},
		`{not: {properties: {b: {}}}}`:                       {`{"B":2}`: "/B 2;"},
		`{}`:                                                 {`{"a":1,"a":2}`: ""},
	} {
		p := compile(t, schema)
		for body, want := range bodies {
			var got strings.Builder
			for _, part := range p.quick.Ambiguous([]byte(body), 10) {
				fmt.Fprintf(&got, "%s %s;", part.Pointer, body[part.Value:part.End])
			}
			assert.Equal(t, want, got.String(), schema+body)
			if want != "" {
				assert.False(t, p.quick.Accepts([]byte(body)), schema+body)
			}
		}
	}
	limited := compile(t, `{properties: {a: {}}}`).quick
	assert.Len(t, limited.Ambiguous([]byte(`{`+strings.Repeat(`"a":1,`, 50)+`"A":1}`), 10), 10)
	var none *quick.Schema
	assert.Empty(t, none.Ambiguous([]byte(`{"a":1,"a":2}`), 10))
}

func TestExcess(t *testing.T) {
	items := func(count int) string { return "[" + strings.Repeat("[],", count-1) + "[]]" }
	members := func(count int) string { return "{" + strings.Repeat(`"a":{},`, count-1) + `"b":{}}` }
	deep := func(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }
	long := strings.Repeat("é", 50)
	for body, want := range map[string][]quick.Beyond{
		`1`: nil, ` {} `: nil, items(1000): nil, members(1000): nil, deep(64): nil,
		items(1001):                        {{Pointer: "", Kind: quick.TooManyItems}},
		` {"a/b":[0,` + items(1001) + `]}`: {{Pointer: "/a~1b/1", Kind: quick.TooManyItems}},
		`[` + members(1001) + `,{"x" : ` + items(2000) + ` , "y":1}]`: {
			{Pointer: "/0", Kind: quick.TooManyMembers}, {Pointer: "/1/x", Kind: quick.TooManyItems}},
		deep(65):                               {{Pointer: strings.Repeat("/0", 64), Kind: quick.TooDeep}},
		deep(9000):                             {{Pointer: strings.Repeat("/0", 64), Kind: quick.TooDeep}},
		`{"` + long + `":` + items(1001) + `}`: {{Pointer: "/" + long[:64] + "…", Kind: quick.TooManyItems}},
	} {
		assert.Equal(t, want, quick.Excess([]byte(body), 10), "%.60s", body)
	}
	assert.Len(t, quick.Excess([]byte("["+strings.Repeat(deep(65)+",", 50)+"1]"), 10), 10)
}

func TestMeasure(t *testing.T) {
	for data, want := range map[string]quick.Size{
		`1`:                               {Values: 1},
		`{}`:                              {Values: 1, Depth: 1},
		` [ ] `:                           {Values: 1, Depth: 1},
		`{"a":[{},[1, 2]],"bcd":"\"[{,"}`: {Values: 7, Depth: 3, Text: 5},
		`{"abcdef":""}`:                   {Values: 2, Depth: 1, Text: 6},
		"":                                {Values: 1},
		`"`:                               {Values: 1},
		`]]]]{{[`:                         {Values: 4},
	} {
		got := quick.Measure([]byte(data))
		assert.Equal(t, want, got, data)
		assert.False(t, got.Exceeds(quick.AtMost([]byte(data))), data)
	}
	body := []byte(`{"a":[{},[1, 2]],"bcd":"x"}`)
	assert.Zero(t, testing.AllocsPerRun(10, func() { quick.Measure(body); quick.AtMost(body) }))
	size := quick.Size{Depth: 3, Text: 4, Values: 5}
	assert.False(t, size.Exceeds(size))
	for _, limit := range []quick.Size{{2, 4, 5}, {3, 3, 5}, {3, 4, 4}} {
		assert.True(t, size.Exceeds(limit))
	}
}

func TestFindMany(t *testing.T) {
	const data = `{"a":[{"b":1},{"b":2},{"c":3}],"a":[],"d":{"e":4}}`
	parts := quick.Find([]byte(data), []string{"/a/0/b", "/a/2", "/d", "/d/e", "", "/x/y", "/a/1/b"})
	var found []string
	for _, part := range parts {
		found = append(found, part.Pointer)
	}
	assert.Equal(t, []string{"/a/0/b", "/a/1/b", "/a/2", "/d"}, found)
	assert.Len(t, quick.Find([]byte(data), []string{"/a"}), 2)
}
