package webhook_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime/metrics"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

const (
	hostileSize = webhook.DefaultMaxBody
	// maxAmplification is how many bytes are allocated at most for each byte of the
	// largest body that a handler takes, whatever is in it.
	maxAmplification = 48
)

// fill repeats a part until the body has the full size.
func fill(before, part, after string) string {
	count := (hostileSize - len(before) - len(after)) / len(part)
	return before + strings.Repeat(part, count) + after
}

// times is a body with as many parts as make sense, which texts then fill up.
func times(count int, before, part, after string) string {
	body := strings.TrimSuffix(before+strings.Repeat(part, count)+after, "}")
	for i := 0; ; i++ {
		body += fmt.Sprintf(`,"rest%d":"`, i)
		room := hostileSize - len(body) - len(`"}`)
		if room <= webhook.DefaultMaxText {
			return body + strings.Repeat("a", room) + `"}`
		}
		body += strings.Repeat("a", webhook.DefaultMaxText) + `"`
	}
}

// hostileBodies are all as large as a handler takes them.
func hostileBodies() map[string]string {
	const (
		head    = `{"type":"post_comment_x","channel":{},"payload":{"from":{"email":"a"},"message":{"type":"text","text":""},"room":{"id":1,`
		people  = head + `"participants":[`
		button  = `{"room_id":1,"agent":{},"customer":{"user_id":"u"},`
		extras  = `{"app_id":"a","source":"wa","email":"e","is_resolved":false,"room_id":"1","latest_service":null,"extras":"`
		badUser = `{"email":"a","id":[],"active":1,"username":[],"avatar_url":{},"id_str":{},"last_comment_read_id":true,"last_comment_received_id":{}},`
		badSent = `{"id":[],"status":[],"timestamp":[],"recipient_id":[],"origin":[],"pricing":[],"conversation":[]},`
	)
	nested := `"1"`
	for len(nested) < 300<<10 {
		packed, _ := json.Marshal(`{"source":` + nested + `}`)
		nested = string(packed)
	}
	return map[string]string{
		"one text":                    fill(head+`"name":"`, "a", `"}}}`),
		"one key":                     fill(head+`"`, "A", `":1}}}`),
		"one number":                  fill(head+`"id_str":`, "9", `}}}`),
		"one id":                      fill(`{"service":{"room_id":"1","is_resolved":true,"id":`, "9", `},"resolved_by":{"id":1,"email":"e"},"customer":{"user_id":"u"}}`),
		"one time":                    fill(`{"type":"auth","payload":{"action":"logout","user":{"id":1,"email":"a","type":1},"timestamp":"`, "1", `"}}`),
		"one time, no digits":         fill(`{"type":"auth","payload":{"action":"logout","user":{"id":1,"email":"a","type":1},"timestamp":"`, "x", `"}}`),
		"a short number that is huge": times(900, people, `{"email":"a","id":1e999999999},`, `{}]}}}`),
		"escapes":                     fill(head+`"name":"`, `\n`, `"}}}`),
		"escapes of one letter":       fill(head+`"name":"`, `\u0061`, `"}}}`),
		"halves of pairs":             fill(head+`"options":"`, `\ud800`, `"}}}`),
		"invalid UTF-8":               fill(head+`"options":"`, "\xff", `"}}}`),
		"invalid UTF-8 keys":          times(900, head, "\"\xff\xfe\":1,", `"name":""}}}`),
		"white space":                 fill(head+`"participants"`, " ", `:[`+strings.Repeat(badUser, 200)+`{}]}}}`),
		"white space before values":   fill(head+`"participants":[{"id":`, "\n", `{}}]}}}`),
		"deep":                        fill(head+`"x":`, `[`, ``),
		"deep and whole":              head + `"x":` + strings.Repeat("[", 300000) + strings.Repeat("]", 300000) + `}}}`,
		"deep up to encoding/json":    head + `"x":` + strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000) + `}}}`,
		"deep options":                fill(head+`"options":"`, `[`, `"}}}`),
		"deep payloads":               fill(`{"type":"post_comment_x","payload":`, `{"payload":`, ``),
		"members":                     fill(head, `"":1,`, `"name":""}}}`),
		"members at the top":          fill(`{"type":"post_comment_x",`, `"a":1,`, `"b":1}`),
		"members of one name":         fill(`{`, `"type":"x",`, `"type":"post_comment_x"}`),
		"escaped members":             fill(`{`, `"\u0074":1,`, `"type":"post_comment_x"}`),
		"escaped marks":               fill(`{`, `"typ\u0065":1,`, `"type":"post_comment_x"}`),
		"members within bounds":       times(9000, `{"type":"post_comment_x",`, `"\u0061":1,`, `"b":1}`),
		"long keys":                   times(0, head+strings.Repeat(`"`+strings.Repeat("K", 900)+`":{},`, 900), "", `"name":""}}}`),
		"long keys that fold":         times(0, head+strings.Repeat(`"`+strings.Repeat("\u212a", 300)+`":{},`, 900), "", `"name":""}}}`),
		"duplicates":                  fill(head, `"name":"a",`, `"name":""}}}`),
		"duplicates within bounds":    times(9000, head, `"id":2,`, `"name":""}}}`),
		"cases":                       fill(head, `"NaMe":"a",`, `"name":""}}}`),
		"cases within bounds":         times(9000, head, `"NaMe":"a",`, `"name":""}}}`),
		"cases of lists":              times(90, head, `"Participants":[`+strings.Repeat(`{"EMAIL":1},`, 40)+`{}],`, `"name":""}}}`),
		"lists twice":                 times(9, head, `"participants":[`+strings.Repeat(`{"email":"a"},`, 300)+`{}],`, `"name":""}}}`),
		"participants":                fill(people, `{},`, `{}]}}}`),
		"participants within bounds":  times(9900, people, `{},`, `{}]}}}`),
		"participants in doubt":       times(990, people, `{},`, `{}]}}}`),
		"participants that are bad":   times(990, people, badUser, `{}]}}}`),
		"participants of lists":       times(990, people, `[[],[],[],[],[]],`, `{}]}}}`),
		"informations":                fill(button+`"additional_info":[`, `{},`, `{}]}`),
		"informations within bounds":  times(9900, button+`"additional_info":[`, `{},`, `{}]}`),
		"informations with values":    times(990, button+`"additional_info":[`, `{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8},`, `{}]}`),
		"lists of a button": times(1, button+`"additional_info":[`+strings.Repeat(`1,`, 999)+`1],"customer_properties":[`+
			strings.Repeat(`{"id":[],"label":[],"value":[]},`, 999)+`1],"tag":[`+strings.Repeat(`{"id":[],"name":[]},`, 999)+`1]`, "", "}"),
		"messages":               fill(`{"messages":[`, `{},`, `{}]}`),
		"messages within bounds": times(999, `{"messages":[`, `{},`, `{}]}`),
		"messages that are good": times(900, `{"messages":[`, `{"id":"1","from":"2","timestamp":"3","type":"text","text":{"body":"x"}},`, `{"id":"1","from":"2","timestamp":"3","type":"text"}]}`),
		"messages and statuses": times(1, `{"messages":[`+strings.Repeat(`{"id":[]},`, 999)+`1],"statuses":[`+strings.Repeat(badSent, 999)+`1]`,
			"", `}`),
		"statuses":            fill(`{"statuses":[`, badSent, `{}]}`),
		"statuses in bounds":  times(999, `{"statuses":[`, badSent, `{}]}`),
		"contacts":            times(4900, `{"messages":[{"id":"1","from":"2","timestamp":"3","type":"text"}],"contacts":[`, `{"profile":{}},`, `{}]}`),
		"rules":               times(9000, `{"app_id":"a","source":"wa","email":"e","is_resolved":false,"room_id":"1","candidate_agent":{"id":1,"email":"e","assigned_rules":[`, `1,`, `1]}}`),
		"extras":              fill(extras, `{`, `"}`),
		"extras with escapes": fill(extras+`{\"user_properties\":[`, `{\"key\":1},`, `{}]}"}`),
		"JSON in text":        fill(head+`"name":"`, "a", `","options":`+nested+`}}}`),
		"no JSON at all":      fill(`{"type":"post_comment_x"`, "x", ""),
		"zeros":               fill(`{"type":"post_comment_x"`, "\x00", ""),
		"an open text":        fill(`{"type":"`, "a", ""),
		"an array":            fill("[", "{},", "{}]"),
	}
}

