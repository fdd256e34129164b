package qismo

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// Page is one page of a list, whatever way of paging its operation has: cursors,
// page numbers or the older paginator. Its fields and methods:
//
//   - Items are the page's rows.
//   - Next is the cursor, or the number, of the next page; "" at the end.
//   - Total is the number of rows in all; nil where the service does not tell it.
//   - HasNext() reports whether there is a page after this one.
//   - NextPage(ctx) fetches it, with the same filter and options; it is
//     [ErrNoNextPage] at the end.
type Page[T any] = paging.Page[T]

// ErrNoNextPage is asking the last page for the one after it.
var ErrNoNextPage = paging.ErrNoNextPage

// pager fetches the page at a cursor or number; "" is the first.
type pager[T any] func(ctx context.Context, at flex.ID) (*Page[T], error)

// page fetches one page and lets it lead on to the others.
func (fetch pager[T]) page(ctx context.Context, at flex.ID) (*Page[T], error) {
	return paging.Pager[T]{Owner: "qismo", Fetch: fetch}.Page(ctx, at)
}

// all walks every row, holding one page at a time. It ends with the first error.
func (fetch pager[T]) all(ctx context.Context, at flex.ID) iter.Seq2[T, error] {
	return paging.Pager[T]{Owner: "qismo", Fetch: fetch}.All(ctx, at)
}

// startAt is the page number or, without one, the cursor that a caller starts from.
func startAt(page int64, cursor flex.ID) flex.ID {
	if page > 0 {
		return paging.Number(page)
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

// numberedPage makes a page of a list that is paged by number.
func numberedPage[T any](items []T, page int64, meta omnichannel.PageMeta) *Page[T] {
	return paging.Numbered(items, page, meta.TotalPage, meta.Total)
}
