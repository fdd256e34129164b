package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"path"
	"strings"
	"time"
)

// This file forwards what WhatsApp tells of one channel, nearly as WhatsApp words it:
// the messages that come in, and how far those are that went out.

// How long after it was sent a message has arrived and was read, by the Sandbox's
// clock. None of these is the platform's.
const (
	deliveredAfter = time.Second
	readAfter      = 5 * time.Second
)

// forwardedPhone is the id that WhatsApp knows a business's number by.
const forwardedPhone = "5040302010"

// forwardBody is what both events begin with.
func (s *Sandbox) forwardBody(channel *Channel) object {
	return object{
		"app_code": s.config.AppCode, "channel_id": channel.ID,
		"display_phone_number": businessNumber, "phone_number_id": forwardedPhone,
	}
}

// forwardedMessage is what a customer wrote on WhatsApp.
func (s *Sandbox) forwardedMessage(room *room, said Message) object {
	kind, content := whatsAppMember(said)
	body := s.forwardBody(room.channel)
	body["contacts"] = []object{{"wa_id": room.userID, "profile": object{"name": room.name}}}
	body["messages"] = []object{{
		"id": whatsAppID(room.userID, said.ID), "from": room.userID, "timestamp": text(said.At.Unix()),
		"type": kind, kind: content,
	}}
	return body
}

// whatsAppMember is what a message holds besides, under the name of its kind. A file
// is fetched with getWaMedia, which serves the same picture for each.
func whatsAppMember(said Message) (kind string, content object) {
	payload, _ := said.Payload.(object)
	switch said.Type {
	case "file_attachment":
		address := text(payload["url"])
		file := object{"id": text(said.ID), "mime_type": "image/png", "sha256": pictureSum(), "caption": text(payload["caption"])}
		if isPicture(address) {
			return "image", file
		}
		file["mime_type"], file["filename"] = "application/octet-stream", path.Base(address)
		return "document", file
	case "location":
		if payload != nil {
			return "location", payload
		}
	}
	return "text", object{"body": said.Text}
}

func isPicture(address string) bool {
	switch strings.ToLower(path.Ext(address)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp":
		return true
	}
	return false
}

// pictureSum is the checksum of the picture that getWaMedia serves.
func pictureSum() string {
	sum := sha256.Sum256(picture())
	return base64.StdEncoding.EncodeToString(sum[:])
}

// messageStatus is how far a message is.
type messageStatus struct {
	status string
	after  time.Duration // since it was sent
}

// trackStatus forwards how far a message to a customer is: it was sent, and after a
// while it has arrived and is read. One to a number that cannot be reached fails. What
// the clock has not come to when Shutdown is called does not happen.
func (s *Sandbox) trackStatus(room *room, said Message) {
	if !s.state.forwardOf(room.channel).set() {
		return
	}
	tracked := sentMessage{
		channel: room.channel, roomID: room.id, to: room.userID, id: whatsAppID(room.userID, said.ID),
		category: "utility", // a template's: nothing else goes out when the window is closed
	}
	if s.windowOpen(room.channel, room.userID) {
		tracked.category = "service"
	}
	if strings.HasSuffix(room.userID, unreachable) {
		s.forwardStatus(tracked, "failed", said.At)
		return
	}
	s.forwardStatus(tracked, "sent", said.At)
	s.deliveries.aside(func() {
		for _, next := range []messageStatus{{"delivered", deliveredAfter}, {"read", readAfter}} {
			at := said.At.Add(next.after)
			if !s.deliveries.pause(at.Sub(s.config.Now())) {
				return
			}
			s.mu.Lock()
			s.forwardStatus(tracked, next.status, at)
			s.mu.Unlock()
		}
	})
}

// sentMessage is a message that went out on WhatsApp.
type sentMessage struct {
	channel        *Channel
	roomID, to, id string
	category       string // by which WhatsApp charges
}

// forwardStatus tells how far a message is, if that is still wanted.
func (s *Sandbox) forwardStatus(sent sentMessage, status string, at time.Time) {
	row := object{
		"id": sent.id, "status": status, "timestamp": text(at.Unix()), "recipient_id": sent.to,
	}
	switch status {
	case "failed":
		row["errors"] = []object{{"code": metaUndeliverable, "title": "Message undeliverable"}}
	case "sent", "delivered":
		row["conversation"] = object{
			"id": "wac-" + text(sent.channel.ID) + "-" + sent.to, "expiration_timestamp": text(at.Add(windowLength).Unix()),
		}
		row["origin"] = object{"type": sent.category}
		row["pricing"] = object{"billable": sent.category != "service", "category": sent.category, "pricing_model": "PMP"}
	}
	body := s.forwardBody(sent.channel)
	body["statuses"] = []object{row}
	s.post("whatsAppForwardStatus", s.state.forwardOf(sent.channel), sent.roomID, body)
}

// forwardUndeliverable tells that a message came to no room, since its number is not
// on WhatsApp.
func (s *Sandbox) forwardUndeliverable(channel *Channel, number, messageID string) {
	s.forwardStatus(sentMessage{channel: channel, to: number, id: messageID}, "failed", s.config.Now())
}
