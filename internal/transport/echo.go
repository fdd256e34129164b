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
	"strconv"
	"strings"
	"unicode"
)

const (
	// echoRun is how many words in a row, of a value of a request, are taken for that
	// value.
	echoRun = 4
	// maxCode bounds the numbers of failures: a longer one is another number.
	maxCode = 9_999_999
	// A name of a request or a failure of fewer characters is too short to be a part of
	// a secret.
	shortestIdentifier = 8
	maxIdentifier      = 64
	maxPhoneNumber     = 15 // digits

	maxSaid   = 4 << 10 // bytes of the service's message that are looked at
	maxSearch = 1 << 20 // bytes of a request's body
	// Shorter values of a request are left in messages: masking "a" would leave nothing
	// to read.
	shortestMasked = 4
)

// requestValues are what a request says, the longest first: a value may be part of
// another.
type requestValues []string

// mask makes the service's words fit for a log: what the request had said is taken
// out, in case it is quoted, and then every word that messages of failures are not
// made of, as it may be a customer's or a secret from elsewhere. What is left is
// cut to a length that can be read.
func (v requestValues) mask(said string) string {
	if said == "" {
		return ""
	}
	if len(said) > maxSaid {
		said = said[:maxSaid]
		said = said[:strings.LastIndexByte(said, ' ')+1] // no half word
	}
	for _, value := range v {
		said = strings.ReplaceAll(said, value, masked)
	}
	return Plain(v.maskRuns(said))
}

// maskRuns masks what the request had said although it is not quoted as it was: cut
// off, in other case, or with other marks between its words.
func (v requestValues) maskRuns(said string) string {
	if !slices.ContainsFunc(v, func(value string) bool { return strings.ContainsAny(value, " \n") }) {
		return said // a word alone tells little, and is masked where it is quoted as it was
	}
	words := wordsOf(said)
	places := map[string][]int{} // of each run of words
	for length := 2; length <= echoRun; length++ {
		for at := range len(words) - length + 1 {
			run := joined(words[at : at+length])
			places[run] = append(places[run], at)
		}
	}
	echoed := make([]bool, len(words))
	for _, value := range v {
		of := wordsOf(value)
		length := min(len(of), echoRun)
		for at := range len(of) - length + 1 {
			for _, place := range places[joined(of[at:at+length])] {
				for i := range length {
					echoed[place+i] = true
				}
			}
		}
	}
	var b strings.Builder
	end := 0
	for i, word := range words {
		if echoed[i] {
			b.WriteString(said[end:word.from] + masked)
			end = word.to
		}
	}
	return b.String() + said[end:]
}

// wordAt is a word of a text, in lower case, and where it stands.
type wordAt struct {
	text     string
	from, to int
}

func wordsOf(text string) []wordAt {
	var words []wordAt
	from := -1
	for at, char := range text + " " {
		switch {
		case isWordRune(char) && from < 0:
			from = at
		case !isWordRune(char) && from >= 0:
			words = append(words, wordAt{strings.ToLower(text[from:at]), from, at})
			from = -1
		}
	}
	return words
}

func joined(words []wordAt) string {
	texts := make([]string, 0, echoRun)
	for _, word := range words {
		texts = append(texts, word.text)
	}
	return strings.Join(texts, " ")
}

// identifier is the service's name for a request or a failure, if it looks like one:
// it goes into logs. It consists of hexadecimal digits, as a UUID does, and is neither
// a number, which may be a customer's, nor a secret or an id that the request had.
func (v requestValues) identifier(text string) string {
	isNumber := len(text) <= maxPhoneNumber && strings.Trim(text, "0123456789") == ""
	if isNumber || len(text) > maxIdentifier || strings.Trim(text, "0123456789abcdefABCDEF-") != "" {
		return ""
	}
	name := withoutDashes(text)
	if len(name) < shortestIdentifier {
		return text
	}
	for _, value := range v {
		value = withoutDashes(value)
		if strings.Contains(value, name) || len(value) >= shortestIdentifier && strings.Contains(name, value) {
			return ""
		}
	}
	return text
}

func withoutDashes(text string) string { return strings.ToLower(strings.ReplaceAll(text, "-", "")) }

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_'
}

// code is the number of a failure, 0 for one that is none: longer than any, or said by
// the request.
func (v requestValues) code(number int64) int64 {
	if number <= 0 || number > maxCode || slices.Contains(v, strconv.FormatInt(number, 10)) {
		return 0
	}
	return number
}

// valuesOf lists what a request says. A single word that messages of failures are
// made of is left out, such as the name of a type.
func (c *Call) valuesOf(request *http.Request) requestValues {
	said := c.valuesInPath(request.URL)
	for name, values := range request.Header {
		if c.Protocol.CarriesCredential(name) {
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
	said = slices.DeleteFunc(said, func(value string) bool { return len(value) < shortestMasked || isPlain(value) })
	slices.SortFunc(said, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(said)
}

// valuesInPath lists the parameters in a path; of a route of the caller's own, all that
// may be some. A word alone, such as a role, is left in messages.
func (c *Call) valuesInPath(address *url.URL) []string {
	var said []string
	parts := strings.Split(address.EscapedPath(), "/")
	template := strings.Split(c.Operation.Path, "/")
	for i, part := range parts {
		if at := len(template) - len(parts) + i; c.Operation.Path != "" && (at < 0 || !strings.HasPrefix(template[at], "{")) {
			continue
		}
		if value, err := url.PathUnescape(part); err == nil && !isPlain(value) {
			said = append(said, value)
		}
	}
	return said
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
