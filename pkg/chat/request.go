package chat

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	wire "github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// dropUnsetParameters leaves query parameters out that are empty, and numbers of pages
// and rows that are zero, which is how a plain value says that it is not set: the
// generated client would send "query=&page=0". Other zeros mean something: an id may be
// "0", and 0 is where a sync begins.
func dropUnsetParameters(_ context.Context, request *http.Request) error {
	query := request.URL.RawQuery
	if query == "" {
		return nil
	}
	kept := make([]string, 0, strings.Count(query, "&")+1)
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if value != "" && (value != "0" || !isUnsetByZero(name)) {
			kept = append(kept, pair)
		}
	}
	request.URL.RawQuery = strings.Join(kept, "&")
	return nil
}

// isUnsetByZero tells the parameters of which 0 is no value.
func isUnsetByZero(parameter string) bool {
	switch parameter {
	case "page", "limit", "offset", "last_comment_id":
		return true
	}
	return false
}

// checkGiven refuses text that an operation cannot do without. The values are given as
// names and texts in turn.
func checkGiven(id wire.OperationID, given ...string) error {
	for value := range slices.Chunk(given, 2) {
		if value[1] == "" {
			return fmt.Errorf("%s: %s: the %s is empty", owner, id, value[0])
		}
	}
	return nil
}

// checkID refuses an id that names nothing.
func checkID(id wire.OperationID, of string, given flex.ID) error {
	if given.IsNone() {
		return fmt.Errorf("%s: %s: the %s is empty", owner, id, of)
	}
	return nil
}

// checkList refuses a list that names nothing: the operation would be asked without
// it.
func checkList(id wire.OperationID, of string, given []string) error {
	if len(given) == 0 || slices.Contains(given, "") {
		return fmt.Errorf("%s: %s: there is no %s, or one is empty", owner, id, of)
	}
	return nil
}

// checkPage refuses a page or a number of rows below zero.
func checkPage(id wire.OperationID, page, limit int64) error {
	if page < 0 || limit < 0 {
		return fmt.Errorf("%s: %s: the page or the limit is negative", owner, id)
	}
	return nil
}
