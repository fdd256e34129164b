package contract_test

import (
	"context"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/contract"
)

// tags is an answer of listRoomTags with one field more.
func tags(field string) qismo.Exchange {
	return answer("listRoomTags", 200, "application/json", `{"data":[],"`+field+`":"`+canary+`"}`)
}

func newReporter(t testing.TB, config contract.Config) *contract.Reporter {
	t.Helper()
	reporter, err := contract.New(config)
	require.NoError(t, err)
	t.Cleanup(func() { _ = reporter.Close(context.Background()) }) // t.Context() has ended by then
	return reporter
}

// A client's answers are reported, whatever becomes of them.
func TestReporterOfAClient(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/404") {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"errors":{"message":"`+canary+`","code":7}}`)
			return
		}
		_, _ = io.WriteString(w, `{"data":[{"id":"`+canary+`","name":"x","colour":"`+canary+`"},{"id":2,"name":"y","colour":null}]}`)
	}))
	defer service.Close()
	var mu sync.Mutex
	var heard []contract.Finding
	reporter := newReporter(t, contract.Config{OnFinding: func(f contract.Finding) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, f)
	}})
	client, err := qismo.New(qismo.WithSecretKey("wangi-1", "kunci"), qismo.WithBaseURL(service.URL), reporter.Option())
	require.NoError(t, err)
	for range 3 {
		_, err = client.Tags.List(t.Context(), "7")
		require.NoError(t, err, "the types are more tolerant than the document")
	}
	_, err = client.Tags.List(t.Context(), "404")
	require.ErrorIs(t, err, qismo.ErrNotFound)
	require.NoError(t, client.Do(t.Context(), "GET", "/api/v9/new", nil, nil), "of which nothing is known")
	require.NoError(t, reporter.Close(t.Context()))

	report := reporter.Report()
	assert.Equal(t, contract.Report{Checked: 4, Findings: []contract.Finding{
		{Operation: "listRoomTags", Status: 200, Kind: contract.UnknownField, Pointer: "/data/*/colour", Found: "null", Count: 3},
		{Operation: "listRoomTags", Status: 200, Kind: contract.UnknownField, Pointer: "/data/*/colour", Found: "string", Count: 3},
		{Operation: "listRoomTags", Status: 200, Kind: contract.WrongType, Pointer: "/data/*/id", Expected: "integer", Found: "string", Count: 3},
		{Operation: "listRoomTags", Status: 404, Kind: contract.UnknownField, Pointer: "/errors/code", Found: "integer", Count: 1},
	}}, report)
	assert.NotContains(t, report.String(), canary)
	assert.Contains(t, report.String(), "/data/*/id")
	assert.Len(t, heard, 4, "each once")
}

// The sample is taken by the numbers of the source: below the share is in.
func TestSample(t *testing.T) {
	numbers := []float64{0, 0.25, 0.2499, 0.9, 0.1}
	reporter := newReporter(t, contract.Config{Sample: 0.25, Random: func() float64 {
		next := numbers[0]
		numbers = numbers[1:]
		return next
	}})
	for _, field := range []string{"a", "b", "c", "d", "e"} {
		reporter.Inspect(tags(field))
	}
	require.NoError(t, reporter.Close(t.Context()))
	var fields []string
	for _, finding := range reporter.Report().Findings {
		fields = append(fields, finding.Pointer)
	}
	assert.Equal(t, []string{"/a", "/c", "/e"}, fields)
	assert.Zero(t, reporter.Dropped(), "what is not in the sample was not dropped")
}

// While the program is busy with a finding, answers wait up to the queue's length;
// the rest is dropped and counted, and no call waits.
func TestQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := make(chan struct{})
		reporter, err := contract.New(contract.Config{Queue: 2, OnFinding: func(contract.Finding) { <-busy }})
		require.NoError(t, err)
		reporter.Inspect(tags("a"))
		synctest.Wait() // the goroutine is in OnFinding
		for range 5 {
			reporter.Inspect(tags("a"))
		}
		assert.Equal(t, 3, reporter.Dropped())
		close(busy)
		require.NoError(t, reporter.Close(t.Context()))
		report := reporter.Report()
		assert.Equal(t, 3, report.Checked)
		assert.Equal(t, 3, report.Dropped)
		assert.Equal(t, 3, report.Findings[0].Count)
	})
}

// All bodies that wait are bounded together too.
func TestWaitingBytesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := make(chan struct{})
		reporter, err := contract.New(contract.Config{MaxBody: 20 << 20, OnFinding: func(contract.Finding) { <-busy }})
		require.NoError(t, err)
		reporter.Inspect(tags("a"))
		synctest.Wait()
		large := answer("listRoomTags", 200, "application/json", `{"data":[]`+strings.Repeat(" ", 20<<20-11)+`}`)
		reporter.Inspect(large)
		reporter.Inspect(large)
		assert.Equal(t, 1, reporter.Dropped())
		close(busy)
		require.NoError(t, reporter.Close(t.Context()))
		assert.Equal(t, 2, reporter.Report().Checked)
	})
}

