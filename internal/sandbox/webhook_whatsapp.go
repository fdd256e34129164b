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
		file := object{
			"id": text(said.ID), "mime_type": "image/png", "sha256": pictureSum(), "caption": text(payload["caption"]),
		}
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

// sentMessage is a message that went out on WhatsApp.
type sentMessage struct {
	channel        *Channel
	roomID, to, id string
	category       string // by which WhatsApp charges
	status         sendStatus
}

// trackStatus forwards how far a message to a customer is: it was sent and, at the pace
// of the Sandbox, has arrived and is read. One to a number that cannot be reached
// fails.
func (s *Sandbox) trackStatus(room *room, said Message) {
	if !s.state.forwardOf(room.channel).set() {
		return
	}
	sent := &sentMessage{
		channel: room.channel, roomID: room.id, to: room.userID, id: whatsAppID(room.userID, said.ID),
		category: "utility", // a template's: nothing else goes out when the window is closed
		status:   sendDone,
	}
	if s.windowOpen(room.channel, room.userID) {
		sent.category = "service"
	}
	if strings.HasSuffix(room.userID, unreachable) {
		sent.status = sendFailed
	}
	s.forwardStatus(*sent, said.At)
	if pace := s.config.Pace.Receipt; pace > 0 && sent.status == sendDone {
		s.state.whatsApp.tracked[said.ID] = sent
		s.state.touch(receiptThing(said.ID))
		s.state.agenda.enter(said.At.Add(pace), tellReceipt, said.ID)
	}
}

// tellReceipt tells the next state of a message.
func (s *Sandbox) tellReceipt(messageID int64) {
	sent, isTracked := s.state.whatsApp.tracked[messageID]
	s.state.touch(receiptThing(messageID))
	switch {
	case !isTracked:
		return
	case sent.status == sendDone:
		sent.status = sendDelivered
		s.state.agenda.enter(s.now().Add(s.config.Pace.Receipt), tellReceipt, messageID)
	default:
		sent.status = sendRead
		delete(s.state.whatsApp.tracked, messageID)
	}
	s.forwardStatus(*sent, s.now())
}

// forwardStatus tells how far a message is, if that is still wanted.
func (s *Sandbox) forwardStatus(sent sentMessage, at time.Time) {
	row := object{
		"id": sent.id, "status": sent.status, "timestamp": text(at.Unix()), "recipient_id": sent.to,
	}
	switch sent.status {
	case sendFailed:
		row["errors"] = []object{{"code": metaUndeliverable, "title": "Message undeliverable"}}
	case sendDone, sendDelivered:
		row["conversation"] = object{
			"id": "wac-" + text(sent.channel.ID) + "-" + sent.to, "expiration_timestamp": text(at.Add(windowLength).Unix()),
		}
		row["origin"] = object{"type": sent.category}
		row["pricing"] = object{
			"billable": sent.category != "service", "category": sent.category, "pricing_model": "PMP",
		}
	}
	body := s.forwardBody(sent.channel)
	body["statuses"] = []object{row}
	s.post("whatsAppForwardStatus", s.state.forwardOf(sent.channel), sent.roomID, body)
}

// forwardUndeliverable tells that a message came to no room, since its number is not
// on WhatsApp.
func (s *Sandbox) forwardUndeliverable(channel *Channel, number, messageID string) {
	s.forwardStatus(sentMessage{channel: channel, to: number, id: messageID, status: sendFailed}, s.now())
}
