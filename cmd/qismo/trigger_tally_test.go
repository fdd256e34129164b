package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Many that are refused say why, and how often; there are not more reasons than can be
// read.
func TestTriggerManyTellsReasons(t *testing.T) {
	var answered atomic.Int64
	_, address := newPostbox(t, func(w http.ResponseWriter, _ *http.Request) {
		switch number := answered.Add(1); {
		case number <= 4:
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprint(w, `{"error":"the queue \u001b[2Jis full"}`)
		case number <= 6:
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprintf(w, `{"error":"%s"}`, strings.Repeat("é", 10_000))
		case number == 7:
			w.WriteHeader(http.StatusServiceUnavailable)
		case number == 8:
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"no"}`)
		}
	})
	flags := []string{"trigger", "botMessage", "--to", address, "--repeat"}
	code, out, _ := call(t, "", append(flags, "10")...)
	assert.Equal(t, exitBad, code)
	assert.Regexp(t, `^10 deliveries .*
       2  answered 200
       1  answered 400: no
       4  answered 503: the queue \[2Jis full
       2  answered 503: é{200}…
       1  answered 503
answered in `, out)

	_, address = newPostbox(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, `{"error":"request %d"}`, answered.Add(1))
	})
	flags[3] = address
	code, out, _ = call(t, "", append(flags, "100")...)
	assert.Equal(t, exitBad, code)
	assert.Equal(t, 10, strings.Count(out, "answered 500: request "))
	assert.Contains(t, out, "\n      90  answered 500: (other reasons)\n")
}

// What cannot be made to happen here is told in words, too.
func TestTriggerExplains(t *testing.T) {
	tally := newTally(time.Second)
	for err, told := range map[error]string{
		&net.DNSError{Name: "hooks.example.id"}: "no such host: hooks.example.id",
		errors.New("the proxy says no"):         "deliver to x: the proxy says no",
		syscall.ECONNRESET:                      "the connection broke before the answer was there",
	} {
		assert.Equal(t, told, tally.why(fmt.Errorf("qismotest: deliver to x: %w", err)))
	}
}

func TestPercentile(t *testing.T) {
	var times []time.Duration
	for i := range 200 {
		times = append(times, time.Duration(i+1))
	}
	for percent, expected := range map[int]time.Duration{50: 100, 90: 180, 99: 198, 100: 200, 0: 1} {
		assert.Equal(t, expected, percentile(times, percent), percent)
	}
	assert.Equal(t, time.Duration(1), percentile(times[:1], 99))
	for duration, expected := range map[time.Duration]string{
		1234567: "1.23ms", 123456789: "123ms", 12345678: "12.3ms", 1234: "1µs", 12345678900: "12.3s", 0: "0s", 999 * time.Second: "16m39s",
	} {
		assert.Equal(t, expected, rounded(duration).String())
	}
}
