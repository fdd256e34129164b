package contract_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/contract"
)

func newChecker(t testing.TB) *contract.Checker {
	t.Helper()
	checker, err := contract.NewChecker()
	require.NoError(t, err)
	return checker
}

// told is all that a report would say of findings.
func told(t testing.TB, found []contract.Finding) string {
	t.Helper()
	encoded, err := json.Marshal(found)
	require.NoError(t, err)
	return contract.Report{Findings: found}.String() + string(encoded) + fmt.Sprint(found)
}

// What the document and the fixtures show is no drift.
func TestNothingIsFoundInWhatTheDocumentShows(t *testing.T) {
	t.Parallel()
	checker := newChecker(t)
	for _, s := range samples(t) {
		assert.Empty(t, checker.Check(s.exchange), s.name)
	}
}

// A field is planted into every object of every sample: it is found at its place
// where the document lists the fields, and nowhere else. A name that could be a
// customer's is not told, and no value ever is.
func TestAPlantedFieldIsFound(t *testing.T) {
	t.Parallel()
	checker := newChecker(t)
	planted := 0
	for _, s := range samples(t) {
		for _, spot := range s.spots(t) {
			object, isObject := spot.value.(map[string]any)
			if !isObject {
				continue
			}
			for name, shown := range map[string]string{"fieldNobody_knows": "fieldNobody_knows", canary: "?"} {
				found := checker.Check(s.with(t, replaced(s.value, spot.steps, with(object, name, canary))))
				assert.NotContains(t, told(t, found), canary, s.name)
				if spot.vague {
					continue
				}
				if !spot.listed || !spot.known {
					assert.Empty(t, found, "%s at %v", s.name, spot.steps)
					continue
				}
				planted++
				if strings.Contains(spot.pointer+"/", "extras/") {
					shown = "?" // whatever it is
				}
				assert.Equal(t, []contract.Finding{{
					Operation: s.exchange.Operation, Status: s.exchange.Status, Kind: contract.UnknownField,
					Pointer: spot.pointer + "/" + shown, Found: "string", Count: 1,
				}}, found, "%s at %v", s.name, spot.steps)
			}
		}
	}
	t.Logf("%d fields planted and found", planted)
	assert.Greater(t, planted, 500)
}

func with(object map[string]any, name string, value any) map[string]any {
	changed := map[string]any{name: value}
	maps.Copy(changed, object)
	return changed
}

// Every value of every sample is replaced by one of each type. Whenever the
// document refuses what comes of it, the place is found, or, if several shapes are
// possible there, the value that has one of them.
func TestAWrongTypeIsFound(t *testing.T) {
	t.Parallel()
	checker := newChecker(t)
	rest, err := document.REST()
	require.NoError(t, err)
	exact, near := 0, 0
	for _, s := range samples(t) {
		schema, err := rest.Schema(s.schema)
		require.NoError(t, err)
		for _, spot := range s.spots(t) {
			for _, stranger := range []any{nil, true, 70417.75, canary, []any{canary}, map[string]any{canary: canary}} {
				changed := replaced(s.value, spot.steps, stranger)
				found := checker.Check(s.with(t, changed))
				assert.NotContains(t, told(t, found), canary, s.name)
				wrong := without(found, contract.UnknownField)
				if schema.Validate(changed) == nil {
					assert.Empty(t, wrong, "%s at %v", s.name, spot.steps)
					continue
				}
				require.NotEmpty(t, wrong, "%s at %v", s.name, spot.steps)
				if wrong[0].Pointer == spot.pointer || wrong[0].Pointer == spot.pointer+"/*" || wrong[0].Kind == contract.MissingField {
					exact++
					continue
				}
				near++
				assert.True(t, spot.chosen, "%s at %v: %v", s.name, spot.steps, wrong)
				assert.True(t, strings.HasPrefix(spot.pointer, wrong[0].Pointer), "%s at %v: %v", s.name, spot.steps, wrong)
			}
		}
	}
	t.Logf("%d wrong values found at their place, %d near it", exact, near)
	assert.Greater(t, exact, 2000)
	assert.Less(t, near, exact)
}

func without(found []contract.Finding, kind contract.Kind) []contract.Finding {
	var kept []contract.Finding
	for _, finding := range found {
		if finding.Kind != kind {
			kept = append(kept, finding)
		}
	}
	return kept
}

