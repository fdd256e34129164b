package flex

import (
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// Time is a moment that arrives in one of these forms:
//
//   - RFC 3339 with a zone: "2025-03-04T05:06:07Z", "2025-03-04T12:06:07.5+07:00"
//   - without a zone: "2025-03-04T05:06:07" or "2025-03-04 05:06:07", a fraction
//     possible
//   - a Unix time, as an integer or as text of digits. The number of digits
//     tells the unit: up to 11 are seconds, 12 to 14 milliseconds, 15 to 17
//     microseconds, more are nanoseconds. A member's name does not tell it:
//     unix_nano_timestamp holds milliseconds
//   - a date object of PHP: {"date": "2025-03-04 05:06:07.000000",
//     "timezone_type": 3, "timezone": "UTC"}
//
// Null, an absent member and empty text are the zero Time.
//
// Times without a zone are read as UTC. The API does not document their zone,
// but where a body has a zoned time for the same moment beside such a time, the
// two agree in UTC. Use [Time.AssumeZone] if you know better.
//
// A Time keeps the JSON it was read from and is written back as the same JSON.
// So compare with [Time.Equal] and not with ==, as with [time.Time].
//
// Zones with a name, which only date objects have, are looked up with
// [time.LoadLocation]. On a system without a time zone database, such as an
// empty container image, let the program import time/tzdata.
type Time struct {
	instant  time.Time
	wire     string // the JSON as received, "" when made in Go
	zoneless bool   // the JSON names no zone
}

// NewTime returns the Time of t, which is written to JSON as RFC 3339.
func NewTime(t time.Time) Time {
	return Time{instant: t.Round(0)} // a reading of the monotonic clock means nothing elsewhere
}

// ParseTime reads a time from text in any of the forms that [Time] has for
// text, Unix times included. Empty text gives the zero Time; other text that is
// not a time is an error. The result is written to JSON as the same text.
func ParseTime(text string) (Time, error) {
	return readTime(quote(text), time.UTC)
}

// Time returns the moment as a [time.Time]: in the zone it was sent with, else
// in UTC or the zone given to AssumeZone. Unix times are in UTC.
func (t Time) Time() time.Time { return t.instant }

// IsZero reports whether there is no time: null, absent or empty text. Like the
// method of [time.Time] it also holds for the first second of the year 1, which
// some systems send for "never".
func (t Time) IsZero() bool { return t.instant.IsZero() }

// Zoneless reports whether the time arrived without a zone, so that its zone is
// an assumption.
func (t Time) Zoneless() bool { return t.zoneless }

// Equal reports whether two times are the same moment, whatever their form and
// zone.
func (t Time) Equal(other Time) bool { return t.instant.Equal(other.instant) }

// AssumeZone returns the time as a clock in loc means it, if it arrived without
// a zone, and the time itself otherwise. A nil loc is UTC. The JSON form stays
// as it was received: the assumption is not written to it.
func (t Time) AssumeZone(loc *time.Location) Time {
	if !t.zoneless {
		return t
	}
	if loc == nil {
		loc = time.UTC
	}
	// Reading the wire again, and not moving the instant, gives the same result
	// however often it is done: a clock time that loc skips is not lost.
	again, err := readTime([]byte(t.wire), loc)
	if err != nil { // not possible: the same text has been read before
		return t
	}
	return again
}

// String returns the time in RFC 3339 with up to nine digits of a second, and ""
// for the zero Time.
func (t Time) String() string {
	if t.IsZero() {
		return ""
	}
	return t.instant.Format(time.RFC3339Nano)
}

// MarshalJSON writes a time that came from JSON as it was received, a time made
// with NewTime in RFC 3339, and the zero Time as null. RFC 3339 has four digits
// for the year: a year outside 0 to 9999 is an error.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.wire != "" {
		return []byte(t.wire), nil
	}
	if t.IsZero() {
		return []byte("null"), nil
	}
	instant := t.instant
	if _, offset := instant.Zone(); offset%60 != 0 || offset <= -24*60*60 || offset >= 24*60*60 {
		instant = instant.UTC() // RFC 3339 cannot write the offset, as that of local mean times
	}
	if year := instant.Year(); year < 0 || year > 9999 {
		return nil, errors.New("flex: cannot write a year outside 0 to 9999 as RFC 3339")
	}
	return instant.AppendFormat(nil, `"`+time.RFC3339Nano+`"`), nil
}

// UnmarshalJSON reads any form of a [Time]. A date object with a zone that is
// not known is an error, as is any other form.
func (t *Time) UnmarshalJSON(data []byte) error {
	read, err := readTime(data, time.UTC)
	if err != nil {
		return err
	}
	*t = read
	return nil
}

// readTime reads a time from JSON, in loc if it names no zone.
func readTime(data []byte, loc *time.Location) (Time, error) {
	var (
		t   Time
		bad form
	)
	switch text, isText := textOf(data); {
	case string(data) == "null":
		return Time{}, nil
	case isText && len(text) == 0: // zero, but not written as null
	case isText && !isDigits(text):
		t.instant, t.zoneless, bad = readClock(string(text), loc)
	case len(data) > 0 && data[0] == '{':
		t.instant, t.zoneless, bad = readDateObject(data, loc)
	default:
		t.instant, bad = readUnix(data)
	}
	if bad != "" {
		return Time{}, cannotRead(bad, "a time")
	}
	t.wire = string(data)
	return t, nil
}

// readUnix reads a Unix time and takes its unit from its size. Seconds have 10
// digits until the year 2286, and each finer unit three more.
func readUnix(data []byte) (time.Time, form) {
	n, bad := readInt(data)
	if bad != "" {
		return time.Time{}, bad
	}
	var t time.Time
	switch {
	case -1e11 < n && n < 1e11:
		t = time.Unix(n, 0)
	case -1e14 < n && n < 1e14:
		t = time.UnixMilli(n)
	case -1e17 < n && n < 1e17:
		t = time.UnixMicro(n)
	default:
		t = time.Unix(0, n)
	}
	return t.UTC(), ""
}

// readClock reads a date and a time of day, in loc if the text names no zone.
func readClock(text string, loc *time.Location) (t time.Time, zoneless bool, bad form) {
	const date = len(time.DateOnly)
	layout := time.RFC3339
	switch {
	case len(text) > date && text[date] == ' ':
		layout, zoneless = time.DateTime, true
	case len(text) > date && !strings.ContainsAny(text[date:], "Z+-"):
		layout, zoneless = "2006-01-02T15:04:05", true
	default:
		loc = time.UTC
	}
	// Not time.Parse: it returns times in the zone of this machine when that has
	// the same offset.
	t, err := time.ParseInLocation(layout, text, loc)
	if err != nil {
		return time.Time{}, false, formOtherText
	}
	return t, zoneless, ""
}

// readDateObject reads what PHP makes of its DateTime in JSON. An object without
// a zone is read in loc.
func readDateObject(data []byte, loc *time.Location) (t time.Time, zoneless bool, bad form) {
	var object struct {
		Date     string `json:"date"`
		Timezone string `json:"timezone"`
	}
	if err := json.Unmarshal(data, &object); err != nil {
		return time.Time{}, false, formDateIncomplete
	}
	if object.Timezone != "" {
		var ok bool
		if loc, ok = loadZone(object.Timezone); !ok {
			return time.Time{}, false, formDateZone
		}
	}
	t, zoneless, bad = readClock(object.Date, loc)
	if bad != "" {
		return time.Time{}, false, formDateIncomplete
	}
	return t, zoneless && object.Timezone == "", ""
}

// loadZone finds a zone by the three kinds of names that PHP has for it: an
// offset (+07:00), an abbreviation (EST) or an identifier (Asia/Jakarta).
func loadZone(name string) (*time.Location, bool) {
	switch name {
	case "Z":
		return time.UTC, true
	case "Local", "localtime":
		// Both are the zone of this machine, on which a result must not depend.
		return nil, false
	}
	if t, err := time.ParseInLocation("-07:00", name, time.UTC); err == nil {
		_, offset := t.Zone()
		return time.FixedZone("", offset), true
	}
	// LoadLocation makes a file name of this, and itself refuses names that lead
	// out of the database: "..", and a slash or a backslash at the beginning.
	loc, err := time.LoadLocation(name)
	return loc, err == nil
}
