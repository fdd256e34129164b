package webhook

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// newestFixtures are the newest known body of each event.
func newestFixtures() map[Name]string {
	return map[Name]string{
		BotMessage:             "botMessage-2025-whatsapp-text.json",
		CustomAgentAllocation:  "customAgentAllocation-new-session.json",
		CustomButton:           "customButton-agent.json",
		MarkAsResolved:         "markAsResolved-2025.json",
		NewSession:             "newSession-2023-whatsapp-text.json",
		UserLogout:             "userLogout-agent.json",
		CustomChannelMessage:   "customChannelMessage-numeric-ids.json",
		WhatsAppForwardMessage: "whatsAppForwardMessage-text.json",
		WhatsAppForwardStatus:  "whatsAppForwardStatus-delivered.json",
		PostComment:            "postComment-full.json",
	}
}

// BenchmarkEvent sets decoding alone beside what a handler in the mode Strict does
// with the bytes of a body until it has a typed event: to look at its size, to tell
// which event it is, to decode it and to validate it.
func BenchmarkEvent(b *testing.B) {
	schemas, err := loadSchemas()
	if err != nil {
		b.Fatal(err)
	}
	strict := defaultValidation()
	strict.general = Strict
	by := rules{schemas: schemas, validate: func(Name) bool { return true }, maxProblems: strict.maxProblems}
	for _, name := range Names() {
		body, err := os.ReadFile(filepath.Join("..", "..", "..", "testdata", "webhooks", newestFixtures()[name]))
		if err != nil {
			b.Fatal(err)
		}
		b.Run("event="+string(name)+"/parser=encodingjson", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if err := json.Unmarshal(body, newEvent(name, nil).body()); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("event="+string(name)+"/parser=qismo", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if strict.excessive(body) != nil {
					b.Fatal("refused")
				}
				d, err := open(body)
				if err != nil {
					b.Fatal(err)
				}
				tellApart(d.members(), false)
				readings, err := d.read([]Name{name}, by)
				if err != nil || len(readings) != 1 || strict.misfit(readings) != nil || readings[0].event.Name() != name {
					b.Fatal("not read")
				}
			}
		})
	}
}
