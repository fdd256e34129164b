package control

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/qismo-go/qismo/internal/sandbox/trouble"
)

// troubleRow is what goes wrong.
type troubleRow struct {
	Seed  uint64         `json:"seed"`
	Rules []trouble.Rule `json:"rules"`
}

func (a *api) getTrouble(*http.Request) (any, error) {
	seed, rules := a.platform.Trouble().Rules()
	if rules == nil {
		rules = []trouble.Rule{}
	}
	return troubleRow{seed, rules}, nil
}

// setTrouble answers with the rules as they are then: one for each kind in place of all.
func (a *api) setTrouble(r *http.Request) (any, error) {
	in, err := readMembers(r)
	if err != nil {
		return nil, err
	}
	seed := uint64(trouble.DefaultSeed)
	var written []json.RawMessage
	in.take("seed", "a whole number that is not negative", &seed)
	if !in.take("rules", "a list", &written) {
		in.blame(wrong("rules", "it is missing"))
	}
	if err := in.end(); err != nil {
		return nil, err
	}
	rules := make([]trouble.Rule, len(written))
	for i, source := range written {
		member := fmt.Sprintf("rules/%d", i)
		if err := rules[i].UnmarshalJSON(source); err != nil {
			return nil, wrong(member, "%s", err)
		}
		if err := a.platform.CheckTrouble(rules[i]); err != nil {
			return nil, wrong(member, "%s", err)
		}
	}
	if err := a.platform.SetTrouble(seed, rules...); err != nil {
		return nil, wrong("rules", "%s", err)
	}
	return a.getTrouble(r)
}

func (a *api) endTrouble(r *http.Request) (any, error) {
	seed, _ := a.platform.Trouble().Rules()
	if err := a.platform.SetTrouble(seed); err != nil {
		return nil, err
	}
	return a.getTrouble(r)
}

// kindRow is a kind of trouble.
type kindRow struct {
	Kind   trouble.Kind  `json:"kind"`
	What   string        `json:"what"`
	Of     trouble.Scope `json:"of"`               // calls, webhooks or realtime
	Delay  string        `json:"delay,omitempty"`  // of a rule that says none
	Status int           `json:"status,omitempty"` // of a rule that says none
}

func (a *api) listKinds(*http.Request) (any, error) {
	rows := []kindRow{}
	for _, kind := range trouble.Kinds() {
		row := kindRow{Kind: kind.Kind, What: kind.What, Of: kind.Of, Status: kind.Status}
		if kind.Delay > 0 {
			row.Delay = kind.Delay.String()
		}
		rows = append(rows, row)
	}
	return map[string]any{"kinds": rows}, nil
}
