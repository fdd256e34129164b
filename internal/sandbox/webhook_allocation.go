package sandbox

// allocationBody proposes the least busy agent. Its is_resolved speaks of the
// session before this one, which it carries too.
func (s *Sandbox) allocationBody(room *room, isNewSession bool) object {
	shape := s.state.settings.shapes["customAgentAllocation"]
	latest := room.latestService()
	body := object{
		"app_id": s.config.AppCode, "app_code": s.config.AppCode, "channel": channelObject(room.channel),
		"source": room.channel.Source, "name": room.name, "email": room.userID, "avatar_url": room.avatar,
		"extras": allocationExtras(room, shape), "is_resolved": latest != nil && latest.resolved,
		"is_new_session": isNewSession, "room_id": room.id, "latest_service": nil, "candidate_agent": nil,
	}
	if latest != nil {
		row := serviceRow(latest, spaced)
		row["first_comment_timestamp"] = nil // no webhook was seen to have it
		body["latest_service"] = row
	}
	if agent := s.leastBusy(room, false); agent != nil {
		body["candidate_agent"] = s.candidateAgent(agent, shape)
	}
	if shape != Shape2025 {
		withoutApp(body)
	}
	if shape == Shape2019 {
		delete(body, "is_new_session")
	}
	return body
}

// allocationExtras is what is known of the customer, as JSON inside text.
func allocationExtras(room *room, shape Shape) string {
	switch extras := roomExtras(room); shape {
	case Shape2019:
		return jsonText(object{"timezone_offset": timezoneOffset})
	case Shape2021:
		return jsonText(extras)
	default:
		extras["user_properties_migrated"] = true
		return jsonText(extras)
	}
}

// candidateAgent is an agent, with the agent's keys. That of 2019 is the whole row,
// login included.
func (s *Sandbox) candidateAgent(agent *staff, shape Shape) object {
	row := object{
		"id": agent.ID, "email": agent.Email, "name": agent.Name, "is_available": agent.available,
		"is_verified": true, "force_offline": false, "type": agent.Type, "type_as_string": agent.Type.String(),
		"avatar_url": nullable(agent.avatar), "last_login": zoned(agent.lastLogin), "created_at": zoned(s.state.made),
		"updated_at": zoned(s.state.made), "sdk_email": s.sdkEmail(agent), "sdk_key": sdkKey(agent),
	}
	switch shape {
	case Shape2021:
		row["created_at"], row["updated_at"] = unzoned(s.state.made), unzoned(s.state.made)
	case Shape2019:
		row["created_at"], row["updated_at"] = spaced(s.state.made), spaced(s.state.made)
		delete(row, "force_offline")
		delete(row, "last_login")
		row["authentication_token"], row["qismo_key"], row["direct_login_token"] = agent.token, qismoKey(agent), nil
		row["app_id"], row["notifications_room_id"] = appRow, text(firstRoomID+agent.ID)
		row["bubble_color"], row["assigned_rules"] = "#7a4fd1", s.assignedRules()
	}
	return row
}

// assignedRules are the kinds of channels that agents serve: all that there are.
func (s *Sandbox) assignedRules() []string {
	rules, seen := []string{}, map[string]bool{}
	for _, channel := range s.state.channels {
		if !channel.Custom && !seen[channel.Source] {
			seen[channel.Source] = true
			rules = append(rules, channel.Source+"_messaging")
		}
	}
	return rules
}
