package sandbox

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// story is what happens between customers, a bot and agents, one step after the other.
type story struct {
	*world

	room  string // of the customer whom it is about
	agent int64
}

const storysCustomer = "628115559999"

// newStory has all that can be set up.
func newStory(t *testing.T) *story {
	t.Helper()
	channels := defaultChannels()
	channels[3].WebhookURL = "http://127.0.0.1:9/portal"
	w := newWorld(t, Config{
		AdminPassword: "rahasia-uji", Channels: channels, AllocateAgents: true, CountLag: time.Hour,
		Pace: Pace{
			Approval: time.Minute, Send: time.Minute, Resolve: time.Minute, Receipt: time.Minute, Backup: time.Minute,
		},
		ChatTokenLife: time.Hour,
		Buttons:       []Button{{Name: "Buat pesanan", URL: "http://127.0.0.1:9/pesanan"}},
		OfficeHours: OfficeHours{
			Online: "Kami jawab segera.", OnlineIfResolved: true, Offline: "Kami tutup.", OfflineEachMessage: true,
		},
	})
	return &story{world: w, room: w.anyRoom(), agent: w.Config().Agents[1].ID}
}

func (s *story) ok(got answer) {
	s.t.Helper()
	require.Equal(s.t, http.StatusOK, got.status, got.raw)
}

func (s *story) passes(time time.Duration) { require.NoError(s.t, s.Clock().Move(time)) }

// steps are the story. What they make of the state is more than the calls of the
// document's examples do.
func (s *story) steps() []func() {
	var steps []func()
	for _, part := range [][]func(){s.conversation(), s.returns(), s.channels(), s.broadcasts(), s.bulkResolve(), s.chat()} {
		steps = append(steps, part...)
	}
	return steps
}

func (s *story) conversation() []func() {
	ctx, second := s.t.Context(), s.Config().Agents[2].ID
	return []func(){
		func() { // a value of each kind
			_, err := s.CustomerWrites(ctx, CustomerMessage{
				UserID: storysCustomer, Type: "file_attachment", Text: "foto.png",
				Payload: object{"url": "https://cdn.example.id/foto.png", "size": int64(2048), "ratio": 1.0, "tags": []any{nil, true}},
			})
			require.NoError(s.t, err)
		},
		func() { require.NoError(s.t, s.TakeOver(ctx, s.room, s.agent)) },
		func() {
			require.NoError(s.t, s.AgentWrites(ctx, AgentMessage{RoomID: s.room, AgentID: s.agent, Text: "Selamat pagi"}))
		},
		func() { require.NoError(s.t, s.TakeOver(ctx, s.room, second)) },
		func() {
			s.ok(s.call("POST", "/api/v1/admin/service/remove_agent", object{"room_id": s.room, "agent_id": text(second)}))
		},
		func() { s.ok(s.call("POST", "/api/v2/room_tags/"+s.room, object{"tag": "grosir"})) },
		func() { require.NoError(s.t, s.Resolve(ctx, s.room, s.agent, "Sudah dikirim")) },
	}
}

// returns have more sessions than a room knows, of which the agent knows the first.
func (s *story) returns() []func() {
	var steps []func()
	for range 3 {
		steps = append(steps,
			func() { s.writes("wa", storysCustomer, "Halo lagi") },
			func() { require.NoError(s.t, s.Resolve(s.t.Context(), s.room, 0, "")) },
		)
	}
	return append(steps, func() {
		s.writes("wa", storysCustomer, "Halo")
		s.ok(s.call("POST", "/bot/"+s.room+"/activate", object{"is_active": false}))
		s.writes("wa", storysCustomer, "Ada orang?")
	})
}

func (s *story) channels() []func() {
	return []func(){
		func() {
			s.ok(s.asAdmin("POST", "/api/v2/qiscus/connect", object{
				"name": "Baru", "badge_url": "https://cdn.example.id/baru.svg", "is_active": true, "is_secure": true,
				"is_secure_toc": true,
			}))
		},
		func() {
			s.ok(s.asAdmin("POST", "/api/v2/qiscus/connect/5121/update", object{"configs": object{
				"offline_message": "Tutup.", "online_message": nil, "send_offline_each_message": true,
				"send_online_if_resolved": true,
			}}))
		},
		func() { // a channel that rooms still show
			made := s.asAdmin("POST", "/api/v2/telegram/connect", object{"bot_token": "tg-1", "configs": nil})
			s.writes("telegram", "900100", "Halo")
			s.ok(s.asAdmin("POST", fmt.Sprintf("/api/v2/telegram/connect/%.0f/delete", made.at("data/telegram_channel/id")), nil))
		},
	}
}

