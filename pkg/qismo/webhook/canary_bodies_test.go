package webhook_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/canary"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// plantedBody is a body full of canaries.
type plantedBody struct {
	name  string
	event webhook.Name // what its file's name says
	text  string
}

// nursery makes canaries, one for each place, and knows all that it has made.
type nursery struct {
	canaries map[string]canary.Canary
}

// of is the text of the canary of a place.
func (n *nursery) of(kind canary.Kind, place string) string {
	made := canary.New(kind, place)
	n.canaries[made.String()] = made
	return made.Text
}

func (n *nursery) all() []canary.Canary {
	all := make([]canary.Canary, 0, len(n.canaries))
	for _, one := range n.canaries {
		all = append(all, one)
	}
	return all
}

// canaryLeaf is a value in a body that holds no others.
type canaryLeaf struct {
	place string
	value any
	set   func(any)
}

// canaryLeaves lists the leaves of a value, also of JSON inside text. Items of a list share
// a place.
func canaryLeaves(value any, place string, set func(any)) []canaryLeaf {
	var leaves []canaryLeaf
	switch value := value.(type) {
	case map[string]any:
		for _, key := range canaryKeys(value) {
			leaves = append(leaves, canaryLeaves(value[key], place+"/"+key, func(v any) { value[key] = v })...)
		}
	case []any:
		for i := range value {
			leaves = append(leaves, canaryLeaves(value[i], place+"/*", func(v any) { value[i] = v })...)
		}
	case string:
		inner, ok := canaryDecode(value)
		_, isNumber := inner.(json.Number)
		if _, isText := inner.(string); !ok || isNumber || isText {
			return []canaryLeaf{{place, value, set}}
		}
		for _, leaf := range canaryLeaves(inner, place+"/text", func(any) {}) {
			leaves = append(leaves, canaryLeaf{leaf.place, leaf.value, func(v any) {
				leaf.set(v)
				set(canaryEncode(inner))
			}})
		}
	default:
		return []canaryLeaf{{place, value, set}}
	}
	return leaves
}

func canaryKeys(object map[string]any) []string {
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func canaryDecode(text string) (value any, ok bool) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	return value, decoder.Decode(&value) == nil && !decoder.More()
}

// canaryEncode writes what was read from JSON, as the platform does: without escapes for
// HTML.
func canaryEncode(value any) string {
	var written bytes.Buffer
	encoder := json.NewEncoder(&written)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		return "" // no body is that, so that the test fails
	}
	return strings.TrimSpace(written.String())
}

// candidates are the canaries that may stand in a leaf's place.
func (n *nursery) candidates(event webhook.Name, leaf canaryLeaf) []any {
	place := string(event) + " " + leaf.place
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(place))
	kinds := []canary.Kind{
		canary.Sentence, canary.Name, canary.Token, canary.Email, canary.UUID, canary.Hex,
		canary.Sentence, canary.Name, canary.Token, canary.Email, canary.UUID, canary.Scripts,
	}
	phone := n.of(canary.Phone, place)
	switch leaf.value.(type) {
	case json.Number:
		return []any{json.Number(phone)}
	case bool:
		return nil
	}
	return []any{n.of(kinds[hash.Sum32()%uint32(len(kinds))], place), n.of(canary.Address, place), phone}
}

// fitting replaces as much of a body as it can without changing what it is taken for, or
// what is wrong with it.
func (n *nursery) fitting(t *testing.T, event webhook.Name, body string) (planted string, places int) {
	t.Helper()
	root, ok := canaryDecode(body)
	require.True(t, ok)
	before := canaryJudgement(t, event, body)
	for _, leaf := range canaryLeaves(root, "", func(any) {}) {
		for _, candidate := range n.candidates(event, leaf) {
			leaf.set(candidate)
			if canaryJudgement(t, event, canaryEncode(root)) == before {
				places++
				break
			}
			leaf.set(leaf.value)
		}
	}
	return canaryEncode(root), places
}

