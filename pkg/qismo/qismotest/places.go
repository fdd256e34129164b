package qismotest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qismo-go/qismo/pkg/qismo/webhook"
)

// fact is something that an event tells, perhaps in many places.
type fact int

const (
	roomID fact = iota
	customerID
	customerName
	agentID
	agentEmail
	agentName
	messageText
	sentAt
	appCode
	channelID
	channelName
	channelSource
	serviceID
	messageID
	uniqueTempID
	whatsAppID
	otherWhatsAppID // of the second item, or of the other event of a combined body
	whatsAppStatus
)

// place is where a fact stands. A * in its pointer is every item of a list.
type place struct {
	pointer string
	// same says that the fact is there only if the shape has the same value there as in
	// the fact's first place: one of several participants is the customer.
	same bool
	// prefix and suffix are around the value; without them the fact is not there.
	prefix, suffix string
}

func anywhere(pointers ...string) []place {
	places := make([]place, 0, len(pointers))
	for _, pointer := range pointers {
		places = append(places, place{pointer: pointer})
	}
	return places
}

func same(pointers ...string) []place {
	places := anywhere(pointers...)
	for i := range places {
		places[i].same = true
	}
	return places
}

// placesOf says where facts stand, in any shape of any event: a place that a shape
// does not have is left out.
func placesOf(name webhook.Name, of fact) []place {
	var own []place
	switch name {
	case webhook.CustomChannelMessage:
		own = customChannelPlaces(of)
	case webhook.WhatsAppForwardStatus:
		own = statusPlaces(of)
	}
	if own != nil {
		return own
	}
	switch of {
	case customerID, customerName:
		return customerPlaces(of)
	case agentID, agentEmail, agentName:
		return agentPlaces(of)
	case channelID, channelName, channelSource:
		return channelPlaces(of)
	case messageText, sentAt, messageID, uniqueTempID, whatsAppID, otherWhatsAppID, whatsAppStatus:
		return messagePlaces(of)
	case roomID:
		return anywhere("/payload/room/id", "/payload/room/id_str", "/payload/room/topic_id", "/payload/room/topic_id_str",
			"/room_log/room_id", "/room_id", "/latest_service/room_id", "/service/room_id")
	case appCode:
		return append(anywhere("/app_code", "/app_id"),
			place{pointer: "/payload/room/participants/*/email", suffix: platformSender})
	case serviceID:
		return anywhere("/service/id", "/latest_service/id")
	}
	return nil
}

func messagePlaces(of fact) []place {
	switch of {
	case messageText:
		return append(anywhere("/payload/message/text", "/messages/0/text/body", "/messages/0/image/caption"),
			same("/payload/message/payload/caption")...)
	case sentAt:
		return anywhere("/payload/message/created_at", "/payload/message/timestamp", "/payload/message/unix_timestamp",
			"/payload/message/unix_nano_timestamp", "/room_log/created_at", "/payload/timestamp",
			"/messages/*/timestamp", "/statuses/*/timestamp")
	case messageID:
		return anywhere("/payload/message/id", "/payload/message/id_str")
	case uniqueTempID:
		return anywhere("/payload/message/unique_temp_id")
	case whatsAppID:
		return append(anywhere("/messages/0/id"), place{pointer: "/payload/message/unique_temp_id", prefix: "wa_"})
	case otherWhatsAppID:
		return anywhere("/messages/1/id", "/statuses/0/id")
	default:
		return anywhere("/statuses/0/status")
	}
}

// statusPlaces are those of a state, of which a message of the same body is the other
// event.
func statusPlaces(of fact) []place {
	switch of {
	case whatsAppID:
		return append(anywhere("/statuses/0/id"), same("/statuses/*/id")...)
	case otherWhatsAppID:
		return anywhere("/messages/0/id")
	}
	return nil
}

func agentPlaces(of fact) []place {
	switch of {
	case agentID:
		return anywhere("/candidate_agent/id", "/resolved_by/id", "/payload/user/id")
	case agentEmail:
		return anywhere("/candidate_agent/email", "/resolved_by/email", "/payload/user/email", "/agent/email")
	default:
		return anywhere("/candidate_agent/name", "/resolved_by/name", "/payload/user/name", "/agent/name")
	}
}

// customChannelPlaces are those of a message that an agent writes to the customer.
func customChannelPlaces(of fact) []place {
	switch of {
	case customerID:
		return anywhere("/payload/room/participants/1/email")
	case customerName:
		return anywhere("/payload/room/participants/1/username", "/payload/room/name")
	case agentID:
		return slices.Concat(anywhere("/payload/from/id", "/payload/from/id_str"),
			same("/payload/room/participants/*/id", "/payload/room/participants/*/id_str"))
	case agentEmail:
		return slices.Concat(anywhere("/payload/from/email"), same("/payload/room/participants/*/email"))
	case agentName:
		return slices.Concat(anywhere("/payload/from/name"), same("/payload/room/participants/*/username"))
	}
	return nil
}