func TestCheck(t *testing.T) {
	t.Parallel()
	checker := newChecker(t)
	const room = `"id":1,"room_id":"7","channel_id":1,"name":"Dewi","user_id":"628","source":"wa"`
	for name, test := range map[string]struct {
		exchange qismo.Exchange
		want     []string
	}{
		"unknown operation":    {qismo.Exchange{Operation: "x", Status: 302}, nil},
		"no operation":         {qismo.Exchange{Status: 302}, nil},
		"undeclared status":    {answer("getRoom", 302, "text/html", "<a>"), []string{"getRoom 302: undeclared status"}},
		"body nobody knows":    {answer("sendBotMessage", 200, "text/html", "ok"), nil},
		"other JSON":           {answer("getRoom", 200, "application/vnd.api+json; charset=utf-8", `{"data":{"customer_room":{`+room+`}}}`), nil},
		"other content type":   {answer("getRoom", 200, "text/html", `{"data":{"customer_room":{`+room+`}}}`), []string{"getRoom 200: undeclared content type: application/json expected, text/html found"}},
		"no content type":      {answer("getRoom", 200, "", `{"data":{"customer_room":{`+room+`}}}`), []string{"getRoom 200: undeclared content type: application/json expected, none found"}},
		"a picture":            {answer("getRoom", 200, "image/x-"+canary, "x"), []string{"getRoom 200: not JSON", "getRoom 200: undeclared content type: application/json expected, image/* found"}},
		"a type that says all": {answer("getRoom", 200, canary+"; x", "[]"), []string{"getRoom 200: undeclared content type: application/json expected, ? found", "getRoom 200: wrong type: object expected, array found"}},
		"not JSON":             {answer("getRoom", 200, "application/json", `{"data":`), []string{"getRoom 200: not JSON"}},
		"empty":                {answer("getRoom", 200, "application/json", ``), []string{"getRoom 200: not JSON"}},
		"cut off":              {qismo.Exchange{Operation: "getRoom", Status: 200, ContentType: "application/json", Body: []byte(`{"data":`)}, nil},
		"a number too large":   {answer("getRoom", 200, "application/json", `{"data":1e999}`), []string{"getRoom 200: broken rule"}},
		"a page of a gateway":  {answer("getRoom", 502, "text/html", "<html>"), nil},
		"an empty refusal":     {answer("getRoom", 401, "application/json", ""), nil},
		"a refusal, not JSON":  {answer("getRoom", 401, "application/json", "no"), []string{"getRoom 401: not JSON"}},
		"a refusal, untyped":   {answer("getRoom", 401, "", `{"errors":{"message":"x","code":7}}`), []string{"getRoom 401: unknown field at /errors/code: integer"}},
		"an unknown refusal":   {answer("getRoom", 401, "application/json", `{"sebab":"x"}`), []string{"getRoom 401: broken rule"}},
		"a missing field":      {answer("listRoomTags", 200, "application/json", `{"data":[{"id":1},{"id":2}]}`), []string{"listRoomTags 200: missing field at /data/*/name"}},
		"a broken rule":        {answer("getRoom", 200, "application/json", `{"data":{"customer_room":{`+room+`,"last_customer_timestamp":"kemarin"}}}`), []string{"getRoom 200: broken rule at /data/customer_room/last_customer_timestamp"}},
		"keys of a map":        {answer("getAppConfigs", 200, "application/json", `{"data":{"configs":{"ig_story_mention_enabled:5133":{"`+canary+`":1},"is_bot_enabled":[]}}}`), []string{"getAppConfigs 200: wrong type at /data/configs/is_bot_enabled: boolean or null or string expected, array found"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines := []string(nil)
			for _, finding := range checker.Check(test.exchange) {
				lines = append(lines, finding.String())
			}
			assert.Equal(t, test.want, lines)
		})
	}
}

func answer(operation string, status int, contentType, body string) qismo.Exchange {
	return qismo.Exchange{Operation: operation, Method: "GET", Status: status, ContentType: contentType, Body: []byte(body), Whole: true}
}

// Of the names of unknown fields, those are told that a programmer may have given.
func TestNamesOfUnknownFields(t *testing.T) {
	t.Parallel()
	checker := newChecker(t)
	for name, told := range map[string]bool{
		"is_calling": true, "isCalling": true, "x": true, strings.Repeat("x", 40): true,
		strings.Repeat("x", 41): false, "": false, "*": false, "_x": false, "Dewi": false, "dewi lestari": false,
		"dewi@example.id": false, "628115550123": false, "ig_story_mention_enabled:5133": false, "x2": false,
		"nomor-pesanan": false, "naïve": false, "a/b": false, "a~b": false, "\n": false,
	} {
		body, err := json.Marshal(map[string]any{"data": []any{}, name: 1})
		require.NoError(t, err)
		found := checker.Check(answer("listRoomTags", 200, "application/json", string(body)))
		want := "/?"
		if told {
			want = "/" + name
		}
		require.Len(t, found, 1, name)
		assert.Equal(t, want, found[0].Pointer)
	}
}

// However much an answer deviates, what is told of it is bounded, and each finding
// is told once with its count.
func TestFindingsOfOneAnswerAreBounded(t *testing.T) {
	t.Parallel()
	checker := newChecker(t)
	var rows []any
	fields := map[string]any{"id": 1, "name": "x"}
	for i := range 3000 {
		fields[strings.NewReplacer("0", "a", "1", "b", "2", "c", "3", "d", "4", "e", "5", "f", "6", "g", "7", "h", "8", "i", "9", "j").
			Replace(fmt.Sprint("baru", i))] = 1
		rows = append(rows, map[string]any{"id": 1, "name": "x", canary: 1})
	}
	body, err := json.Marshal(map[string]any{"data": append(rows, fields)})
	require.NoError(t, err)
	found := checker.Check(answer("listRoomTags", 200, "application/json", string(body)))
	assert.Len(t, found, 1000)
	assert.Equal(t, "/data/*/?", found[0].Pointer)
	assert.Equal(t, 3000, found[0].Count)
}
