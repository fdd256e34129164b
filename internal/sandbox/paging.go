package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"sort"
)

// Rows a page when the request does not say.
const (
	defaultRows     = 20
	defaultRoomRows = 50
)

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

// cutWindow returns the page that is wanted. The rows come ordered by their
// positions, which grow.
func cutWindow[T any](rows []T, position func(T) int64, wanted windowRequest) (window[T], error) {
	start, end := 0, len(rows)
	if wanted.after != "" {
		read, err := readCursor("cursor_after", wanted.after)
		if err != nil {
			return window[T]{}, err
		}
		start = sort.Search(len(rows), func(i int) bool { return position(rows[i]) > read })
	}
	if wanted.before != "" {
		read, err := readCursor("cursor_before", wanted.before)
		if err != nil {
			return window[T]{}, err
		}
		end = max(start, sort.Search(len(rows), func(i int) bool { return position(rows[i]) >= read }))
	}
	switch {
	case wanted.after == "" && wanted.before == "":
		start = min(wanted.skip, len(rows))
	case wanted.after == "":
		start = max(0, end-wanted.limit)
	}
	end = min(end, start+wanted.limit)
	page := window[T]{rows: rows[start:end]}
	if start < end && end < len(rows) {
		page.after = writeCursor(position(rows[end-1]))
	}
	if start < end && start > 0 {
		page.before = writeCursor(position(rows[start]))
	}
	return page, nil
}

// cursorPosition is what a cursor holds. Callers are told that it is opaque.
type cursorPosition struct {
	Position int64 `json:"position"`
}

func writeCursor(position int64) string {
	return base64.RawURLEncoding.EncodeToString(encode(cursorPosition{position}))
}

func readCursor(name, cursor string) (int64, error) {
	var read cursorPosition
	written, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || json.Unmarshal(written, &read) != nil {
		return 0, refuseInput([]string{name + ": is not a cursor of this list"})
	}
	return read.Position, nil
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