// What is too large, or did not come whole, is skipped; its status still counts.
func TestWhatIsSkipped(t *testing.T) {
	reporter := newReporter(t, contract.Config{MaxBody: 10})
	reporter.Inspect(tags("a"))
	moved := tags("a")
	moved.Status = 302
	reporter.Inspect(moved)
	cut := answer("listRoomTags", 200, "application/json", `{`)
	cut.Whole = false
	reporter.Inspect(cut)
	require.NoError(t, reporter.Close(t.Context()))
	report := reporter.Report()
	assert.Equal(t, 3, report.Skipped)
	assert.Zero(t, report.Checked)
	require.Len(t, report.Findings, 1)
	assert.Equal(t, contract.UndeclaredStatus, report.Findings[0].Kind)
}

// The body belongs to the client: it may change once Inspect has returned.
func TestBodyIsCopied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := make(chan struct{})
		reporter, err := contract.New(contract.Config{OnFinding: func(contract.Finding) { <-busy }})
		require.NoError(t, err)
		reporter.Inspect(tags("a"))
		synctest.Wait()
		exchange := tags("b")
		reporter.Inspect(exchange)
		clear(exchange.Body)
		close(busy)
		require.NoError(t, reporter.Close(t.Context()))
		assert.Equal(t, "/b", reporter.Report().Findings[1].Pointer)
	})
}

func TestFindingsAreBounded(t *testing.T) {
	var heard int
	reporter := newReporter(t, contract.Config{MaxFindings: 2, OnFinding: func(contract.Finding) { heard++ }})
	for _, field := range []string{"a", "b", "c", "d", "a"} {
		reporter.Inspect(tags(field))
	}
	require.NoError(t, reporter.Close(t.Context()))
	report := reporter.Report()
	assert.Len(t, report.Findings, 2)
	assert.Equal(t, 2, report.Findings[0].Count)
	assert.Equal(t, 2, report.Beyond)
	assert.Equal(t, 2, heard)
}

// A callback that panics is not called again; the checks go on, and Close tells.
func TestCallbackThatPanics(t *testing.T) {
	calls := 0
	reporter := newReporter(t, contract.Config{OnFinding: func(contract.Finding) {
		calls++
		panic("tidak siap")
	}})
	reporter.Inspect(tags("a"))
	reporter.Inspect(tags("b"))
	for range 2 {
		err := reporter.Close(t.Context())
		require.ErrorContains(t, err, "OnFinding panicked: tidak siap")
	}
	assert.Equal(t, 1, calls)
	assert.Len(t, reporter.Report().Findings, 2)
}

// Close ends with its context, and so does the goroutine, after the answer that it
// is at; what still waits is dropped.
func TestCloseThatIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := make(chan struct{})
		reporter, err := contract.New(contract.Config{OnFinding: func(contract.Finding) { <-busy }})
		require.NoError(t, err)
		for _, field := range []string{"a", "b", "c"} {
			reporter.Inspect(tags(field))
		}
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, reporter.Close(ctx), context.Canceled)
		close(busy)
		require.NoError(t, reporter.Close(t.Context()))
		reporter.Inspect(tags("d"))
		report := reporter.Report()
		assert.Equal(t, 1, report.Checked)
		assert.Equal(t, 3, report.Dropped, "two that waited, and one that came too late")
	})
}

// Everything at once, for the race detector.
func TestReporterIsSafeForConcurrentUse(t *testing.T) {
	reporter := newReporter(t, contract.Config{Queue: 8, Sample: 0.5, OnFinding: func(contract.Finding) {}})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				reporter.Inspect(tags("a"))
				_ = reporter.Report()
			}
		})
	}
	all.Go(func() { _ = reporter.Close(t.Context()) })
	all.Wait()
	require.NoError(t, reporter.Close(t.Context()))
	report := reporter.Report()
	assert.LessOrEqual(t, report.Checked+report.Dropped, 400)
	assert.Equal(t, report.Checked > 0, len(report.Findings) > 0)
}

func TestConfigThatCannotWork(t *testing.T) {
	for name, config := range map[string]contract.Config{
		"negative share": {Sample: -0.1},
		"too much":       {Sample: 1.1},
		"no number":      {Sample: math.NaN()},
		"queue":          {Queue: -1},
		"body":           {MaxBody: -1},
		"findings":       {MaxFindings: -1},
	} {
		_, err := contract.New(config)
		assert.ErrorContains(t, err, "contract: ", name)
	}
}

func TestFindingsTellTheirTypes(t *testing.T) {
	assert.Equal(t, "a expected", contract.Finding{Expected: "a"}.Types())
	encoded, err := json.Marshal(contract.Finding{Operation: "getRoom", Status: 200, Kind: contract.NotJSON, Count: 2})
	require.NoError(t, err)
	assert.JSONEq(t, `{"operation":"getRoom","status":200,"kind":"not JSON","pointer":"","count":2}`, string(encoded))
	assert.Equal(t, 1, strings.Count(contract.Report{}.String(), "\n"))
}
