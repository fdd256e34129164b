package paging

import (
	"strconv"

	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// Number and NumberOf carry the number of a page where others have a cursor. Below 1
// it is the first page, which is asked for by saying nothing.
func Number(page int64) flex.ID {
	if page <= 0 {
		return ""
	}
	return flex.ID(strconv.FormatInt(page, 10))
}

// NumberOf is the number of the page that is asked for; 0 for the first.
func NumberOf(at flex.ID) int64 {
	page, err := at.Int64()
	if err != nil {
		return 0
	}
	return page
}

// NumberAfter tells the number of the page after this one, "" at the end: by the
// number of pages or of rows where the service tells it, else by an empty page.
// That a page is short says nothing: the service may give fewer rows than it was
// asked for.
func NumberAfter(page int64, items int, pages int64, total *int64) flex.ID {
	page = max(page, 1)
	more := items > 0
	switch {
	case pages > 0:
		more = more && page < pages
	case total != nil:
		more = more && page*int64(items) < *total
	}
	if !more {
		return ""
	}
	return Number(page + 1)
}

// Numbered makes a page of a list that is paged by number. Pages and total are those
// of the whole list, each 0 when the service does not tell it.
func Numbered[T any](items []T, page, pages, total int64) *Page[T] {
	told := TotalOf(total, len(items))
	return &Page[T]{
		Items: items,
		Next:  NumberAfter(page, len(items), pages, told),
		Total: told,
		blind: pages == 0 && told == nil,
	}
}

// TotalOf takes a zero beside rows for what it is: a total that was not told.
func TotalOf(total int64, items int) *int64 {
	if total < int64(items) {
		return nil
	}
	return &total
}
