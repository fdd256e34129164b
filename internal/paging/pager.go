package paging

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"

	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// Pager fetches the pages of a list.
type Pager[T any] struct {
	// Owner is whose errors they are, such as "qismo".
	Owner string
	// Fetch fetches the page at a cursor or number; "" is the first.
	Fetch func(ctx context.Context, at flex.ID) (*Page[T], error)
}

// Page fetches one page and lets it lead on to the others.
func (p Pager[T]) Page(ctx context.Context, at flex.ID) (*Page[T], error) {
	page, err := p.Fetch(ctx, at)
	if err != nil {
		return nil, err
	}
	page.owner, page.asked, page.follow = p.Owner, at, p.Page
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

// All walks every row, holding one page at a time. It ends with the first error.
func (p Pager[T]) All(ctx context.Context, at flex.ID) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var guard guard
		page, err := p.Page(ctx, at)
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
			if guard.isEndless(page.Next, len(page.Items), page.blind) {
				err = fmt.Errorf("%s: %w", p.Owner, errEndless)
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
var errEndless = errors.New("the service's pages have no end")

// guard notices a walk that does not come to an end: cursors that lead in a
// circle, empty pages one after the other, or a list without any sign of its
// length. Of the cursors it remembers one, which it renews ever more rarely
// (Brent's algorithm).
type guard struct {
	anchor       flex.ID
	steps, limit int
	empty, seen  int
}

func (g *guard) isEndless(next flex.ID, items int, blind bool) bool {
	g.seen++
	g.empty++
	if items > 0 {
		g.empty = 0
	}
	if g.limit > 0 && next == g.anchor || g.empty >= maxEmptyPages || blind && g.seen >= maxBlindPages {
		return true
	}
	if g.steps == g.limit {
		g.anchor, g.steps, g.limit = next, 0, 2*g.limit+1
	}
	g.steps++
	return false
}
