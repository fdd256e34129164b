package sandbox

import "maps"

// handler answers one operation. It returns the answer's JSON value, a content that
// is not JSON, nil for an empty body, or a *refusedError. It runs while Sandbox.mu is held.
type handler func(*request) (any, error)

// handlerTable names the handler of each operation of the document. The
// operations of each group are listed here or, with their handlers, in the
// group's own file.
func (s *Sandbox) handlerTable() map[string]handler {
	table := map[string]handler{}
	for _, group := range []map[string]handler{
		s.sessionHandlers(),
		s.agentHandlers(),
		s.allocationHandlers(),
		s.roomHandlers(),
		s.tagHandlers(),
		s.botHandlers(),
		s.channelHandlers(),
		s.appHandlers(),
		s.webhookSettingHandlers(),
		s.contactHandlers(),
		s.customerHandlers(),
		s.whatsAppHandlers(),
		s.broadcastHandlers(),
		s.templateHandlers(),
		s.chatRestUserHandlers(),
		s.chatRestRoomHandlers(),
		s.chatRestMessageHandlers(),
		s.chatBackupHandlers(),
		s.chatSessionHandlers(),
		s.chatUserHandlers(),
		s.chatRoomHandlers(),
		s.chatChannelHandlers(),
		s.chatMessageHandlers(),
		s.chatFileHandlers(),
		s.chatSyncHandlers(),
	} {
		maps.Copy(table, group)
	}
	return table
}

func (s *Sandbox) sessionHandlers() map[string]handler {
	return map[string]handler{
		"login":                  s.login,
		"logout":                 s.logout,
		"refreshToken":           s.refreshToken,
		"mobileLogin":            s.mobileLogin,
		"getTokenByQismoKey":     s.getTokenByQismoKey,
		"signUp":                 s.signUp,
		"getLatestMobileVersion": s.getLatestMobileVersion,
		"getProfile":             s.getProfile,
		"updateProfile":          s.updateProfile,
		"changePassword":         s.changePassword,
		"setAvailability":        s.setAvailability,
	}
}

func (s *Sandbox) agentHandlers() map[string]handler {
	return map[string]handler{
		"listAgents":           s.listAgents,
		"listAgentsV1":         s.listAgentsV1,
		"listAgentsByIDs":      s.listAgentsByIDs,
		"getAgent":             s.getAgent,
		"updateAgent":          s.updateAgent,
		"listAgentsByDivision": s.listAgentsByDivision,
		"listDivisions":        s.listDivisions,
		"listAvailableAgents":  s.listAvailableAgents,
		"listOtherAgents":      s.listOtherAgents,
	}
}

func (s *Sandbox) allocationHandlers() map[string]handler {
	return map[string]handler{
		"assignAgent":            s.assignAgent,
		"addAgentToRoom":         s.addAgentToRoom,
		"removeAgent":            s.removeAgent,
		"allocateAgent":          s.allocateAgent,
		"allocateAndAssignAgent": s.allocateAndAssignAgent,
		"takeOverUnresolvedRoom": s.takeOverUnresolvedRoom,
		"countUnresolvedRooms":   s.countUnresolvedRooms,
		"countUnservedRooms":     s.countUnservedRooms,
		"listWaBulkResolves":     s.listWaBulkResolves,
		"startWaBulkResolve":     s.startWaBulkResolve,
		"getWaBulkResolve":       s.getWaBulkResolve,
		"abortWaBulkResolve":     s.abortWaBulkResolve,
	}
}

func (s *Sandbox) roomHandlers() map[string]handler {
	return map[string]handler{
		"listRooms":           s.listRooms,
		"listRoomsByQuery":    s.listRoomsByQuery,
		"getRoom":             s.getRoom,
		"getLatestRoom":       s.getLatestRoom,
		"resolveRoom":         s.resolveRoom,
		"markRoomAsRead":      s.markRoomAsRead,
		"updateRoomOptions":   s.updateRoomOptions,
		"exportConversations": s.exportConversations,
		"getRoomInfo":         s.getRoomInfo,
		"setRoomInfo":         s.setRoomInfo,
	}
}

func (s *Sandbox) tagHandlers() map[string]handler {
	return map[string]handler{
		"listRoomTags":    s.listRoomTags,
		"createRoomTag":   s.createRoomTag,
		"deleteRoomTag":   s.deleteRoomTag,
		"listTags":        s.listTags,
		"listRoomTagsV1":  s.listRoomTagsV1,
		"createRoomTagV1": s.createRoomTagV1,
	}
}

func (s *Sandbox) botHandlers() map[string]handler {
	return map[string]handler{
		"sendBotMessage":         s.sendBotMessage,
		"setBotInRoom":           s.setBotInRoom,
		"handoverRoomToDivision": s.handoverRoomToDivision,
		"handoverRoomFromBot":    s.handoverRoomFromBot,
	}
}

func (s *Sandbox) customerHandlers() map[string]handler {
	return map[string]handler{
		"initiateChat":                   s.initiateChat,
		"initiateChatV1":                 s.initiateChatV1,
		"getAppSession":                  s.getAppSession,
		"sendCustomChannelMessage":       s.sendCustomChannelMessage,
		"sendCustomChannelMessageLegacy": s.sendCustomChannelMessageLegacy,
	}
}

// shown answers as the document's example does, where there is no state that
// the answer could come from.
func shown(r *request) (any, error) {
	examples := r.operation.Responses["200"].Content["application/json"].Examples
	for _, name := range sortedNames(examples) {
		return examples[name], nil
	}
	return nil, nil // an empty body: the document knows no other
}
