package inbox

import (
	"strconv"
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
	Troubles int // how many kinds are on
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
	Percent string
	On      bool
	Only    string // what it is narrowed to
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
	shown.Seed = strconv.FormatUint(seed, 10)
	for _, row := range troubleKinds() {
		for _, rule := range rules {
			if rule.Kind == row.Kind && rule.Rate > 0 {
				row.On, row.Only = true, rule.Only
				row.Percent = strconv.FormatFloat(rule.Rate*100, 'f', -1, 64)
			}
		}
		if row.On {
			shown.Troubles++
		}
		shown.Trouble = append(shown.Trouble, row)
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

// troubleKinds are the ways to fail, with what they do in a few words.
func troubleKinds() []troubleRow {
	return []troubleRow{
		{Kind: trouble.Latency, What: "the answer is late"},
		{Kind: trouble.RateLimit, What: "429, nothing is done"},
		{Kind: trouble.ServerError, What: "503, nothing is done"},
		{Kind: trouble.HTMLError, What: "502 with a gateway’s page"},
		{Kind: trouble.LostAnswer, What: "all is done, then a 504"},
		{Kind: trouble.BrokenAnswer, What: "all is done, then the connection breaks"},
		{Kind: trouble.ExpiredToken, What: "401, the user’s token is void"},
		{Kind: trouble.DropWebhook, What: "a webhook is never sent"},
		{Kind: trouble.RepeatWebhook, What: "a webhook is sent twice"},
		{Kind: trouble.LateWebhook, What: "a webhook is sent later"},
	}
}

// ahead writes how far the clock was moved, in days, hours and minutes.
func ahead(by time.Duration) string {
	if by < time.Minute {
		return ""
	}
	days, rest := by/(24*time.Hour), by%(24*time.Hour)
	text := ""
	for _, part := range []struct {
		count time.Duration
		unit  string
	}{{days, "d"}, {rest / time.Hour, "h"}, {rest % time.Hour / time.Minute, "min"}} {
		if part.count > 0 {
			text += strconv.FormatInt(int64(part.count), 10) + " " + part.unit + " "
		}
	}
	return text + "ahead"
}
