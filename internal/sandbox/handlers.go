package sandbox

import "net/http"

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
		"setResolveWebhook":         adminOnly(s.setResolveWebhook),
		"setAgentAllocationWebhook": adminOnly(s.setAgentAllocationWebhook),
		"setNewSessionWebhook":      adminOnly(s.setNewSessionWebhook),
		"setAuthWebhook":            adminOnly(s.setAuthWebhook),

		"initiateChat":             s.initiateChat,
		"sendCustomChannelMessage": s.sendCustomChannelMessage,
	}
}

// adminOnly refuses whoever is not the admin. How the platform words it was
// never recorded.
func adminOnly(handle handler) handler {
	return func(r *request) (any, error) {
		if r.caller.user == nil || r.caller.user.Type != TypeAdmin {
			return nil, refuse(http.StatusForbidden, "only the admin may do this")
		}
		return handle(r)
	}
}
