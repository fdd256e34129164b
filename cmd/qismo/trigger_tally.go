package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"

	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
)

const (
	// mostReasons is how many reasons of refusals are told apart: a receiver may give
	// each request one of its own.
	mostReasons = 10
	// longestReason is how many characters of one are told.
	longestReason = 200
	otherReasons  = "(other reasons)"
)

// verdict is what a receiver answered, with its reason if it gave one.
type verdict struct {
	status int
	reason string
}

// tally counts how deliveries ended.
type tally struct {
	started  time.Time
	timeout  time.Duration
	last     *qismotest.Answer
	accepted int
	verdicts map[verdict]int
	failures map[string]int // by what went wrong, in words
	cut      int            // that were under way at the interruption
	took     []time.Duration
}

func newTally(timeout time.Duration) *tally {
	return &tally{started: time.Now(), timeout: timeout, verdicts: map[verdict]int{}, failures: map[string]int{}}
}

func (t *tally) add(ctx context.Context, result qismotest.Result) {
	switch {
	case result.Err == nil:
		t.last = result.Answer
		t.verdicts[t.verdictOf(result.Answer)]++
		t.took = append(t.took, result.Answer.Duration)
		if result.Answer.Accepted() {
			t.accepted++
		}
	case ctx.Err() != nil && errors.Is(result.Err, ctx.Err()):
		t.cut++
	default:
		t.failures[t.why(result.Err)]++
	}
}

// verdictOf tells an answer from those with other reasons, until there are too many.
func (t *tally) verdictOf(answer *qismotest.Answer) verdict {
	reason, _ := answer.Refusal()
	told := verdict{answer.Status, shortened(printable(reason))}
	if _, isKnown := t.verdicts[told]; !isKnown && reason != "" && len(t.verdicts) >= mostReasons {
		told.reason = otherReasons
	}
	return told
}

func (t *tally) ended() int {
	ended := len(t.took)
	for _, times := range t.failures {
		ended += times
	}
	return ended
}

func (t *tally) allAccepted() bool { return t.accepted == t.ended()+t.cut }

// why says in words why there was no answer. It tells no address.
func (t *tally) why(err error) string {
	var (
		unknown *net.DNSError
		late    interface{ Timeout() bool }
	)
	switch {
	case errors.As(err, &unknown):
		return "no such host: " + unknown.Name
	case errors.As(err, &late) && late.Timeout():
		return fmt.Sprintf("no answer within %s", t.timeout)
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused: nobody listens there"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return "the connection broke before the answer was there"
	}
	return inWords(err).Error()
}

// tell writes what came of the deliveries of an event.
func (t *tally) tell(to io.Writer, event string, wanted int) {
	elapsed := time.Since(t.started)
	if wanted == 1 {
		t.tellOne(to)
	} else {
		t.tellMany(to, event, elapsed)
	}
	if unsent := wanted - t.ended(); unsent > 0 {
		fmt.Fprintf(to, "interrupted: %d of %d were not answered, %d of them on their way\n", unsent, wanted, t.cut)
	}
}

func (t *tally) tellOne(to io.Writer) {
	for failure := range t.failures {
		fmt.Fprintln(to, failure)
	}
	if t.last == nil {
		return
	}
	reason, problems := t.last.Refusal()
	if reason != "" {
		reason = ": " + printable(reason)
	}
	fmt.Fprintf(to, "answered %d in %s%s\n", t.last.Status, rounded(t.last.Duration), reason)
	for _, problem := range problems {
		fmt.Fprintln(to, "  "+printable(problem.String()))
	}
}

func (t *tally) tellMany(to io.Writer, event string, elapsed time.Duration) {
	ended := t.ended()
	fmt.Fprintf(to, "%d deliveries of %s in %s, %.0f per second\n",
		ended, event, rounded(elapsed), float64(ended)/max(elapsed.Seconds(), 1e-9))
	for _, told := range slices.SortedFunc(maps.Keys(t.verdicts), t.byStatus) {
		fmt.Fprintf(to, "%8d  answered %s\n", t.verdicts[told], told)
	}
	for _, failure := range slices.Sorted(maps.Keys(t.failures)) {
		fmt.Fprintf(to, "%8d  %s\n", t.failures[failure], failure)
	}
	if len(t.took) == 0 {
		return
	}
	slices.Sort(t.took)
	fmt.Fprintf(to, "answered in p50 %s, p90 %s, p99 %s, at most %s\n", rounded(percentile(t.took, 50)),
		rounded(percentile(t.took, 90)), rounded(percentile(t.took, 99)), rounded(t.took[len(t.took)-1]))
}

// byStatus orders verdicts by status, and those of one status by how often they came.
func (t *tally) byStatus(a, b verdict) int {
	return cmp.Or(
		cmp.Compare(a.status, b.status), cmp.Compare(t.verdicts[b], t.verdicts[a]), cmp.Compare(a.reason, b.reason))
}

func (v verdict) String() string {
	if v.reason == "" {
		return strconv.Itoa(v.status)
	}
	return fmt.Sprintf("%d: %s", v.status, v.reason)
}

// percentile is the smallest of sorted values that so many of a hundred do not exceed.
func percentile(sorted []time.Duration, percent int) time.Duration {
	rank := (len(sorted)*percent + 99) / 100
	return sorted[max(rank, 1)-1]
}

// rounded leaves three digits or so.
func rounded(duration time.Duration) time.Duration {
	for unit := time.Second; unit > time.Microsecond; unit /= 10 {
		if duration >= 100*unit {
			return duration.Round(unit)
		}
	}
	return duration.Round(time.Microsecond)
}

// shortened leaves out the end of a long text.
func shortened(text string) string {
	if characters := []rune(text); len(characters) > longestReason {
		return string(characters[:longestReason]) + "…"
	}
	return text
}

// printable leaves out what would move a terminal's cursor: a receiver may send it.
func printable(text string) string {
	return strings.Map(func(char rune) rune {
		if unicode.IsPrint(char) {
			return char
		}
		return -1
	}, text)
}
