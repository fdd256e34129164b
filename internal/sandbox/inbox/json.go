package inbox

import (
	"bytes"
	"encoding/json"
	"strings"
)

// token is a piece of JSON that is written out for people, with the class that the
// style has for it: a member's name, a text, a number, a word such as true, or the
// rest.
type token struct{ Class, Text string }

// The classes of tokens.
const (
	plain     = ""
	className = "json-name"
	classText = "json-text"
	classNum  = "json-number"
	classWord = "json-word"
)

// mostColoured is how much JSON is written in colours. More of it is written plainly:
// no page should hold hundreds of thousands of elements.
const mostColoured = 32 << 10

// prettyValue writes a value as JSON.
func prettyValue(value any) []token {
	written, err := json.Marshal(value)
	if err != nil {
		return []token{{plain, "this cannot be written as JSON"}}
	}
	return prettyJSON(written)
}

// prettyJSON writes JSON with a line for each value, in its own order. What is no JSON
// is left as it is.
func prettyJSON(raw []byte) []token {
	var indented bytes.Buffer
	if json.Indent(&indented, raw, "", "  ") != nil {
		return []token{{plain, strings.ToValidUTF8(string(raw), "�")}}
	}
	text := strings.ToValidUTF8(indented.String(), "�")
	if len(text) > mostColoured {
		return []token{{plain, text}}
	}
	return coloured(text)
}

// coloured takes JSON apart that is known to be well formed.
func coloured(text string) []token {
	var tokens []token
	add := func(class, piece string) {
		if last := len(tokens) - 1; last >= 0 && tokens[last].Class == class {
			tokens[last].Text += piece
			return
		}
		tokens = append(tokens, token{class, piece})
	}
	for text != "" {
		end := 1
		class := plain
		switch first := text[0]; {
		case first == '"':
			end = endOfText(text)
			class = classText
			if strings.HasPrefix(text[end:], ":") {
				class = className
			}
		case first == '-' || first >= '0' && first <= '9':
			end = len(text) - len(strings.TrimLeft(text, "-+.eE0123456789"))
			class = classNum
		case first >= 'a' && first <= 'z':
			end = len(text) - len(strings.TrimLeft(text, "aeflnrstu"))
			class = classWord
		}
		add(class, text[:end])
		text = text[end:]
	}
	return tokens
}

// endOfText is where a text in JSON ends that the argument begins with.
func endOfText(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}
