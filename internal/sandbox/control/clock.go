package control

import (
	"net/http"
	"time"
)

// clockRow is the time of the world.
type clockRow struct {
	Now   time.Time `json:"now"`
	Ahead string    `json:"ahead"` // of the real time
}

func (a *api) getClock(*http.Request) (any, error) {
	clock := a.platform.Clock()
	return clockRow{clock.Now().UTC(), clock.Ahead().String()}, nil
}

// moveClock answers with the time that it then is.
func (a *api) moveClock(r *http.Request) (any, error) {
	in, err := readMembers(r)
	if err != nil {
		return nil, err
	}
	move, to := in.text("move"), in.text("to")
	if err := in.end(); err != nil {
		return nil, err
	}
	switch clock := a.platform.Clock(); {
	case (move == "") == (to == ""):
		return nil, wrong("move", "say either move or to")
	case move != "":
		by, err := time.ParseDuration(move)
		if err != nil {
			return nil, wrong("move", "it must be a duration such as 90m or 24h")
		}
		if err := clock.Move(by); err != nil {
			return nil, wrong("move", "%s", err)
		}
	default:
		at, err := time.Parse(time.RFC3339, to)
		if err != nil {
			return nil, wrong("to", "it must be a time such as 2026-11-20T08:00:00+07:00")
		}
		if err := clock.MoveTo(at); err != nil {
			return nil, wrong("to", "%s", err)
		}
	}
	return a.getClock(r)
}
