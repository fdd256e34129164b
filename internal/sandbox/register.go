package sandbox

import "strconv"

// register holds what gets its numbers one after the other and is never taken
// away. So an entry is found by its number without a map, which would cost more
// than many an entry.
type register[T any] struct {
	base    int64 // the number before the first entry's
	entries []T
}

// next is the number of the entry that is added next.
func (r *register[T]) next() int64 { return r.base + int64(len(r.entries)) + 1 }

func (r *register[T]) add(entry T) { r.entries = append(r.entries, entry) }

// find finds an entry by its number as text.
func (r *register[T]) find(number string) (entry T, ok bool) {
	read, err := strconv.ParseInt(number, 10, 64)
	i := read - r.base - 1
	if err != nil || text(read) != number || i < 0 || i >= int64(len(r.entries)) {
		return entry, false
	}
	return r.entries[i], true
}
