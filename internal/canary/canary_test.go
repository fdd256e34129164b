package canary_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/canary"
)

// Whatever operation is called and however it fails, nothing that can be shown of it
// holds a secret or a customer's word. The numbers see to it that the drive was one.
func TestNothingShows(t *testing.T) {
	report := canary.Drive(t, canary.Plan{OneOf: oneOf})
	assertNothingShows(t, report)
	assert.Len(t, omnichannel.OperationIDs(), report.Operations)
	assert.GreaterOrEqual(t, report.Failures, 250)
	assert.GreaterOrEqual(t, report.Failed, 30_000/oneOf)
	assert.GreaterOrEqual(t, report.Planted, 380)
	assert.GreaterOrEqual(t, report.Ordinary, 150)
	assert.GreaterOrEqual(t, report.Refused, 150)
}

// The same of the chat server's operations, by servers and by users, each of whose ways
// to log in fails.
func TestNothingShowsOfChat(t *testing.T) {
	report := canary.Drive(t, canary.Plan{Chat: true, OneOf: oneOf})
	assertNothingShows(t, report)
	assert.Len(t, chat.OperationIDs(), report.Operations)
	assert.GreaterOrEqual(t, report.Failures, 290)
	assert.GreaterOrEqual(t, report.Failed, 20_000/oneOf)
	assert.GreaterOrEqual(t, report.Planted, 200)
	assert.GreaterOrEqual(t, report.Ordinary, 150)
	assert.GreaterOrEqual(t, report.Refused, 60)
}

func assertNothingShows(t *testing.T, report *canary.Report) {
	t.Helper()
	t.Logf("%+v", report.Numbers)
	for _, finding := range report.Findings[:min(len(report.Findings), 50)] {
		t.Error(finding)
	}
	assert.Empty(t, report.Findings)
	assert.Empty(t, report.Problems)
	assert.GreaterOrEqual(t, report.Succeeded, report.Methods/oneOf)
	assert.GreaterOrEqual(t, report.Panicked, 7*report.Operations/oneOf)
	assert.GreaterOrEqual(t, report.Texts, 20*report.Calls)
}
