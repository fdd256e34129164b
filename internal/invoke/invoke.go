// Package invoke calls any method of a façade, so that tests can go through all
// of them. It stands apart from package facade, which the code generator uses
// while the client may not compile yet.
package invoke

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"strings"
	"unicode"

	"github.com/qismo-go/qismo/internal/facade"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// Method calls a method on a client, which is a pointer to one that has the method's
// service, with arguments that are found by name: a struct of parameters takes what it
// has members for, and any other parameter the value of its own name, where roomID
// stands for room_id. A name such as Tags.Create.tag, or User.Messages.Send.message, is
// for that one method. Iterators are walked, and files read, to their end. The error is
// the method's, or says which argument is missing.
func Method(ctx context.Context, client any, method facade.Method, values map[string]any) error {
	field := method.Service[strings.LastIndex(method.Service, ".")+1:] // behind the client, if it is named
	service := reflect.ValueOf(client).Elem().FieldByName(field)
	if !service.IsValid() {
		return fmt.Errorf("the client has no %s", method.Service)
	}
	function := service.MethodByName(method.Name)
	if !function.IsValid() {
		return fmt.Errorf("no method %s", method)
	}
	arguments := make([]reflect.Value, 0, len(method.Parameters))
	for i, name := range method.Parameters {
		kind := function.Type().In(i)
		switch {
		case kind == reflect.TypeFor[context.Context]():
			arguments = append(arguments, reflect.ValueOf(ctx))
		case kind == reflect.TypeFor[[]qismo.Option](): // none
			arguments = append(arguments, reflect.Zero(kind))
		default:
			argument, err := argument(namesOf(method, name), kind, values)
			if err != nil {
				return fmt.Errorf("call %s: parameter %s: %w", method, name, err)
			}
			arguments = append(arguments, argument)
		}
	}
	if function.Type().IsVariadic() {
		return outcome(function.CallSlice(arguments))
	}
	return outcome(function.Call(arguments))
}

// namesOf are the names that a parameter's value may have. What is called params is
// params in no document.
func namesOf(method facade.Method, parameter string) []string {
	own := method.String() + "." + parameter
	if parameter == "params" {
		return []string{own}
	}
	return []string{own, parameter, snakeCase(parameter)}
}

var errNoValue = errors.New("nothing is known to give it")

// argument makes a value of a type of the first name that there is a value for.
func argument(names []string, kind reflect.Type, values map[string]any) (reflect.Value, error) {
	var given any
	found := false
	for _, name := range names {
		if given, found = values[name]; found {
			break
		}
	}
	if found && given != nil && reflect.TypeOf(given).AssignableTo(kind) {
		return reflect.ValueOf(given), nil
	}
	if !found && kind.Kind() == reflect.Struct {
		given, found = ofNone(values), true
	}
	if !found {
		return reflect.Value{}, errNoValue
	}
	written, err := json.Marshal(given)
	if err != nil {
		return reflect.Value{}, err
	}
	// A number may be wanted as text, and text as a number or a flag.
	var failure error
	for _, form := range []string{string(written), strings.Trim(string(written), `"`), `"` + string(written) + `"`} {
		made := reflect.New(kind)
		err := json.Unmarshal([]byte(form), made.Interface())
		if err == nil {
			return made.Elem(), nil
		}
		failure = errors.Join(failure, err)
	}
	return reflect.Value{}, failure
}

// ofNone are the values that are not for one method alone.
func ofNone(values map[string]any) map[string]any {
	others := maps.Clone(values)
	maps.DeleteFunc(others, func(name string, _ any) bool { return strings.Contains(name, ".") })
	return others
}

// outcome finds the error among a method's results, or at the end of a walk or a file.
func outcome(results []reflect.Value) error {
	for _, result := range results {
		if media, ok := reflect.TypeAssert[*qismo.WhatsAppMedia](result); ok && media != nil {
			_, err := io.Copy(io.Discard, media.Body)
			return errors.Join(err, media.Body.Close())
		}
		if result.Kind() == reflect.Func { // an iter.Seq2 of rows and errors
			for _, failure := range result.Seq2() {
				if err, ok := reflect.TypeAssert[error](failure); ok {
					return err
				}
			}
		}
		if err, ok := reflect.TypeAssert[error](result); ok {
			return err
		}
	}
	return nil
}

// snakeCase writes roomID as room_id, and agentIDs as agent_ids.
func snakeCase(name string) string {
	var written strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if unicode.IsUpper(r) && i > 0 && !unicode.IsUpper(runes[i-1]) {
			written.WriteByte('_')
		}
		written.WriteRune(unicode.ToLower(r))
	}
	return written.String()
}
