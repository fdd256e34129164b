package soak_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/internal/soak"
)

func TestCount(t *testing.T) {
	t.Setenv(soak.Variable, "")
	assert.Equal(t, 3, soak.Count(3, 1000))
	t.Setenv(soak.Variable, "full")
	assert.Equal(t, 1000, soak.Count(3, 1000))
}