// canaryJudgement is what a body is taken for, and what is wrong with it, in one text.
func canaryJudgement(t *testing.T, event webhook.Name, body string) string {
	t.Helper()
	told, _, err := webhook.Validate([]byte(body))
	require.NoError(t, err)
	problems, err := webhook.ValidateAs(event, []byte(body))
	require.NoError(t, err)
	parsed, err := webhook.ParseAs(event, []byte(body))
	require.NoError(t, err)
	return fmt.Sprint(told, problems, parsed.Name())
}

// replaced has canaries for all leaves, whether they fit or not.
func (n *nursery) replaced(event webhook.Name, body string) string {
	return n.changed(body, func(leaf canaryLeaf) {
		if candidates := n.candidates(event, leaf); len(candidates) > 0 {
			leaf.set(candidates[0])
		}
	})
}

// wrapped has lists with canaries where single values belong, but for what tells
// the event.
func (n *nursery) wrapped(event webhook.Name, body string) string {
	marks := regexp.MustCompile(`/(type|webhook_type|action|room_id|id)$`)
	return n.changed(body, func(leaf canaryLeaf) {
		if candidates := n.candidates(event, leaf); len(candidates) > 0 && !marks.MatchString(leaf.place) {
			leaf.set([]any{candidates[0], map[string]any{"x": candidates[0]}})
		}
	})
}

func (n *nursery) changed(body string, change func(canaryLeaf)) string {
	root, _ := canaryDecode(body)
	for _, leaf := range canaryLeaves(root, "", func(any) {}) {
		change(leaf)
	}
	return canaryEncode(root)
}

// broken are bodies that are wrong in ways that no fixture is.
func (n *nursery) broken(event webhook.Name, body string) map[string]string {
	place := string(event) + " broken"
	name, token, phone := n.of(canary.Name, place), n.of(canary.Token, place), n.of(canary.Phone, place)
	inside := strings.TrimPrefix(body, "{")
	widened, _ := canaryDecode(body)
	widen(widened)
	many := strings.Repeat(`"`+name+`",`, 1001)
	return map[string]string{
		"cut off":   body[:len(body)*2/3],
		"a list":    "[" + body + "]",
		"text":      `"` + name + `"`,
		"no JSON":   name + " " + token,
		"twice":     `{"payload":{"` + token + `":"` + name + `"},"room_id":` + phone + `,` + inside,
		"case":      `{"Payload":"` + name + `","ROOM_ID":` + phone + `,"Type":"` + token + `",` + inside,
		"many":      `{"additional_info":[` + many + `1],"extras":[` + many + `1],"x":[` + many + `1],` + inside,
		"keys":      `{"` + n.of(canary.Token, memberName) + `":[` + many + `1],` + inside,
		"deep":      `{"extras":` + strings.Repeat(`{"a":[`, 40) + `"` + name + `"` + strings.Repeat(`]}`, 40) + `,` + inside,
		"huge":      `{"room_id":` + phone + `e999999,` + inside,
		"widened":   canaryEncode(widened),
		"its name":  `{"type":"` + token + `","webhook_type":"` + name + `",` + inside,
		"nothing":   "",
		"an object": `{"` + token + `":"` + name + `"}`,
	}
}

// plantAll makes the bodies: each fixture in three ways, and one of each event in more.
func (n *nursery) plantAll(t *testing.T) (bodies []plantedBody, places int) {
	t.Helper()
	done := map[webhook.Name]bool{}
	for _, folder := range []string{"", "invalid/", "combined/"} {
		for _, file := range fixtureNames(t, fixtures+"/"+folder) {
			event, read := eventOf(file), string(fixture(t, folder+file))
			if folder == "combined/" {
				event = webhook.WhatsAppForwardMessage
			}
			body, count := n.fitting(t, event, read)
			places += count
			bodies = append(bodies, plantedBody{folder + file, event, body},
				plantedBody{folder + file + ", replaced", event, n.replaced(event, read)},
				plantedBody{folder + file + ", wrapped", event, n.wrapped(event, read)})
			if !done[event] {
				done[event] = true
				for name, broken := range n.broken(event, body) {
					bodies = append(bodies, plantedBody{folder + file + ", " + name, event, broken})
				}
			}
		}
	}
	slices.SortFunc(bodies, func(a, b plantedBody) int { return strings.Compare(a.name, b.name) })
	return bodies, places
}
