package canary

import (
	"encoding/json"
	"fmt"
)

// shape is one of the forms in which the service tells of a failure.
type shape struct {
	name, contentType string
	// write puts a message into it.
	write func(message string) string
}

// object writes JSON.
type object map[string]any

func (o object) String() string {
	encoded, err := json.Marshal(o)
	if err != nil {
		return fmt.Sprintf("%q", err)
	}
	return string(encoded)
}

const typeJSON = "application/json; charset=utf-8"

// shapes are those in which failures have been seen, with canaries in all they hold
// beside the message.
func shapes() []shape {
	word, trace := inAnswer(Token, "other member").Text, inAnswer(Phone, "trace id").Text
	return []shape{
		{"errors text", typeJSON, func(said string) string { return object{"errors": said, word: word}.String() }},
		{"errors object", typeJSON, func(said string) string {
			return object{"errors": object{"message": said, "field": word}, "status": word}.String()
		}},
		{"errors list", typeJSON, func(said string) string { return object{"errors": []any{said, word}}.String() }},
		{"error text", typeJSON, func(said string) string { return object{"error": said, "message": word}.String() }},
		{"Meta's error", typeJSON, func(said string) string {
			return object{"error": object{
				"message": word, "type": word, "code": json.Number(inAnswer(Phone, "code").Text), "fbtrace_id": word,
				"error_data": object{"messaging_product": word, "details": said},
			}}.String()
		}},
		{"the chat server's error", typeJSON, func(said string) string {
			details := object{"message": said, "detailed_messages": []any{said, word}}
			return object{"error": details, "status": json.Number(inAnswer(Phone, "code").Text)}.String()
		}},
		{"detail", typeJSON, func(said string) string { return object{"detail": said + " token_expired"}.String() }},
		{"gateway", typeJSON, func(said string) string { return object{"message": said, "traceid": trace}.String() }},
		{"notes of a broadcast", typeJSON, func(said string) string {
			row := object{"status": "failed", "notes": said, "phone_number": trace}
			return object{"data": object{"broadcast_logs": []any{row}}}.String()
		}},
		{"text", "text/plain; charset=utf-8", func(said string) string { return said }},
		{"page", "text/html; charset=utf-8", func(said string) string {
			return "<html><head><title>" + said + "</title></head><body>" + said + "</body></html>"
		}},
	}
}

// inAnswer is a canary of an answer.
func inAnswer(kind Kind, place string) Canary { return New(kind, "an answer's "+place) }

// message is a message of a failure with canaries among ordinary words.
func message() string {
	of := func(kind Kind) string { return inAnswer(kind, "message").Text }
	return "Cannot send the message to " + of(Name) + " at " + of(Email) + ", number " + of(Phone) + " or +" +
		grouped(of(Phone))[1] + ": " + of(Sentence) + " is not valid for token " + of(Token) + " and key " + of(Hex) +
		" of account " + of(UUID) + ", see " + of(Address) + " (" + of(Scripts) + ")"
}

// answerCanaries are those that answers hold, other than in the members of successes.
func answerCanaries() []Canary {
	var canaries []Canary
	for _, kind := range []Kind{Name, Email, Phone, Sentence, Token, Hex, UUID, Address, Scripts} {
		canaries = append(canaries, inAnswer(kind, "message"))
	}
	canaries = append(canaries, inAnswer(Token, "other member"), inAnswer(Phone, "trace id"), inAnswer(Phone, "code"))
	for _, kind := range memberKinds() {
		canaries = append(canaries, inAnswer(kind, "member"))
	}
	for name := range headers() {
		canaries = append(canaries, inAnswer(Token, name), inAnswer(Phone, name))
	}
	return append(canaries, inAnswer(Name, "key"), inAnswer(Sentence, "line"), inAnswer(Address, "location"),
		inAnswer(Token, "trailer"), inAnswer(Name, "proxy"), inAnswer(Token, "proxy"), inAnswer(Phone, "request id"))
}

// headers are the headers of a failure that hold canaries.
func headers() map[string]string {
	headers := map[string]string{}
	for _, name := range []string{
		"X-Request-Id", "X-Trace-Id", "Server", "Via", "Set-Cookie", "Www-Authenticate", "Retry-After", "Warning",
		"X-Powered-By", "Etag", "Location", "X-Ratelimit-Remaining",
	} {
		headers[name] = inAnswer(Token, name).Text
	}
	headers["X-Request-Id"] = inAnswer(Phone, "X-Request-Id").Text
	headers["Retry-After"] = inAnswer(Phone, "Retry-After").Text
	headers["Set-Cookie"] = "session=" + headers["Set-Cookie"] + "; Domain=" + headers["Set-Cookie"]
	return headers
}
