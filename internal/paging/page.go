// Package paging is how the façades walk the lists that a service pages, whatever
// way of paging it has: cursors, page numbers or an older paginator.
package paging

import (
	"context"
	"errors"
	"fmt"

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
	owner  string  // begins the text of errors
	asked  flex.ID // the cursor or number that this page was asked for with
	blind  bool    // nothing tells how long the list is
}

// ErrNoNextPage is asking the last page for the one after it.
var ErrNoNextPage = errors.New("there is no next page")

// HasNext reports whether there is a page after this one.
func (p *Page[T]) HasNext() bool { return p.Next != "" }

// NextPage fetches the page after this one, with the same filter and options; it
// is [ErrNoNextPage] at the end.
func (p *Page[T]) NextPage(ctx context.Context) (*Page[T], error) {
	switch {
	case p.follow == nil: // it was made by hand
		return nil, ErrNoNextPage
	case !p.HasNext():
		return nil, fmt.Errorf("%s: %w", p.owner, ErrNoNextPage)
	}
	return p.follow(ctx, p.Next)
}

// Blind says of a page that nothing tells how long its list is: a walk gives up in the
// end.
func Blind[T any](page *Page[T]) *Page[T] {
	page.blind = true
	return page
}
