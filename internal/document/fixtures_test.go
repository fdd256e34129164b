package document_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every fixture and every example fits its schema, decodes into its generated
// type with no member left over, and gives the same values back.
func TestFixtures(t *testing.T) {
	for _, c := range contracts(t) {
		t.Run(c.name, func(t *testing.T) {
			bodies := c.bodies(t)
			for _, b := range bodies {
				c.check(t, b)
			}
			t.Logf("%d examples and fixtures", len(bodies))
		})
	}
}

// The fixtures in a folder named invalid are refused.
func TestInvalidFixtures(t *testing.T) {
	refused := 0
	for _, c := range contracts(t) {
		files, err := filepath.Glob(filepath.Join(c.fixtures, "invalid", "*.json"))
		require.NoError(t, err)
		for _, file := range files {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, b := range c.fixture(t, filepath.Base(file), data) {
				assert.NotEmpty(t, judge(t, c.doc, b.schema, b.value), "%s is accepted", file)
				refused++
			}
		}
	}
	assert.Positive(t, refused, "there are none")
}

// Text can hold JSON again, whose form the document also describes. The
// validator takes that description for a note, so the fixtures are held against
// it here.
func TestTextsHoldWhatTheySay(t *testing.T) {
	for _, c := range contracts(t) {
		for _, b := range c.bodies(t) {
			found, err := applications(c.doc, b.schema, b.value)
			require.NoError(t, err)
			for _, a := range found {
				text, isText := a.value.(string)
				inner := a.schema.join("contentSchema")
				if !isText || members(c.doc.Tree(), inner) == nil {
					continue
				}
				if value, err := decode([]byte(text)); err == nil {
					assert.Empty(t, judge(t, c.doc, inner, value), "%s at %s", b.name, a.where)
				}
			}
		}
	}
}

// check holds one body against its schema and its type.
func (c contract) check(t *testing.T, b body) {
	t.Helper()
	if !assert.Empty(t, judge(t, c.doc, b.schema, b.value), b.name) || b.part == "parameter" {
		return
	}
	of := c.goTypeOf(t, b)
	if !assert.NotNil(t, of, "%s: the table has no type for it", b.name) {
		return
	}
	back, err := roundTrip(of, b.value)
	require.NoError(t, err, b.name)
	flexible, err := c.flexible(b)
	require.NoError(t, err, b.name)
	for _, difference := range compare("", b.value, back, flexible) {
		assert.Fail(t, "decoding and encoding changes a body", "%s: %s", b.name, difference)
	}
}

// roundTrip decodes a value into a type that must know all of its members, and
// encodes that again.
func roundTrip(of goType, value any) (any, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	target := of()
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		return nil, fmt.Errorf("decode into %s: %w", typeName(target), err)
	}
	data, err = json.Marshal(target)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", typeName(target), err)
	}
	return decode(data)
}

// typeName is the name of a type that goType makes, with its package.
func typeName(of any) string { return strings.TrimPrefix(fmt.Sprintf("%T", of), "*") }

// flexible tells which of the tolerant types of package flex stands where in a
// body, by what the schemas say that apply there.
func (c contract) flexible(b body) (map[place]string, error) {
	found, err := applications(c.doc, b.schema, b.value)
	flexible := map[place]string{}
	for _, a := range found {
		if name, ok := members(c.doc.Tree(), a.schema)["x-go-type"].(string); ok {
			flexible[a.where] = name
		}
	}
	return flexible, err
}

// compare lists where what came back differs from what went in. A value that
// says nothing, such as null, false or "", may be missing or be another such
// value: the generated types leave zero values out. A tolerant type may have
// settled on one form of its value. Nothing else may change.
func compare(where place, before, after any, flexible map[place]string) []string {
	settled := settle(flexible[where], before)
	if isNothing(before) && isNothing(after) || isNothing(settled) && isNothing(after) {
		return nil
	}
	if keepsForm(flexible[where]) {
		flexible = nil // what is inside stays as it is
	}
	switch settled := settled.(type) {
	case map[string]any:
		if object, ok := after.(map[string]any); ok {
			return compareObjects(where, settled, object, flexible)
		}
	case []any:
		if list, ok := after.([]any); ok && len(list) == len(settled) {
			var differences []string
			for i := range settled {
				step := where.join(fmt.Sprint(i))
				differences = append(differences, compare(step, settled[i], list[i], flexible)...)
			}
			return differences
		}
	default:
		if settled == after {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s: %#v came back as %#v", where, before, after)}
}

func compareObjects(where place, before, after map[string]any, flexible map[place]string) []string {
	var differences []string
	for _, name := range sortedKeys(before) {
		differences = append(differences, compare(where.join(name), before[name], after[name], flexible)...)
	}
	for _, name := range sortedKeys(after) {
		if !has(before, name) {
			differences = append(differences, compare(where.join(name), nil, after[name], flexible)...)
		}
	}
	return differences
}

// settle returns a value in the one form in which a type of package flex writes
// it, whatever form it came in. The name is "" where there is no such type.
func settle(name string, value any) any {
	text := fmt.Sprint(value)
	switch {
	case value == nil || name == "" || keepsForm(name):
		return value
	case name == "flex.Int", name == "flex.NumberID":
		return json.Number(text)
	case name == "flex.Bool":
		return text == "true"
	case name == "flex.Secret", name == "flex.SecretJSON":
		return "***"
	default: // flex.ID and flex.Text
		return text
	}
}

// keepsForm reports whether a type of package flex writes what it has read.
func keepsForm(name string) bool { return name == "flex.Time" || name == "flex.JSON" }

// isNothing reports whether a value says nothing: null, false, 0, "", an empty
// list, or an object of nothing else.
func isNothing(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case bool:
		return !value
	case json.Number:
		return value == "0"
	case string:
		return value == ""
	case []any:
		return len(value) == 0
	case map[string]any:
		for _, member := range value {
			if !isNothing(member) {
				return false
			}
		}
		return true
	default:
		return false
	}
}
