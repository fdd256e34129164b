package webhook_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// counting says what it is told to, and counts how often it was asked.
type counting struct {
	accepts bool
	asked   int
}

func (c *counting) Authenticate(*http.Request, []byte) error {
	c.asked++
	if c.accepts {
		return nil
	}
	return errors.New("canary: not this one")
}

// Every combination of what three members say; each is asked, whatever the others
// have said before.
func TestCombinedAuthenticatorsAskAll(t *testing.T) {
	for count := 1; count <= 3; count++ {
		for bits := range 1 << count {
			members := make([]*counting, count)
			given := make([]webhook.Authenticator, count)
			all, some := true, false
			for i := range members {
				accepts := bits&(1<<i) != 0
				members[i] = &counting{accepts: accepts}
				given[i] = members[i]
				all, some = all && accepts, some || accepts
			}
			name := fmt.Sprintf("%0*b", count, bits)
			nested := webhook.AllOf(webhook.AnyOf(given...), webhook.AnyOf(webhook.AllOf(given...), webhook.AnyOf(given...)))
			for i, test := range []struct {
				authenticator webhook.Authenticator
				want          bool
				asked         int
			}{
				{webhook.AllOf(given...), all, 1},
				{webhook.AnyOf(given...), some, 1},
				{nested, some, 3},
			} {
				checkAuthentication(t, test.authenticator, postTo(t, "/"), "{}", test.want, name)
				for _, member := range members {
					assert.Equal(t, test.asked, member.asked, "%s: %d", name, i)
					member.asked = 0
				}
			}
		}
	}
}

func TestCombinedAuthenticators(t *testing.T) {
	path, query, sum := webhook.PathSecret("a"), webhook.QuerySecret("key", "b"), webhook.HMAC("X-Sum", "c")
	for name, test := range map[string]struct {
		target, key                string
		all, any, pathAndQueryOrOf bool
	}{
		"all":          {"/a?key=b", "c", true, true, true},
		"no path":      {"/?key=b", "c", false, true, true},
		"no query":     {"/a", "c", false, true, true},
		"no signature": {"/a?key=b", "x", false, true, true},
		"path alone":   {"/a?key=x", "x", false, true, false},
		"query alone":  {"/x?key=b", "x", false, true, false},
		"sum alone":    {"/x?key=x", "c", false, true, true},
		"none":         {"/x?key=x", "x", false, false, false},
		"exchanged":    {"/b?key=a", "a", false, false, false},
	} {
		request := signed(t, "X-Sum", sign(test.key, "{}"))
		request.URL = postTo(t, test.target).URL
		checkAuthentication(t, webhook.AllOf(path, query, sum), request, "{}", test.all, name+", all")
		checkAuthentication(t, webhook.AnyOf(path, query, sum), request, "{}", test.any, name+", any")
		checkAuthentication(t, webhook.AnyOf(webhook.AllOf(path, query), sum), request, "{}", test.pathAndQueryOrOf, name+", nested")
	}
}

func TestMembersAreCopied(t *testing.T) {
	members := []webhook.Authenticator{webhook.PathSecret(secret)}
	all := webhook.AllOf(members...)
	members[0] = webhook.WithoutAuthentication()
	checkAuthentication(t, all, postTo(t, "/wrong"), "", false, "wrong")
	checkAuthentication(t, all, postTo(t, "/"+secret), "", true, "right")
}
