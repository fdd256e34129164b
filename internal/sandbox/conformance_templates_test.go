package sandbox

import "github.com/qismo-go/qismo/internal/document"

// templateValues are what the operations of the templates, and that of the mobile
// app's version, have beside the others.
func (w *shownWorld) templateValues(operation *document.Operation) map[string]string {
	switch {
	case operation.Group == "templates":
		return map[string]string{
			"template_id": text(w.state.templates.list[0].id), "channel_id": text(w.state.templates.list[0].channel.ID),
		}
	case operation.ID == "getLatestMobileVersion":
		return map[string]string{"type": text(int64(iosApp))}
	}
	return nil
}
