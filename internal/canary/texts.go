package canary

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// verbs are how package fmt can be asked for a value, sense or not.
func verbs() []string { return []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%U", "%t"} }

// Printed is a value in every form that package fmt, JSON and slog give it.
func Printed(value any) []string {
	texts := make([]string, 0, len(verbs())+3)
	for _, verb := range verbs() {
		texts = append(texts, fmt.Sprintf(verb, value))
	}
	if encoded, err := json.Marshal(value); err == nil {
		texts = append(texts, string(encoded))
	} else {
		texts = append(texts, err.Error())
	}
	return append(texts, logged(value)...)
}

func logged(value any) []string {
	var asText, asJSON bytes.Buffer
	slog.New(slog.NewTextHandler(&asText, nil)).Info("call", "value", value)
	slog.New(slog.NewJSONHandler(&asJSON, nil)).Info("call", "value", value)
	return []string{asText.String(), asJSON.String()}
}

// holder keeps an error where package fmt calls its methods, and where it cannot.
type holder struct {
	Shown  error
	hidden error
	list   []error
}

// Texts are what shows of an error in the usual ways, and of each of its causes by
// itself.
func Texts(err error) []string {
	texts := []string{err.Error(), fmt.Sprintf("%+v %#v", err, err), fmt.Sprintf("%#v", holder{Shown: err})}
	if encoded, problem := json.Marshal(err); problem == nil {
		texts = append(texts, string(encoded))
	}
	texts = append(texts, members(err)...)
	for _, cause := range causes(err) {
		texts = append(texts, cause.Error(), fmt.Sprintf("%+v %#v", cause, cause))
		texts = append(texts, members(cause)...)
	}
	return texts
}

// AllTexts are all that can be shown of an error: itself, as others hold and wrap it,
// and each of its causes by itself.
func AllTexts(err error) []string {
	texts := append(Texts(err), Printed(err)...)
	held := holder{Shown: err, hidden: err, list: []error{err}}
	texts = append(texts, Printed(held)...)
	texts = append(texts, Printed(&held)...)
	texts = append(texts, Printed(fmt.Errorf("call: %w", err))...)
	texts = append(texts, Printed(errors.Join(errors.New("call"), err))...)
	for _, cause := range causes(err) {
		texts = append(texts, Printed(cause)...)
	}
	return append(texts, byValue(err)...)
}

// causes are what an error wraps, at any depth.
func causes(err error) []error {
	var next []error
	switch wrapper := err.(type) { //nolint:errorlint // each is looked at by itself
	case interface{ Unwrap() error }:
		if cause := wrapper.Unwrap(); cause != nil {
			next = append(next, cause)
		}
	case interface{ Unwrap() []error }:
		next = wrapper.Unwrap()
	}
	all := next
	for _, cause := range next {
		all = append(all, causes(cause)...)
	}
	return all
}

// members are the members of an error of the façade, which is printed by value for
// that, as a program may hold it.
func members(err error) []string {
	value := reflect.ValueOf(err)
	if value.Kind() != reflect.Pointer || value.IsNil() || value.Elem().Kind() != reflect.Struct {
		return nil
	}
	return []string{fmt.Sprintf("%+v", value.Elem().Interface())}
}

// byValue is an error of the façade printed by value in every form.
func byValue(err error) []string {
	var failure *qismo.Error
	var unsent *qismo.NotSentError
	var texts []string
	if errors.As(err, &failure) {
		texts = Printed(*failure)
		for _, failed := range failure.Failed {
			texts = append(texts, Printed(failed)...)
		}
	}
	if errors.As(err, &unsent) {
		texts = append(texts, Printed(*unsent)...)
	}
	return texts
}