func customerPlaces(of fact) []place {
	if of == customerID {
		return slices.Concat(
			anywhere("/payload/from/email", "/email", "/customer/user_id", "/messages/0/from", "/statuses/0/recipient_id"),
			same("/payload/room/participants/*/email", "/room_log/user_id", "/messages/*/from", "/contacts/*/wa_id",
				"/statuses/*/recipient_id"))
	}
	return slices.Concat(
		anywhere("/payload/from/name", "/name", "/customer/name", "/contacts/0/profile/name"),
		same("/payload/room/name", "/payload/room/participants/*/username", "/room_log/name"))
}

func channelPlaces(of fact) []place {
	switch of {
	case channelID:
		return anywhere("/channel/id", "/channel_id", "/room_log/channel_id",
			"/payload/room/options/channel_details/channel_id")
	case channelName:
		return anywhere("/channel/name", "/channel_name", "/payload/room/options/channel_details/name")
	default:
		return anywhere("/channel/source", "/source", "/service/source", "/room_log/source",
			"/payload/room/options/source", "/payload/room/options/channel")
	}
}

// found is a place that a shape has.
type found struct {
	pointer pointer
	was     any // what the shape has there, whose form a new value takes
	place
}

// find finds the places of a fact in a shape.
func find(shape any, places []place) []found {
	var all []found
	for _, place := range places {
		for _, at := range expand(shape, strings.Split(place.pointer[1:], "/")) {
			was, ok := lookUp(shape, at)
			if ok && place.holds(was, all) {
				all = append(all, found{at, was, place})
			}
		}
	}
	return all
}

// holds reports whether the fact is at the place, of which the shape has the value.
// A place that is empty in a shape stays so.
func (p place) holds(was any, before []found) bool {
	if was == nil || was == "" {
		return false
	}
	// An id is a number in one place and text in the next.
	if p.same && (len(before) == 0 || fmt.Sprint(was) != fmt.Sprint(before[0].was)) {
		return false
	}
	text, _ := was.(string)
	return strings.HasPrefix(text, p.prefix) && strings.HasSuffix(text, p.suffix)
}

// expand replaces a * by the indices of a list's items.
func expand(shape any, at pointer) []pointer {
	star := slices.Index(at, "*")
	if star < 0 {
		return []pointer{at}
	}
	list, _ := lookUp(shape, at[:star])
	items, _ := list.([]any)
	all := make([]pointer, 0, len(items))
	for i := range items {
		item := slices.Clone(at)
		item[star] = strconv.Itoa(i)
		all = append(all, item)
	}
	return all
}

// lastYear is the last of which all nanoseconds can be counted.
const lastYear = 2261

// inForm writes a value as the shape does.
func (f found) inForm(value any) (any, error) {
	switch value := value.(type) {
	case time.Time:
		if value.Unix() < 0 || value.Year() > lastYear {
			return nil, fmt.Errorf("the time is not between 1970 and %d, and cannot be written in all forms", lastYear)
		}
		return timeInForm(f.was, value.UTC()), nil
	case string:
		if _, isNumber := f.was.(json.Number); !isNumber {
			return f.prefix + value + f.suffix, nil
		}
		if !isDigits(value) || len(value) > 1 && value[0] == '0' {
			return nil, fmt.Errorf("in this shape %v is a number, and what was given is none", f.pointer)
		}
		return json.Number(value), nil
	}
	return nil, errors.New("a value that is neither text nor a time")
}

// timeInForm writes a time as another is written: as a number or as text of digits
// of the same unit, or as a date with the same separator, fraction and zone.
func timeInForm(was any, moment time.Time) any {
	if number, ok := was.(json.Number); ok {
		return json.Number(unixTime(moment, len(number)))
	}
	text, _ := was.(string)
	if isDigits(text) {
		return unixTime(moment, len(text))
	}
	layout := time.DateOnly + text[len(time.DateOnly):len(time.DateOnly)+1] + time.TimeOnly
	if strings.Contains(text, ".") {
		layout += ".000"
	}
	if strings.HasSuffix(text, "Z") {
		layout += "Z"
	}
	return moment.Format(layout)
}

// unixTime writes a time in the unit that a number of digits stands for.
func unixTime(moment time.Time, digits int) string {
	switch {
	case digits > 17:
		return strconv.FormatInt(moment.UnixNano(), 10)
	case digits > 11:
		return strconv.FormatInt(moment.UnixMilli(), 10)
	}
	return strconv.FormatInt(moment.Unix(), 10)
}

func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }
