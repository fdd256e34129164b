package canary

import (
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
)

// wireFailures are answers that are not HTTP as it should be, and connections that
// break.
func wireFailures() []failure {
	line, token := inAnswer(Sentence, "line").Text, inAnswer(Token, "trailer").Text
	const ok, chunked = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n", "Transfer-Encoding: chunked\r\n\r\n"
	half := `{"data":{"` + message()
	all := []failure{
		{name: "a reset", answer: func(e *exchange) { e.speak("", true) }},
		{name: "half an answer, then a reset", answer: func(e *exchange) {
			e.speak(ok+"Content-Length: 99999\r\n\r\n"+half, true)
		}},
	}
	raw := map[string]string{
		"nothing at all":           "",
		"not HTTP":                 line + "\r\n\r\n" + message(),
		"not HTTP, JSON":           `{"data":"` + line + `"}`,
		"an odd protocol":          "HTTP/" + line + " 200 OK\r\n\r\n",
		"an odd status line":       "HTTP/1.1 " + line + "\r\n\r\n",
		"a status with words":      "HTTP/1.1 200" + line + " OK\r\n\r\n",
		"a reason with words":      "HTTP/1.1 418 " + line + "\r\nContent-Length: 0\r\n\r\n",
		"a header that is none":    ok + line + "\r\n\r\n",
		"a header's odd name":      ok + line + ": 1\r\n\r\n",
		"a header that goes on":    "HTTP/1.1 200 OK\r\n " + line + "\r\n\r\n",
		"an odd length":            ok + "Content-Length: " + line + "\r\n\r\n",
		"two lengths":              ok + "Content-Length: 5\r\nContent-Length: " + line + "\r\n\r\n",
		"an odd encoding":          ok + "Transfer-Encoding: " + line + "\r\n\r\n",
		"half an answer":           ok + "Content-Length: 99999\r\n\r\n" + half,
		"half a header":            ok + "X-Other: " + line,
		"an odd chunk":             ok + chunked + line + "\r\n" + line + "\r\n0\r\n\r\n",
		"half a chunk":             ok + chunked + "fff\r\n" + half,
		"an odd end of chunks":     ok + chunked + "2\r\n{}" + line + "\r\n0\r\n\r\n",
		"an odd trailer":           ok + "Trailer: " + token + "\r\n" + chunked + "2\r\n{}\r\n0\r\n" + line + "\r\n\r\n",
		"a trailer without a mark": ok + chunked + "2\r\n{}\r\n0\r\nX Other " + token + " : " + line + "\r\n\r\n",
		"a header without end":     ok + "X-Other: " + strings.Repeat(line, 8000),
		"many odd early answers":   strings.Repeat("HTTP/1.1 103 "+line+"\r\nLink: "+line+"\r\n\r\n", 9) + line,
		"another protocol":         "HTTP/1.1 101 " + line + "\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n" + line,
	}
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		all = append(all, failure{name: name, oneOf: 4, answer: func(e *exchange) { e.speak(raw[name], false) }})
	}
	return all
}

// speak writes bytes as they are and ends the connection, at once or by a reset.
func (e *exchange) speak(raw string, reset bool) {
	connection, _, err := http.NewResponseController(e.ResponseWriter).Hijack()
	if err != nil {
		e.WriteHeader(http.StatusTeapot)
		return
	}
	_, _ = connection.Write([]byte(raw)) // whoever does not want to hear it has gone
	if tcp, ok := connection.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}
