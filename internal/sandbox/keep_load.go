package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
)

// restoration is a state that is being built from its records, with what finds the
// things that other records refer to.
type restoration struct {
	*state

	isKept       bool // there was a state to restore
	config       *Config
	places       map[any]int             // of channels and staff, among their like
	allChannels  map[channelKey]*Channel // those that were taken away, too
	staffByID    map[int64]*staff
	divisionByID map[int64]*division
	tagByID      map[int64]*tag
	sessions     map[int64]*service
	roomIDs      map[*service]string // its id
	latest       map[*staff]int64    // of each member of the staff, the service's id
	details      map[int64]*templateDetail
	jobs         map[int64]*broadcastJob
	chatUserByID map[int64]*chatUser
}

// restore builds the state that the Store keeps; nil when it keeps none. The
// configuration and the clock are then set to what was kept.
func (w *recorder) restore(config *Config) (*state, error) {
	if w == nil {
		return nil, nil
	}
	r := &restoration{
		state: emptyState(*config), config: config,
		allChannels: map[channelKey]*Channel{}, places: map[any]int{}, staffByID: map[int64]*staff{},
		divisionByID: map[int64]*division{}, tagByID: map[int64]*tag{},
		sessions: map[int64]*service{}, roomIDs: map[*service]string{}, latest: map[*staff]int64{},
		details: map[int64]*templateDetail{}, jobs: map[int64]*broadcastJob{},
		chatUserByID: map[int64]*chatUser{},
	}
	for _, part := range parts() {
		err := w.store.Read(part.name, func(key string, value []byte) error {
			if err := part.restore(r, value); err != nil {
				return fmt.Errorf("record %s: %w", key, err)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("sandbox: restore the state: %s: %w", part.name, err)
		}
		if !r.isKept { // the first part is in every state
			return nil, nil
		}
	}
	if err := r.join(); err != nil {
		return nil, fmt.Errorf("sandbox: restore the state: %w", err)
	}
	r.configure()
	return r.state, nil
}

// configure tells the configuration who is there.
func (r *restoration) configure() {
	config := r.config
	config.Agents, config.Channels, config.Rooms = nil, nil, len(r.rooms.all())
	config.OfficeHours, config.Buttons = r.settings.hours, slices.Clone(r.settings.buttons)
	for _, member := range r.staff[1:] {
		agent := member.Agent
		agent.Offline, agent.Divisions = !member.available, nil
		for _, division := range member.divisions {
			if !division.isDefault {
				agent.Divisions = append(agent.Divisions, division.name)
			}
		}
		config.Agents = append(config.Agents, agent)
	}
	for _, channel := range r.channels {
		config.Channels = append(config.Channels, *channel)
	}
	admin := r.admin()
	config.AdminEmail, config.AdminPassword = admin.Email, admin.Password
}

// join sets what could not be found while the parts were read one after the other.
func (r *restoration) join() error {
	slices.SortFunc(r.channels, func(a, b *Channel) int { return cmp.Compare(r.places[a], r.places[b]) })
	slices.SortFunc(r.staff, func(a, b *staff) int { return cmp.Compare(r.places[a], r.places[b]) })
	slices.SortFunc(r.agenda.errands, byTime)
	if len(r.staff) == 0 {
		return missing("admin", adminID)
	}
	r.joinChat()
	for service, id := range r.roomIDs {
		room, err := r.roomWith(id)
		if err != nil {
			return err
		}
		service.room = room
	}
	for member, id := range r.latest {
		service, err := find(r.sessions, "service", id)
		if err != nil {
			return err
		}
		member.latest = service
	}
	return nil
}

// missing says that a record refers to something that there is not.
func missing(what string, id any) error { return fmt.Errorf("there is no %s %v", what, id) }

// recordsOf makes a part whose records are of one type.
func recordsOf[T any](
	name string, all func(*state) iter.Seq[recorded], restore func(*restoration, T) error,
) part {
	var values feed // one decoder reads them all, which takes half the time
	decoder := json.NewDecoder(&values)
	decoder.DisallowUnknownFields() // a newer sandbox wrote what this one would forget
	return part{name: name, all: all, restore: func(r *restoration, value []byte) error {
		var record T
		values.rest = value
		if err := decoder.Decode(&record); err != nil {
			return err
		}
		return restore(r, record)
	}}
}

// feed is a reader of one value after the other.
type feed struct{ rest []byte }

// Read reads what is left of the newest value.
func (f *feed) Read(into []byte) (int, error) {
	if len(f.rest) == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	count := copy(into, f.rest)
	f.rest = f.rest[count:]
	return count, nil
}

// small says of a part that all its records are looked at after each change.
func small(p part) part {
	p.isSmall = true
	return p
}

// find finds what a record refers to.
func find[K comparable, T any](known map[K]T, what string, id K) (T, error) {
	found, ok := known[id]
	if !ok {
		return found, missing(what, id)
	}
	return found, nil
}

// findAll finds all that a record refers to.
func findAll[K comparable, T any](known map[K]T, what string, ids []K) ([]T, error) {
	return eachOrError(ids, func(id K) (T, error) { return find(known, what, id) })
}

// roomWith finds a room by its id.
func (r *restoration) roomWith(id string) (*room, error) {
	found, ok := r.rooms.find(id)
	if !ok {
		return nil, missing("room", id)
	}
	return found, nil
}

// eachOf turns each item of a slice into another; nil stays nil.
func eachOf[From, To any](items []From, turn func(From) To) []To {
	turned, _ := eachOrError(items, func(item From) (To, error) { return turn(item), nil })
	return turned
}

// eachOrError does the same, until one fails.
func eachOrError[From, To any](items []From, turn func(From) (To, error)) ([]To, error) {
	if items == nil {
		return nil, nil
	}
	turned := make([]To, 0, len(items))
	for _, item := range items {
		one, err := turn(item)
		if err != nil {
			return nil, err
		}
		turned = append(turned, one)
	}
	return turned, nil
}
