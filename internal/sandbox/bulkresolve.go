package sandbox

import (
	"cmp"
	"slices"
	"time"
)

// The words for how a bulk resolve stands. Only the last is known.
const (
	bulkResolveAborted  = "" // also when there was none
	bulkResolveRunning  = "running"
	bulkResolveFinished = "finished"
)

// bulkResolve is the resolving of a channel's expired rooms.
type bulkResolve struct {
	by              *staff
	status          string
	left            []*room // the one that expired first comes first
	total           int
	success, failed int
}

// expired are the rooms of a WhatsApp channel whose window has closed, by when it
// did.
func (s *state) expired(channelID int64, now time.Time) []*room {
	var found []*room
	for _, room := range s.rooms.all() {
		if room.channel.ID == channelID && room.expired(now) {
			found = append(found, room)
		}
	}
	opened := func(room *room) int64 {
		last, _ := room.lastByCustomer()
		return last.ID
	}
	slices.SortFunc(found, func(a, b *room) int { return cmp.Compare(opened(a), opened(b)) })
	return found
}

// listWaBulkResolves lists the channels that have expired rooms.
func (s *Sandbox) listWaBulkResolves(*request) (any, error) {
	rows := []object{}
	for _, channel := range s.state.channels {
		if channel.Source != "wa" {
			continue
		}
		if count := len(s.state.expired(channel.ID, s.now())); count > 0 {
			rows = append(rows, object{"channel_id": channel.ID, "channel_name": channel.Name, "total_rooms": count})
		}
	}
	return data(rows), nil
}

// startWaBulkResolve takes stock of the expired rooms. What the platform does
// about a second start while the first runs is not known; here it is refused.
func (s *Sandbox) startWaBulkResolve(r *request) (any, error) {
	channel, run, err := s.bulkResolveOf(r)
	if err != nil {
		return nil, err
	}
	if run.status == bulkResolveRunning {
		return nil, badRequest("a bulk resolve is running already")
	}
	left := s.state.expired(channel.ID, s.now())
	run = &bulkResolve{by: r.caller.user, status: bulkResolveRunning, left: left, total: len(left)}
	s.state.bulkResolves[channel.ID] = run
	if len(left) == 0 {
		run.status = bulkResolveFinished
	} else {
		s.state.agenda.enter(s.now().Add(s.config.Pace.Resolve), resolveNext, channel.ID)
	}
	return s.bulkResolveAnswer(channel, run), nil
}

// getWaBulkResolve tells how far the work is.
func (s *Sandbox) getWaBulkResolve(r *request) (any, error) {
	channel, run, err := s.bulkResolveOf(r)
	if err != nil {
		return nil, err
	}
	return s.bulkResolveAnswer(channel, run), nil
}

// resolveNext resolves the next room of a channel's bulk resolve. One that is no
// longer expired, because it was resolved or its customer wrote again, is left alone
// and counts as failed.
func (s *Sandbox) resolveNext(channelID int64) {
	run := s.state.bulkResolves[channelID]
	s.state.touch(bulkResolveThing(channelID))
	room := run.left[0]
	run.left = run.left[1:]
	if room.expired(s.now()) {
		s.resolve(room, run.by, "")
		run.success++
	} else {
		run.failed++
	}
	if len(run.left) == 0 {
		run.status = bulkResolveFinished
		return
	}
	s.state.agenda.enter(s.now().Add(s.config.Pace.Resolve), resolveNext, channelID)
}

// abortWaBulkResolve leaves the rooms alone that are left. When nothing runs, it
// changes nothing.
func (s *Sandbox) abortWaBulkResolve(r *request) (any, error) {
	channel, run, err := s.bulkResolveOf(r)
	if err != nil {
		return nil, err
	}
	if run.status == bulkResolveRunning {
		run.status, run.left = bulkResolveAborted, nil
		s.state.cancel(resolveNext, channel.ID) // or the next bulk resolve would go twice as fast
	}
	return data(object{"total_rooms": len(s.state.expired(channel.ID, s.now()))}), nil
}

// bulkResolveOf finds the channel that a request names and its newest bulk
// resolve, or one that never began.
func (s *Sandbox) bulkResolveOf(r *request) (*Channel, *bulkResolve, error) {
	channel, err := s.whatsAppChannel(r)
	if err != nil {
		return nil, nil, err
	}
	s.state.touch(bulkResolveThing(channel.ID))
	if run := s.state.bulkResolves[channel.ID]; run != nil {
		return channel, run, nil
	}
	return channel, &bulkResolve{}, nil
}

func (s *Sandbox) bulkResolveAnswer(channel *Channel, run *bulkResolve) object {
	return data(object{
		"progress": object{
			"status": run.status, "total": run.total, "processed": run.success + run.failed,
			"success": run.success, "failed": run.failed,
		},
		"total_rooms": len(s.state.expired(channel.ID, s.now())),
	})
}
