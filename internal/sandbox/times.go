package sandbox

import "time"

// The platform writes times in several forms, all in UTC. Each returns null for
// no time.

// zoned is 2026-11-20T02:59:40Z.
func zoned(at time.Time) any { return writeTime(at, "2006-01-02T15:04:05Z") }

// unzoned is 2026-11-20T02:59:40, as newer rows have it.
func unzoned(at time.Time) any { return writeTime(at, "2006-01-02T15:04:05") }

// spaced is 2026-11-20 02:59:40, as older rows have it.
func spaced(at time.Time) any { return writeTime(at, time.DateTime) }

// dateObject is a date as PHP serialises one.
func dateObject(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return object{"date": at.UTC().Format("2006-01-02 15:04:05.000000"), "timezone_type": 3, "timezone": "UTC"}
}

func writeTime(at time.Time, layout string) any {
	if at.IsZero() {
		return nil
	}
	return at.UTC().Format(layout)
}
