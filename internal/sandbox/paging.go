package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"slices"
	"sort"
)

// Rows a page when the request does not say.
const (
	defaultRows     = 20
	defaultRoomRows = 50
)

// orderedList is a list that is read from any place in it, either way. Its rows
// have positions, which grow along the list.
type orderedList[T any] interface {
	position(row T) int64
	// after and before give the rows on that side of a position, the nearest first.
	after(position int64) iter.Seq[T]
	before(position int64) iter.Seq[T]
}

// Where no row stands. Each is the other's negative, so that a list can be turned
// around.
const (
	beforeAllRows = -math.MaxInt64
	afterAllRows  = math.MaxInt64
)

// sortedRows is an orderedList of rows that are sorted already.
type sortedRows[T any] struct {
	rows       []T
	positionOf func(T) int64
}

func (l sortedRows[T]) position(row T) int64 { return l.positionOf(row) }

func (l sortedRows[T]) after(position int64) iter.Seq[T] {
	start := sort.Search(len(l.rows), func(i int) bool { return l.positionOf(l.rows[i]) > position })
	return slices.Values(l.rows[start:])
}

func (l sortedRows[T]) before(position int64) iter.Seq[T] {
	end := sort.Search(len(l.rows), func(i int) bool { return l.positionOf(l.rows[i]) >= position })
	return func(yield func(T) bool) {
		for _, row := range slices.Backward(l.rows[:end]) {
			if !yield(row) {
				return
			}
		}
	}
}

// window is one page of a list that is read by cursors. A cursor holds the
// position of a row and not its number, so that it stays right when rows are
// added or removed.
type window[T any] struct {
	rows          []T
	after, before any // cursors of the next and the previous page; null when there is none
}

// windowRequest says which page is wanted. Cursors are "" when they were not
// sent; without one the page begins after the skipped rows.
type windowRequest struct {
	limit, skip   int
	after, before string
}

// cutWindow returns the page that is wanted. It looks at no other rows than those
// of the page, those that are skipped, and the page's neighbours.
func cutWindow[T any](list orderedList[T], wanted windowRequest) (window[T], error) {
	start, err := readCursor("cursor_after", wanted.after, beforeAllRows)
	if err != nil {
		return window[T]{}, err
	}
	end, err := readCursor("cursor_before", wanted.before, afterAllRows)
	if err != nil {
		return window[T]{}, err
	}
	var page window[T]
	switch {
	case wanted.after == "" && wanted.before == "":
		page.rows = take(list.after(start), wanted.skip, wanted.limit)
	case wanted.after == "":
		page.rows = take(list.before(end), 0, wanted.limit)
		slices.Reverse(page.rows)
	default:
		page.rows = take(list.after(start), 0, wanted.limit)
		beyond := func(row T) bool { return list.position(row) >= end }
		if i := slices.IndexFunc(page.rows, beyond); i >= 0 {
			page.rows = page.rows[:i]
		}
	}
	if len(page.rows) == 0 {
		return window[T]{}, nil
	}
	first, last := list.position(page.rows[0]), list.position(page.rows[len(page.rows)-1])
	if len(take(list.after(last), 0, 1)) > 0 {
		page.after = writeCursor(last)
	}
	if len(take(list.before(first), 0, 1)) > 0 {
		page.before = writeCursor(first)
	}
	return page, nil
}

// take returns the first rows after those that are skipped, limit at most.
func take[T any](rows iter.Seq[T], skip, limit int) []T {
	var taken []T
	for row := range rows {
		if skip > 0 {
			skip--
			continue
		}
		taken = append(taken, row)
		if len(taken) == limit {
			break
		}
	}
	return taken
}

// cursorPosition is what a cursor holds. Callers are told that it is opaque.
type cursorPosition struct {
	Position int64 `json:"position"`
}

func writeCursor(position int64) string {
	return base64.RawURLEncoding.EncodeToString(encode(cursorPosition{position}))
}

// readCursor reads the position in a cursor that was sent; none stands for the
// fallback.
func readCursor(name, cursor string, fallback int64) (int64, error) {
	if cursor == "" {
		return fallback, nil
	}
	var read cursorPosition
	written, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || json.Unmarshal(written, &read) != nil {
		return 0, refuseInput([]string{name + ": is not a cursor of this list"})
	}
	return max(read.Position, beforeAllRows), nil
}

// numberedPage is a page counted from 1.
type numberedPage struct{ number, limit int }

// readPage reads page and limit of a request. Both are bounded far above any
// list's length, so that their product is a number too.
func readPage(r *request) numberedPage {
	return numberedPage{
		number: positive(r.parameters["page"], 1),
		limit:  positive(r.parameters["limit"], defaultRows),
	}
}

// skip is the number of rows before the page.
func (p numberedPage) skip() int { return (p.number - 1) * p.limit }

// last is the number of the last page.
func (p numberedPage) last(total int) int { return (total + p.limit - 1) / p.limit }

func cutPage[T any](rows []T, page numberedPage) []T {
	start := min(page.skip(), len(rows))
	return rows[start:min(start+page.limit, len(rows))]
}

// pageMeta is how newer routes tell a numbered page.
func pageMeta(page numberedPage, total int) object {
	return object{"page": page.number, "limit": page.limit, "total": total, "total_page": page.last(total)}
}

// laravelPage is how older routes tell a numbered page. As the framework does
// by itself, its addresses hold the page and forget the limit.
func laravelPage(address string, rows []object, page numberedPage, total int) object {
	last := max(1, page.last(total))
	at := func(number int) any {
		if number < 1 || number > last {
			return nil
		}
		return fmt.Sprintf("%s?page=%d", address, number)
	}
	var from, to any
	if len(rows) > 0 {
		from, to = page.skip()+1, page.skip()+len(rows)
	}
	return object{
		"current_page": page.number, "data": rows, "from": from, "to": to, "total": total, "per_page": page.limit,
		"path": address, "last_page": last, "first_page_url": at(1), "last_page_url": at(last),
		"next_page_url": at(page.number + 1), "prev_page_url": at(page.number - 1),
	}
}
