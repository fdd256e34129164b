package paging

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// counting is a list of numbers that leads on as next says.
func counting(next func(page int64) flex.ID) (pager Pager[int64], asked *int) {
	asked = new(int)
	return Pager[int64]{Owner: "toko", Fetch: func(_ context.Context, at flex.ID) (*Page[int64], error) {
		*asked++
		page := max(NumberOf(at), 1)
		return &Page[int64]{Items: []int64{page}, Next: next(page)}, nil
	}}, asked
}

func walk(t *testing.T, pager Pager[int64], at flex.ID) (rows []int64, failed error) {
	t.Helper()
	for row, err := range pager.All(t.Context(), at) {
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func TestPagesLeadOn(t *testing.T) {
	t.Parallel()
	pager, asked := counting(func(page int64) flex.ID {
		if page == 3 {
			return ""
		}
		return Number(page + 1)
	})
	rows, err := walk(t, pager, "2")
	require.NoError(t, err)
	assert.Equal(t, []int64{2, 3}, rows)
	assert.Equal(t, 2, *asked)

	page, err := pager.Page(t.Context(), "3")
	require.NoError(t, err)
	_, err = page.NextPage(t.Context())
	require.ErrorIs(t, err, ErrNoNextPage)
	require.EqualError(t, err, "toko: there is no next page")
	_, err = (&Page[int64]{Next: "4"}).NextPage(t.Context())
	require.ErrorIs(t, err, ErrNoNextPage, "a page made by hand leads nowhere")
}

func TestWalksEnd(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		next func(int64) flex.ID
		most int
	}{
		"in a circle": {func(page int64) flex.ID { return Number(1 + page%3) }, 12},
		"unchanged":   {Number, 1},
	} {
		pager, asked := counting(test.next)
		_, err := walk(t, pager, "1")
		if name == "unchanged" {
			require.NoError(t, err, name)
		} else {
			require.EqualError(t, err, "toko: the service's pages have no end", name)
		}
		assert.LessOrEqual(t, *asked, test.most, name)
	}
	for name, test := range map[string]struct {
		pages int
		fetch func(at flex.ID) *Page[int64]
	}{
		"empty": {maxEmptyPages, func(at flex.ID) *Page[int64] { return &Page[int64]{Next: Number(NumberOf(at) + 1)} }},
		"blind": {maxBlindPages, func(at flex.ID) *Page[int64] {
			page := max(NumberOf(at), 1)
			return Blind(&Page[int64]{Items: []int64{page}, Next: NumberAfter(page, 1, 0, nil)})
		}},
	} {
		asked := 0
		_, err := walk(t, Pager[int64]{Owner: "toko", Fetch: func(_ context.Context, at flex.ID) (*Page[int64], error) {
			asked++
			return test.fetch(at), nil
		}}, "")
		require.ErrorIs(t, err, errEndless, name)
		assert.Equal(t, test.pages, asked, name)
	}
}

// A service that does not heed the page that it is asked for has no more.
func TestTheSamePageAgainIsTheEnd(t *testing.T) {
	t.Parallel()
	asked := 0
	rows, err := walk(t, Pager[int64]{Fetch: func(_ context.Context, at flex.ID) (*Page[int64], error) {
		asked++
		return Numbered([]int64{1, 2}, NumberOf(at), 0, 0), nil
	}}, "")
	require.NoError(t, err)
	assert.Equal(t, []int64{1, 2}, rows)
	assert.Equal(t, 2, asked)
}

func TestWalksEndWithTheFirstErrorAndTheCaller(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	pager, asked := counting(func(page int64) flex.ID { return Number(page + 1) })
	fetch := pager.Fetch
	pager.Fetch = func(ctx context.Context, at flex.ID) (*Page[int64], error) {
		if at == "3" {
			return nil, broken
		}
		return fetch(ctx, at)
	}
	rows, err := walk(t, pager, "")
	require.ErrorIs(t, err, broken)
	assert.Equal(t, []int64{1, 2}, rows)
	for row, err := range pager.All(t.Context(), "") {
		require.NoError(t, err)
		require.EqualValues(t, 1, row)
		break
	}
	assert.Equal(t, 3, *asked)
}

func TestNumberedPages(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		items              int
		page, pages, total int64
		next               flex.ID
		told, blind        bool
	}{
		{items: 2, page: 0, pages: 2, total: 3, next: "2", told: true},
		{items: 1, page: 2, pages: 2, total: 3, told: true},
		{items: 2, page: 1, total: 5, next: "2", told: true},
		{items: 2, page: 3, total: 5, told: true},
		{items: 2, page: 3, next: "4", blind: true},
		{items: 0, page: 3, pages: 9, told: true},
	} {
		page := Numbered(make([]int, test.items), test.page, test.pages, test.total)
		name := strconv.Itoa(test.items) + " rows of page " + strconv.FormatInt(test.page, 10)
		assert.Equal(t, test.next, page.Next, name)
		assert.Equal(t, test.told, page.Total != nil, name)
		assert.Equal(t, test.blind, page.blind, name)
	}
}

func TestNumbersOfPages(t *testing.T) {
	t.Parallel()
	assert.Equal(t, flex.ID(""), Number(0))
	assert.Equal(t, flex.ID(""), Number(-1))
	assert.Equal(t, flex.ID("7"), Number(7))
	assert.EqualValues(t, 7, NumberOf("7"))
	assert.Zero(t, NumberOf(""))
	assert.Zero(t, NumberOf("dua"))
}
