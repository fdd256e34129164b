package transport

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// now is the client's clock in tests of Retry-After.
func now() time.Time { return time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC) }

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		value, date string
		want        time.Duration
	}{
		"none":                       {"", "", 0},
		"seconds":                    {"7", "", 7 * time.Second},
		"zero":                       {"0", "", 0},
		"leading zeros":              {"007", "", 7 * time.Second},
		"spaces":                     {"  7 ", "", 7 * time.Second},
		"a day":                      {"86400", "", 24 * time.Hour},
		"more than a day":            {"86401", "", 24 * time.Hour},
		"more than an int":           {"99999999999999999999999999", "", 24 * time.Hour},
		"below zero":                 {"-7", "", 0},
		"plus":                       {"+7", "", 0},
		"a fraction":                 {"1.5", "", 0},
		"hexadecimal":                {"0x10", "", 0},
		"other digits":               {"٧", "", 0},
		"words":                      {"soon", "", 0},
		"a long nothing":             {strings.Repeat("x", 1<<16), "", 0},
		"a date":                     {"Fri, 20 Nov 2026 08:00:30 GMT", "", 30 * time.Second},
		"a date of the second form":  {"Friday, 20-Nov-26 08:00:30 GMT", "", 30 * time.Second},
		"a date of the third form":   {"Fri Nov 20 08:00:30 2026", "", 30 * time.Second},
		"a date that is over":        {"Fri, 20 Nov 2026 07:59:00 GMT", "", 0},
		"a date far away":            {"Fri, 20 Nov 2999 08:00:00 GMT", "", 24 * time.Hour},
		"a date of long ago":         {"Mon, 01 Jan 0001 00:00:00 GMT", "", 0},
		"by the service's clock":     {"Fri, 20 Nov 2026 10:00:30 GMT", "Fri, 20 Nov 2026 10:00:00 GMT", 30 * time.Second},
		"over by the service's":      {"Fri, 20 Nov 2026 08:00:30 GMT", "Fri, 20 Nov 2026 10:00:00 GMT", 0},
		"the service's is no clock":  {"Fri, 20 Nov 2026 08:00:30 GMT", "today", 30 * time.Second},
		"seconds need no clock":      {"7", "Fri, 20 Nov 2026 10:00:00 GMT", 7 * time.Second},
		"a date in another zone":     {"Fri, 20 Nov 2026 08:00:30 WIB", "", 0},
		"both clocks far from sense": {"Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{"Retry-After": {test.value}, "Date": {test.date}}
			assert.Equal(t, test.want, retryAfter(header, now))
		})
	}
}

// Whatever a service says, the wait is within its bounds.
func FuzzRetryAfter(f *testing.F) {
	for _, value := range []string{"7", "-1", "99999999999999999999", "Fri, 20 Nov 2026 08:00:30 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", ""} {
		f.Add(value, "Fri, 20 Nov 2026 08:00:00 GMT")
		f.Add(value, value)
	}
	f.Fuzz(func(t *testing.T, value, date string) {
		wait := retryAfter(http.Header{"Retry-After": {value}, "Date": {date}}, now)
		if wait < 0 || wait > maxRetryAfter {
			t.Errorf("%q with %q is %s", value, date, wait)
		}
	})
}
