package chat

import (
	"context"
	"iter"

	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// Page is one page of a list, whatever way of paging its operation has. Its fields and
// methods:
//
//   - Items are the page's rows.
//   - Next is the number, or the cursor, of the next page; "" at the end.
//   - Total is the number of rows in all; nil where the service does not tell it.
//   - HasNext() reports whether there is a page after this one.
//   - NextPage(ctx) fetches it, with the same filter and options; it is
//     [ErrNoNextPage] at the end.
type Page[T any] = paging.Page[T]

// ErrNoNextPage is asking the last page for the one after it.
var ErrNoNextPage = paging.ErrNoNextPage

// pager fetches the page at a number or cursor; "" is the first.
type pager[T any] func(ctx context.Context, at flex.ID) (*Page[T], error)

// page fetches one page and lets it lead on to the others.
func (fetch pager[T]) page(ctx context.Context, at flex.ID) (*Page[T], error) {
	return paging.Pager[T]{Owner: owner, Fetch: fetch}.Page(ctx, at)
}

// all walks every row, holding one page at a time. It ends with the first error.
func (fetch pager[T]) all(ctx context.Context, at flex.ID) iter.Seq2[T, error] {
	return paging.Pager[T]{Owner: owner, Fetch: fetch}.All(ctx, at)
}
