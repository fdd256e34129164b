package sandbox

import (
	"fmt"
	"iter"
	"slices"
)

// Store keeps what a Sandbox remembers, so that another one can go on from there. It
// holds records of several parts. Its methods are not called at the same time.
type Store interface {
	// Read hands over the records of a part, in the order of their keys. A value may
	// be used until each returns. It stops with the first error, and returns that.
	Read(part string, each func(key string, value []byte) error) error
	// Write makes all changes, or none and returns an error. When it returns nil,
	// the end of this process takes none of them back. A record that is as it was
	// need not be written again.
	Write(changes []Change) error
}

// Change is a record of a [Store] that is new or other than before.
type Change struct {
	Part, Key string
	Value     []byte // JSON; nil takes the record away
}

// keptFormat is the version of the records. It goes up when older ones can no longer
// be read as they are.
const keptFormat = 1

// recorded is what has a record of its own. Values that are equal have the same record.
type recorded interface {
	// place is where the record is.
	place() (part, key string)
	// record is what is written as JSON; nil when there is nothing any more.
	record(s *state) any
}

// part is a kind of records.
type part struct {
	name string
	// all are those that the state has.
	all func(*state) iter.Seq[recorded]
	// isSmall says that so few are there that all are looked at after each change.
	// Of the others, the state is told what may have changed, by touch.
	isSmall bool
	// restore puts what a record says into a state that is being built.
	restore func(r *restoration, value []byte) error
}

// parts are all that is kept, in the order in which it is restored: what is referred
// to comes before what refers to it.
func parts() []part {
	return slices.Concat(
		appParts(), channelParts(), staffParts(), roomParts(), chatRoomParts(), messageParts(), chatParts(),
		templateParts(), broadcastParts(),
	)
}

// touch says that something may have changed and is to be written. It is called
// wherever something is made or looked up that a handler could change.
func (s *state) touch(things ...recorded) {
	if s.touched == nil { // nothing is kept, or somebody reads
		return
	}
	for _, thing := range things {
		s.touched[thing] = struct{}{}
	}
}

// touchRoom says that a room or one of its sessions may have changed.
func (s *state) touchRoom(room *room) {
	s.touch(room)
	if room.service != nil {
		s.touch(room.service)
	}
	if room.previous != nil {
		s.touch(room.previous)
	}
}

// single is a part of one record.
func single(thing recorded) func(*state) iter.Seq[recorded] {
	return func(*state) iter.Seq[recorded] {
		return func(yield func(recorded) bool) { yield(thing) }
	}
}

// each is the things of a slice, as what has records.
func each[T recorded](things []T) iter.Seq[recorded] {
	return func(yield func(recorded) bool) {
		for _, thing := range things {
			if !yield(thing) {
				return
			}
		}
	}
}

// numberKey is a number as a key: in the order of the keys, smaller ones come first.
func numberKey(number int64) string { return fmt.Sprintf("%015d", number) }
