package canary

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/qismo-go/qismo/internal/document"
)

// memberKinds are the canaries that members of successes hold, in turn.
func memberKinds() []Kind { return []Kind{Name, Sentence, Email, Token, Phone, Address, Scripts, UUID} }

// example is a success of an operation as the document shows it, nil where it shows
// none.
func example(operation *document.Operation) any {
	response, _ := operation.Response(200)
	for _, contentType := range slices.Sorted(maps.Keys(response.Content)) {
		examples := response.Content[contentType].Examples
		for _, name := range slices.Sorted(maps.Keys(examples)) {
			return asJSON(examples[name])
		}
	}
	return nil
}

// asJSON is a value with the types that package json reads.
func asJSON(value any) any {
	var read any
	if json.Unmarshal([]byte(textOf(value)), &read) != nil {
		return nil
	}
	return read
}

// planted is a success whose texts are canaries, but for those that have a form of
// their own, such as times.
func planted(success any) any {
	for turn, leaf := range leavesOf(success, nil, "") {
		text, _ := leaf.value.(string)
		kinds := memberKinds()
		kind := kinds[turn%len(kinds)]
		isTime := strings.Count(text, ":") > 1 && strings.Count(text, "-") > 1
		switch {
		case text == "", text == "true", text == "false", isTime, leaf.name == "timezone":
			continue
		case strings.Trim(text, "0123456789") == "":
			kind = Phone
		case strings.HasPrefix(text, "https://"): // what is done with it may want an address
			kind = Address
		}
		success = with(success, leaf.path, inAnswer(kind, "member").Text)
	}
	return success
}

// unusable are successes that are none, with a canary in each.
func (f *front) unusable(operation *document.Operation) []string {
	success := example(operation)
	if success == nil {
		success = map[string]any{f.wrapper: map[string]any{"id": float64(1), "name": "x"}}
	}
	line := inAnswer(Sentence, "line").Text
	bodies := []string{
		line, `"` + line + `"`, `["` + line + `"]`, `{"data":"` + line + `"}`, `{"data":` + line + `}`,
		`{"` + line + `":{}}`, `{"` + line + `"`, `{"data":{"` + line, `{"data":[{"` + line + `":1}]}`, "",
		"62" + inAnswer(Phone, "member").Text, `{"data":` + inAnswer(Phone, "member").Text + `}`,
		`{"errors":null,"error":{"` + line + `":"` + line + `"}}`, "\xff\xfe" + line, `{"data":{"x":"` + line + "\x01\"}}",
	}
	for i := range bodies {
		bodies[i] = strings.ReplaceAll(bodies[i], `{"data":`, `{"`+f.wrapper+`":`)
	}
	whole := textOf(planted(success))
	for _, kind := range memberKinds() {
		text := inAnswer(kind, "member").Text
		if at := strings.Index(whole, text); at >= 0 { // cut off within it
			bodies = append(bodies, whole[:at+len(text)/2], whole[:at+len(text)])
		}
	}
	for turn, path := range pathsOf(success, nil) {
		wrong := wrongFor(at(success, path))
		bodies = append(bodies, textOf(with(success, path, wrong[turn%len(wrong)])))
		if _, isNumber := at(success, path).(float64); isNumber {
			bodies = append(bodies, textOf(with(success, path, json.Number(inAnswer(Phone, "member").Text+".5e3"))))
		}
	}
	return bodies
}

// wrongFor are values of another type than a member should have, of a word that is
// none of its words, and of a time that is none.
func wrongFor(value any) []any {
	name, line := inAnswer(Name, "member").Text, inAnswer(Sentence, "member").Text
	key := map[string]any{inAnswer(Name, "key").Text: map[string]any{inAnswer(Name, "key").Text: []any{name}}}
	switch value := value.(type) {
	case string:
		return []any{key, line}
	case float64, bool:
		return []any{line, key}
	case map[string]any:
		more := maps.Clone(value)
		more[inAnswer(Name, "key").Text] = key
		return []any{line, []any{line}, more, map[string]any{inAnswer(Name, "key").Text: nil}}
	case []any:
		return []any{key, line, append(slices.Clone(value), line)}
	}
	return []any{key}
}

// pathsOf are the ways to all values in a JSON value, its own included; of a list, to
// the first only.
func pathsOf(value any, path []any) [][]any {
	paths := [][]any{path}
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			paths = append(paths, pathsOf(value[name], append(slices.Clip(path), name))...)
		}
	case []any:
		if len(value) > 0 {
			paths = append(paths, pathsOf(value[0], append(slices.Clip(path), 0))...)
		}
	}
	return paths
}

// at is the value that a path leads to.
func at(value any, path []any) any {
	for _, step := range path {
		switch holder := value.(type) {
		case map[string]any:
			name, _ := step.(string)
			value = holder[name]
		case []any:
			number, _ := step.(int)
			value = holder[number]
		}
	}
	return value
}

func textOf(value any) string {
	encoded, err := json.Marshal(value)
	if err != nil {
		return `{"data":null}`
	}
	return string(encoded)
}
