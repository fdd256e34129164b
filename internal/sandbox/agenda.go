package sandbox

import (
	"cmp"
	"slices"
	"time"
)

// agenda is what is still to happen by itself, the earliest first.
type agenda struct {
	errands []errand
	entered sequence
}

// errand is one thing that is to happen.
type errand struct {
	at    time.Time
	order int64 // of two at one time, the one that was entered first comes first
	kind  errandKind
	id    int64 // what it is about
}

// errandKind says what is to happen.
type errandKind string

// The kinds of errands, and whose id each has.
const (
	decideTemplate errandKind = "decide a template"     // the template's
	sendNext       errandKind = "send to the next"      // the broadcast's
	resolveNext    errandKind = "resolve the next room" // the WhatsApp channel's
	tellReceipt    errandKind = "tell a receipt"        // the message's
	finishBackup   errandKind = "finish a backup"       // the export's or the import's
)

// enter puts an errand down for a time.
func (a *agenda) enter(at time.Time, kind errandKind, id int64) {
	made := errand{at: at, order: a.entered.next(), kind: kind, id: id}
	place, _ := slices.BinarySearchFunc(a.errands, made, byTime)
	a.errands = slices.Insert(a.errands, place, made)
}

// byTime orders errands by when they are due.
func byTime(one, other errand) int {
	return cmp.Or(one.at.Compare(other.at), cmp.Compare(one.order, other.order))
}

// next tells when the next errand is due, if there is one.
func (a *agenda) next() (at time.Time, ok bool) {
	if len(a.errands) == 0 {
		return time.Time{}, false
	}
	return a.errands[0].at, true
}

// take takes the next errand off, if its time has come.
func (a *agenda) take(now time.Time) (due errand, ok bool) {
	if at, waits := a.next(); !waits || at.After(now) {
		return errand{}, false
	}
	due, a.errands = a.errands[0], a.errands[1:]
	return due, true
}

// cancel takes all errands of a kind off that are about one thing.
func (s *state) cancel(kind errandKind, id int64) {
	s.agenda.errands = slices.DeleteFunc(s.agenda.errands, func(one errand) bool {
		isIt := one.kind == kind && one.id == id
		if isIt {
			s.touch(errandThing(one))
		}
		return isIt
	})
}

// catchUp lets happen what is due by now, each thing at its own time, and tells
// whether there was any. Whatever is done afterwards is done now.
func (s *Sandbox) catchUp(now time.Time) (changed bool) {
	for {
		due, ok := s.state.agenda.take(now)
		if !ok {
			s.moment = now
			return changed
		}
		s.moment, changed = due.at, true
		s.state.touch(errandThing(due))
		switch due.kind {
		case decideTemplate:
			s.state.decideTemplate(due.id)
		case sendNext:
			s.sendNext(due.id)
		case resolveNext:
			s.resolveNext(due.id)
		case tellReceipt:
			s.tellReceipt(due.id)
		case finishBackup:
			s.finishBackup(due.id)
		}
	}
}

// now is the time of what is being done. It stands still while that is done, and in
// the errands of a clock that was moved it is the time that they were due at. It
// may be asked for while Sandbox.mu is held by change or by look.
func (s *Sandbox) now() time.Time { return s.moment }
