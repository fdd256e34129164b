package qismo

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strconv"

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
	blind  bool    // nothing tells how long the list is
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

// What a walk takes before it gives up on a service that leads it on.
const (
	maxEmptyPages = 20   // in a row, each with a next page
	maxBlindPages = 1000 // of a list that tells neither its rows nor its pages
)

// all walks every row, holding one page at a time. It ends with the first error.
func (fetch pager[T]) all(ctx context.Context, at flex.ID) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var guard guard
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
			if err = guard.check(page.Next, len(page.Items), page.blind); err != nil {
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

// errEndless ends a walk that would never end.
var errEndless = errors.New("qismo: the service's pages have no end")

// guard notices a walk that does not come to an end: cursors that lead in a
// circle, empty pages one after the other, or a list without any sign of its
// length. Of the cursors it remembers one, which it renews ever more rarely
// (Brent's algorithm).
type guard struct {
	anchor       flex.ID
	steps, limit int
	empty, seen  int
}

func (g *guard) check(next flex.ID, items int, blind bool) error {
	g.seen++
	g.empty++
	if items > 0 {
		g.empty = 0
	}
	if g.limit > 0 && next == g.anchor || g.empty >= maxEmptyPages || blind && g.seen >= maxBlindPages {
		return errEndless
	}
	if g.steps == g.limit {
		g.anchor, g.steps, g.limit = next, 0, 2*g.limit+1
	}
	g.steps++
	return nil
}

// pageNumber and pageOf carry the number of a page where others have a cursor.
func pageNumber(page int64) flex.ID {
	if page <= 0 {
		return ""
	}
	return flex.ID(strconv.FormatInt(page, 10))
}

func pageOf(at flex.ID) int64 {
	page, err := at.Int64()
	if err != nil {
		return 0 // the first page is asked for by saying nothing
	}
	return page
}

// startAt is the page number or, without one, the cursor that a caller starts from.
func startAt(page int64, cursor flex.ID) flex.ID {
	if page > 0 {
		return pageNumber(page)
	}
	return cursor
}

// checkPage refuses a page or a number of rows below zero.
func checkPage(id omnichannel.OperationID, page, limit int64) error {
	if page < 0 || limit < 0 {
		return fmt.Errorf("qismo: %s: the page or the limit is negative", id)
	}
	return nil
}

// checkPaging does so where pages can be asked for by number or by cursor: a
// request that has both is no clear one.
func checkPaging(id omnichannel.OperationID, page, limit int64, cursors ...flex.ID) error {
	if page > 0 && slices.ContainsFunc(cursors, func(cursor flex.ID) bool { return cursor != "" }) {
		return fmt.Errorf("qismo: %s: Page and a cursor are two ways of paging; give one", id)
	}
	return checkPage(id, page, limit)
}

// numberAfter tells the number of the page after this one, "" at the end: by the
// number of pages or of rows where the service tells it, else by an empty page.
// That a page is short says nothing: the service may give fewer rows than it was
// asked for.
func numberAfter(page int64, items int, pages int64, total *int64) flex.ID {
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
	return pageNumber(page + 1)
}

// numberedPage makes a page of a list that is paged by number.
func numberedPage[T any](items []T, page int64, meta omnichannel.PageMeta) *Page[T] {
	total := totalOf(meta.Total, len(items))
	return &Page[T]{
		Items: items,
		Next:  numberAfter(page, len(items), meta.TotalPage, total),
		Total: total,
		blind: meta.TotalPage == 0 && total == nil,
	}
}

// totalOf takes a zero beside rows for what it is: a total that was not told.
func totalOf(total int64, items int) *int64 {
	if total < int64(items) {
		return nil
	}
	return &total
}
