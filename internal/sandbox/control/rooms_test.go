package control_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox"
)

func TestCustomersWrite(t *testing.T) {
	s := newStage(t, sandbox.Config{})
	room := s.good("POST", "messages", `{"user_id":"628115550123","name":"Ratna","text":"Halo"}`)["room_id"].(string)
	same := s.good("POST", "messages", `{"user_id":"628115550123","source":"wa","channel_id":5120,
		"type":"location","payload":{"id":12345678901234567890,"place":9007199254740993,"lat":1.5,"list":[1]}}`)
	assert.Equal(t, room, same["room_id"])
	other := s.good("POST", "messages", `{"user_id":"budi@example.id","source":"qiscus","text":"Pagi","payload":null}`)
	assert.NotEqual(t, room, other["room_id"])

	messages := s.list("GET", "rooms/"+room+"/messages", "", "messages")
	require.NotEmpty(t, messages)
	assert.Equal(t, "Halo", messages[0]["text"])
	assert.Equal(t, "customer", messages[0]["author"])
	assert.Equal(t, "2026-11-20T03:00:00Z", messages[0]["at"])
	kept := s.Messages(room)
	payload := kept[len(kept)-1].Payload.(map[string]any)
	assert.Equal(t, int64(9007199254740993), payload["place"], "with all its digits")
	assert.InDelta(t, 1.5, payload["lat"], 0)
	assert.InDelta(t, 12345678901234567890.0, payload["id"], 0)

	rooms := s.good("GET", "rooms", "")
	assert.InDelta(t, 2, rooms["total"], 0)
	assert.Len(t, rooms["rooms"], 2)
	assert.Len(t, s.list("GET", "rooms?limit=1", "", "rooms"), 1)
	found := s.list("GET", "rooms?words=ratna&state=waiting", "", "rooms")
	require.Len(t, found, 1)
	assert.Equal(t, room, found[0]["id"])
	assert.Equal(t, "wa", found[0]["source"])
	assert.InDelta(t, 2, found[0]["messages"], 0)
	assert.Equal(t, "location", found[0]["last"].(map[string]any)["type"])
	assert.Empty(t, s.list("GET", "rooms?words=ratna&state=resolved", "", "rooms"))
}

func TestAgentsAct(t *testing.T) {
	s := newStage(t, sandbox.Config{Agents: []sandbox.Agent{
		{ID: 80001, Name: "Rini Astuti", Email: "rini@example.id", Divisions: []string{"Keluhan"}},
	}})
	id := s.customer("628115550123", "Halo")
	room := "rooms/" + id
	assert.Equal(t, "waiting", s.good("GET", room, "")["state"])

	taken := s.good("POST", room+"/take-over", `{"agent_id":80001}`)
	assert.Equal(t, []any{80001.0}, taken["agent_ids"])
	assert.Equal(t, "served", taken["state"])
	written := s.good("POST", room+"/messages", `{"agent_id":80001,"text":"Selamat pagi"}`)
	assert.Equal(t, "Selamat pagi", written["last"].(map[string]any)["text"])
	assert.Equal(t, "rini@example.id", written["last"].(map[string]any)["sender"])
	assert.Equal(t, []any{"grosir"}, s.good("PUT", room+"/tags/grosir", "")["tags"])
	assert.Empty(t, s.good("DELETE", room+"/tags/grosir", "")["tags"])
	assert.Empty(t, s.good("POST", room+"/leave", `{"agent_id":80001}`)["agent_ids"])
	assert.Equal(t, []any{80001.0}, s.good("POST", room+"/hand-over", `{"division":"Keluhan"}`)["agent_ids"])
	resolved := s.good("POST", room+"/resolve", `{"notes":"selesai"}`)
	assert.Equal(t, "resolved", resolved["state"])
	assert.Equal(t, "selesai", resolved["notes"])
	again := s.ask("POST", room+"/resolve", "")
	assert.Equal(t, http.StatusConflict, again.status)
	assert.Contains(t, again.raw, "it was resolved before")

	agents := s.list("GET", "agents", "", "agents")
	require.Len(t, agents, 2)
	assert.Equal(t, "admin", agents[0]["type"])
	assert.Equal(t, true, agents[1]["available"])
	assert.Equal(t, false, s.good("PATCH", "agents/80001", `{"available":false}`)["available"])
	assert.Equal(t, false, s.list("GET", "agents", "", "agents")[1]["available"])

	channels := s.list("GET", "channels", "", "channels")
	assert.Equal(t, "wa", channels[0]["source"])
}

func TestWebhooks(t *testing.T) {
	s := newStage(t, sandbox.Config{})
	rows := s.list("PUT", "webhooks/botMessage", `{"url":"http://127.0.0.1:9/bot"}`, "webhooks")
	assert.Equal(t, map[string]any{
		"name": "botMessage", "event": "botMessage", "url": "http://127.0.0.1:9/bot", "on": true,
	}, rows[0])
	rows = s.list("PUT", "webhooks/botMessage", `{"url":"http://127.0.0.1:9/bot","on":false}`, "webhooks")
	assert.Equal(t, false, rows[0]["on"])
	assert.Equal(t, rows, s.list("GET", "webhooks", "", "webhooks"))
	named := s.list("PUT", "webhooks/customButton:Buat%20tiket", `{"url":"http://127.0.0.1:9/button"}`, "webhooks")
	assert.Equal(t, "http://127.0.0.1:9/button", s.Buttons()[0].URL)
	assert.NotEmpty(t, named)

	for _, row := range s.list("PUT", "shapes", `{"shape":"old"}`, "shapes") {
		known := row["known"].([]any)
		assert.Equal(t, s.Shapes()[row["event"].(string)], sandbox.Shape(row["shape"].(string)))
		assert.Contains(t, known, row["shape"])
	}
	assert.Equal(t, sandbox.Shape2021, s.Shapes()["botMessage"])
	s.good("PUT", "shapes/botMessage", `{"shape":"2024"}`)
	assert.Equal(t, sandbox.Shape2024, s.Shapes()["botMessage"])
	assert.Equal(t, sandbox.Shape2021, s.Shapes()["markAsResolved"])
	assert.Len(t, s.list("GET", "shapes", "", "shapes"), len(s.Shapes()))

	assert.Len(t, s.list("GET", "buttons", "", "buttons"), 1)
	buttons := s.list("PUT", "buttons", `{"buttons":[{"name":"Tiket","url":"http://127.0.0.1:9/x"},{"name":"Lain"}]}`, "buttons")
	assert.Equal(t, []map[string]any{
		{"name": "Tiket", "url": "http://127.0.0.1:9/x"}, {"name": "Lain", "url": ""},
	}, buttons)
	room := s.customer("628115550123", "Halo")
	s.good("POST", "rooms/"+room+"/button", `{"name":"Tiket"}`)
}
