package watch_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/internal/sandbox/watch"
)

func TestWatchers(t *testing.T) {
	var watchers watch.Watchers
	watchers.Tell() // nobody hears it
	first, end := watchers.Watch()
	second, endSecond := watchers.Watch()
	assert.Empty(t, first)
	watchers.Tell()
	watchers.Tell()
	assert.Len(t, first, 1, "however often it was told")
	assert.Len(t, second, 1)
	<-first
	end()
	watchers.Tell()
	assert.Empty(t, first)
	endSecond()
}
