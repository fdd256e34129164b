package sandbox

import (
	"iter"

	"github.com/tidwall/btree"
)

// roomIndex holds all rooms: by their ids, and by the time of their last message,
// so that a page of a list costs the same however many rooms there are.
type roomIndex struct {
	byID       register[*room]
	byActivity btree.Map[int64, *room]
	activities sequence
}

func newRoomIndex() roomIndex { return roomIndex{byID: register[*room]{base: firstRoomID}} }

// nextID is the id of the room that is added next.
func (x *roomIndex) nextID() string { return text(x.byID.next()) }

// add enters a new room, as the one that was active last.
func (x *roomIndex) add(room *room) {
	x.byID.add(room)
	x.renew(room)
}

// renew makes a room the one that was active last.
func (x *roomIndex) renew(room *room) {
	x.byActivity.Delete(room.activity) // a new room's is 0, which none has
	room.activity = x.activities.next()
	x.byActivity.Set(room.activity, room)
}

// find finds a room by its room id.
func (x *roomIndex) find(id string) (*room, bool) { return x.byID.find(id) }

// all gives the rooms in the order in which they were made.
func (x *roomIndex) all() []*room { return x.byID.entries }

// list is the rooms that a filter lets through, by the time of their last message.
func (x *roomIndex) list(ascending bool, fits func(*room) bool) orderedList[*room] {
	if ascending {
		return oldestFirst{index: x, fits: fits}
	}
	return newestFirst{oldestFirst{index: x, fits: fits}}
}

// oldestFirst is an orderedList of rooms.
type oldestFirst struct {
	index *roomIndex
	fits  func(*room) bool
}

func (l oldestFirst) position(room *room) int64 { return room.activity }

func (l oldestFirst) after(position int64) iter.Seq[*room] {
	return l.from(position, l.index.byActivity.Ascend)
}

func (l oldestFirst) before(position int64) iter.Seq[*room] {
	return l.from(position, l.index.byActivity.Descend)
}

// from goes through the index from a position on, which itself is left out.
func (l oldestFirst) from(position int64, walk func(int64, func(int64, *room) bool)) iter.Seq[*room] {
	return func(yield func(*room) bool) {
		walk(position, func(activity int64, room *room) bool {
			return activity == position || !l.fits(room) || yield(room)
		})
	}
}

// newestFirst is the same list turned around.
type newestFirst struct{ turned oldestFirst }

func (l newestFirst) position(room *room) int64 { return -l.turned.position(room) }

func (l newestFirst) after(position int64) iter.Seq[*room] { return l.turned.before(-position) }

func (l newestFirst) before(position int64) iter.Seq[*room] { return l.turned.after(-position) }
