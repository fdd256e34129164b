package qismotest

import (
	"fmt"
	"net/http"
	"slices"
)

// ExpectDelivered settles, and fails the test unless the program took every webhook that
// was sent to it: with a status of 200 to 299, at the last of its attempts (see
// [WithRedelivery]). What [DropWebhook] has dropped is not asked of the program.
func (s *Server) ExpectDelivered() {
	s.t.Helper()
	s.Settle()
	if untaken := s.untaken(); len(untaken) > 0 {
		s.t.Errorf("qismotest: webhooks were not taken by the program\n\n%s", list(untaken))
	}
}

// untaken are the last attempts to deliver what the program did not take.
func (s *Server) untaken() []Delivery {
	var untaken []Delivery
	for _, delivery := range s.deliveries("", nil) {
		if delivery.Attempt > 1 {
			if before := slices.IndexFunc(untaken, delivery.repeats); before >= 0 {
				untaken = slices.Delete(untaken, before, before+1)
			}
		}
		isTaken := delivery.Status >= http.StatusOK && delivery.Status < http.StatusMultipleChoices
		if !isTaken && !slices.Contains(delivery.Trouble, DropWebhook) {
			untaken = append(untaken, delivery)
		}
	}
	return untaken
}

// repeats tells whether a delivery is an attempt after another one.
func (d Delivery) repeats(other Delivery) bool {
	return d.Event == other.Event && d.URL == other.URL && d.Attempt == other.Attempt+1 &&
		slices.Equal(d.Request.Bytes, other.Request.Bytes)
}

// list shows records below each other, those that are alike in one line.
func list[R fmt.Stringer](records []R) string {
	shown := newTable()
	for i := 0; i < len(records); {
		line, alike := records[i].String(), 1
		for i+alike < len(records) && records[i+alike].String() == line {
			alike++
		}
		shown.row(times(line, alike))
		i += alike
	}
	return shown.String()
}

// times says how often something was.
func times(what string, count int) string {
	if count == 1 {
		return what
	}
	return fmt.Sprintf("%s, %d times", what, count)
}
