package sandbox

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/btree"
)

// notKept are the fields of the state that no record has, each with the reason why.
var notKept = map[string]string{
	"state.touched": "it is empty when everything is kept",
	"state.tell":    "a function of who made the Sandbox",
	"state.clock":   "how far it was moved is compared by itself",

	"state.toCustomer":       "a function of the Sandbox",
	"state.wasPosted":        "the same",
	"state.chatEvents":       "the same",
	"settings.tokenLife":     "how the platform is simulated is said anew each time",
	"settings.chatTokenLife": "the same",
	"settings.countLag":      "the same",
	"customerCount.lag":      "the same",
	"eventSettings.shapes":   "the same",
}

// comparison walks two values side by side, through whatever they point to. It finds
// fields that differ, and things that are one in one value and two in the other. New
// fields are found without being named here.
type comparison struct {
	differences []string
	partner     map[unsafe.Pointer]unsafe.Pointer // of each thing on the left, that on the right
	filled      map[string]bool                   // fields that had a value
}

func newComparison() *comparison {
	return &comparison{partner: map[unsafe.Pointer]unsafe.Pointer{}, filled: map[string]bool{}}
}

func (c *comparison) differ(path, format string, args ...any) {
	c.differences = append(c.differences, path+": "+fmt.Sprintf(format, args...))
}

// open makes a value that can be read, whether its name is exported or not.
func open(value reflect.Value) reflect.Value {
	if value.CanAddr() {
		return reflect.NewAt(value.Type(), unsafe.Pointer(value.UnsafeAddr())).Elem()
	}
	copied := reflect.New(value.Type()).Elem()
	copied.Set(value)
	return copied
}

func (c *comparison) walk(path string, left, right reflect.Value) {
	if left.Type() != right.Type() {
		c.differ(path, "%s here, %s there", left.Type(), right.Type())
		return
	}
	left, right = open(left), open(right)
	if c.special(path, left, right) {
		return
	}
	switch left.Kind() {
	case reflect.Pointer:
		c.walkPointer(path, left, right)
	case reflect.Interface:
		if left.IsNil() || right.IsNil() {
			c.same(path, left.IsNil(), right.IsNil())
			return
		}
		c.walk(path, left.Elem(), right.Elem())
	case reflect.Struct:
		for i := range left.NumField() {
			name := left.Type().Name() + "." + left.Type().Field(i).Name
			if _, is := notKept[name]; is {
				continue
			}
			c.filled[name] = c.filled[name] || !left.Field(i).IsZero()
			c.walk(path+"."+left.Type().Field(i).Name, left.Field(i), right.Field(i))
		}
	case reflect.Slice, reflect.Array:
		if left.Kind() == reflect.Slice && left.IsNil() != right.IsNil() || left.Len() != right.Len() {
			c.differ(path, "%d items here (nil: %t), %d there (nil: %t)", left.Len(), left.IsZero(), right.Len(), right.IsZero())
			return
		}
		for i := range left.Len() {
			c.walk(fmt.Sprintf("%s[%d]", path, i), left.Index(i), right.Index(i))
		}
	case reflect.Map:
		c.walkMap(path, left, right)
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		c.differ(path, "nobody knows how to compare a %s", left.Kind())
	default:
		c.same(path, left.Interface(), right.Interface())
	}
}

func (c *comparison) same(path string, left, right any) {
	if left != right {
		c.differ(path, "%#v here, %#v there", left, right)
	}
}

// special compares what is the same in spite of other bytes.
func (c *comparison) special(path string, left, right reflect.Value) bool {
	switch here := left.Interface().(type) {
	case time.Time:
		if there := right.Interface().(time.Time); !here.Equal(there) {
			c.differ(path, "%s here, %s there", here, there)
		}
	case []errand: // of which there are none, before any or after all
		return len(here) == 0 && right.Len() == 0
	case btree.Map[int64, *room]:
		there := right.Interface().(btree.Map[int64, *room])
		c.same(path, fmt.Sprint(here.Keys()), fmt.Sprint(there.Keys()))
		c.walk(path, reflect.ValueOf(here.Values()), reflect.ValueOf(there.Values()))
	case map[*Channel]*channelDetails:
		byKey := func(details map[*Channel]*channelDetails) any {
			found := map[channelKey]any{}
			for channel, detail := range details {
				found[keyOf(channel)] = []any{channel, detail}
			}
			return &found
		}
		c.walk(path, reflect.ValueOf(byKey(here)), reflect.ValueOf(byKey(right.Interface().(map[*Channel]*channelDetails))))
	default:
		return false
	}
	return true
}

func (c *comparison) walkPointer(path string, left, right reflect.Value) {
	if left.IsNil() || right.IsNil() {
		c.same(path, left.IsNil(), right.IsNil())
		return
	}
	partner, seen := c.partner[left.UnsafePointer()]
	if seen {
		if partner != right.UnsafePointer() {
			c.differ(path, "one thing here, two there")
		}
		return
	}
	c.partner[left.UnsafePointer()] = right.UnsafePointer()
	c.walk(path, left.Elem(), right.Elem())
}

func (c *comparison) walkMap(path string, left, right reflect.Value) {
	if left.IsNil() != right.IsNil() || left.Len() != right.Len() {
		c.differ(path, "%v here, %v there", left.MapKeys(), right.MapKeys())
		return
	}
	for _, key := range left.MapKeys() {
		there := right.MapIndex(key)
		if !there.IsValid() {
			c.differ(path, "%v is not there", key)
			continue
		}
		c.walk(path+" key", key, key) // which fills its fields
		c.walk(fmt.Sprintf("%s[%v]", path, key), left.MapIndex(key), there)
	}
}

// compareStates fails the test where two states differ.
func (c *comparison) compareStates(t *testing.T, left, right *state) {
	t.Helper()
	c.differences, c.partner = nil, map[unsafe.Pointer]unsafe.Pointer{}
	c.walk("state", reflect.ValueOf(left), reflect.ValueOf(right))
	c.same("clock", left.clock.Ahead(), right.clock.Ahead())
	slices.Sort(c.differences)
	assert.Empty(t, c.differences[:min(len(c.differences), 10)])
}

// neverFilled are the fields that had no value in all that was compared: that they
// are kept was not seen.
func (c *comparison) neverFilled() []string {
	var names []string
	seen := map[reflect.Type]bool{}
	var visit func(kind reflect.Type)
	visit = func(kind reflect.Type) {
		if seen[kind] {
			return
		}
		seen[kind] = true
		switch kind.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array:
			visit(kind.Elem())
		case reflect.Map:
			visit(kind.Key())
			visit(kind.Elem())
		case reflect.Struct:
			if kind.PkgPath() != reflect.TypeFor[state]().PkgPath() {
				return
			}
			for i := range kind.NumField() {
				field := kind.Field(i)
				name := kind.Name() + "." + field.Name
				if _, is := notKept[name]; is {
					continue
				}
				if !c.filled[name] {
					names = append(names, name)
				}
				visit(field.Type)
			}
		}
	}
	visit(reflect.TypeFor[state]())
	return names
}

// restored is what a new Sandbox would make of what a store holds.
func restored(t *testing.T, store Store, config Config) *state {
	t.Helper()
	config.Clock = nil
	config, err := config.withDefaults()
	require.NoError(t, err)
	state, err := newRecorder(store).restore(&config)
	require.NoError(t, err)
	require.NotNil(t, state)
	return state
}
