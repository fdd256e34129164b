package qismo

import (
	"context"
	"errors"
	"iter"
	"reflect"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// Page is one page of a list, whatever way of paging its operation has: cursors,
// page numbers or the older paginator.
type Page[T any] struct {
	// Items are the page's rows.
	Items []T
	// Next is the cursor, or the number, of the next page; "" at the end.
	Next flex.ID
	// Total is the number of rows in all; nil where the service does not tell it.
	Total *int64

	follow func(ctx context.Context, next flex.ID) (*Page[T], error)
	asked  flex.ID // the cursor or number that this page was asked for with
}

// ErrNoNextPage is asking the last page for the one after it.
var ErrNoNextPage = errors.New("qismo: there is no next page")

// HasNext reports whether there is a page after this one.
func (p *Page[T]) HasNext() bool { return p.Next != "" }

// NextPage fetches the page after this one, with the same filter and options; it
// is [ErrNoNextPage] at the end.
func (p *Page[T]) NextPage(ctx context.Context) (*Page[T], error) {
	if !p.HasNext() || p.follow == nil {
		return nil, ErrNoNextPage
	}
	return p.follow(ctx, p.Next)
}

// pager fetches the page at a cursor or number; "" is the first.
type pager[T any] func(ctx context.Context, at flex.ID) (*Page[T], error)

// page fetches one page and lets it lead on to the others.
func (fetch pager[T]) page(ctx context.Context, at flex.ID) (*Page[T], error) {
	page, err := fetch(ctx, at)
	if err != nil {
		return nil, err
	}
	page.asked, page.follow = at, fetch.page
	if page.Next == page.asked {
		page.Next = "" // an unchanged cursor means the end
	}
	return page, nil
}

// all walks every row, holding one page at a time. It ends with the first error.
func (fetch pager[T]) all(ctx context.Context, at flex.ID) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var circle circle
		page, err := fetch.page(ctx, at)
		for {
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if !page.HasNext() {
				return
			}
			if circle.closes(page.Next) {
				err = errCircle
				continue
			}
			last := page
			page, err = page.NextPage(ctx)
			if err == nil && len(page.Items) > 0 && reflect.DeepEqual(page.Items, last.Items) {
				return // a service that does not heed the page asked for has no more
			}
		}
	}
}

// errCircle ends a walk that would never end.
var errCircle = errors.New("qismo: the service's cursors lead in a circle")

// circle notices cursors that lead in a circle, and remembers one of them only
// (Brent's algorithm): it compares with a cursor that it renews ever more rarely.
type circle struct {
	anchor       flex.ID
	steps, limit int
}

func (c *circle) closes(cursor flex.ID) bool {
	if c.limit > 0 && cursor == c.anchor {
		return true
	}
	if c.steps == c.limit {
		c.anchor, c.steps, c.limit = cursor, 0, 2*c.limit+1
	}
	c.steps++
	return false
}

// pageSize is what is known of a list that is paged by number.
type pageSize struct {
	limit, pages int64
	total        *int64
}

// numberAfter tells the number of the page after this one, "" at the end: by the
// number of pages or of rows where the service tells it, else by a page that is
// shorter than what was asked for, else by an empty page.
func numberAfter(page int64, items int, size pageSize) flex.ID {
	page = max(page, 1)
	more := false
	switch {
	case items == 0:
	case size.pages > 0:
		more = page < size.pages
	case size.total != nil && size.limit > 0:
		more = page*size.limit < *size.total
	case size.limit > 0:
		more = int64(items) >= size.limit
	default:
		more = true
	}
	if !more {
		return ""
	}
	return pageNumber(page + 1)
}

// totalOf takes a zero beside rows for what it is: a total that was not told.
func totalOf(total int64, items int) *int64 {
	if total < int64(items) {
		return nil
	}
	return &total
}

// numberedPage makes a page of a list that is paged by number.
func numberedPage[T any](items []T, page, limit int64, meta omnichannel.PageMeta) *Page[T] {
	size := pageSize{limit: meta.Limit, pages: meta.TotalPage, total: totalOf(meta.Total, len(items))}
	if size.limit == 0 {
		size.limit = limit
	}
	return &Page[T]{Items: items, Next: numberAfter(page, len(items), size), Total: size.total}
}
