package trouble

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseRule reads a rule such as
//
//	server-error=5%
//	latency=0.1,delay=800ms,only=getRoom
//	expired-token,times=1
//	html-error=1%,status=200
//	all=5%
//
// First stand the kind and its rate, a share or a percentage, and 1 where there is
// none; then, in any order, what else a [Rule] has.
func ParseRule(text string) (Rule, error) {
	first, rest, more := strings.Cut(text, ",")
	kind, rate, hasRate := strings.Cut(first, "=")
	rule := Rule{Kind: Kind(strings.TrimSpace(kind)), Rate: 1}
	if _, known := describe(rule.Kind); !known && rule.Kind != All {
		return Rule{}, errUnknown(rule.Kind)
	}
	if hasRate {
		var err error
		if rule.Rate, err = parseRate(strings.TrimSpace(rate)); err != nil {
			return Rule{}, err
		}
	}
	seen := map[string]bool{}
	for more {
		var part string
		part, rest, more = strings.Cut(rest, ",")
		name, value, _ := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		if seen[name] {
			return Rule{}, fmt.Errorf("%q stands twice", name)
		}
		seen[name] = true
		if err := rule.set(name, strings.TrimSpace(value)); err != nil {
			return Rule{}, err
		}
	}
	return rule, rule.Check()
}

// set reads what stands after a kind.
func (r *Rule) set(name, value string) (err error) {
	const whole = "the %s %q is not a whole number"
	switch name {
	case "delay":
		r.Delay, err = parseDelay(value)
	case "only":
		if value == "" {
			err = errors.New("only stands for nothing")
		}
		r.Only = value
	case "times":
		if r.Times, err = strconv.Atoi(value); err != nil {
			err = fmt.Errorf(whole, name, value)
		}
	case "status":
		if r.Status, err = strconv.Atoi(value); err != nil {
			err = fmt.Errorf(whole, name, value)
		}
	default:
		err = fmt.Errorf("a rule has no %q; it has delay, only, times and status", name)
	}
	return err
}

func parseRate(text string) (float64, error) {
	number, isPercentage := strings.CutSuffix(text, "%")
	rate, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil {
		return 0, fmt.Errorf("the rate %q is neither a share such as 0.05 nor a percentage such as 5%%", text)
	}
	if isPercentage {
		rate /= 100
	}
	return rate, nil
}

func parseDelay(text string) (time.Duration, error) {
	delay, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("the delay %q is no duration such as 500ms or 2s", text)
	}
	return delay, nil
}

// String writes a rule in the form that [ParseRule] reads.
func (r Rule) String() string {
	text := string(r.Kind)
	if r.Rate != 1 {
		text += "=" + strconv.FormatFloat(r.Rate, 'g', -1, 64)
	}
	if r.Delay != 0 {
		text += ",delay=" + r.Delay.String()
	}
	if r.Only != "" {
		text += ",only=" + r.Only
	}
	if r.Times != 0 {
		text += ",times=" + strconv.Itoa(r.Times)
	}
	if r.Status != 0 {
		text += ",status=" + strconv.Itoa(r.Status)
	}
	return text
}

// UnmarshalText reads a rule as [ParseRule] does, for flags.
func (r *Rule) UnmarshalText(text []byte) (err error) {
	*r, err = ParseRule(string(text))
	return err
}

// written is a rule as an object in JSON and YAML.
type written struct {
	Kind   Kind    `json:"kind"             yaml:"kind"`
	Rate   float64 `json:"rate"             yaml:"rate"`
	Only   string  `json:"only,omitempty"   yaml:"only,omitempty"`
	Times  int     `json:"times,omitempty"  yaml:"times,omitempty"`
	Delay  delay   `json:"delay,omitempty"  yaml:"delay,omitempty"`
	Status int     `json:"status,omitempty" yaml:"status,omitempty"`
}

// delay is a duration that is written as text.
type delay time.Duration

// MarshalText writes a delay such as 500ms.
func (d delay) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *delay) UnmarshalText(text []byte) error {
	parsed, err := parseDelay(string(text))
	*d = delay(parsed)
	return err
}

func (r Rule) written() written {
	return written{r.Kind, r.Rate, r.Only, r.Times, delay(r.Delay), r.Status}
}

// take checks what was read.
func (r *Rule) take(w written) error {
	*r = Rule{w.Kind, w.Rate, w.Only, w.Times, time.Duration(w.Delay), w.Status}
	return r.Check()
}

// MarshalJSON writes a rule as an object.
func (r Rule) MarshalJSON() ([]byte, error) { return json.Marshal(r.written()) }

// UnmarshalJSON reads a rule from an object or from text. Unknown members are refused.
func (r *Rule) UnmarshalJSON(source []byte) error {
	if source[0] == '"' {
		var text string
		if err := json.Unmarshal(source, &text); err != nil {
			return fmt.Errorf("read a rule: %w", err)
		}
		return r.UnmarshalText([]byte(text))
	}
	w := written{Rate: 1}
	decoder := json.NewDecoder(bytes.NewReader(source))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&w)
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mismatch) && mismatch.Field == "":
		return fmt.Errorf("a rule is an object or a text, not a %s", mismatch.Value)
	case errors.As(err, &mismatch):
		return fmt.Errorf("%s: it must not be a %s", mismatch.Field, mismatch.Value)
	case err != nil:
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	return r.take(w)
}

// MarshalYAML writes a rule as an object.
func (r Rule) MarshalYAML() (any, error) { return r.written(), nil }

// UnmarshalYAML reads a rule from an object or from text. Whether unknown members are
// refused is the decoder's.
func (r *Rule) UnmarshalYAML(read func(any) error) error {
	var text string
	if read(&text) == nil {
		return r.UnmarshalText([]byte(text))
	}
	w := written{Rate: 1}
	if err := read(&w); err != nil {
		return fmt.Errorf("read a rule: %w", err)
	}
	return r.take(w)
}
