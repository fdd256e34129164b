package flex

import (
	"encoding/json"
	"testing"
	"time"
	_ "time/tzdata" // what the tests check must not depend on the machine

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// noon is the moment that most tests write in different forms: 1741089600.
var noon = time.Date(2025, 3, 4, 12, 0, 0, 0, time.UTC)

func loadLocation(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	require.NoError(t, err)
	return loc
}

func TestTimeUnmarshal(t *testing.T) {
	loadLocation(t, "Asia/Jakarta")
	tests := []struct {
		name     string
		in       string
		want     time.Time
		zoneless bool
	}{
		{"UTC", `"2025-03-04T12:00:00Z"`, noon, false},
		{"offset", `"2025-03-04T19:00:00+07:00"`, noon, false},
		{"negative offset", `"2025-03-04T08:30:00-03:30"`, noon, false},
		{"fraction", `"2025-03-04T12:00:00.123456Z"`, noon.Add(123456 * time.Microsecond), false},
		{"fraction and offset", `"2025-03-04T19:00:00.5+07:00"`, noon.Add(500 * time.Millisecond), false},
		{"escaped", `"2025-03-04T19:00:00\u002b07:00"`, noon, false},
		{"no zone", `"2025-03-04T12:00:00"`, noon, true},
		{"no zone, fraction", `"2025-03-04T12:00:00.25"`, noon.Add(250 * time.Millisecond), true},
		{"space", `"2025-03-04 12:00:00"`, noon, true},
		{"space, fraction", `"2025-03-04 12:00:00.000001"`, noon.Add(time.Microsecond), true},
		{"seconds", `1741089600`, noon, false},
		{"seconds as text", `"1741089600"`, noon, false},
		{"11 digits are seconds", `99999999999`, time.Unix(99999999999, 0), false},
		{"12 digits are milliseconds", `100000000000`, time.UnixMilli(100000000000), false},
		{"milliseconds", `1741089600123`, noon.Add(123 * time.Millisecond), false},
		{"milliseconds as text", `"1741089600123"`, noon.Add(123 * time.Millisecond), false},
		{"14 digits are milliseconds", `99999999999999`, time.UnixMilli(99999999999999), false},
		{"15 digits are microseconds", `100000000000000`, time.UnixMicro(100000000000000), false},
		{"microseconds", `1741089600123456`, noon.Add(123456 * time.Microsecond), false},
		{"17 digits are microseconds", `99999999999999999`, time.UnixMicro(99999999999999999), false},
		{"18 digits are nanoseconds", `100000000000000000`, time.Unix(0, 100000000000000000), false},
		{"nanoseconds", `1741089600123456789`, noon.Add(123456789), false},
		{"leading zeros as text", `"0001741089600"`, noon, false},
		{"the epoch", `0`, time.Unix(0, 0), false},
		{"before the epoch", `-86400`, time.Unix(-86400, 0), false},
		{"milliseconds before the epoch", `-100000000000`, time.UnixMilli(-100000000000), false},
		{"smallest", `-9223372036854775808`, time.Unix(0, -9223372036854775808), false},
		{"date object", `{"date":"2025-03-04 12:00:00.000000","timezone_type":3,"timezone":"UTC"}`, noon, false},
		{"date object, other order", `{"timezone":"UTC","date":"2025-03-04 12:00:00","x":[{}],"timezone_type":3}`, noon, false},
		{"date object, identifier", `{"date":"2025-03-04 19:00:00.000000","timezone_type":3,"timezone":"Asia/Jakarta"}`, noon, false},
		{"date object, abbreviation", `{"date":"2025-03-04 07:00:00.000000","timezone_type":2,"timezone":"EST"}`, noon, false},
		{"date object, Z", `{"date":"2025-03-04 12:00:00.000000","timezone_type":2,"timezone":"Z"}`, noon, false},
		{"date object, offset", `{"date":"2025-03-04 19:00:00.000000","timezone_type":1,"timezone":"+07:00"}`, noon, false},
		{"date object, negative offset", `{"date":"2025-03-04 08:30:00","timezone_type":1,"timezone":"-03:30"}`, noon, false},
		{"date object, no zone", `{"date":"2025-03-04 12:00:00.000000"}`, noon, true},
		{"date object, null zone", `{"date":"2025-03-04 12:00:00.5","timezone":null}`, noon.Add(500 * time.Millisecond), true},
		{"null", `null`, time.Time{}, false},
		{"empty text", `""`, time.Time{}, false},
		{"year 1", `"0001-01-01T00:00:00Z"`, time.Time{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := NewTime(noon.Add(time.Hour))
			require.NoError(t, json.Unmarshal([]byte(tt.in), &got))
			assert.Truef(t, tt.want.Equal(got.Time()), "got %v, want %v", got, tt.want)
			assert.Equal(t, tt.zoneless, got.Zoneless())
			assert.Equal(t, tt.want.IsZero(), got.IsZero())

			wire, err := got.MarshalJSON()
			require.NoError(t, err)
			assert.Equal(t, tt.in, string(wire), "a time is written as it was received")
			var again Time
			require.NoError(t, again.UnmarshalJSON(wire))
			assert.Equal(t, got, again)
		})
	}
}

func TestTimeUnmarshalErrors(t *testing.T) {
	const (
		otherText  = "flex: cannot read text of another kind as a time"
		incomplete = "flex: cannot read a date object without a readable date as a time"
		zone       = "flex: cannot read a date object with an unknown zone as a time"
		fraction   = "flex: cannot read a number with a fraction or an exponent as a time"
		malformed  = "flex: cannot read malformed JSON as a time"
	)
	tests := []struct{ in, want string }{
		{`"` + canary + `"`, otherText},
		{`"2025-03-04T` + canary + `"`, otherText},
		{`"2025-03-04 ` + canary + `"`, otherText},
		{`"2025-03-04"`, otherText},
		{`"2025-13-04T12:00:00Z"`, otherText},
		{`"2025-02-30 12:00:00"`, otherText},
		{`"2025-03-04T12:00:00Z` + canary + `"`, otherText},
		{`"12:00"`, otherText},
		{`"+07:00"`, otherText},
		{`"1741089600.5"`, otherText},
		{`1741089600.5`, fraction},
		{`1e9`, fraction},
		{`9223372036854775808`, "flex: cannot read a number beyond 64 bits as a time"},
		{`"9223372036854775808"`, "flex: cannot read a number beyond 64 bits as a time"},
		{`true`, "flex: cannot read a JSON boolean as a time"},
		{`["` + canary + `"]`, "flex: cannot read a JSON array as a time"},
		{`{}`, incomplete},
		{`{"date":null,"timezone":"UTC"}`, incomplete},
		{`{"date":"1741089600","timezone":"UTC"}`, incomplete},
		{`{"date":{"` + canary + `":1},"timezone":"UTC"}`, incomplete},
		{`{"date":"` + canary + `","timezone":"UTC"}`, incomplete},
		{`{"date":"2025-03-04 12:00:00","timezone":7}`, incomplete},
		{`{"date":"2025-03-04 12:00:00","timezone":"` + canary + `"}`, zone},
		{`{"date":"2025-03-04 12:00:00","timezone":"Local"}`, zone},
		{`{"date":"2025-03-04 12:00:00","timezone":"localtime"}`, zone},
		{`{"date":"2025-03-04 12:00:00","timezone":"../UTC"}`, zone},
		{`{"date":"2025-03-04 12:00:00","timezone":"/etc/localtime"}`, zone},
		{`{"date":"2025-03-04 12:00:00","timezone":"\\UTC"}`, zone},
		{`{"date":"2025-03-04 12:00:00","timezone":"Asia"}`, zone},
		{`{"date":"2025-03-04 12:00:00","timezone":"+99:00"}`, zone},
		{`{"date":"` + canary, incomplete},
		{`"` + canary, malformed},
	}
	before := NewTime(noon)
	for _, tt := range tests {
		got := before
		err := got.UnmarshalJSON([]byte(tt.in))
		require.EqualErrorf(t, err, tt.want, "input %s", tt.in)
		requireFormError(t, err, "a time")
		assert.Equal(t, before, got)
	}
	testOddInputs(t, before)
}

func TestTimeDoesNotDependOnTheMachine(t *testing.T) {
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	time.Local = time.FixedZone("machine", 7*60*60)

	for _, in := range []string{
		`"2025-03-04T19:00:00+07:00"`, `"2025-03-04T12:00:00"`, `1741089600`,
		`{"date":"2025-03-04 19:00:00","timezone":"+07:00"}`,
	} {
		var got Time
		require.NoError(t, json.Unmarshal([]byte(in), &got))
		assert.NotSamef(t, time.Local, got.Time().Location(), "input %s", in)
		assert.Truef(t, noon.Equal(got.Time()), "input %s", in)
	}
}

func TestTimeAssumeZone(t *testing.T) {
	jakarta := time.FixedZone("WIB", 7*60*60)
	for _, in := range []string{
		`"2025-03-04T19:00:00"`, `"2025-03-04 19:00:00"`, `{"date":"2025-03-04 19:00:00.000000"}`,
	} {
		var got Time
		require.NoError(t, json.Unmarshal([]byte(in), &got))
		moved := got.AssumeZone(jakarta)
		assert.Truef(t, noon.Equal(moved.Time()), "input %s", in)
		assert.Equal(t, jakarta, moved.Time().Location())
		assert.True(t, moved.Zoneless())
		assert.True(t, moved.AssumeZone(nil).Equal(got), "nil is UTC")

		wire, err := json.Marshal(moved)
		require.NoError(t, err)
		assert.Equal(t, in, string(wire), "the assumption is not written")
	}

	for _, in := range []string{
		`"2025-03-04T12:00:00Z"`, `1741089600`, `{"date":"2025-03-04 12:00:00","timezone":"UTC"}`, `null`, `""`,
	} {
		var got Time
		require.NoError(t, json.Unmarshal([]byte(in), &got))
		assert.Equalf(t, got, got.AssumeZone(jakarta), "input %s", in)
	}
	assert.Equal(t, NewTime(noon), NewTime(noon).AssumeZone(jakarta))
}

func TestTimeAssumeZoneSkippedHour(t *testing.T) {
	berlin := loadLocation(t, "Europe/Berlin")
	got, err := ParseTime("2025-03-30T02:30:00") // the clocks went from 2 to 3
	require.NoError(t, err)
	assert.Equal(t, got, got.AssumeZone(berlin).AssumeZone(time.UTC))
}

func TestParseTime(t *testing.T) {
	for _, text := range []string{
		"2025-03-04T12:00:00Z", "2025-03-04T12:00:00", "2025-03-04 12:00:00", "1741089600", "1741089600000",
	} {
		got, err := ParseTime(text)
		require.NoErrorf(t, err, "text %q", text)
		assert.Truef(t, noon.Equal(got.Time()), "text %q", text)
		wire, err := json.Marshal(got)
		require.NoError(t, err)
		assert.Equal(t, `"`+text+`"`, string(wire))
	}

	zero, err := ParseTime("")
	require.NoError(t, err)
	assert.True(t, zero.IsZero())

	for _, text := range []string{canary, "null", `{"date":"2025-03-04 12:00:00"}`, `"`, "\xff", "12:00"} {
		_, err := ParseTime(text)
		requireFormError(t, err, "a time")
	}
}

func TestNewTimeMarshal(t *testing.T) {
	localMeanTime := time.FixedZone("LMT", 7*60*60+7*60+12)
	tests := []struct {
		name string
		in   time.Time
		want string
	}{
		{"UTC", noon, `"2025-03-04T12:00:00Z"`},
		{"fraction is trimmed", noon.Add(500 * time.Millisecond), `"2025-03-04T12:00:00.5Z"`},
		{"nanoseconds", noon.Add(1), `"2025-03-04T12:00:00.000000001Z"`},
		{"zone", noon.In(time.FixedZone("", 7*60*60)), `"2025-03-04T19:00:00+07:00"`},
		{"offset with seconds", noon.In(localMeanTime), `"2025-03-04T12:00:00Z"`},
		{"offset of a day", noon.In(time.FixedZone("", 24*60*60)), `"2025-03-04T12:00:00Z"`},
		{"zero", time.Time{}, `null`},
		{"year 0", time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), `"0000-01-01T00:00:00Z"`},
		{"year 9999", time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), `"9999-12-31T23:59:59Z"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			made := NewTime(tt.in)
			wire, err := json.Marshal(made)
			require.NoError(t, err)
			assert.Equal(t, tt.want, string(wire))
			var again Time
			require.NoError(t, json.Unmarshal(wire, &again))
			assert.True(t, made.Equal(again))
		})
	}

	for _, year := range []int{-1, 10000} {
		_, err := NewTime(time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)).MarshalJSON()
		require.EqualError(t, err, "flex: cannot write a year outside 0 to 9999 as RFC 3339")
	}
}

func TestTimeString(t *testing.T) {
	assert.Empty(t, Time{}.String())
	assert.Equal(t, "2025-03-04T12:00:00.5Z", NewTime(noon.Add(500*time.Millisecond)).String())
	got, err := ParseTime("2025-03-04 12:00:00")
	require.NoError(t, err)
	assert.Equal(t, "2025-03-04T12:00:00Z", got.String())
}

func TestNewTimeDropsMonotonicClock(t *testing.T) {
	now := time.Now()
	assert.Equal(t, now.Round(0), NewTime(now).Time())
}

func TestTimeOmitZero(t *testing.T) {
	type body struct {
		At Time `json:"at,omitzero"`
	}
	wire, err := json.Marshal(body{})
	require.NoError(t, err)
	assert.Equal(t, `{}`, string(wire))
	wire, err = json.Marshal(body{At: NewTime(noon)})
	require.NoError(t, err)
	assert.Equal(t, `{"at":"2025-03-04T12:00:00Z"}`, string(wire))
}

func FuzzTime(f *testing.F) {
	for _, in := range append(oddInputs,
		`"2025-03-04T12:00:00Z"`, `"2025-03-04T19:00:00.5+07:00"`, `"2025-03-04T12:00:00"`, `"2025-03-04 12:00:00.5"`,
		`1741089600`, `"1741089600123"`, `1741089600123456`, `1741089600123456789`, `-1`, `null`, `""`,
		`{"date":"2025-03-04 12:00:00.000000","timezone_type":3,"timezone":"UTC"}`,
		`{"date":"2025-03-04 12:00:00","timezone":"-03:30"}`, `{"date":"2025-03-04T12:00:00Z"}`,
	) {
		f.Add([]byte(in))
	}
	zone := time.FixedZone("WIB", 7*60*60)
	f.Fuzz(func(t *testing.T, data []byte) {
		first, second, ok := fuzzRoundTrip[Time](t, data)
		if !ok {
			return
		}
		require.True(t, first.Equal(second))
		require.Equal(t, first.Zoneless(), second.Zoneless())

		moved := first.AssumeZone(zone)
		if first.Zoneless() {
			require.Equal(t, 7*time.Hour, first.Time().Sub(moved.Time()))
		}
		require.True(t, moved.AssumeZone(time.UTC).Equal(first))
	})
}

func BenchmarkTime(b *testing.B) {
	benchmarkDecode[Time](b, "flex", `"2025-03-04T12:00:00Z"`)
	benchmarkDecode[time.Time](b, "time.Time", `"2025-03-04T12:00:00Z"`)
}

func BenchmarkTimeZoneless(b *testing.B) {
	benchmarkDecode[Time](b, "flex", `"2025-03-04 12:00:00"`)
	benchmarkDecode[string](b, "string", `"2025-03-04 12:00:00"`)
}

func BenchmarkTimeUnix(b *testing.B) {
	benchmarkDecode[Time](b, "flex", `1741089600`)
	benchmarkDecode[int64](b, "int64", `1741089600`)
}

func BenchmarkTimeDateObject(b *testing.B) {
	const doc = `{"date":"2025-03-04 12:00:00.000000","timezone_type":3,"timezone":"UTC"}`
	benchmarkDecode[Time](b, "flex", doc)
	benchmarkDecode[struct {
		Date     string `json:"date"`
		Timezone string `json:"timezone"`
	}](b, "struct", doc)
}