func (s *story) broadcasts() []func() {
	number, name := []string{"628115551001", "628115551002"}, "kode_masuk"
	return []func(){
		func() { // receipts are told
			s.ok(s.call("POST", "/whatsapp/"+s.Config().AppCode+"/5120/settings", object{
				"webhooks": object{"url": "http://127.0.0.1:1/forward"},
			}))
		},
		func() {
			s.ok(s.call("POST", broadcastV2Path, object{
				"channel_id": 5120, "phone_numbers": number, "template_name": name, "namespace": templateNamespace,
				"language": "id", "variables": []string{"4471"},
			}))
		},
		func() { s.passes(time.Minute) },
		func() {
			s.ok(s.call("POST", broadcastPath, object{
				"phone_number": "628115500000", "template_name": "promo_akhir_pekan", "namespace": templateNamespace,
				"language": "id",
			}))
		},
		func() { // a template that the broadcast still knows
			s.ok(s.call("POST", templatesPath+"/delete/"+text(int64(firstTemplate+2)), nil))
		},
		func() {
			s.ok(s.call("POST", createTemplatePath, submission(object{"name": "promo" + rejectedEnding})))
		},
		func() { s.passes(time.Minute) },
	}
}

func (s *story) bulkResolve() []func() {
	var steps []func()
	for i := range 3 {
		steps = append(steps, func() { s.writes("wa", fmt.Sprintf("62811555010%d", i), "Halo") })
	}
	return append(steps,
		func() { s.passes(25 * time.Hour) },
		func() { s.ok(s.asAdmin("POST", bulkPath+"/5120", nil)) },
		func() { s.writes("wa", "628115550101", "Halo") }, // who is left alone
		func() { s.passes(time.Minute) },
		func() { s.passes(time.Hour) },
	)
}

// chat is what the chat server does with the customer, with users of its own, and when
// nobody calls it.
func (s *story) chat() []func() {
	var customer, rina, bagus *chatter
	var pair string
	return []func(){
		func() { require.NoError(s.t, s.SetWebhook(postComment, "http://127.0.0.1:9/postComment", true)) },
		func() { customer = s.chats(storysCustomer) },
		func() { customer.posts(s.room, "ada yang baru?", "st-1") },
		func() { rina, bagus = s.chatter("rina"), s.chatter("bagus_17") },
		func() { pair = rina.roomWith(bagus) },
		func() { bagus.posts(pair, "halo", "st-2") },
		func() { rina.reads(pair) },
		func() { rina.call("POST", "block_user", object{"user_email": bagus.id}) },
		func() { bagus.posts(pair, "di sana?", "st-3") },
		func() {
			bagus.call("POST", "update_message", object{"token": bagus.token, "unique_id": "st-2", "comment": "hai", "extras": object{"a": 1}})
		},
		func() { bagus.call("DELETE", "delete_messages?unique_ids[]=st-2", nil) },
		func() { bagus.call("DELETE", "clear_room_messages?room_channel_ids[]="+bagus.uniqueID(pair), nil) },
		func() {
			bagus.call("POST", "set_user_device_token", object{"device_token": "d-1", "device_platform": "ios"})
		},
		func() { s.nonce() },
		func() { s.importsUsers("dewi") },
		func() {
			day := s.Clock().Now().UTC().Format(time.DateOnly)
			s.fine(s.asServer("POST", "exports", object{"type": "comments", "start_date": day, "end_date": day}))
		},
		func() { s.passes(time.Minute) },
		func() { s.passes(time.Hour) }, // the tokens expire
		func() { rina.refreshes() },
		func() { s.fine(s.asServer("POST", "reset_user_token", object{"user_id": "bagus_17"})) },
		func() { s.fine(s.asServer("DELETE", "deactivate_users", object{"user_ids": []string{"bagus_17"}})) },
	}
}

// keepAStory plays the story and sees after each step that all was kept.
func keepAStory(t *testing.T, c *comparison) {
	t.Helper()
	s := newStory(t)
	for _, step := range s.steps() {
		step()
		s.assertKept(t, c)
	}
	assert.NotEmpty(t, s.Messages(s.room))
}
