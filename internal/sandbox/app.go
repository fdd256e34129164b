package sandbox

import (
	"net/url"
	"time"
)

// passwordLife is how long a password lasts, as far as getAppDetails tells.
const passwordLife = 90 * 24 * time.Hour

// appSwitches are the app's own switches. No call changes the last three; the
// configuration does, as the dashboard is not played.
type appSwitches struct {
	sessional    bool // a returning customer gets a new room
	forceSendBot bool // the bot goes on hearing what is said to an agent
	takeover     bool // agents may pick waiting customers on their own
	allocation   bool // the platform gives waiting customers to agents
	newTags      bool // agents may make tags that the app does not have yet
}

func (s *Sandbox) appHandlers() map[string]handler {
	return map[string]handler{
		"getAppDetails":           s.getAppDetails,
		"getAppConfigs":           s.getAppConfigs,
		"getAgentTakeoverSetting": s.getAgentTakeoverSetting,
		"getTicketingConfig":      s.getTicketingConfig,
		"getOfficeHours":          s.getOfficeHours,
		"getSessional":            s.getSessional,
		"setSessional":            adminOnly(s.setSessional),
		"getBotSettings":          s.getBotSettings,
		"setBotIntegration":       adminOnly(s.setBotIntegration),
		"setBotActivation":        adminOnly(s.setBotActivation),
		"setForceSendBot":         adminOnly(s.setForceSendBot),
		"listFeatures":            shown,
		"getPlan":                 shown,
		"listChatTemplates":       shown,
		"getAnalyticsURL":         s.getAnalyticsURL,
	}
}

// getAppDetails answers without an envelope, as the platform seems to.
func (s *Sandbox) getAppDetails(r *request) (any, error) {
	set := s.state.settings
	return object{
		"id": appRow, "app_code": s.config.AppCode, "name": companyName, "secret_key": s.config.SecretKey,
		"bot_webhook_url": nullable(set.bot.url), "is_bot_enabled": set.bot.on,
		"is_sessional": set.switches.sessional, "is_active": true, "use_2fa": false,
		"paid_channel_approved": nil, "created_at": zoned(s.state.made),
		"user": object{
			"id": r.caller.user.ID, "last_password_update": unzoned(r.caller.user.passwordSet),
			"expiration_day": int64(passwordLife / (24 * time.Hour)),
			"expired_on":     r.caller.user.passwordSet.Add(passwordLife).Unix(),
		},
	}, nil
}

func (s *Sandbox) getAgentTakeoverSetting(*request) (any, error) {
	return data(object{"is_agent_takeover_enabled": s.state.settings.switches.takeover}), nil
}

func (s *Sandbox) getSessional(*request) (any, error) {
	return data(object{"is_sessional": s.state.settings.switches.sessional}), nil
}

// setSessional has an empty answer: what the platform's holds is not known. The
// switch counts from the next message of a customer whose session was resolved.
func (s *Sandbox) setSessional(r *request) (any, error) {
	s.state.settings.switches.sessional = flag(r.body["is_sessional"])
	s.state.settings.changed = s.now()
	return nil, nil // an empty body
}

// nextRoom makes the room of a returning customer's next session, when each
// session has one of its own. The old room stays as it is, with its tags and
// its properties; whether the platform takes any of that along is not known.
func (s *state) nextRoom(old *room, name string, now time.Time) *room {
	made := s.addRoom(old.channel, old.userID, orDefault(name, old.name), now)
	made.avatar = old.avatar
	made.origin, made.widgetID = old.origin, old.widgetID
	return made
}

// getAnalyticsURL makes up a link that leads nowhere.
func (s *Sandbox) getAnalyticsURL(r *request) (any, error) {
	link := url.URL{
		Scheme: "https", Host: "analytics.example.id", Path: "/embed/" + text(r.parameters["type"]),
		RawQuery: url.Values{"signature": {newSecret("sg")}}.Encode(),
	}
	return data(object{"analytics_url": link.String()}), nil
}
