package qismotest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// draft is an event that is being written.
type draft struct {
	name        webhook.Name
	shape, body any // as the shape has it, and as it becomes
}

func (e *Event) draft() (*draft, error) {
	if e.misuse != nil {
		return nil, fmt.Errorf("qismotest: %w", e.misuse)
	}
	shape, err := bodyOf(e.name, e.shape)
	if err != nil {
		return nil, fmt.Errorf("qismotest: %s: %w", e.name, err)
	}
	body, err := bodyOf(e.name, e.shape)
	if err != nil {
		return nil, fmt.Errorf("qismotest: %s: %w", e.name, err)
	}
	draft := &draft{e.name, shape, body}
	if err := draft.freshen(e.fresh); err != nil {
		return nil, fmt.Errorf("qismotest: %s %s: %w", e.name, e.shape, err)
	}
	var wrong []error
	for _, change := range e.changes {
		if err := change.apply(draft); err != nil {
			wrong = append(wrong, fmt.Errorf("qismotest: %s %s: %s: %w", e.name, e.shape, change.call, err))
		}
	}
	return draft, errors.Join(wrong...)
}

// freshen makes it another delivery than the shape's. An id that is 0 stays so: the
// chat server has not given one yet.
func (d *draft) freshen(values []fill) error {
	for _, value := range values {
		places := find(d.shape, placesOf(d.name, value.fact))
		if slices.ContainsFunc(places, func(f found) bool { return fmt.Sprint(f.was) == "0" }) {
			continue
		}
		if _, err := d.fill(value); err != nil {
			return err
		}
	}
	return nil
}

// fill writes a fact to all of its places, and tells how many there are.
func (d *draft) fill(of fill) (int, error) {
	places := find(d.shape, placesOf(d.name, of.fact))
	for _, place := range places {
		value, err := place.inForm(of.value)
		if err != nil {
			return 0, err
		}
		if d.body, err = put(d.body, place.pointer, value); err != nil {
			return 0, err
		}
	}
	return len(places), nil
}

func (d *draft) put(at string, value any) error {
	parsed, err := parsePointer(at)
	if err != nil {
		return err
	}
	changed, err := put(d.body, parsed, value)
	if err != nil {
		return err
	}
	d.body = changed
	return nil
}
