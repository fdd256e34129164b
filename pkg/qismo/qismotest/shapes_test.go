package qismotest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// Which forms have nothing to tell repetitions by is said where the shapes are.
func TestShapesWithoutAKey(t *testing.T) {
	t.Parallel()
	without := map[webhook.Name][]qismotest.Shape{}
	for _, name := range webhook.Names() {
		for _, shape := range qismotest.Shapes(name) {
			body, err := qismotest.NewEvents().New(name).Shape(shape).Body()
			require.NoError(t, err)
			event, err := webhook.ParseAs(name, body)
			require.NoError(t, err)
			if event.DeduplicationKey() == "" {
				without[name] = append(without[name], shape)
			}
		}
	}
	assert.Equal(t, map[webhook.Name][]qismotest.Shape{
		webhook.BotMessage:  {qismotest.Shape2024},
		webhook.PostComment: {qismotest.Shape2018},
	}, without)
}
