package sandbox

import (
	"strconv"
	"strings"
)

// sdkUserOffset keeps the Chat SDK's ids of the staff apart from their own.
const sdkUserOffset = 800000

// agentV2 is a member of the staff as newer routes write it.
func (s *Sandbox) agentV2(member *staff) object {
	return object{
		"id": member.ID, "name": member.Name, "email": member.Email, "avatar_url": nullable(member.avatar),
		"created_at": zoned(s.state.made), "current_customer_count": member.load.now,
		"force_offline": false, "is_available": member.available, "is_req_otp_reset": nil, "is_verified": true,
		"last_login": zoned(member.lastLogin), "sdk_email": s.sdkEmail(member), "sdk_key": sdkKey(member),
		"type": member.Type, "type_as_string": member.Type.String(),
		"user_channels": s.channelNames(member), "user_roles": divisionNames(member),
	}
}

// agentV1 is the full row, tokens and all, as older routes write it.
func (s *Sandbox) agentV1(member *staff) object {
	return object{
		"id": member.ID, "name": member.Name, "email": member.Email, "authentication_token": member.token,
		"created_at": spaced(s.state.made), "updated_at": spaced(s.state.made),
		"sdk_email": s.sdkEmail(member), "sdk_key": sdkKey(member), "is_available": member.available,
		"type": member.Type, "type_as_string": member.Type.String(), "avatar_url": member.avatar, "app_id": appRow,
		"is_verified": true, "notifications_room_id": nil, "bubble_color": nil,
		"qismo_key": qismoKey(member), "direct_login_token": nil,
		"last_login": spaced(member.lastLogin), "force_offline": false, "deleted_at": nil,
		"is_toc_agree": true, "totp_token": nil, "is_req_otp_reset": nil,
		"last_password_update": spaced(member.passwordSet), "assigned_rules": nil,
	}
}

// listedAgentV1 adds what only the lists have. Two of the numbers are text.
func (s *Sandbox) listedAgentV1(member *staff) object {
	row := s.agentV1(member)
	row["current_customer_count"] = member.load.now
	row["total_customers"] = strconv.Itoa(member.served)
	row["total_resolved"] = strconv.Itoa(member.resolved)
	row["is_supervisor"] = member.Type == TypeSupervisor
	row["latest_service"] = nil
	if member.latest != nil {
		row["latest_service"] = serviceRow(member.latest, spaced)
	}
	roles := []object{}
	for _, division := range member.divisions {
		roles = append(roles, object{"id": division.id, "name": division.name, "is_default_role": division.isDefault})
	}
	row["assigned_agent_roles"] = roles
	return row
}

// allocatedAgent is an agent as the platform proposes one; null for nobody.
func (s *Sandbox) allocatedAgent(member *staff) any {
	if member == nil {
		return nil
	}
	return object{
		"id": member.ID, "name": member.Name, "email": member.Email, "sdk_email": s.sdkEmail(member),
		"sdk_key": sdkKey(member), "type": member.Type, "is_available": member.available, "is_verified": true,
		"force_offline": false, "avatar_url": nullable(member.avatar), "count": member.load.now,
	}
}

func (s *Sandbox) divisionRows(divisions []*division) []object {
	rows := []object{}
	for _, division := range divisions {
		rows = append(rows, object{
			"id": division.id, "name": division.name, "app_id": appRow, "is_default_role": division.isDefault,
			"created_at": unzoned(s.state.made), "updated_at": unzoned(s.state.made),
		})
	}
	return rows
}

func divisionNames(member *staff) []object {
	names := []object{}
	for _, division := range member.divisions {
		names = append(names, object{"id": division.id, "name": division.name})
	}
	return names
}

// channelNames are the channels that an agent serves: all of them, until somebody
// chooses some.
func (s *Sandbox) channelNames(member *staff) []object {
	channels := member.channels
	if channels == nil {
		channels = s.state.channels
	}
	names := []object{}
	for _, channel := range channels {
		names = append(names, object{"id": channel.ID, "name": channel.Name})
	}
	return names
}

// sdkEmail is the user id of a member of the staff on the chat server. The
// admin's is the app's own account, which the bot writes as.
func (s *Sandbox) sdkEmail(member *staff) string {
	if member.Type == TypeAdmin {
		return s.botEmail()
	}
	prefix, _, _ := strings.Cut(s.config.AppCode, "-")
	return prefix + "_" + member.chatEmail
}

// qismoKey is what an older QR code carries.
func qismoKey(member *staff) string { return "qk-" + strconv.FormatInt(member.ID, 36) }

func sdkKey(member *staff) string { return "sk-" + strconv.FormatInt(member.ID, 36) }

// botEmail is the app's own account on the chat server.
func (s *Sandbox) botEmail() string { return s.config.AppCode + "_admin@qismo.com" }
