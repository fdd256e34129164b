package realtime

// recent remembers the values of keys, of which there may be ever more: at least the
// last ones that were asked for or set, at most twice as many. Make one with newRecent.
type recent[K comparable, V any] struct {
	limit         int
	current, past map[K]V
}

func newRecent[K comparable, V any](limit int) recent[K, V] {
	return recent[K, V]{limit: limit, current: map[K]V{}}
}

func (r *recent[K, V]) get(key K) (V, bool) {
	if value, ok := r.current[key]; ok {
		return value, true
	}
	value, ok := r.past[key]
	if ok {
		r.set(key, value)
	}
	return value, ok
}

func (r *recent[K, V]) set(key K, value V) {
	if _, ok := r.current[key]; !ok && len(r.current) >= r.limit {
		r.past, r.current = r.current, map[K]V{}
	}
	r.current[key] = value
}
