package faults

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// HalfAnswer promises the whole body of the proper answer by its Content-Length,
// sends half of it and closes the connection.
func HalfAnswer() Fault {
	return Fault{name: "half an answer", acts: true, strike: func(x *exchange) error {
		return errors.Join(errOver, x.sendHalf())
	}}
}

// HalfChunkedAnswer sends half of the proper answer's body in a chunk, and closes the
// connection in the middle of the next one.
func HalfChunkedAnswer() Fault {
	return Fault{name: "half a chunked answer", acts: true, strike: func(x *exchange) error {
		half := x.answer.half()
		answer := x.answer.head("Transfer-Encoding", "chunked")
		if len(half) > 0 { // an empty chunk would be the end
			answer = fmt.Appendf(answer, "%x\r\n%s\r\n", len(half), half)
		}
		_, err := x.Write(fmt.Appendf(answer, "%x\r\n", max(1, len(x.answer.body)-len(half))))
		return errors.Join(errOver, err)
	}}
}

// StallBody sends the proper answer's headers and half of its body, and lets the
// client wait for the rest until it goes away.
func StallBody() Fault {
	return Fault{name: "answer stops in its body", acts: true, strike: func(x *exchange) error {
		return errors.Join(x.sendHalf(), x.hold())
	}}
}

// sendHalf sends half of what it promises.
func (x *exchange) sendHalf() error {
	promised := max(1, len(x.answer.body))
	_, err := x.Write(append(x.answer.head("Content-Length", strconv.Itoa(promised)), x.answer.half()...))
	return err
}

// SlowDrip sends the proper answer whole, one byte at a time, its headers included.
func SlowDrip(interval time.Duration) Fault {
	return Fault{name: "a byte every " + interval.String(), acts: true, strike: func(x *exchange) error {
		for _, drop := range x.answer.whole(x.request) {
			if _, err := x.Write([]byte{drop}); err != nil {
				return err
			}
			if err := x.wait(interval); err != nil {
				return err
			}
		}
		return nil
	}}
}

// TruncatedJSON sends half of the proper answer's body as if it were all of it: by
// HTTP the answer is whole, as JSON it is not.
func TruncatedJSON() Fault {
	return Fault{name: "truncated JSON", acts: true, strike: func(x *exchange) error {
		x.answer.body = x.answer.half()
		return x.send(x.answer)
	}}
}

// HugeHeaderSize is the size of the header that [HugeHeader] sends, in bytes: more
// than the 10 MiB that net/http reads unless it is told otherwise.
const HugeHeaderSize = 11 << 20

// HugeHeader sends the proper answer with one header of [HugeHeaderSize].
func HugeHeader() Fault {
	return Fault{name: "huge header", acts: true, strike: func(x *exchange) error {
		body := x.answer.whole(x.request)
		_, rest, _ := strings.Cut(string(body), "\r\n")
		first := body[:len(body)-len(rest)]
		if _, err := fmt.Fprintf(x, "%sX-Padding: ", first); err != nil {
			return err
		}
		if _, err := io.Copy(x, padding(HugeHeaderSize)); err != nil {
			return err
		}
		_, err := io.WriteString(x, "\r\n"+rest)
		return err
	}}
}

// EarlyHints sends one answer of status 103 after the other, without an end, until
// the client goes away.
func EarlyHints() Fault {
	return Fault{name: "early hints without end", acts: true, strike: func(x *exchange) error {
		hint := []byte("HTTP/1.1 103 Early Hints\r\nLink: </" + strings.Repeat("a", 4<<10) + ".css>; rel=preload\r\n\r\n")
		for {
			if _, err := x.Write(hint); err != nil {
				return err
			}
		}
	}}
}

// NotHTTP answers in another protocol, and closes the connection. The handler does
// not act.
func NotHTTP() Fault {
	return Fault{name: "not HTTP", strike: func(x *exchange) error {
		_, err := io.WriteString(x, "SSH-2.0-OpenSSH_9.6\r\n")
		return errors.Join(errOver, err)
	}}
}

// padding is a text of a size that is not held in memory.
func padding(size int64) io.Reader {
	return io.LimitReader(letters(strings.Repeat("x", 32<<10)), size)
}

// letters are read again and again, without an end.
type letters string

func (l letters) Read(p []byte) (int, error) { return copy(p, l), nil }
