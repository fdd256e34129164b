package sandbox

import "net/http"

func (s *Sandbox) chatChannelHandlers() map[string]handler {
	return map[string]handler{
		"sdkListChannels":    s.sdkListChannels,
		"sdkGetChannelsInfo": s.sdkGetChannelsInfo,
		"sdkJoinChannels":    s.sdkJoinChannels,
		"sdkLeaveChannels":   s.sdkLeaveChannels,
	}
}

func (s *Sandbox) sdkListChannels(r *request) (any, error) {
	var channels []*conversation
	for _, room := range s.state.chat.rooms.entries {
		if room.isChannel() {
			channels = append(channels, room)
		}
	}
	return results(s.channelList(channels, r.caller.chatUser)), nil
}

// channelList is channels, as a user sees them.
func (s *Sandbox) channelList(channels []*conversation, user *chatUser) object {
	rows := []object{}
	for _, room := range channels {
		id, _ := number(room.id)
		rows = append(rows, object{
			"id": id, "unique_id": room.chat.uniqueID, "name": room.name, "avatar_url": room.avatar,
			"extras": orEmpty(asObject(fromJSONText(room.chat.options))), "is_joined": s.state.takesPart(room, user),
			"created_at": zoned(room.created),
		})
	}
	return object{"channels": rows}
}

// channelsNamed are the channels that a request names, all of them or an error.
func (s *Sandbox) channelsNamed(r *request) ([]*conversation, error) {
	var channels []*conversation
	for _, uniqueID := range texts(r.body["unique_ids"]) {
		room, err := s.state.chatRoomNamed(uniqueID)
		if err != nil || !room.isChannel() {
			return nil, refuse(http.StatusNotFound, "channel not found")
		}
		channels = append(channels, room)
	}
	return channels, nil
}

func (s *Sandbox) sdkGetChannelsInfo(r *request) (any, error) {
	channels, err := s.channelsNamed(r)
	if err != nil {
		return nil, err
	}
	return results(s.channelList(channels, r.caller.chatUser)), nil
}

func (s *Sandbox) sdkJoinChannels(r *request) (any, error) {
	channels, err := s.channelsNamed(r)
	if err != nil {
		return nil, err
	}
	for _, room := range channels {
		if _, err := s.state.join(room, []*chatUser{r.caller.chatUser}); err != nil {
			return nil, err
		}
	}
	return results(s.channelList(channels, r.caller.chatUser)), nil
}

func (s *Sandbox) sdkLeaveChannels(r *request) (any, error) {
	channels, err := s.channelsNamed(r)
	if err != nil {
		return nil, err
	}
	for _, room := range channels {
		s.state.leave(room, []*chatUser{r.caller.chatUser})
	}
	return results(s.channelList(channels, r.caller.chatUser)), nil
}
