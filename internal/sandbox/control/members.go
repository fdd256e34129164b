package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// maxBody bounds a request's body.
const maxBody = 1 << 20

// members are what a body says. Each is taken once; what then is left nobody knows, and
// end refuses it. The first that is wrong is what the caller is told of.
type members struct {
	values map[string]json.RawMessage
	path   string // of the object in the body
	fault  error
}

// readMembers reads a body, which may be left out where nothing must be said. Of which
// content type it claims to be does not matter, so that curl needs no more than -d.
func readMembers(r *http.Request) (*members, error) {
	body, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, refuse(http.StatusRequestEntityTooLarge, "", "the body is larger than 1 MiB")
	case err != nil:
		return nil, wrong("", "the body cannot be read")
	case len(bytes.TrimSpace(body)) == 0:
		return &members{}, nil
	}
	m := new(members)
	if json.Unmarshal(body, &m.values) != nil || m.values == nil {
		return nil, wrong("", "the body is not a JSON object")
	}
	return m, nil
}

// take reads a member into a value, and tells whether there is one. The kind is what it
// must be.
func (m *members) take(name, kind string, into any) bool {
	raw, has := m.values[name]
	delete(m.values, name)
	if !has || string(raw) == "null" {
		return false
	}
	if err := json.Unmarshal(raw, into); err != nil {
		m.blame(m.wrong(name, "it must be %s", kind))
		return false
	}
	return true
}

func (m *members) wrong(name, format string, arguments ...any) error {
	return wrong(m.path+name, format, arguments...)
}

// blame keeps the first thing that is wrong.
func (m *members) blame(fault error) {
	if m.fault == nil {
		m.fault = fault
	}
}

func (m *members) text(name string) (text string) {
	m.take(name, "text", &text)
	return text
}

// needText is a text that must be there.
func (m *members) needText(name string) string {
	text := m.text(name)
	if text == "" {
		m.blame(m.wrong(name, "it is missing"))
	}
	return text
}

func (m *members) whole(name string) (number int64) {
	m.take(name, "a whole number", &number)
	return number
}

func (m *members) needFlag(name string) (flag bool) {
	if !m.take(name, "true or false", &flag) {
		m.blame(m.wrong(name, "it is missing"))
	}
	return flag
}

// value is a member that can be any JSON. Whole numbers keep their digits.
func (m *members) value(name string) any {
	raw, has := m.values[name]
	delete(m.values, name)
	if !has {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		m.blame(m.wrong(name, "it must be JSON")) // it was, inside the body
	}
	return plainNumbers(value)
}

// plainNumbers turns numbers into an int64 where they are one, and else into a float64.
func plainNumbers(value any) any {
	switch value := value.(type) {
	case json.Number:
		if whole, err := value.Int64(); err == nil {
			return whole
		}
		fraction, _ := value.Float64() // what is out of range is as large as can be
		return fraction
	case map[string]any:
		for name, member := range value {
			value[name] = plainNumbers(member)
		}
	case []any:
		for i, item := range value {
			value[i] = plainNumbers(item)
		}
	}
	return value
}

// end tells what is wrong with the body, once all its members were taken.
func (m *members) end() error {
	if m.fault != nil {
		return m.fault
	}
	var left []string
	for name := range m.values {
		left = append(left, name)
	}
	if len(left) == 0 {
		return nil
	}
	return m.wrong(slices.Min(left), "there is no such member")
}

// query is what the part of an address after the question mark says, read as members
// are.
type query struct {
	values url.Values
	fault  error
}

func readQuery(r *http.Request) *query {
	values, err := url.ParseQuery(r.URL.RawQuery)
	q := &query{values: values}
	if err != nil {
		q.fault = wrong("", "the query cannot be read")
	}
	return q
}

func (q *query) text(name string) string {
	text := q.values.Get(name)
	q.values.Del(name)
	return text
}

// whole is a number that is not negative; the fallback when it is not there.
func (q *query) whole(name string, fallback, most int64) int64 {
	text := q.text(name)
	if text == "" {
		return fallback
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if (err != nil || number < 0 || number > most) && q.fault == nil {
		q.fault = wrong(name, "it must be a whole number from 0 to %d", most)
	}
	return number
}

// flag is true or false, and whether it is there.
func (q *query) flag(name string) (flag, has bool) {
	text := q.text(name)
	if text == "" {
		return false, false
	}
	if text != "true" && text != "false" && q.fault == nil {
		q.fault = wrong(name, "it must be true or false")
	}
	return text == "true", true
}

func (q *query) duration(name string, fallback time.Duration) time.Duration {
	text := q.text(name)
	if text == "" {
		return fallback
	}
	duration, err := time.ParseDuration(text)
	if err != nil && q.fault == nil {
		q.fault = wrong(name, "it must be a duration such as 10s or 1m")
	}
	return duration
}

func (q *query) end() error {
	if q.fault != nil {
		return q.fault
	}
	var left []string
	for name := range q.values {
		left = append(left, name)
	}
	if len(left) == 0 {
		return nil
	}
	return wrong(slices.Min(left), "there is no such parameter")
}
