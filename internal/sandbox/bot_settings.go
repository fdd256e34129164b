package sandbox

// This file holds the bot's settings for the whole app. They act at once: the
// next message of a customer goes where they say, if it goes anywhere.

func (s *Sandbox) getBotSettings(*request) (any, error) {
	set := s.state.settings
	return dataWithStatus(object{
		"bot_webhook_url":   nullable(set.bot.url),
		"is_bot_enabled":    set.bot.on,
		"is_force_send_bot": set.switches.forceSendBot,
	}), nil
}

// setBotIntegration leaves the bot's switches in the rooms alone: a room that
// was opened while the app had no bot gets it with its next session.
func (s *Sandbox) setBotIntegration(r *request) (any, error) {
	s.state.settings.bot = webhook{url: text(r.body["bot_webhook_url"]), on: flag(r.body["is_bot_enabled"])}
	s.state.settings.changed = s.now()
	return dataWithStatus(object{"app": s.appRow()}), nil
}

// setBotActivation changes the switch that setBotIntegration sets too; that the
// platform has one and not two is a guess. Its answer was never recorded.
func (s *Sandbox) setBotActivation(r *request) (any, error) {
	s.state.settings.bot.on = flag(r.body["is_active"])
	s.state.settings.changed = s.now()
	return nil, nil // an empty body
}

func (s *Sandbox) setForceSendBot(r *request) (any, error) {
	on := flag(r.body["is_force_send_bot"])
	s.state.settings.switches.forceSendBot = on
	s.state.settings.changed = s.now()
	return dataWithStatus(object{"bot": object{"is_force_send_bot": on}}), nil
}
