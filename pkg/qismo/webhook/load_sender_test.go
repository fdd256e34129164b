package webhook_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// connection is a connection to a receiver that is kept open. It costs a fraction of
// a client of net/http, so that under load the receiver is what is measured.
type connection struct {
	raw net.Conn

	mutex  sync.Mutex // one request after the other
	reader *bufio.Reader
	buffer []byte
}

func dial(t testing.TB, address string) *connection {
	t.Helper()
	dialer := net.Dialer{}
	raw, err := dialer.DialContext(context.WithoutCancel(t.Context()), "tcp", address)
	require.NoError(t, err)
	return &connection{raw: raw, reader: bufio.NewReader(raw)}
}

func (c *connection) close() { _ = c.raw.Close() }

// post sends a body to the path that ends in the secret, and returns the answer's
// status. An error means that it is not known what became of the body.
func (c *connection) post(secret string, body []byte) (status int, err error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.buffer = append(c.buffer[:0], "POST /hooks/"...)
	c.buffer = append(c.buffer, secret...)
	c.buffer = append(c.buffer, " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "...)
	c.buffer = strconv.AppendInt(c.buffer, int64(len(body)), 10)
	c.buffer = append(c.buffer, "\r\n\r\n"...)
	c.buffer = append(c.buffer, body...)
	if _, err := c.raw.Write(c.buffer); err != nil {
		return 0, err
	}
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = response.Body.Close() }()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

// template is a body with holes for a room's id and for a number that tells it from
// all others. It begins with text; each further part begins with the mark of the hole
// that is before it.
type template [][]byte

// The marks of the holes. JSON has no such bytes.
const (
	roomMark   = "\x01"
	numberMark = "\x02"
)

// newTemplate makes a template of a fixture, in which room and number stand where the
// holes are to be.
func newTemplate(t testing.TB, file, room, number string) template {
	t.Helper()
	var compact bytes.Buffer
	require.NoError(t, json.Compact(&compact, fixture(t, file)))
	require.Contains(t, compact.String(), room)
	require.Contains(t, compact.String(), number)
	marked := strings.NewReplacer(room, "\x00"+roomMark, number, "\x00"+numberMark).Replace(compact.String())
	return bytes.Split([]byte(marked), []byte{0})
}

// fill makes a body.
func (t template) fill(room, number int) []byte {
	body := make([]byte, 0, 2048)
	body = append(body, t[0]...)
	for _, part := range t[1:] {
		hole := number
		if string(part[:1]) == roomMark {
			hole = room
		}
		body = strconv.AppendInt(body, int64(hole), 10)
		body = append(body, part[1:]...)
	}
	return body
}

// templates are bodies of different events that happen in rooms.
func newTemplates(t testing.TB) []template {
	t.Helper()
	return []template{
		newTemplate(t, "botMessage-2025-whatsapp-text.json", "77310284", "wa_wamid.TGFyYXMwMDAx"),
		newTemplate(t, "postComment-full.json", "40718", "1277310"),
		newTemplate(t, "markAsResolved-2025.json", "77310284", "61200519"),
	}
}
