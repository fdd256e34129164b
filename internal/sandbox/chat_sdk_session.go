package sandbox

import (
	"crypto/rand"
	"net/http"
	"slices"
)

// How often clients ask what they have missed, in milliseconds: with the broker, and
// without.
const (
	syncInterval  = 5_000
	syncOnConnect = 30_000
)

// newNonce makes a nonce of forty characters.
func newNonce() string { return (rand.Text() + rand.Text())[:40] }

func (s *Sandbox) chatSessionHandlers() map[string]handler {
	return map[string]handler{
		"sdkGetConfig":           s.sdkGetConfig,
		"sdkGetNonce":            s.sdkGetNonce,
		"sdkVerifyIdentityToken": s.sdkVerifyIdentityToken,
		"sdkLoginOrRegister":     s.sdkLoginOrRegister,
		"sdkGetMyProfile":        s.sdkGetMyProfile,
		"sdkUpdateMyProfile":     s.sdkUpdateMyProfile,
		"sdkRefreshUserToken":    s.sdkRefreshUserToken,
		"sdkExpireUserToken":     s.sdkExpireUserToken,
		"sdkLogout":              s.sdkLogout,

		"sdkSetUserDeviceToken":    s.sdkSetUserDeviceToken,
		"sdkRemoveUserDeviceToken": s.sdkRemoveUserDeviceToken,
	}
}

func (s *Sandbox) sdkGetConfig(r *request) (any, error) {
	expires, hasBroker := s.state.settings.chatTokenLife > 0, s.realtime.broker != nil
	broker, lookup := s.brokerAddresses(r)
	return results(object{
		"app_code": s.config.AppCode, "base_url": "", "broker_url": broker, "broker_lb_url": lookup,
		"enable_realtime": hasBroker, "enable_realtime_check": hasBroker, "enable_sync": true, "enable_sync_event": true,
		"enable_event_report": true, "auto_refresh_token": expires, "enable_refresh_token": expires,
		"sync_interval": syncInterval, "sync_on_connect": syncOnConnect, "network_connection_interval": syncInterval,
		"extras": "{}",
	}), nil
}

func deactivated() *refusedError {
	return refuse(http.StatusUnauthorized, "Unauthorized. The user is deactivated")
}

// sdkLoginOrRegister takes the key of the first login for the user's own. So does a
// customer's, whom the inbox knew before.
func (s *Sandbox) sdkLoginOrRegister(r *request) (any, error) {
	id, key := text(r.body["email"]), text(r.body["password"])
	known, ok := s.state.findChatUser(id)
	switch {
	case ok && !known.active:
		return nil, deactivated()
	case !ok && !isUserID(id):
		return nil, badUserID()
	case ok && known.password != "" && known.password != key:
		return nil, refuse(http.StatusUnauthorized, "Unauthorized. The user id or the password is wrong")
	}
	user := s.state.registerChatUser(
		id, text(r.body["username"]), text(r.body["avatar_url"]), asObject(fromJSONText(r.body["extras"])), s.now(),
	)
	user.password = key
	if device := text(r.body["device_token"]); device != "" {
		s.state.addDevice(user, chatDevice{token: device})
	}
	return results(object{"user": s.account(user, s.state.issueChatToken(user, s.now()))}), nil
}

// ownToken is the token that a request was sent with.
func (r *request) ownToken() chatToken {
	for _, token := range r.caller.chatUser.tokens {
		if token.text == r.caller.token {
			return token
		}
	}
	return chatToken{text: r.caller.token}
}

func (s *Sandbox) sdkGetMyProfile(r *request) (any, error) {
	return results(object{"user": s.account(r.caller.chatUser, r.ownToken())}), nil
}

// sdkUpdateMyProfile leaves what was not sent.
func (s *Sandbox) sdkUpdateMyProfile(r *request) (any, error) {
	user := s.state.registerChatUser(
		r.caller.chatUser.userID, text(r.body["name"]), text(r.body["avatar_url"]),
		asObject(fromJSONText(r.body["extras"])), s.now(),
	)
	return results(object{"user": s.account(user, r.ownToken())}), nil
}

// sdkRefreshUserToken wants the refresh token alone to be good: that is what it is for.
func (s *Sandbox) sdkRefreshUserToken(r *request) (any, error) {
	user := r.caller.chatUser
	if text(r.body["user_id"]) != user.userID {
		return nil, unauthorized()
	}
	issued, ok := s.state.refreshChatToken(user, text(r.body["refresh_token"]), s.now())
	if !ok {
		return nil, unauthorized()
	}
	return results(object{
		"token": issued.text, "refresh_token": issued.refresh, "token_expires_at": zoned(issued.expires),
	}), nil
}

// sdkExpireUserToken is for whoever tests what happens then.
func (s *Sandbox) sdkExpireUserToken(r *request) (any, error) {
	if text(r.body["user_id"]) != r.caller.chatUser.userID {
		return nil, unauthorized()
	}
	s.state.expireChatToken(r.caller.chatUser, r.caller.token, s.now())
	return nil, nil // an empty body
}

// sdkLogout voids the token that it names, which is the one that it was sent with.
func (s *Sandbox) sdkLogout(r *request) (any, error) {
	user := r.caller.chatUser
	if text(r.body["user_id"]) != user.userID || text(r.body["token"]) != r.caller.token {
		return nil, unauthorized()
	}
	s.state.voidChatToken(user, r.caller.token)
	return nil, nil // an empty body
}

// addDevice enters a device of a user, and tells whether it is new. Of too many the first
// is forgotten.
func (s *state) addDevice(user *chatUser, device chatDevice) (isNew bool) {
	if slices.Contains(user.devices, device) {
		return false
	}
	if len(user.devices) == maxChatDevices {
		user.devices = slices.Delete(user.devices, 0, 1)
	}
	user.devices = append(user.devices, device)
	s.keepChatUser(user)
	return true
}

// sdkSetUserDeviceToken remembers the device, and sends nothing to it.
func (s *Sandbox) sdkSetUserDeviceToken(r *request) (any, error) {
	device := chatDevice{text(r.body["device_token"]), text(r.body["device_platform"])}
	return results(object{
		"changed": s.state.addDevice(r.caller.chatUser, device), "pn_android_configured": true, "pn_ios_configured": false,
	}), nil
}

func (s *Sandbox) sdkRemoveUserDeviceToken(r *request) (any, error) {
	user, device := r.caller.chatUser, chatDevice{text(r.body["device_token"]), text(r.body["device_platform"])}
	user.devices = slices.DeleteFunc(user.devices, func(one chatDevice) bool { return one == device })
	s.state.touch(user)
	return results(object{"success": true}), nil
}
