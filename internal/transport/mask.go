package transport

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

const (
	masked     = "***"
	maxMessage = 300 // characters of the service's message
	maxSearch  = 1 << 20
	// Shorter values of a request are left in messages: masking "a" would leave nothing
	// to read.
	shortestMasked = 4
	// Shorter numbers are counts, such as the 24 of "24 hours".
	shortestNumber = 4
	// So many digits in a row of groups are a phone number or an id.
	shortestGrouped = 7

	digits = "0123456789"
)

// mask makes the service's words fit for a log: what the request had said is taken
// out, in case it is quoted, and then every word that messages of failures are not
// made of, as it may be a customer's or a secret from elsewhere. What is left is
// cut to a length that can be read.
func mask(said string, request *http.Request, carriesCredential func(header string) bool) string {
	if said == "" {
		return ""
	}
	for _, value := range valuesOf(request, carriesCredential) {
		said = strings.ReplaceAll(said, value, masked)
	}
	return Plain(said)
}

// Plain keeps the words of a text that messages of failures are made of, and masks
// the others. Addresses are masked whole: their parts may be such words.
func Plain(text string) string {
	var b strings.Builder
	words := strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	for run := range strings.SplitSeq(maskGrouped(words), " ") {
		if b.Len() > maxMessage {
			break
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		if strings.ContainsAny(run, addressMarks) && !isPointer(run) {
			b.WriteString(masked)
			continue
		}
		writePlain(&b, []rune(run))
	}
	return collapse(b.String())
}

// maskGrouped masks numbers that are written in groups, such as +62 811 555 003: each
// group alone would pass for a count. A number without groups is left to writePlain.
func maskGrouped(text string) string {
	const marks = " -–.()"
	var b strings.Builder
	for {
		start := strings.IndexAny(text, digits)
		if start < 0 {
			return b.String() + text
		}
		b.WriteString(text[:start])
		text = text[start:]
		number := text[:len(text)-len(strings.TrimLeft(text, digits+marks))]
		number = strings.TrimRight(number, marks)
		text = text[len(number):]
		if len(strings.Trim(number, digits)) > 0 && countDigits(number) >= shortestGrouped {
			number = masked
		}
		b.WriteString(number)
	}
}

func countDigits(text string) int {
	count := 0
	for digit := range strings.SplitSeq(digits, "") {
		count += strings.Count(text, digit)
	}
	return count
}

// addressMarks are in addresses, queries and markup, and seldom in messages.
const addressMarks = `/\?&=@%<>`

// isPointer tells a JSON pointer to a member of a request, such as /payload/text, by
// which a validation names it.
func isPointer(run string) bool {
	path, found := strings.CutPrefix(strings.TrimRight(run, ".,:;"), "/")
	for part := range strings.SplitSeq(path, "/") {
		for word := range strings.SplitSeq(part, "_") {
			found = found && (isEnglish(word) || len(word) < shortestNumber && strings.Trim(word, digits) == "")
		}
	}
	return found
}

// writePlain writes a run of characters without space.
func writePlain(b *strings.Builder, run []rune) {
	for len(run) > 0 {
		end := slices.IndexFunc(run, func(r rune) bool { return !isWordRune(r) })
		switch {
		case end < 0:
			end = len(run)
		case end == 0:
			if unicode.IsPrint(run[0]) {
				b.WriteRune(run[0])
			}
			run = run[1:]
			continue
		}
		if word := string(run[:end]); isPlain(word) {
			b.WriteString(word)
		} else {
			b.WriteString(masked)
		}
		run = run[end:]
	}
}

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_'
}

// isPlain reports whether a word, or each part of a name such as cursor_after, is
// one of messages.
func isPlain(word string) bool {
	for part := range strings.SplitSeq(strings.ToLower(word), "_") {
		isNumber := strings.Trim(part, digits) == ""
		if isNumber && (len(part) < shortestNumber || isMetaCode(part)) {
			continue
		}
		if !isPlainWord(part) {
			return false
		}
	}
	return true
}

// isMetaCode tells the numbers by which Meta names the failures of WhatsApp.
func isMetaCode(number string) bool {
	return len(number) == 6 && "130000" <= number && number < "136000"
}

// collapse writes a row of masked words as one, and cuts what is too long.
func collapse(text string) string {
	for _, between := range []string{" ", "", ".", "-", ",", ":", "'", `"`} {
		for strings.Contains(text, masked+between+masked) {
			text = strings.ReplaceAll(text, masked+between+masked, masked)
		}
	}
	if runes := []rune(text); len(runes) > maxMessage {
		return string(runes[:maxMessage]) + "…"
	}
	return text
}

// valuesOf lists what a request says, the longest first: a value may be part of
// another.
func valuesOf(request *http.Request, carriesCredential func(header string) bool) []string {
	var said []string
	for name, values := range request.Header {
		if carriesCredential(name) {
			said = append(said, values...)
		}
	}
	for _, values := range request.URL.Query() {
		said = append(said, values...)
	}
	if request.GetBody != nil {
		if body, err := request.GetBody(); err == nil {
			sent, _ := io.ReadAll(io.LimitReader(body, maxSearch)) // what can be read is masked
			said = append(said, valuesIn(request.Header.Get("Content-Type"), sent)...)
		}
	}
	said = slices.DeleteFunc(said, func(value string) bool { return len(value) < shortestMasked })
	slices.SortFunc(said, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(said)
}

// valuesIn lists the values in a body: of JSON its text and numbers, at any depth,
// of forms their fields.
func valuesIn(contentType string, body []byte) []string {
	mediaType, parameters, _ := mime.ParseMediaType(contentType) // an unknown one is tried as JSON
	var values []string
	switch mediaType {
	case "application/x-www-form-urlencoded":
		form, _ := url.ParseQuery(string(body)) // what can be read is masked
		for _, field := range form {
			values = append(values, field...)
		}
	case "multipart/form-data":
		reader := multipart.NewReader(bytes.NewReader(body), parameters["boundary"])
		for part, err := reader.NextPart(); err == nil; part, err = reader.NextPart() {
			value, _ := io.ReadAll(io.LimitReader(part, maxSearch))
			values = append(values, string(value))
		}
	default:
		var value any
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		if decoder.Decode(&value) == nil {
			values = addValues(value, nil)
		}
	}
	return values
}

// addValues adds the text and numbers of a JSON value, not the names of members.
func addValues(value any, values []string) []string {
	switch value := value.(type) {
	case string:
		return append(values, value)
	case json.Number:
		return append(values, value.String())
	case []any:
		for _, item := range value {
			values = addValues(item, values)
		}
	case map[string]any:
		for _, member := range value {
			values = addValues(member, values)
		}
	}
	return values
}

// shownURL is where a call went, with the names of its parameters in place of their
// values, and without a query. Of a route of the caller's own only the host is
// shown: nothing tells names and values apart in it.
func shownURL(call *Call) string {
	base := call.Settings.BaseURL
	shown := base.Scheme + "://" + base.Host + strings.TrimSuffix(base.EscapedPath(), "/")
	if call.Operation.Path == "" {
		return shown
	}
	return shown + call.Operation.Path
}
