package qismotest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// endOfList is the last part of a pointer to what is to be added to a list.
const endOfList = "-"

// pointer is a JSON pointer (RFC 6901), taken apart. It may go on into JSON that
// stands inside text, as a room's options do.
type pointer []string

func parsePointer(text string) (pointer, error) {
	switch {
	case text == "":
		return nil, errors.New("the pointer is empty, and would stand for the whole body")
	case text[0] != '/':
		return nil, errors.New("the pointer does not begin with a slash")
	}
	tokens := pointer(strings.Split(text[1:], "/"))
	for i, token := range tokens {
		if strings.Contains(strings.NewReplacer("~0", "", "~1", "").Replace(token), "~") {
			return nil, errors.New("the pointer has a ~ that is followed by neither 0 nor 1")
		}
		tokens[i] = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
	}
	return tokens, nil
}

func (p pointer) String() string {
	var text strings.Builder
	for _, token := range p {
		text.WriteString("/" + strings.ReplaceAll(strings.ReplaceAll(token, "~", "~0"), "/", "~1"))
	}
	return text.String()
}

// lookUp finds what stands at a pointer.
func lookUp(value any, at pointer) (any, bool) {
	for _, token := range at {
		if text, ok := value.(string); ok {
			value, _ = insideText(text)
		}
		inner, ok := member(value, token)
		if !ok {
			return nil, false
		}
		value = inner
	}
	return value, true
}

// put sets what stands at the pointer. Only the last part may be new.
func put(body any, at pointer, value any) (any, error) {
	return edit(body, at, func(container any, token string) (any, error) { return assign(container, token, value) })
}

// remove takes out what stands at the pointer.
func remove(body any, at pointer) (any, error) {
	return edit(body, at, func(container any, token string) (any, error) {
		if _, ok := member(container, token); !ok {
			return nil, errMissing
		}
		switch container := container.(type) {
		case map[string]any:
			delete(container, token)
			return container, nil
		case []any:
			index, _ := strconv.Atoi(token) // member has read it
			return append(container[:index:index], container[index+1:]...), nil
		}
		return container, nil
	})
}

var (
	errMissing   = errors.New("is not there")
	errNoMembers = errors.New("is neither an object nor a list")
)

// edit changes the container that the pointer's last part is in, and gives the body
// with the change.
func edit(body any, at pointer, change func(container any, token string) (any, error)) (any, error) {
	var descend func(value any, depth int) (any, error)
	descend = func(value any, depth int) (any, error) {
		if text, ok := value.(string); ok {
			inner, ok := insideText(text)
			if !ok {
				return nil, fmt.Errorf("%v %w", at[:depth], errNoMembers)
			}
			changed, err := descend(inner, depth)
			if err != nil {
				return nil, err
			}
			packed, err := encode(changed)
			return string(packed), err
		}
		if depth == len(at)-1 {
			changed, err := change(value, at[depth])
			switch {
			case errors.Is(err, errNoMembers):
				return nil, fmt.Errorf("%v %w", at[:depth], err)
			case err != nil:
				return nil, fmt.Errorf("%v %w", at, err)
			}
			return changed, nil
		}
		inner, ok := member(value, at[depth])
		if !ok {
			return nil, fmt.Errorf("%v %w", at[:depth+1], errMissing)
		}
		changed, err := descend(inner, depth+1)
		if err != nil {
			return nil, err
		}
		return assign(value, at[depth], changed)
	}
	return descend(body, 0)
}

// member is what an object or a list holds under a pointer's part.
func member(container any, token string) (any, bool) {
	switch container := container.(type) {
	case map[string]any:
		value, ok := container[token]
		return value, ok
	case []any:
		if index, ok := indexOf(token); ok && index < len(container) {
			return container[index], true
		}
	}
	return nil, false
}

func assign(container any, token string, value any) (any, error) {
	switch container := container.(type) {
	case map[string]any:
		container[token] = value
		return container, nil
	case []any:
		if token == endOfList {
			return append(container, value), nil
		}
		index, ok := indexOf(token)
		if !ok || index >= len(container) {
			return nil, errMissing
		}
		container[index] = value
		return container, nil
	}
	return nil, errNoMembers
}

// indexOf reads the index of an item, which has no zeros in front.
func indexOf(token string) (int, bool) {
	index, err := strconv.Atoi(token)
	return index, err == nil && index >= 0 && strconv.Itoa(index) == token
}

// insideText is the object or the list that a text holds as JSON.
func insideText(text string) (any, bool) {
	value, err := decode([]byte(text))
	switch value.(type) {
	case map[string]any, []any:
		return value, err == nil
	}
	return nil, false
}

// decode keeps all digits of numbers: nanoseconds do not fit a float64.
func decode(data []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON")
	}
	return value, nil
}

// encode writes JSON in one line, and < > & as they are.
func encode(value any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}
