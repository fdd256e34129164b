package world

import (
	_ "embed" // the demo's world
	"strings"
)

//go:embed demo.yaml
var demo string

// Demo is a world to look at: customers on all channels and in each state, in
// Indonesian, all of it invented.
func Demo() (*World, error) { return Read(strings.NewReader(demo)) }
