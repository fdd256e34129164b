package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Shape is one of the forms that an event has had, named by the year in which it was
// first known. The names are those of package qismotest, which has them all.
type Shape string

// The shapes.
const (
	// ShapeNew stands for the form that an event has unless told otherwise, and
	// ShapeOld for its oldest.
	ShapeNew Shape = "new"
	ShapeOld Shape = "old"

	Shape2019 Shape = "2019"
	Shape2021 Shape = "2021"
	Shape2022 Shape = "2022"
	Shape2023 Shape = "2023"
	Shape2024 Shape = "2024"
	Shape2025 Shape = "2025"
)

// eventNames are the events that the Sandbox sends, in the order of the document.
func eventNames() []string {
	return []string{
		"botMessage", "customAgentAllocation", "customButton", "customChannelMessage", "markAsResolved",
		"newSession", "userLogout", "whatsAppForwardMessage", "whatsAppForwardStatus",
	}
}

// KnownShapes lists the forms of an event, the one first that it has unless told
// otherwise. It is nil for an event that the Sandbox does not send.
func KnownShapes(event string) []Shape {
	switch event {
	case "botMessage":
		return []Shape{Shape2025, Shape2024, Shape2021}
	case "customAgentAllocation":
		return []Shape{Shape2025, Shape2024, Shape2021, Shape2019}
	case "customButton": // the later form is that of a page, which nobody reads so
		return []Shape{Shape2022, Shape2024}
	case "customChannelMessage": // the later form has fewer keys
		return []Shape{Shape2022, Shape2023}
	case "markAsResolved":
		return []Shape{Shape2025, Shape2021}
	case "newSession":
		return []Shape{Shape2023, Shape2022}
	case "userLogout":
		return []Shape{Shape2022}
	case "whatsAppForwardMessage", "whatsAppForwardStatus":
		return []Shape{Shape2023}
	}
	return nil
}

// of is the form of an event that a shape means for it: of a year, the form that the
// event had in that year, or its oldest when it is not known for so long.
func (s Shape) of(event string) Shape {
	known := KnownShapes(event)
	if s == ShapeNew || s == "" {
		return known[0]
	}
	slices.Sort(known)
	meant := known[0]
	for _, shape := range known {
		if s != ShapeOld && shape <= s {
			meant = shape
		}
	}
	return meant
}

// SetShape chooses the form of an event from now on: one of [KnownShapes], [ShapeNew]
// or [ShapeOld]. Without a name it chooses that of all events, where a year stands for
// the form that each event had in that year. It fails for an event that is not sent
// and a form that it does not have.
func (s *Sandbox) SetShape(event string, shape Shape) error {
	return s.change(func() error { return setShape(s.state.settings.shapes, event, shape) })
}

// Shapes tells the form of each event.
func (s *Sandbox) Shapes() map[string]Shape {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.state.settings.shapes)
}

func setShape(shapes map[string]Shape, event string, shape Shape) error {
	switch {
	case event == "":
		if !isShape(shape) {
			return fmt.Errorf("sandbox: no event has a shape %q", shape)
		}
		for _, name := range eventNames() {
			shapes[name] = shape.of(name)
		}
		return nil
	case KnownShapes(event) == nil:
		return fmt.Errorf("sandbox: no event %q is sent", event)
	case shape != ShapeNew && shape != ShapeOld && !slices.Contains(KnownShapes(event), shape):
		return fmt.Errorf("sandbox: %s has no shape %q", event, shape)
	}
	shapes[event] = shape.of(event)
	return nil
}

func isShape(shape Shape) bool {
	return shape == ShapeNew || shape == ShapeOld || slices.ContainsFunc(eventNames(), func(event string) bool {
		return slices.Contains(KnownShapes(event), shape)
	})
}

// configuredShapes are the forms that the events begin with.
func configuredShapes(config Config) (map[string]Shape, error) {
	shapes := map[string]Shape{}
	wrong := setShape(shapes, "", orDefault(config.Shape, ShapeNew))
	for event, shape := range config.Shapes {
		if event == "" { // Config.Shape is for all
			wrong = errors.Join(wrong, errors.New("sandbox: a shape without an event"))
			continue
		}
		wrong = errors.Join(wrong, setShape(shapes, event, shape))
	}
	return shapes, wrong
}
