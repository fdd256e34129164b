package doctor

import (
	"net/http"
	"slices"
	"strings"

	"github.com/qismo-go/qismo/internal/document"
)

// reads reports whether an operation only reads: it is a GET, or marked as
// harmless to repeat and by its name a search. That alone would not do: setting a
// value is harmless to repeat too.
func reads(operation *document.Operation) bool {
	if operation.Method == http.MethodGet {
		return true
	}
	isSearch := slices.ContainsFunc([]string{"list", "search", "count"}, func(verb string) bool {
		return strings.HasPrefix(operation.ID, verb)
	})
	return isSearch && operation.Method == http.MethodPost && operation.Idempotent
}

// leftOut says of operations that read why they are not run: what they give out is
// a secret, or more of a customer than is looked at here.
func leftOut(id string) string {
	switch id {
	case "exportConversations":
		return "it makes a link to a whole conversation"
	case "getAnalyticsURL":
		return "it makes a signed link"
	case "getWaMedia":
		return "it downloads a customer's file"
	case "listContactConversationMessages":
		return "it wants the token in the URL, where logs see it"
	}
	return ""
}

// credential is what an operation is called with.
type credential string

const (
	bySecretKey credential = "secret key"
	byToken     credential = "user token"
)

// schemes are the security schemes that a credential satisfies.
func (c credential) schemes() []string {
	if c == byToken {
		return []string{"appID", "userToken"}
	}
	return []string{"appID", "secretKey"}
}

// choose finds the first combination of schemes that the document accepts for an
// operation and that one of the credentials satisfies. An operation that needs
// none takes any: there is no call without.
func choose(operation *document.Operation, have []credential) (credential, bool) {
	for _, combination := range operation.Security {
		for _, one := range have {
			if !slices.ContainsFunc(combination, func(scheme string) bool { return !slices.Contains(one.schemes(), scheme) }) {
				return one, true
			}
		}
	}
	return have[0], len(operation.Security) == 0
}

// wanted words the credentials that an operation accepts.
func wanted(operation *document.Operation) string {
	var names []string
	for _, combination := range operation.Security {
		for _, scheme := range combination {
			switch {
			case scheme == "userToken":
				scheme = "a user's token"
			case scheme == "secretKey":
				scheme = "the secret key"
			case scheme == "appID" && len(combination) > 1:
				continue
			}
			if !slices.Contains(names, scheme) {
				names = append(names, scheme)
			}
		}
	}
	return "it wants " + strings.Join(names, " or ")
}
