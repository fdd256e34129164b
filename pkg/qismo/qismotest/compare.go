package qismotest

import "slices"

// named is something that came: its name, which is compared, and how it is shown.
type named struct{ name, shown string }

// compare shows what was expected beside what came, with marks where they differ: - for
// what did not come and + for what was not expected. It tells whether they are the same.
func compare(expected []string, came []named) (shown string, same bool) {
	table := newTable()
	table.row("", "expected", "came")
	same = true
	for _, pair := range align(expected, came) {
		mark := ""
		switch {
		case pair.expected == "":
			mark, same = "+", false
		case pair.came == "":
			mark, same = "-", false
		}
		table.row(mark, pair.expected, pair.came)
	}
	if len(expected) == 0 && len(came) == 0 {
		table.row("", "nothing", "nothing")
	}
	return table.String(), same
}

// pair is a line of a comparison; "" stands for nothing.
type pair struct{ expected, came string }

// align puts what has the same name into one line, as much as can be without changing
// either order.
func align(expected []string, came []named) []pair {
	// longest[i][j] is how much of expected[i:] and came[j:] can be put into one line.
	longest := make([][]int, len(expected)+1)
	for i := range longest {
		longest[i] = make([]int, len(came)+1)
	}
	for i, name := range slices.Backward(expected) {
		for j, record := range slices.Backward(came) {
			longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			if name == record.name {
				longest[i][j] = longest[i+1][j+1] + 1
			}
		}
	}
	var pairs []pair
	i, j := 0, 0
	for i < len(expected) || j < len(came) {
		switch {
		case i < len(expected) && j < len(came) && expected[i] == came[j].name:
			pairs = append(pairs, pair{expected[i], came[j].shown})
			i, j = i+1, j+1
		case j == len(came) || i < len(expected) && longest[i+1][j] >= longest[i][j+1]:
			pairs = append(pairs, pair{expected: expected[i]})
			i++
		default:
			pairs = append(pairs, pair{came: came[j].shown})
			j++
		}
	}
	return pairs
}
