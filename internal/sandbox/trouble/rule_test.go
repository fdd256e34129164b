package trouble_test

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

func TestParseRule(t *testing.T) {
	for text, want := range map[string]trouble.Rule{
		"server-error=5%": {Kind: trouble.ServerError, Rate: 0.05},
		"latency=0.1,delay=800ms,only=getRoom": {
			Kind: trouble.Latency, Rate: 0.1, Delay: 800 * time.Millisecond, Only: "getRoom",
		},
		"all=5%":                   {Kind: trouble.All, Rate: 0.05},
		"all,delay=1s":             {Kind: trouble.All, Rate: 1, Delay: time.Second},
		"expired-token,times=1":    {Kind: trouble.ExpiredToken, Rate: 1, Times: 1},
		"html-error=1%,status=200": {Kind: trouble.HTMLError, Rate: 0.01, Status: 200},
		" drop-webhook = 50 % ":    {Kind: trouble.DropWebhook, Rate: 0.5},
		"latency=0":                {Kind: trouble.Latency},
		"late-webhook,delay=1m, only = botMessage": {
			Kind: trouble.LateWebhook, Rate: 1, Delay: time.Minute, Only: "botMessage",
		},
	} {
		t.Run(text, func(t *testing.T) {
			rule, err := trouble.ParseRule(text)
			require.NoError(t, err)
			assert.Equal(t, want, rule)
			again, err := trouble.ParseRule(rule.String())
			require.NoError(t, err, rule.String())
			assert.Equal(t, rule, again)
		})
	}
}

func TestRulesThatMakeNoSense(t *testing.T) {
	for text, why := range map[string]string{
		"":                                  `there is no trouble ""; there is all, latency, rate-limit, server-error, html-error, `,
		"earthquake=5%":                     `there is no trouble "earthquake"; there is all, latency`,
		"server-error=":                     `the rate "" is neither`,
		"server-error=often":                `the rate "often" is neither a share such as 0.05 nor a percentage such as 5%`,
		"server-error=NaN":                  "not between 0 and 1",
		"server-error=101%":                 "not between 0 and 1",
		"server-error=5":                    "not between 0 and 1",
		"server-error=-1%":                  "not between 0 and 1",
		"latency,delay=800":                 `the delay "800" is no duration such as 500ms or 2s`,
		"latency,delay=-1s":                 "the delay of latency is negative",
		"server-error,delay=1s":             "server-error has no delay",
		"latency,status=500":                "only server-error, html-error and lost-answer have a status",
		"server-error,status=404":           "the status of server-error is not between 500 and 599",
		"html-error,status=204":             "no page can be sent",
		"html-error,status=all":             `the status "all" is not a whole number`,
		"server-error,times=-1":             "the times of server-error are negative",
		"server-error,times=1.5":            `the times "1.5" is not a whole number`,
		"server-error,only=":                "only stands for nothing",
		"server-error,only=get room":        "is no name of an operation or event",
		"server-error,rate=5%":              `a rule has no "rate"; it has delay, only, times and status`,
		"server-error,":                     `a rule has no ""`,
		"latency,delay=1s,delay=1s":         `"delay" stands twice`,
		"latency,only=getRoom,only=getRoom": `"only" stands twice`,
	} {
		t.Run(text, func(t *testing.T) {
			_, err := trouble.ParseRule(text)
			require.ErrorContains(t, err, why)
		})
	}
	for _, rate := range []float64{-0.1, 1.1, math.NaN(), math.Inf(1)} {
		assert.Error(t, new(trouble.Maker).Set(1, trouble.Rule{Kind: trouble.Latency, Rate: rate}))
	}
}

func TestRulesInJSON(t *testing.T) {
	var rules []trouble.Rule
	require.NoError(t, json.Unmarshal([]byte(`[
		"server-error=5%",
		{"kind": "latency", "rate": 0.1, "delay": "800ms", "only": "getRoom"},
		{"kind": "expired-token", "times": 1},
		{"kind": "html-error", "rate": 0, "status": 200}
	]`), &rules))
	assert.Equal(t, []trouble.Rule{
		{Kind: trouble.ServerError, Rate: 0.05},
		{Kind: trouble.Latency, Rate: 0.1, Delay: 800 * time.Millisecond, Only: "getRoom"},
		{Kind: trouble.ExpiredToken, Rate: 1, Times: 1},
		{Kind: trouble.HTMLError, Status: 200},
	}, rules)
	written, err := json.Marshal(rules[1:3])
	require.NoError(t, err)
	assert.JSONEq(t, `[
		{"kind": "latency", "rate": 0.1, "delay": "800ms", "only": "getRoom"},
		{"kind": "expired-token", "rate": 1, "times": 1}
	]`, string(written))
}

