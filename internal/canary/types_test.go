package canary_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/chat"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// planter fills a value with one of everything and puts a canary wherever a secret
// can be.
type planter struct {
	canary      string
	secrets     int
	credentials int // which JSON has to show
}

func (p *planter) fill(value reflect.Value, depth int) {
	if !value.CanSet() || depth > 8 { // some types hold themselves
		return
	}
	switch value.Interface().(type) {
	case flex.Secret:
		p.secrets++
		value.Set(reflect.ValueOf(flex.Secret(p.canary)))
		return
	case flex.SecretJSON:
		p.secrets++
		inner, _ := flex.NewJSON(map[string]string{"pin": p.canary})
		value.Set(reflect.ValueOf(flex.NewSecretJSON(inner)))
		return
	case flex.Credential:
		p.credentials++
		value.Set(reflect.ValueOf(flex.Credential(p.canary)))
		return
	}
	switch value.Kind() {
	case reflect.Pointer:
		value.Set(reflect.New(value.Type().Elem()))
		p.fill(value.Elem(), depth+1)
	case reflect.Struct:
		for i := range value.NumField() {
			p.fill(value.Field(i), depth+1)
		}
	case reflect.Slice:
		value.Set(reflect.MakeSlice(value.Type(), 1, 1))
		p.fill(value.Index(0), depth+1)
	case reflect.Map:
		member := reflect.New(value.Type().Elem()).Elem()
		p.fill(member, depth+1)
		value.Set(reflect.MakeMap(value.Type()))
		value.SetMapIndex(reflect.ValueOf("baru").Convert(value.Type().Key()), member)
	}
}

// spoken are the types that the methods of the façades' services take and return.
func spoken(t *testing.T) map[reflect.Type]bool {
	t.Helper()
	types := map[reflect.Type]bool{}
	add := func(kind reflect.Type) {
		for kind.Kind() == reflect.Pointer || kind.Kind() == reflect.Slice {
			kind = kind.Elem()
		}
		types[kind] = true
	}
	for _, client := range []reflect.Type{
		reflect.TypeFor[qismo.Client](), reflect.TypeFor[chat.Server](), reflect.TypeFor[chat.User](),
	} {
		for i := range client.NumField() {
			service := client.Field(i)
			if !service.IsExported() {
				continue
			}
			for m := range service.Type.NumMethod() {
				method := service.Type.Method(m).Type
				for in := 1; in < method.NumIn(); in++ {
					add(method.In(in))
				}
				for out := range method.NumOut() {
					add(method.Out(out))
				}
			}
		}
	}
	for _, row := range []reflect.Type{ // of files
		reflect.TypeFor[chat.ImportUser](), reflect.TypeFor[chat.ImportRoom](), reflect.TypeFor[chat.ImportMessage](),
	} {
		add(row)
	}
	return types
}

// Whatever a method takes or returns can be printed and logged, and what it returns
// marshaled, without a secret.
func TestNoTypeShowsItsSecrets(t *testing.T) {
	const canary = "kanari-77c1"
	withSecrets := 0
	for kind := range spoken(t) {
		value := reflect.New(kind)
		planted := planter{canary: canary}
		planted.fill(value.Elem(), 0)
		if planted.secrets+planted.credentials == 0 {
			continue
		}
		withSecrets++
		encoded, err := json.Marshal(value.Interface())
		require.NoError(t, err, kind)
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "pointer", value.Interface(), "value", value.Elem().Interface())
		if planted.credentials == 0 {
			slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "value", value.Interface())
			log.Write(encoded)
		} else {
			assert.Contains(t, string(encoded), canary, "%s: it is sent", kind)
		}
		for _, verb := range []string{"%v", "%+v", "%#v"} {
			log.WriteString(fmt.Sprintf(verb, value.Interface()) + fmt.Sprintf(verb, value.Elem().Interface()))
		}
		assert.Contains(t, log.String(), "***", kind)
		assert.NotContains(t, log.String(), canary, kind)
		assert.NotContains(t, log.String(), strings.Trim(fmt.Sprintf("%d", []byte(canary)), "[]"), kind)
	}
	assert.Greater(t, withSecrets, 35)
}
