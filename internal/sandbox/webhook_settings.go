package sandbox

import "strconv"

func (s *Sandbox) webhookSettingHandlers() map[string]handler {
	return map[string]handler{
		"setResolveWebhook":         adminOnly(s.setResolveWebhook),
		"getResolveWebhook":         s.getResolveWebhook,
		"setAgentAllocationWebhook": adminOnly(s.setAgentAllocationWebhook),
		"setNewSessionWebhook":      adminOnly(s.setNewSessionWebhook),
		"getNewSessionWebhook":      s.getNewSessionWebhook,
		"setAuthWebhook":            adminOnly(s.setAuthWebhook),
		"getAuthWebhook":            s.getAuthWebhook,
		"listWebhookConfigs":        s.listWebhookConfigs,
	}
}

func (s *Sandbox) setResolveWebhook(r *request) (any, error) {
	return s.setAppWebhook(&s.state.settings.resolve, r)
}

// getResolveWebhook is taken to answer as its setter does; nobody has seen it.
func (s *Sandbox) getResolveWebhook(*request) (any, error) { return data(s.appRow()), nil }

func (s *Sandbox) setAgentAllocationWebhook(r *request) (any, error) {
	return s.setAppWebhook(&s.state.settings.allocation, r)
}

// setAppWebhook answers with the whole app, as the older setters do.
func (s *Sandbox) setAppWebhook(setting *webhook, r *request) (any, error) {
	*setting = webhook{url: text(r.body["webhook_url"]), on: flag(r.body["is_webhook_enabled"])}
	s.state.settings.changed = s.now()
	return data(s.appRow()), nil
}

// The names of the newer webhooks' settings.
const (
	newSessionSetting = "new_session_webhook"
	authSetting       = "auth_webhook"
)

func (s *Sandbox) setNewSessionWebhook(r *request) (any, error) {
	return s.setConfigWebhook(&s.state.settings.newSession, newSessionSetting, r)
}

func (s *Sandbox) setAuthWebhook(r *request) (any, error) {
	return s.setConfigWebhook(&s.state.settings.auth, authSetting, r)
}

func (s *Sandbox) setConfigWebhook(setting *webhook, name string, r *request) (any, error) {
	*setting = webhook{url: text(r.body["url"]), on: flag(r.body["enabled"])}
	s.state.settings.changed = s.now()
	return configWebhook(name, *setting), nil
}

// getNewSessionWebhook is taken to answer as its setter does; nobody has seen it.
func (s *Sandbox) getNewSessionWebhook(*request) (any, error) {
	return configWebhook(newSessionSetting, s.state.settings.newSession), nil
}

// getAuthWebhook is taken to answer as its setter does; nobody has seen it.
func (s *Sandbox) getAuthWebhook(*request) (any, error) {
	return configWebhook(authSetting, s.state.settings.auth), nil
}

// configWebhook is a newer webhook's setting alone; the switch is text.
func configWebhook(name string, setting webhook) object {
	return dataWithStatus(object{"configs": object{
		name + "_url":             nullable(setting.url),
		"is_" + name + "_enabled": strconv.FormatBool(setting.on),
	}})
}

// listWebhookConfigs lists the webhooks that have an address. Which ones the
// platform lists, and under which types, is not known: these are the settings'
// names.
func (s *Sandbox) listWebhookConfigs(*request) (any, error) {
	set := s.state.settings
	rows := []object{}
	for i, config := range []struct {
		name string
		webhook
	}{
		{"bot_webhook", set.bot}, {"allocate_agent_webhook", set.allocation},
		{"mark_as_resolved_webhook", set.resolve}, {newSessionSetting, set.newSession}, {authSetting, set.auth},
	} {
		if config.url == "" {
			continue
		}
		rows = append(rows, object{
			"id": 4401 + i, "type": config.name, "url": config.url, "is_active": config.on,
			"created_at": zoned(s.state.made), "updated_at": zoned(set.changed),
		})
	}
	return dataWithStatus(object{"webhook_configs": rows}), nil
}
