package trouble_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

// maker makes a Maker with rules as text.
func maker(t testing.TB, seed uint64, texts ...string) *trouble.Maker {
	t.Helper()
	var rules []trouble.Rule
	for _, text := range texts {
		rule, err := trouble.ParseRule(text)
		require.NoError(t, err)
		rules = append(rules, rule)
	}
	made := new(trouble.Maker)
	require.NoError(t, made.Set(seed, rules...))
	return made
}

func room(i int) string { return fmt.Sprint(98120700 + i) }

func TestNothingFailsWithoutRules(t *testing.T) {
	var quiet trouble.Maker
	assert.Empty(t, quiet.Call("getRoom", "1"))
	assert.Empty(t, quiet.Delivery("botMessage", "1"))
	assert.Empty(t, quiet.Call("getRoom", "1").Names())
	never := maker(t, 1, "all=0")
	for i := range 1000 {
		assert.Empty(t, never.Call("getRoom", room(i)))
	}
}

// Rates are met, for many rooms and for one, with every seed. The bounds are five
// standard deviations.
func TestRatesAreMet(t *testing.T) {
	const draws = 10_000
	for _, rate := range []float64{0.001, 0.05, 0.5, 0.99, 1} {
		for seed := range uint64(3) {
			for name, subject := range map[string]func(int) string{
				"many rooms": room,
				"one room":   func(int) string { return room(0) },
			} {
				struck := 0
				made := maker(t, seed, fmt.Sprintf("server-error=%g", rate))
				for i := range draws {
					if made.Call("getRoom", subject(i)).Has(trouble.ServerError) {
						struck++
					}
				}
				deviation := 5 * math.Sqrt(rate*(1-rate)*draws)
				assert.InDelta(t, rate*draws, struck, deviation, "%s, rate %g, seed %d", name, rate, seed)
			}
		}
	}
}

// Of all kinds at one rate, each strikes; those that end a call share it.
func TestAll(t *testing.T) {
	const draws, rate = 50_000, 0.05
	made := maker(t, 7, "all=5%")
	counts := map[trouble.Kind]int{}
	for i := range draws {
		for kind := range made.Call("getRoom", room(i)) {
			counts[kind]++
		}
		for kind := range made.Delivery("botMessage", room(i)) {
			counts[kind]++
		}
		for kind := range made.Telling("post_comment", room(i)) {
			counts[kind]++
		}
	}
	assert.Len(t, counts, len(trouble.Kinds()))
	for kind, count := range counts {
		assert.InDelta(t, rate*0.9*draws, count, rate*0.15*draws, kind)
	}
	_, rules := made.Rules()
	assert.Len(t, rules, len(trouble.Kinds()), "one for each")
}

// call is one of those that the properties are about.
type call struct{ operation, subject string }

func play(made *trouble.Maker, calls []call) map[call][][]string {
	struck := map[call][][]string{}
	for _, c := range calls {
		struck[c] = append(struck[c], made.Call(c.operation, c.subject).Names())
	}
	return struck
}

// The same seed strikes the same, in whatever order the rooms are busy; another seed
// strikes others.
func TestTheSameSeedStrikesTheSame(t *testing.T) {
	var calls []call
	for i := range 40 {
		for range 25 {
			calls = append(calls, call{"getRoom", room(i)}, call{"sendBotMessage", room(i)})
		}
	}
	rules := []string{"latency=20%", "server-error=10%", "server-error=10%,status=500", "rate-limit=10%,only=getRoom"}
	first := play(maker(t, 42, rules...), calls)
	for range 5 {
		rand.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
		assert.Equal(t, first, play(maker(t, 42, rules...), calls))
	}
	assert.NotEqual(t, first, play(maker(t, 43, rules...), calls))
	assert.NotEqual(t, first[call{"getRoom", room(0)}], first[call{"getRoom", room(1)}])

	made := maker(t, 42, rules...)
	play(made, calls)
	seed, set := made.Rules()
	require.NoError(t, made.Set(seed, set...))
	assert.Equal(t, first, play(made, calls), "set again, all begins anew")
}

func TestTheSameSeedStrikesTheSameInParallel(t *testing.T) {
	struck := func() map[string][][]string {
		made := maker(t, 42, "all=20%")
		var mu sync.Mutex
		all := map[string][][]string{}
		var busy sync.WaitGroup
		for i := range 16 {
			busy.Go(func() {
				var theirs [][]string
				for range 100 {
					theirs = append(theirs, made.Call("getRoom", room(i)).Names(), made.Delivery("botMessage", room(i)).Names())
				}
				mu.Lock()
				defer mu.Unlock()
				all[room(i)] = theirs
			})
		}
		busy.Wait()
		return all
	}
	first := struck()
	assert.Equal(t, first, struck())
}

// What a rule strikes does not depend on the others that are set.
func TestRulesDoNotTouchEachOther(t *testing.T) {
	alone := maker(t, 5, "latency=30%")
	among := maker(t, 5, "late-webhook=10%", "server-error=30%", "latency=30%", "latency=30%,only=getRoom")
	late := 0
	for i := range 500 {
		got := alone.Call("listTags", room(i)).Has(trouble.Latency)
		assert.Equal(t, got, among.Call("listTags", room(i)).Has(trouble.Latency))
		if got {
			late++
		}
	}
	assert.NotZero(t, late)
}

// Two rules of one kind draw by themselves: here the second strikes where the first
// did not.
func TestRulesOfOneKind(t *testing.T) {
	made := maker(t, 5, "server-error=50%,status=500", "server-error=50%,status=503")
	statuses := map[int]int{}
	for i := range 4000 {
		statuses[made.Call("getRoom", room(i))[trouble.ServerError].Status]++
	}
	assert.InDelta(t, 2000, statuses[500], 200)
	assert.InDelta(t, 1000, statuses[503], 200)
	assert.InDelta(t, 1000, statuses[0], 200)
}

