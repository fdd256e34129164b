package document

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
)

// Visit is one value of a body, with what the document says about it.
type Visit struct {
	where *path
	// Type is the value's JSON type; a number without a fraction is an integer.
	Type string
	// Expected are the types that the document wants, when the value has another;
	// nothing below it is visited then.
	Expected string
	// Unknown are the members of an object that the document does not list, if it
	// lists the object's members at all, by name.
	Unknown []Member
	// Missing are the required members that an object lacks.
	Missing []string
	// Broken says that the type is right, and the value breaks another rule, such as
	// a list of values or a pattern, or fits none of several shapes.
	Broken bool
}

// Member is a member of an object.
type Member struct{ Name, Type string }

// Pointer tells where the value stands, as a JSON pointer that holds nothing of
// the body: it is made of names that the document lists; the index of an item and
// the name of a member whose name is free are both *.
func (v Visit) Pointer() string { return v.where.pointer() }

// path is where a value stands. Pointers are made of it when they are wanted,
// which is rarely.
type path struct {
	above *path
	step  string
}

func (p *path) pointer() string {
	var steps []string
	for ; p != nil; p = p.above {
		steps = append(steps, p.step)
	}
	slices.Reverse(steps)
	return pointer(steps...)
}

// anyStep stands for an index, or a name that is free.
const anyStep = "*"

// Walk visits the values of a body as encoding/json decodes it into an any, as far
// down as the document describes them: below an object of which it lists no
// members nothing is visited, as its names are anybody's. It follows references,
// all parts of an allOf, of an anyOf or oneOf the branches that the value fits,
// and of a condition the side that it selects. Of a value that fits no branch it
// takes the one it comes closest to, or says that it fits none.
func (s *Shape) Walk(value any, visit func(Visit)) {
	w := &walker{visit: visit, invalid: !s.fits(value)}
	w.value(value, []*Shape{s}, nil)
	if w.invalid && !w.told {
		visit(Visit{Type: typeOf(value).String(), Broken: true})
	}
}

// walker is one walk.
type walker struct {
	visit   func(Visit)
	invalid bool // something in the body is invalid, so that a closer look pays
	told    bool // and what it is was told
}

func (w *walker) tell(v Visit) {
	w.told = w.told || v.Expected != "" || len(v.Missing) > 0 || v.Broken
	w.visit(v)
}

func (w *walker) value(value any, shapes []*Shape, where *path) {
	is := typeOf(value)
	visit := Visit{where: where, Type: is.String()}
	accepts := types(anyType)
	for _, shape := range shapes {
		accepts &= shape.accepts
	}
	if accepts&is == 0 {
		visit.Expected = accepts.String()
		w.tell(visit)
		return
	}
	switch value := value.(type) {
	case map[string]any:
		w.object(visit, value, shapes)
	case []any:
		w.list(visit, value, shapes)
	default:
		visit.Broken = w.invalid && slices.ContainsFunc(shapes, func(s *Shape) bool { return !s.fits(value) })
		w.tell(visit)
	}
}

func (w *walker) object(visit Visit, object map[string]any, shapes []*Shape) {
	found := layersOf(object, shapes)
	visit.Broken = found.broken
	names := sortedKeys(object)
	for _, name := range names {
		if found.member(name) == nil && found.closed() {
			visit.Unknown = append(visit.Unknown, Member{name, typeOf(object[name]).String()})
		}
	}
	visit.Missing = found.missing(object)
	w.tell(visit)
	for _, name := range names {
		if below := found.member(name); below != nil {
			w.value(object[name], below, &path{visit.where, name})
		} else if below := found.others(); below != nil {
			w.value(object[name], below, &path{visit.where, anyStep})
		}
	}
}

func (w *walker) list(visit Visit, list []any, shapes []*Shape) {
	found := layersOf(list, shapes)
	visit.Broken = found.broken
	w.tell(visit)
	below := found.items()
	if below == nil {
		return
	}
	where := &path{visit.where, anyStep}
	for _, item := range list {
		w.value(item, below, where)
	}
}

// layers are all schemas that have a say in one value.
type layers struct {
	shapes []*Shape
	open   bool // a branch that the value fits lists no members: any name will do
	broken bool // the value fits no branch, and comes close to several
}