// Whatever a body of the largest size holds, to read and to validate it takes no more
// memory than a small multiple of it.
func TestHostileBodiesAreCheap(t *testing.T) {
	handlers := map[string]*webhook.Handler{}
	for name, options := range map[string][]webhook.Option{
		"report": {webhook.OnProblems(func(context.Context, webhook.Name, []webhook.Problem) {})},
		// Nothing is refused because of its size.
		"strict": {webhook.Validation(webhook.Strict), webhook.MaxDepth(1 << 30), webhook.MaxText(1 << 30), webhook.MaxProblems(1 << 30)},
		"off":    {webhook.Validation(webhook.Off), webhook.MaxDepth(1 << 30), webhook.MaxText(1 << 30)},
	} {
		handlers[name] = newHandler(t, ignoring(), options...)
	}
	for name, body := range hostileBodies() {
		t.Run(name, func(t *testing.T) {
			assert.LessOrEqual(t, len(body), hostileSize)
			assert.Greater(t, len(body), hostileSize/20)
			check := func(way string, read func()) {
				took := allocatedBy(read)
				assert.LessOrEqual(t, took, uint64(maxAmplification*hostileSize), "%s: %.1f times the body", way, float64(took)/hostileSize)
			}
			check("Validate", func() { _, _, _ = webhook.Validate([]byte(body)) })
			if underRace {
				return
			}
			check("Parse", func() {
				events, _ := webhook.Parse([]byte(body))
				for _, event := range events {
					_, _ = event.DeduplicationKey(), event.OrderingKey()
				}
			})
			for mode, handler := range handlers {
				check("handler "+mode, func() {
					assert.Contains(t, []int{http.StatusOK, http.StatusBadRequest, http.StatusRequestEntityTooLarge}, post(handler, body).Code)
				})
			}
		})
	}
}

// allocatedBy is how many bytes a function takes, those included that it gives back.
func allocatedBy(f func()) uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	before := sample[0].Value.Uint64()
	f()
	metrics.Read(sample)
	return sample[0].Value.Uint64() - before
}
