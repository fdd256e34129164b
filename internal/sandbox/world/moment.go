package world

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Moment is when something happened: so long ago, such as -2h, -45m or -1d12h, or at
// a time, such as 2026-11-20T09:30:00+07:00.
type Moment struct {
	ago time.Duration
	at  time.Time // zero for a moment that is so long ago
}

// UnmarshalYAML reads a moment.
func (m *Moment) UnmarshalYAML(node *yaml.Node) error {
	read, err := parseMoment(node.Value)
	if err != nil || node.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: a moment is so long ago, such as -2h or -1d12h, or a time with its zone, "+
			"such as 2026-11-20T09:30:00+07:00", node.Line)
	}
	*m = read
	return nil
}

// momentAgo is a negative duration, which may begin with days.
var momentAgo = regexp.MustCompile(`^-(?:(\d{1,4})d)?((?:\d{1,6}[hms])*)$`)

func parseMoment(written string) (Moment, error) {
	parts := momentAgo.FindStringSubmatch(written)
	if parts == nil || written == "-" {
		at, err := time.Parse(time.RFC3339, written)
		return Moment{at: at}, err
	}
	var ago time.Duration
	if parts[1] != "" {
		days, err := strconv.Atoi(parts[1])
		if err != nil {
			return Moment{}, err
		}
		ago = time.Duration(days) * 24 * time.Hour
	}
	if rest := strings.TrimSpace(parts[2]); rest != "" {
		more, err := time.ParseDuration(rest)
		if err != nil {
			return Moment{}, err
		}
		ago += more
	}
	return Moment{ago: ago}, nil
}

// before is the moment as a time, seen from the present.
func (m Moment) before(now time.Time) time.Time {
	if !m.at.IsZero() {
		return m.at
	}
	return now.Add(-m.ago)
}
