package canary

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// echoForms are the ways in which a message can say what the request had said.
func echoForms() map[string]func(*exchange) string {
	quote := func(text string) string {
		quoted, _ := json.Marshal(text) // text always has a form in JSON
		return string(quoted)
	}
	return map[string]func(*exchange) string{
		"values":             func(e *exchange) string { return e.echo() },
		"values in quotes":   func(e *exchange) string { return "wrong value " + quote(quote(e.echo())) },
		"values in capitals": func(e *exchange) string { return strings.ToUpper(e.echo()) },
		"values cut off": func(e *exchange) string {
			said := []string{"wrong value"}
			for _, value := range e.says() {
				said = append(said, strings.ToValidUTF8(value[:min(len(value), 40)], "")+"...")
			}
			return strings.Join(said, " ")
		},
		"the body":             func(e *exchange) string { return "wrong body " + string(e.body) },
		"the body in base64":   func(e *exchange) string { return "wrong body " + base64.StdEncoding.EncodeToString(e.body) },
		"the address":          func(e *exchange) string { return "no route for " + e.URL.RequestURI() },
		"the address in plain": func(e *exchange) string { return "no route for " + e.URL.Path + " " + e.URL.RawQuery },
		"the address twice":    func(e *exchange) string { return "no route for " + url.QueryEscape(e.URL.RequestURI()) },
	}
}

// echo is a message with all that the request said.
func (e *exchange) echo() string { return "wrong value " + strings.Join(e.says(), " and ") }

// echoes are refusals that say all that the request said, in one form or another.
func echoes() []failure {
	forms := echoForms()
	var all []failure
	for _, ordinary := range []bool{false, true} {
		for _, name := range slices.Sorted(maps.Keys(forms)) {
			form := forms[name]
			all = append(all, failure{
				name: "an echo of " + name, ordinary: ordinary, thorough: true, direct: ordinary,
				answer: func(e *exchange) { e.write(400, typeJSON, object{"errors": object{"message": form(e)}}.String()) },
			})
		}
		for _, shape := range shapes() {
			all = append(all, failure{
				name: "an echo, " + shape.name, ordinary: ordinary, direct: true,
				answer: func(e *exchange) { e.write(422, shape.contentType, shape.write(e.echo())) },
			}, failure{
				name: "an echo in a success, " + shape.name, ordinary: ordinary, direct: true,
				answer: func(e *exchange) { e.write(200, shape.contentType, shape.write(e.echo())) },
			})
		}
	}
	return append(all, echoedIdentifiers()...)
}

// echoedIdentifiers give a value of the request back as the name of a request or a
// failure, where it could be one.
func echoedIdentifiers() []failure {
	identifier := func(e *exchange) string {
		for _, value := range e.says() {
			if isHex(value) && len(value) > 8 {
				return value
			}
		}
		return "5d1f0b7c2a"
	}
	return []failure{
		{name: "an echo as the request's id", answer: func(e *exchange) {
			e.ResponseWriter.Header().Set("X-Request-Id", identifier(e))
			e.write(400, typeJSON, `{"errors":"Bad"}`)
		}},
		{name: "an echo as the failure's name", answer: func(e *exchange) {
			e.write(403, typeJSON, object{"message": "Bad", "traceid": strings.ToUpper(identifier(e))}.String())
		}},
		{name: "an echo as a part of the failure's name", answer: func(e *exchange) {
			e.write(403, typeJSON, object{"message": "Bad", "traceid": "00-" + identifier(e) + "-01"}.String())
		}},
	}
}
