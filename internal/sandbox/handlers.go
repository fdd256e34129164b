package sandbox

// handler answers one operation. It returns the answer's JSON value, nil for an
// empty body, or a *refusedError. It runs while Sandbox.mu is held.
type handler func(*request) (any, error)

// handlerTable names the handler of each operation of the document.
func (s *Sandbox) handlerTable() map[string]handler {
	return map[string]handler{
		"login":        s.login,
		"logout":       s.logout,
		"refreshToken": s.refreshToken,
		"getProfile":   s.getProfile,

		"listAgents":           s.listAgents,
		"listAgentsV1":         s.listAgentsV1,
		"listAgentsByIDs":      s.listAgentsByIDs,
		"getAgent":             s.getAgent,
		"listAgentsByDivision": s.listAgentsByDivision,
		"listDivisions":        s.listDivisions,
		"listAvailableAgents":  s.listAvailableAgents,

		"assignAgent":            s.assignAgent,
		"removeAgent":            s.removeAgent,
		"allocateAgent":          s.allocateAgent,
		"allocateAndAssignAgent": s.allocateAndAssignAgent,

		"listRooms":   s.listRooms,
		"getRoom":     s.getRoom,
		"resolveRoom": s.resolveRoom,
		"getRoomInfo": s.getRoomInfo,
		"setRoomInfo": s.setRoomInfo,

		"listRoomTags":  s.listRoomTags,
		"createRoomTag": s.createRoomTag,
		"deleteRoomTag": s.deleteRoomTag,

		"sendBotMessage": s.sendBotMessage,
		"setBotInRoom":   s.setBotInRoom,

		"getAppConfigs":             s.getAppConfigs,
		"setResolveWebhook":         s.setResolveWebhook,
		"setAgentAllocationWebhook": s.setAgentAllocationWebhook,
		"setNewSessionWebhook":      s.setNewSessionWebhook,
		"setAuthWebhook":            s.setAuthWebhook,

		"initiateChat":             s.initiateChat,
		"sendCustomChannelMessage": s.sendCustomChannelMessage,
	}
}
