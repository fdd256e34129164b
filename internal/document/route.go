package document

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// Router finds the operation of a request. The document's templates overlap:
// /api/v2/customer_rooms/agents fits /api/v2/{role}/agents as well as
// /api/v2/customer_rooms/{room_id}. So a parameter that the document gives a
// list of values fits those only, and where several templates still fit, the
// most literal one from the left wins. The standard library's ServeMux refuses
// such overlaps.
type Router struct {
	// byLength holds the routes by their number of segments, best first.
	byLength map[int][]route
}

type route struct {
	method    string
	segments  []segment
	operation func() *Operation
}

// segment is one part of a template between slashes.
type segment struct {
	literal   string   // what the path must have here, unless
	parameter string   // this names a parameter
	values    []string // the only values that the parameter has, if it has a list
}

// NewRouter makes a router of some operations.
func NewRouter(operations []*Operation) Router {
	entries := make([]*entry, 0, len(operations))
	for _, operation := range operations {
		entries = append(entries, entryOf(operation))
	}
	return newRouter(entries)
}

// Router makes a router of all the document's operations; its events have no route. It
// reads none of them.
func (d *Document) Router() Router { return newRouter(d.contents) }

func newRouter(entries []*entry) Router {
	r := Router{byLength: map[int][]route{}}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.path, "/") {
			continue // an event, which nobody calls
		}
		segments := segmentsOf(entry.path, entry.Values)
		r.byLength[len(segments)] = append(r.byLength[len(segments)], route{entry.method, segments, entry.operation})
	}
	for _, routes := range r.byLength {
		slices.SortStableFunc(routes, func(a, b route) int {
			return slices.CompareFunc(a.segments, b.segments, func(a, b segment) int { return cmp.Compare(a.rank(), b.rank()) })
		})
	}
	return r
}

// Find returns the operation of a request and the values of its path's
// parameters. Without one it returns the methods that the path does have: none
// when the path itself is unknown.
func (r Router) Find(method, escapedPath string) (found *Operation, values map[string]string, allowed []string) {
	parts := strings.Split(strings.TrimPrefix(escapedPath, "/"), "/")
	for _, route := range r.byLength[len(parts)] {
		values, fits := route.match(parts)
		if !fits {
			continue
		}
		if route.method == method {
			return route.operation(), values, nil
		}
		allowed = append(allowed, route.method)
	}
	return nil, nil, allowed
}

func (r route) match(parts []string) (map[string]string, bool) {
	values := map[string]string{}
	for i, segment := range r.segments {
		value, err := url.PathUnescape(parts[i])
		if err != nil || !segment.fits(value) {
			return nil, false
		}
		if segment.parameter != "" {
			values[segment.parameter] = value
		}
	}
	return values, true
}

func (s segment) fits(value string) bool {
	switch {
	case s.parameter == "":
		return value == s.literal
	case len(s.values) > 0:
		return slices.Contains(s.values, value)
	default:
		return value != ""
	}
}

// rank orders segments from the most to the least literal.
func (s segment) rank() int {
	switch {
	case s.parameter == "":
		return 0
	case len(s.values) > 0:
		return 1
	default:
		return 2
	}
}

// segmentsOf splits a template; values are the lists of parameters that have one.
func segmentsOf(path string, values map[string][]string) []segment {
	var segments []segment
	for part := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		name, isParameter := strings.CutPrefix(part, "{")
		if !isParameter {
			segments = append(segments, segment{literal: part})
			continue
		}
		name = strings.TrimSuffix(name, "}")
		segments = append(segments, segment{parameter: name, values: values[name]})
	}
	return segments
}
