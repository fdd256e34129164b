package sandbox

import "github.com/qismo-go/qismo/internal/document"

// addAppValues adds what the names of the app's operations mean.
func (w *shownWorld) addAppValues(operation *document.Operation, values map[string]string) {
	if operation.ID == "getAnalyticsURL" {
		values["type"] = "agent-performance"
	}
}