func TestOnly(t *testing.T) {
	made := maker(t, 1, "server-error,only=getRoom", "drop-webhook,only=botMessage")
	assert.Equal(t, []string{"server-error"}, made.Call("getRoom", "1").Names())
	assert.Empty(t, made.Call("listRooms", "1"))
	assert.Empty(t, made.Call("botMessage", "1"))
	assert.Equal(t, []string{"drop-webhook"}, made.Delivery("botMessage", "1").Names())
	assert.Empty(t, made.Delivery("newSession", "1"))
}

func TestTimes(t *testing.T) {
	made := maker(t, 1, "server-error,times=3", "rate-limit,times=2,only=getRoom")
	var struck []string
	for i := range 7 {
		struck = append(struck, fmt.Sprint(made.Call("getRoom", room(i%2)).Names()))
	}
	assert.Equal(t, []string{
		"[server-error]", "[server-error]", "[server-error]", "[rate-limit]", "[rate-limit]", "[]", "[]",
	}, struck, "a rule that did not strike is not used up")
}

func TestTimesInParallel(t *testing.T) {
	made := maker(t, 1, "drop-webhook=50%,times=30")
	var mu sync.Mutex
	struck := 0
	var busy sync.WaitGroup
	for i := range 8 {
		busy.Go(func() {
			for range 100 {
				if made.Delivery("botMessage", room(i)).Has(trouble.DropWebhook) {
					mu.Lock()
					struck++
					mu.Unlock()
				}
			}
		})
	}
	busy.Wait()
	assert.Equal(t, 30, struck)
}

func TestWhatStrikesTogether(t *testing.T) {
	for name, test := range map[string]struct {
		rules []string
		of    trouble.Scope
		names []string
	}{
		"one ends a call":        {[]string{"rate-limit", "server-error", "lost-answer"}, trouble.Calls, []string{"rate-limit"}},
		"the first of them does": {[]string{"lost-answer", "rate-limit"}, trouble.Calls, []string{"lost-answer"}},
		"and it may be late":     {[]string{"lost-answer", "latency"}, trouble.Calls, []string{"latency", "lost-answer"}},
		"late and twice":         {[]string{"repeat-webhook", "late-webhook"}, trouble.Webhooks, []string{"late-webhook", "repeat-webhook"}},
		"dropped":                {[]string{"repeat-webhook", "late-webhook", "drop-webhook"}, trouble.Webhooks, []string{"drop-webhook"}},
		"told late and twice":    {[]string{"repeat-realtime", "late-realtime"}, trouble.Realtime, []string{"late-realtime", "repeat-realtime"}},
		"not told at all":        {[]string{"late-realtime", "drop-realtime", "break-realtime"}, trouble.Realtime, []string{"drop-realtime"}},
		"cut off":                {[]string{"repeat-realtime", "break-realtime", "drop-realtime"}, trouble.Realtime, []string{"break-realtime"}},
	} {
		t.Run(name, func(t *testing.T) {
			made := maker(t, 1, test.rules...)
			strikes := map[trouble.Scope]trouble.Strikes{
				trouble.Calls: made.Call("getRoom", "1"), trouble.Webhooks: made.Delivery("botMessage", "1"),
				trouble.Realtime: made.Telling("delivered", "1"),
			}
			assert.Equal(t, test.names, strikes[test.of].Names())
		})
	}
}

// What can do nothing to a call leaves it to others, and is not counted.
func TestLeftOut(t *testing.T) {
	made := maker(t, 1, "expired-token,times=1", "server-error,times=1")
	assert.Equal(t, []string{"server-error"}, made.Call("getRoom", "1", trouble.ExpiredToken).Names())
	assert.Equal(t, []string{"expired-token"}, made.Call("getRoom", "1").Names())
}

func TestRulesThatAreRefusedChangeNothing(t *testing.T) {
	made := maker(t, 9, "latency")
	err := made.Set(1, trouble.Rule{Kind: trouble.ServerError, Rate: 1}, trouble.Rule{Kind: "earthquake"})
	require.ErrorContains(t, err, `there is no trouble "earthquake"`)
	seed, rules := made.Rules()
	assert.Equal(t, uint64(9), seed)
	assert.Len(t, rules, 1)
	assert.True(t, made.Call("getRoom", "1").Has(trouble.Latency))
	require.NoError(t, made.Set(9))
	assert.Empty(t, made.Call("getRoom", "1"))
}

func BenchmarkCall(b *testing.B) {
	for _, rules := range [][]string{nil, {"server-error=5%"}, {"all=5%"}} {
		b.Run(fmt.Sprint(rules), func(b *testing.B) {
			made := maker(b, 1, rules...)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				i++
				made.Call("getRoom", "/api/v2/customer_rooms/98120734 98120734")
			}
		})
	}
}

func TestStrikesAreCounted(t *testing.T) {
	var maker trouble.Maker
	assert.Empty(t, maker.Struck())
	require.NoError(t, maker.Set(1, trouble.Rule{Kind: trouble.ServerError, Rate: 1}, trouble.Rule{Kind: trouble.Latency, Rate: 1}))
	maker.Call("listRooms", "")
	maker.Call("listRooms", "")
	require.NoError(t, maker.Set(1, trouble.Rule{Kind: trouble.DropWebhook, Rate: 1}))
	maker.Delivery("botMessage", "")
	assert.Equal(t, map[trouble.Kind]int{trouble.ServerError: 2, trouble.Latency: 2, trouble.DropWebhook: 1}, maker.Struck())
}
