package qismotest

import (
	"cmp"
	"slices"
	"strings"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

func isOperation(name string) bool {
	_, isOmnichannel := omnichannel.OperationID(name).Operation()
	_, isChat := wire.OperationID(name).Operation()
	return isOmnichannel || isChat
}

func isEvent(name string) bool { return slices.Contains(webhook.Names(), webhook.Name(name)) }

func operationNames() []string {
	var all []string
	for _, id := range omnichannel.OperationIDs() {
		all = append(all, string(id))
	}
	for _, id := range wire.OperationIDs() {
		all = append(all, string(id))
	}
	return all
}

// allNames are those of operations and events.
func allNames() []string { return append(operationNames(), names(webhook.Names())...) }

// mostNear is how many names are told in place of one that is wrong.
const mostNear = 3

// nearest lists the names that differ least from one that is wrong.
func nearest(wrong string, known []string) string {
	slices.SortStableFunc(known, func(a, b string) int { return cmp.Compare(distance(wrong, a), distance(wrong, b)) })
	return strings.Join(known[:min(mostNear, len(known))], ", ")
}

// distance is how many letters must be added, left out or changed to make one name of
// another, whatever their case.
func distance(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	row := make([]int, len(b)+1) // from what there is of a to each beginning of b
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			changed := diagonal
			if a[i] != b[j] {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
