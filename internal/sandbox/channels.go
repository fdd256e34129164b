package sandbox

import "strings"

func (s *Sandbox) channelHandlers() map[string]handler {
	return map[string]handler{
		"listChannels":          s.listChannels,
		"listChannelsByType":    s.listChannelsByType,
		"getQiscusChannel":      s.getQiscusChannel,
		"getWaChannel":          s.getWaChannel,
		"createQiscusChannel":   s.createQiscusChannel,
		"updateChannel":         s.updateChannel,
		"createTelegramChannel": s.createTelegramChannel,
		"deleteTelegramChannel": s.deleteTelegramChannel,
		"getChannelConfig":      s.getChannelConfig,
		"setChannelConfig":      s.setChannelConfig,
		"getPublicWidgetConfig": s.getPublicWidgetConfig,
		"setWidgetConfig":       s.setWidgetConfig,
	}
}

// listChannels has an array for each of the older kinds, and for others when there
// is a channel of theirs.
func (s *Sandbox) listChannels(*request) (any, error) {
	groups := map[string][]object{}
	for _, kind := range []string{kindCustom, "fb", "ig", "line", "qiscus", "telegram", "wa"} {
		groups[kind+"_channels"] = []object{}
	}
	for _, channel := range s.state.channels {
		name := kindOf(channel) + "_channels"
		groups[name] = append(groups[name], s.channelRowV2(channel))
	}
	return data(groups), nil
}

// listChannelsByType searches names, as far as is known.
func (s *Sandbox) listChannelsByType(r *request) (any, error) {
	kind, search := text(r.parameters["channel_type"]), strings.ToLower(text(r.parameters["search"]))
	var found []*Channel
	for _, channel := range s.state.channels {
		if kindOf(channel) == kind && strings.Contains(strings.ToLower(channel.Name), search) {
			found = append(found, channel)
		}
	}
	page := readPage(r)
	rows := []object{}
	for _, channel := range cutPage(found, page) {
		rows = append(rows, s.channelRowV3(channel))
	}
	answer := dataWithStatus(rows)
	answer["meta"] = pageMeta(page, len(found))
	return answer, nil
}

func (s *Sandbox) getQiscusChannel(r *request) (any, error) {
	channel, err := s.state.channelOfKind("qiscus", r.parameters["channel_id"])
	if err != nil {
		return nil, err
	}
	row := s.channelRowV3(channel)
	row["configs"] = object{"is_enabled": s.state.detailsOf(channel).responder.on}
	return dataWithStatus(object{"qiscus_channel": row}), nil
}

func (s *Sandbox) getWaChannel(r *request) (any, error) {
	channel, err := s.whatsAppChannel(r)
	if err != nil {
		return nil, err
	}
	return dataWithStatus(object{"wa_channel": s.channelRowV3(channel)}), nil
}

func (s *Sandbox) createQiscusChannel(r *request) (any, error) {
	channel, details := s.state.addChannel("qiscus", text(r.body["name"]), s.now())
	details.badge = text(r.body["badge_url"])
	details.off = !flag(r.body["is_active"])
	details.secure, details.secureTOC = flag(r.body["is_secure"]), flag(r.body["is_secure_toc"])
	return dataWithStatus(object{"qiscus_channel": s.channelRowV3(channel)}), nil
}

// createTelegramChannel takes any token: Telegram, which knows the real ones, is
// not played.
func (s *Sandbox) createTelegramChannel(r *request) (any, error) {
	channel, details := s.state.addChannel("telegram", "", s.now())
	details.botToken = text(r.body["bot_token"])
	if configs, ok := r.body["configs"].(object); ok {
		details.responder = readResponder(configs, true)
	}
	return dataWithStatus(object{"telegram_channel": s.channelRowV3(channel)}), nil
}

func (s *Sandbox) deleteTelegramChannel(r *request) (any, error) {
	channel, err := s.state.channelOfKind("telegram", r.parameters["channel_id"])
	if err != nil {
		return nil, err
	}
	s.state.removeChannel(channel)
	return nil, nil // an empty body
}

// updateChannel changes what is sent, whatever the kind. That a channel is off
// keeps no customer from writing: what the platform does about those is not known.
func (s *Sandbox) updateChannel(r *request) (any, error) {
	kind := strings.TrimSuffix(text(r.parameters["channel_type"]), "_channel")
	channel, err := s.state.channelOfKind(kind, r.parameters["channel_id"])
	if err != nil {
		return nil, err
	}
	details := s.state.detailsOf(channel)
	details.changed = s.now()
	if active, sent := r.body["is_active"]; sent {
		details.off = !flag(active)
	}
	if secure, sent := r.body["is_secure"]; sent {
		details.secure = flag(secure)
	}
	details.badge = orDefault(text(r.body["badge_url"]), details.badge)
	if configs, ok := r.body["configs"].(object); ok {
		details.responder = readResponder(configs, details.responder.on)
	}
	channel.Name = orDefault(text(r.body["name"]), channel.Name)
	return dataWithStatus(object{kind + "_channel": s.channelRowV3(channel)}), nil
}

func (s *Sandbox) getChannelConfig(r *request) (any, error) {
	channel, err := s.state.channelOfKind(text(r.parameters["source"]), r.parameters["channel_id"])
	if err != nil {
		return nil, err
	}
	config := s.state.detailsOf(channel).responder.configRow()
	return dataWithStatus(object{"channel_config": config}), nil
}

// setChannelConfig sets all of it. What the platform does about a member that is
// left out is not known; here it is off.
func (s *Sandbox) setChannelConfig(r *request) (any, error) {
	channel, err := s.state.channelOfKind(text(r.body["source"]), r.parameters["channel_id"])
	if err != nil {
		return nil, err
	}
	s.state.detailsOf(channel).responder = readResponder(r.body, flag(r.body["enabled"]))
	return nil, nil // an empty body
}

func readResponder(sent object, on bool) responder {
	return responder{
		on: on, offline: sent["offline_message"], online: sent["online_message"],
		offlineEach:      flag(sent["send_offline_each_message"]),
		onlineIfResolved: flag(sent["send_online_if_resolved"]),
	}
}

func (s *Sandbox) getPublicWidgetConfig(r *request) (any, error) {
	channel, err := s.state.channelOfKind("qiscus", r.parameters["channel_id"])
	if err != nil {
		return nil, err
	}
	details := s.state.detailsOf(channel)
	variables := details.variables
	if variables == nil {
		variables = s.widgetVariables(channel)
	}
	return dataWithStatus(object{"widget": object{"styles": details.style, "variables": variables}}), nil
}

func (s *Sandbox) setWidgetConfig(r *request) (any, error) {
	channel, err := s.state.channelOfKind("qiscus", r.parameters["channel_id"])
	if err != nil {
		return nil, err
	}
	details := s.state.detailsOf(channel)
	widget, _ := r.body["widget"].(object)
	details.variables = widget["variables"]
	if style, sent := r.body["style"]; sent {
		details.style = style
	}
	return nil, nil // an empty body
}
