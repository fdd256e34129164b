package inbox

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/qismo-go/qismo/internal/sandbox"
	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

// barView is what stands above the columns: the world's settings.
type barView struct {
	View     view
	Home     string
	Now      stamp
	Day      string
	Ahead    string // how far the clock was moved; "" when it was not
	Moves    []pair // by how much it can be, and the words for it
	Trouble  []troubleRow
	Special  []string // rules that are for one operation or event only
	Troubles int      // how many rules there are
	Seed     string
	Staff    []staffRow
	Online   int
	Hooks    []hookRow
	HooksOn  int
}

// staffRow is a member of the staff.
type staffRow struct {
	sandbox.AgentSnapshot
	face
}

// troubleRow is a way to fail.
type troubleRow struct {
	Kind    trouble.Kind
	What    string
	With    string // the delay or the status that it speaks of; "" for neither
	Percent string
	On      bool
}

func (i *Inbox) bar(v view) barView {
	clock := i.platform.Clock()
	now := clock.Now().Truncate(time.Minute) // or it would be told anew each second
	shown := barView{
		View: v, Home: Home, Now: stampOf(now, now), Day: now.Local().Format("Mon 2 Jan"),
		Ahead: ahead(clock.Ahead()), Moves: []pair{
			{"1m", "+1 min"}, {"10m", "+10 min"}, {"1h", "+1 h"}, {"24h", "+1 day"}, {"168h", "+1 week"},
		},
	}
	seed, rules := i.platform.Trouble().Rules()
	shown.Seed, shown.Troubles = strconv.FormatUint(seed, 10), len(rules)
	for _, kind := range trouble.Kinds() {
		rule := generalRule(rules, kind.Kind)
		row := troubleRow{Kind: kind.Kind, What: kind.What, With: with(rule, kind)}
		if rule.Rate > 0 {
			row.On, row.Percent = true, strconv.FormatFloat(rule.Rate*100, 'f', -1, 64)
		}
		shown.Trouble = append(shown.Trouble, row)
	}
	for _, rule := range rules {
		if rule.Only != "" {
			shown.Special = append(shown.Special, rule.String())
		}
	}
	for _, member := range i.platform.Staff() {
		if member.Available {
			shown.Online++
		}
		shown.Staff = append(shown.Staff, staffRow{member, faceOf(member.Name, member.Email)})
	}
	shown.Hooks = i.hooks()
	for _, hook := range shown.Hooks {
		if hook.On {
			shown.HooksOn++
		}
	}
	return shown
}

// with is the delay or the status of a rule: its own, or that of its kind.
func with(rule trouble.Rule, kind trouble.Description) string {
	switch {
	case kind.Delay > 0:
		return "delay " + cmp.Or(rule.Delay, kind.Delay).String()
	case kind.Status > 0:
		return "status " + strconv.Itoa(cmp.Or(rule.Status, kind.Status))
	default:
		return ""
	}
}

// ahead writes how far the clock was moved, in days, hours and minutes.
func ahead(by time.Duration) string {
	if by < time.Minute {
		return ""
	}
	days, rest := by/(24*time.Hour), by%(24*time.Hour)
	var parts []string
	for _, part := range []struct {
		count time.Duration
		unit  string
	}{{days, "d"}, {rest / time.Hour, "h"}, {rest % time.Hour / time.Minute, "min"}} {
		if part.count > 0 {
			parts = append(parts, strconv.FormatInt(int64(part.count), 10)+" "+part.unit)
		}
	}
	return strings.Join(parts, " ") + " ahead"
}
