package webhook

import (
	"time"

	"github.com/qismo-go/qismo/gen/webhooks"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// SentAt is when the message was sent, as finely as the body tells, in UTC. The zero
// time is unknown. See [BotMessageEvent.SentAt].
func (e *CustomChannelMessageEvent) SentAt() time.Time { return sentAt(&e.Payload.Message) }

// SentAt is when the message was sent, as finely as the body tells, in UTC. The zero
// time is unknown. See [BotMessageEvent.SentAt].
func (e *PostCommentEvent) SentAt() time.Time { return sentAt(&e.Payload.Message) }

// SentAt is when the message was sent, in UTC. The zero time is unknown.
//
// A body tells the moment up to four times, in whole seconds and more finely. The
// finer ones are taken only where they agree with the seconds: what is called
// nanoseconds may hold milliseconds.
func (e *BotMessageEvent) SentAt() time.Time { return sentAt(&e.Payload.Message) }

// SentAt is when the message was sent, in UTC and whole seconds as a rule. The zero
// time is unknown.
func (e *NewSessionEvent) SentAt() time.Time { return utc(e.Payload.Message.Timestamp) }

// SentAt is when the staff member logged out, in UTC and whole seconds. The zero time
// is unknown.
func (e *UserLogoutEvent) SentAt() time.Time { return utc(e.Payload.Timestamp) }

// SentAt is when the message was sent, in UTC and whole seconds. The zero time is
// unknown. Of several messages the first counts.
func (e *WhatsAppForwardMessageEvent) SentAt() time.Time {
	if len(e.Messages) == 0 {
		return time.Time{}
	}
	return utc(e.Messages[0].Timestamp)
}

// SentAt is when the message changed, in UTC and whole seconds. The zero time is
// unknown. Of several changes the first counts.
func (e *WhatsAppForwardStatusEvent) SentAt() time.Time {
	if len(e.Statuses) == 0 {
		return time.Time{}
	}
	return utc(e.Statuses[0].Timestamp)
}

// sentAt is the finest time of a message that agrees with its seconds. Of a Unix
// time, [flex.Time] takes the unit from the number of digits.
func sentAt(message *webhooks.Message) time.Time {
	seconds := utc(message.Timestamp, message.UnixTimestamp)
	for _, fine := range []flex.Time{message.UnixNanoTimestamp, message.CreatedAt} {
		agrees := seconds.IsZero() || fine.Time().Sub(seconds).Abs() < time.Second
		if !fine.IsZero() && agrees && fine.Time().Nanosecond() != 0 {
			return utc(fine)
		}
	}
	if !seconds.IsZero() {
		return seconds
	}
	return utc(message.CreatedAt, message.UnixNanoTimestamp)
}

// utc is the first of the times that is known.
func utc(times ...flex.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t.Time().UTC()
		}
	}
	return time.Time{}
}