func TestRulesInJSONThatMakeNoSense(t *testing.T) {
	for source, why := range map[string]string{
		`"earthquake"`:                       `there is no trouble "earthquake"; there is all, `,
		`{"kind": "earthquake"}`:             `there is no trouble "earthquake"; there is all, `,
		`{}`:                                 `there is no trouble ""`,
		`{"kind": "latency", "rats": 1}`:     `unknown field "rats"`,
		`{"kind": "latency", "rate": "5%"}`:  "rate: it must not be a string",
		`{"kind": "latency", "delay": 5}`:    "delay: it must not be a number",
		`{"kind": "latency", "delay": "5"}`:  `the delay "5" is no duration`,
		`{"kind": "latency", "times": 1.5}`:  "times: it must not be a number 1.5",
		`{"kind": ["latency"]}`:              "kind: it must not be a array",
		`{"kind": "latency", "status": 500}`: "only server-error, html-error and lost-answer have a status",
		`5`:                                  "a rule is an object or a text, not a number",
		`[]`:                                 "a rule is an object or a text, not a array",
		`null`:                               `there is no trouble ""`,
	} {
		var rule trouble.Rule
		assert.ErrorContains(t, rule.UnmarshalJSON([]byte(source)), why, source)
	}
}

func TestRulesInYAML(t *testing.T) {
	var rules []trouble.Rule
	require.NoError(t, yaml.Unmarshal([]byte(`
- latency=10%,delay=800ms
- kind: rate-limit
  rate: 0.25
  delay: 3s
- {kind: drop-webhook, times: 2}
`), &rules))
	assert.Equal(t, []trouble.Rule{
		{Kind: trouble.Latency, Rate: 0.1, Delay: 800 * time.Millisecond},
		{Kind: trouble.RateLimit, Rate: 0.25, Delay: 3 * time.Second},
		{Kind: trouble.DropWebhook, Rate: 1, Times: 2},
	}, rules)
	written, err := yaml.Marshal(rules)
	require.NoError(t, err)
	assert.Contains(t, string(written), "delay: 800ms")
	var again []trouble.Rule
	require.NoError(t, yaml.Unmarshal(written, &again))
	assert.Equal(t, rules, again)

	for source, why := range map[string]string{
		"- earthquake":               "there is no trouble",
		"- kind: earthquake":         "there is no trouble",
		"- {kind: latency, rats: 1}": "field rats not found",
		"- [latency]":                "read a rule",
		"- 5":                        "there is no trouble",
	} {
		decoder := yaml.NewDecoder(bytes.NewReader([]byte(source)))
		decoder.KnownFields(true)
		assert.ErrorContains(t, decoder.Decode(&rules), why, source)
	}
}

// Every kind has a default, and says what it does.
func TestKinds(t *testing.T) {
	for _, kind := range trouble.Kinds() {
		assert.NotEmpty(t, kind.What, kind.Kind)
		maker := new(trouble.Maker)
		require.NoError(t, maker.Set(1, trouble.Rule{Kind: kind.Kind, Rate: 1}))
		strikes := maker.Call("getRoom", "1")
		switch kind.Of {
		case trouble.Calls:
		case trouble.Webhooks:
			assert.Empty(t, strikes)
			strikes = maker.Delivery("botMessage", "1")
		case trouble.Realtime:
			assert.Empty(t, strikes)
			assert.Empty(t, maker.Delivery("botMessage", "1"))
			strikes = maker.Telling("delivered", "1")
		}
		assert.Equal(t, kind.Of, (trouble.Rule{Kind: kind.Kind}).Of())
		assert.Equal(t, trouble.Strikes{
			kind.Kind: {Kind: kind.Kind, Rate: 1, Delay: kind.Delay, Status: kind.Status},
		}, strikes)
	}
}

// What is read as a rule makes sense, and is the same when it is written and read
// again, as text and as JSON.
func FuzzParseRule(f *testing.F) {
	for _, text := range []string{
		"server-error=5%", "latency=0.1,delay=800ms,only=getRoom", "all=5%", "expired-token,times=1",
		"html-error=1e-3,status=200", "drop-webhook=NaN", "latency,delay=9999999h", ",", "=", "all=%",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rule, err := trouble.ParseRule(text)
		if err != nil {
			return
		}
		require.NoError(t, new(trouble.Maker).Set(1, rule))
		again, err := trouble.ParseRule(rule.String())
		require.NoError(t, err, rule.String())
		require.Equal(t, rule, again)
		written, err := json.Marshal(rule)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(written, &again), string(written))
		require.Equal(t, rule, again)
	})
}

// A delay of all kinds is that of those that have one.
func TestTheDelayOfAll(t *testing.T) {
	delays := map[trouble.Kind]time.Duration{}
	for _, rule := range (trouble.Rule{Kind: trouble.All, Rate: 1, Delay: time.Minute}).Each() {
		require.NoError(t, rule.Check())
		if rule.Delay > 0 {
			delays[rule.Kind] = rule.Delay
		}
	}
	assert.Equal(t, map[trouble.Kind]time.Duration{
		trouble.Latency: time.Minute, trouble.RateLimit: time.Minute, trouble.LateWebhook: time.Minute,
		trouble.LateRealtime: time.Minute,
	}, delays)
}