func layersOf(value any, shapes []*Shape) *layers {
	found := &layers{}
	for _, shape := range shapes {
		found.add(shape, value)
	}
	return found
}

func (l *layers) add(shape *Shape, value any) {
	if slices.Contains(l.shapes, shape) {
		return
	}
	l.shapes = append(l.shapes, shape)
	for _, below := range shape.all {
		l.add(below, value)
	}
	for _, branches := range shape.choices {
		l.choose(branches, value)
	}
	if c := shape.condition; c != nil {
		side := c.otherwise
		if c.test.fits(value) {
			side = c.then
		}
		if side != nil {
			l.add(side, value)
		}
	}
	object, _ := value.(map[string]any)
	for name, below := range shape.dependent {
		if _, there := object[name]; there {
			l.add(below, value)
		}
	}
}

// choose adds the branches that a value fits.
func (l *layers) choose(branches []*Shape, value any) {
	is := typeOf(value)
	var meant []*Shape
	for _, branch := range branches {
		if branch.accepts&is != 0 {
			meant = append(meant, branch)
		}
	}
	if len(meant) > 1 {
		var fit bool
		if meant, fit = closest(meant, value); !fit && len(meant) > 1 {
			l.broken, l.open = true, true
			return
		}
	}
	before := l.lists()
	listing := 0
	for _, branch := range meant {
		alone := layersOf(value, []*Shape{branch})
		if alone.lists() {
			listing++
		}
		l.open, l.broken = l.open || alone.open, l.broken || alone.broken
		for _, shape := range alone.shapes {
			if !slices.Contains(l.shapes, shape) {
				l.shapes = append(l.shapes, shape)
			}
		}
	}
	// A branch that only adds rules to what stands beside the choice opens nothing.
	l.open = l.open || listing > 0 && listing < len(meant) && !before
}

// closest returns the branches that have least against a value, and whether that
// is nothing. What a value lacks counts more than what is wrong with it: a branch
// is told by the members that it requires.
func closest(branches []*Shape, value any) (found []*Shape, fit bool) {
	const lackWeighs = 1000
	least := math.MaxInt
	for _, branch := range branches {
		against := 0
		for _, problem := range branch.problems(value) {
			against++
			if problem.IsLack() {
				against += lackWeighs
			}
		}
		if against < least {
			least, found = against, nil
		}
		if against == least {
			found = append(found, branch)
		}
	}
	return found, least == 0
}

// lists reports whether the members are listed at all.
func (l *layers) lists() bool {
	return slices.ContainsFunc(l.shapes, func(s *Shape) bool { return len(s.members) > 0 })
}

// closed reports whether a member that is not listed is an unknown one.
func (l *layers) closed() bool { return l.lists() && !l.open && l.others() == nil }

func (l *layers) member(name string) []*Shape {
	return l.collect(func(s *Shape) []*Shape { return s.members[name] })
}

func (l *layers) others() []*Shape { return l.collect(func(s *Shape) []*Shape { return s.others }) }

func (l *layers) items() []*Shape { return l.collect(func(s *Shape) []*Shape { return s.items }) }

// collect joins what the layers say, mostly one of them.
func (l *layers) collect(part func(*Shape) []*Shape) []*Shape {
	var found []*Shape
	for _, shape := range l.shapes {
		switch said := part(shape); {
		case found == nil:
			found = said
		case said != nil:
			found = append(slices.Clip(found), said...)
		}
	}
	return found
}

// missing lists the required members that an object lacks.
func (l *layers) missing(object map[string]any) []string {
	var names []string
	for _, shape := range l.shapes {
		for _, name := range shape.required {
			if _, there := object[name]; !there && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

func typeOf(value any) types {
	switch value := value.(type) {
	case nil:
		return typeNull
	case bool:
		return typeBoolean
	case string:
		return typeString
	case []any:
		return typeArray
	case map[string]any:
		return typeObject
	case json.Number:
		if !strings.ContainsAny(string(value), ".eE") {
			return typeInteger
		}
		number, err := value.Float64()
		return numberType(number, err == nil)
	case float64:
		return numberType(value, true)
	case int:
		return typeInteger // out of YAML
	default:
		return typeFraction
	}
}

func numberType(number float64, finite bool) types {
	if finite && number == math.Trunc(number) {
		return typeInteger
	}
	return typeFraction
}
