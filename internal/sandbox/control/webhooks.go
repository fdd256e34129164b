package control

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/qismo-go/qismo/internal/sandbox"
)

// webhookRow is where an event goes.
type webhookRow struct {
	Name  string `json:"name"`
	Event string `json:"event"`
	Of    string `json:"of,omitempty"` // the channel or the button
	URL   string `json:"url"`
	On    bool   `json:"on"`
}

func (a *api) listWebhooks(*http.Request) (any, error) {
	rows := []webhookRow{}
	for _, target := range a.platform.WebhookTargets() {
		rows = append(rows, webhookRow(target))
	}
	return map[string]any{"webhooks": rows}, nil
}

// setWebhook answers with all of them. A webhook is on unless the body says otherwise.
func (a *api) setWebhook(r *http.Request) (any, error) {
	name := r.PathValue("name")
	isNamed := func(target sandbox.WebhookTarget) bool { return target.Name == name }
	if !slices.ContainsFunc(a.platform.WebhookTargets(), isNamed) {
		return nil, refuse(http.StatusNotFound, "name", "there is no such webhook; GET "+Home+"webhooks lists them")
	}
	in, err := readMembers(r)
	if err != nil {
		return nil, err
	}
	address, on := in.text("url"), true
	in.take("on", "true or false", &on)
	if err := in.end(); err != nil {
		return nil, err
	}
	if err := a.platform.SetWebhook(name, address, on); err != nil {
		return nil, wrong("url", "%s", err)
	}
	return a.listWebhooks(r)
}

// shapeRow is the form of an event.
type shapeRow struct {
	Event string          `json:"event"`
	Shape sandbox.Shape   `json:"shape"`
	Known []sandbox.Shape `json:"known"` // those that it can have, the usual one first
}

func (a *api) getShapes(*http.Request) (any, error) {
	rows := []shapeRow{}
	for event, shape := range a.platform.Shapes() {
		rows = append(rows, shapeRow{event, shape, sandbox.KnownShapes(event)})
	}
	slices.SortFunc(rows, func(a, b shapeRow) int {
		if a.Event < b.Event {
			return -1
		}
		return 1
	})
	return map[string]any{"shapes": rows}, nil
}

func (a *api) setShapes(r *http.Request) (any, error) { return a.chooseShape(r, "") }

func (a *api) setShape(r *http.Request) (any, error) {
	event := r.PathValue("event")
	if sandbox.KnownShapes(event) == nil {
		return nil, refuse(http.StatusNotFound, "event", "no such event is sent; GET "+Home+"shapes lists those that are")
	}
	return a.chooseShape(r, event)
}

// chooseShape answers with the shapes of all events.
func (a *api) chooseShape(r *http.Request, event string) (any, error) {
	in, err := readMembers(r)
	if err != nil {
		return nil, err
	}
	shape := in.needText("shape")
	if err := in.end(); err != nil {
		return nil, err
	}
	if err := a.platform.SetShape(event, sandbox.Shape(shape)); err != nil {
		return nil, wrong("shape", "%s", err)
	}
	return a.getShapes(r)
}

// buttonRow is a custom button.
type buttonRow struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

func (a *api) listButtons(*http.Request) (any, error) {
	rows := []buttonRow{}
	for _, button := range a.platform.Buttons() {
		rows = append(rows, buttonRow(button))
	}
	return map[string]any{"buttons": rows}, nil
}

// setButtons answers with the buttons.
func (a *api) setButtons(r *http.Request) (any, error) {
	in, err := readMembers(r)
	if err != nil {
		return nil, err
	}
	var written []map[string]json.RawMessage
	if !in.take("buttons", "a list of objects", &written) {
		in.blame(wrong("buttons", "it is missing"))
	}
	if err := in.end(); err != nil {
		return nil, err
	}
	buttons := make([]sandbox.Button, len(written))
	for i, source := range written {
		one := &members{values: source, path: fmt.Sprintf("buttons/%d/", i)}
		buttons[i] = sandbox.Button{Name: one.needText("name"), URL: one.text("url")}
		if err := one.end(); err != nil {
			return nil, err
		}
	}
	if err := a.platform.SetButtons(buttons...); err != nil {
		return nil, wrong("buttons", "%s", err)
	}
	return a.listButtons(r)
}
