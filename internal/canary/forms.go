package canary

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// piece is a piece of a canary in one of the forms that text can take. That it is
// found is a finding.
type piece struct {
	text, form string
}

// pieces cuts a canary, in all its forms, into overlapping pieces: what is left of a
// text that was cut off anywhere must be found too. They are in lower case.
func pieces(of Canary) []piece {
	var cut []piece
	seen := map[string]bool{}
	add := func(text, form string) {
		if !seen[text] {
			seen[text] = true
			cut = append(cut, piece{text, form})
		}
	}
	if of.Kind == Ordinary {
		for _, run := range ordinaryRuns(of.Text) {
			add(run, "four of its words")
		}
		return cut
	}
	for _, secret := range of.secrets {
		for _, form := range formsOf(secret) {
			for _, window := range windows(strings.ToLower(form.text), form.window, form.step) {
				add(window, form.name)
			}
		}
	}
	return cut
}

// written is a text in one form, and how much of that is enough to know it by.
type written struct {
	name, text   string
	window, step int // of pieces, in bytes
}

func formsOf(secret string) []written {
	escaped, _ := json.Marshal(secret) // text always has a form in JSON
	inner := strings.Trim(string(escaped), `"`)
	ascii := strings.Trim(strconv.QuoteToASCII(secret), `"`)
	forms := []written{
		{"as it is", secret, windowOf(secret), 1},
		{"escaped for JSON", inner, 12, 3},
		{"escaped for JSON twice", strings.ReplaceAll(inner, `\`, `\\`), 12, 3},
		{"in ASCII", ascii, 12, 3},
		{"in ASCII twice", strings.ReplaceAll(ascii, `\`, `\\`), 12, 3},
		{"percent-encoded", url.QueryEscape(secret), 12, 3},
		{"percent-encoded for a path", url.PathEscape(secret), 12, 3},
		{"escaped for HTML", html.EscapeString(secret), 12, 3},
		{"in hexadecimal", hex.EncodeToString([]byte(secret)), 16, 2},
		{"in bytes", strings.Trim(fmt.Sprintf("%d", []byte(secret)), "[]"), 28, 3},
		{"in bytes of Go", strings.TrimPrefix(fmt.Sprintf("%#v", []byte(secret)), "[]byte{"), 46, 3},
	}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 { // where it begins within a longer text
			text := encoding.EncodeToString([]byte(strings.Repeat(" ", before) + secret))
			text = text[min(len(text), 2*before):] // without what the spaces have a part in
			if len(text) > 2 {
				forms = append(forms, written{"in base64", text[:len(text)-1], 10, 2})
			}
		}
	}
	return forms
}

// windowOf is as short as a piece can be without being found where it is not.
func windowOf(secret string) int {
	switch {
	case strings.Trim(secret, "0123456789") == "":
		return 10 // durations have that many digits seldom
	case strings.Trim(secret, "0123456789 -.") == "":
		return 11
	case isHex(secret):
		return 12
	case !isASCII(secret):
		return 14 // four letters or more
	}
	return 8
}

// windows are all pieces of a size, the whole when it is no longer.
func windows(text string, size, step int) []string {
	if len(text) < size {
		if len(text) < pieceKey {
			return nil
		}
		return []string{text}
	}
	var cut []string
	for at := 0; at+size <= len(text); at += step {
		end := at + size
		for end < len(text) && !utf8.RuneStart(text[end]) {
			end++
		}
		if utf8.RuneStart(text[at]) {
			cut = append(cut, text[at:end])
		}
	}
	return cut
}

// ordinaryRuns are the runs of four words of a sentence.
func ordinaryRuns(sentence string) []string {
	words := strings.Fields(plainWords(sentence))
	var runs []string
	for at := range len(words) - 3 {
		runs = append(runs, strings.Join(words[at:at+4], " "))
	}
	return runs
}

// plainWords are the words of a text in lower case, with a space between them.
func plainWords(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(char rune) bool {
		return char < utf8.RuneSelf && (char < 'a' || char > 'z')
	}), " ")
}

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(char rune) bool { return char >= utf8.RuneSelf }) < 0
}
