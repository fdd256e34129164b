package canary

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
)

// candidates are the canaries that may stand in the place of a leaf of a request: one
// of a kind that changes from place to place, so that all are sent, and those that are
// taken where not all text is.
func candidates(place leaf, turn int) []Canary {
	kinds := []Kind{Sentence, Name, Token, Scripts, Email}
	kinds = []Kind{kinds[turn%len(kinds)], Email, Address, Phone}
	if _, isNumber := place.value.(float64); isNumber {
		kinds = []Kind{Phone}
	}
	if _, isFlag := place.value.(bool); isFlag || place.value == nil {
		return nil
	}
	canaries := make([]Canary, 0, len(kinds))
	for _, kind := range kinds {
		canaries = append(canaries, inRequest(kind, place.name))
	}
	return canaries
}

// requestCanaries are all canaries that requests of the operations may hold.
func requestCanaries(operations []*operated) []Canary {
	canaries := []Canary{New(Ordinary, "a request")}
	seen := map[string]bool{}
	for _, operation := range operations {
		for turn, place := range leavesOf(operation.values, nil, "") {
			for _, canary := range candidates(place, turn) {
				if !seen[canary.String()] {
					seen[canary.String()] = true
					canaries = append(canaries, canary)
				}
			}
		}
	}
	return canaries
}

// invalid are values with a canary in them that a façade may have to refuse.
func invalid(canary Canary) []string {
	return []string{
		"../" + canary.Text, canary.Text + "/x", canary.Text + "\r\nX-Other: 1", "%zz" + canary.Text,
		"0" + canary.Text + "\x00", strings.Repeat(canary.Text+" ", 200),
	}
}

// plant puts canaries into the arguments of an operation, as many as it takes. What it
// does not take must be refused without being quoted, which is looked at on the way.
func (d *driver) plant(ctx context.Context, on *client, operation *operated) {
	operation.ordinary = operation.values
	for turn, place := range leavesOf(operation.values, nil, "") {
		for _, canary := range candidates(place, turn) {
			tried := with(operation.values, place.path, jsonOf(canary, place))
			fate := d.try(ctx, on, operation, tried, canary.Text)
			if fate == taken {
				operation.values, _ = tried.(map[string]any)
				d.numbers.Planted++
				d.plantMore(ctx, on, operation, place, canary)
			}
			if fate != refused {
				break
			}
		}
	}
}

// plantMore tries an ordinary sentence, and values that may have to be refused, where
// a canary was taken.
func (d *driver) plantMore(ctx context.Context, on *client, operation *operated, place leaf, canary Canary) {
	if _, isText := place.value.(string); !isText {
		return
	}
	tried := with(operation.ordinary, place.path, ordinary)
	if d.try(ctx, on, operation, tried, ordinary) == taken {
		operation.ordinary, _ = tried.(map[string]any)
		d.numbers.Ordinary++
	}
	for _, value := range invalid(canary) {
		d.try(ctx, on, operation, with(operation.values, place.path, value), value)
	}
}

// jsonOf is a canary as a number where there was one.
func jsonOf(canary Canary, place leaf) any {
	if _, isNumber := place.value.(float64); isNumber {
		return json.Number(canary.Text)
	}
	return canary.Text
}

// fate is what becomes of a value.
type fate int

const (
	refused fate = iota // before anything was sent
	left                // out of the request: the method has no use for it
	taken
)

// try tells what becomes of a value in the arguments of a call.
func (d *driver) try(ctx context.Context, on *client, operation *operated, tried any, text string) fate {
	values, _ := tried.(map[string]any)
	_ = d.call(ctx, on, operation, values) // it fails in any case
	requests := on.lane.take()
	if len(requests) == 0 {
		d.numbers.Refused++
		return refused
	}
	for _, request := range requests {
		if bytes.Contains(request.body, []byte(text)) || slices.ContainsFunc(request.says(), func(said string) bool {
			return strings.Contains(said, text)
		}) {
			return taken
		}
	}
	return left
}
