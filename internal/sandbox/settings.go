package sandbox

import (
	"strconv"
	"time"
)

// companyName is whose app it is.
const companyName = "Kopi Wangi"

// webhook is where an event is sent, and whether.
type webhook struct {
	url string
	on  bool
}

// set tells whether the event is sent.
func (w webhook) set() bool { return w.on && w.url != "" }

// settings are the app's settings that something depends on.
type settings struct {
	bot, newSession, allocation, resolve, auth webhook
	chat                                       webhook // the chat server's
	switches                                   appSwitches
	hours                                      OfficeHours
	changed                                    time.Time
	tokenLife, chatTokenLife                   time.Duration
	countLag                                   time.Duration
	// named are hosts to which webhooks may be sent though they may be public.
	named map[string]bool

	eventSettings
}

func newSettings(config Config) settings {
	urls := config.Webhooks
	configured := func(url string) webhook { return webhook{url: url, on: url != ""} }
	return settings{
		bot: configured(urls.Bot), newSession: configured(urls.NewSession), allocation: configured(urls.Allocation),
		resolve: configured(urls.Resolve), auth: configured(urls.Auth), chat: configured(urls.Chat),
		switches: appSwitches{
			takeover: !config.NoTakeover, allocation: config.AllocateAgents, newTags: !config.NoNewTags,
		},
		hours:   config.OfficeHours,
		changed: config.Now(),

		tokenLife: config.TokenLife, chatTokenLife: config.ChatTokenLife, countLag: config.CountLag, named: urls.hosts(),

		eventSettings: newEventSettings(config),
	}
}

// setWebhooks sends events to other addresses. An event whose address is empty keeps
// the one that it has.
func (s *settings) setWebhooks(urls Webhooks) {
	for setting, url := range map[*webhook]string{
		&s.bot: urls.Bot, &s.newSession: urls.NewSession, &s.allocation: urls.Allocation, &s.resolve: urls.Resolve,
		&s.auth: urls.Auth, &s.chat: urls.Chat,
	} {
		if url != "" {
			*setting = webhook{url: url, on: true}
		}
	}
}

// getAppConfigs mixes booleans, text, booleans as text and null, as the
// platform does. What show_all changes is not known, so it changes nothing.
func (s *Sandbox) getAppConfigs(*request) (any, error) {
	set := s.state.settings
	configs := object{
		"bot_webhook_url": nullable(set.bot.url), "is_bot_enabled": set.bot.on,
		"allocate_agent_webhook_url":             nullable(set.allocation.url),
		"is_allocate_agent_webhook_enabled":      set.allocation.on,
		"mark_as_resolved_webhook_url":           nullable(set.resolve.url),
		"is_mark_as_resolved_webhook_enabled":    set.resolve.on,
		"new_session_webhook_url":                nullable(set.newSession.url),
		"is_new_session_webhook_enabled":         strconv.FormatBool(set.newSession.on),
		"auth_webhook_url":                       nullable(set.auth.url),
		"is_auth_webhook_enabled":                strconv.FormatBool(set.auth.on),
		"online_message":                         nullable(set.hours.Online),
		"offline_message":                        nullable(set.hours.Offline),
		"timezone":                               set.hours.Zone,
		"api_version":                            "v2",
		"app_sync_interval":                      "5000",
		"is_active":                              true,
		"is_sessional":                           set.switches.sessional,
		"is_agent_allocation_enabled":            set.switches.allocation,
		"is_agent_takeover_enabled":              set.switches.takeover,
		"is_create_tags_enabled":                 set.switches.newTags,
		"agent_can_add_other_agent":              "true",
		"agent_can_assign_chat":                  "true",
		"agent_contact_access":                   "true",
		"agent_send_broadcast_message_access":    "false",
		"agent_send_outbound_message_inbox":      "false",
		"default_properties_created":             "true",
		"enable_leave_agent":                     "false",
		"enable_rtl_mode":                        "false",
		"hide_agent_inbox_customer_id":           "false",
		"hide_agent_toggle_status":               "false",
		"user_hide_popup_estimation_inbox":       "false",
		"ig_story_mention_enabled:5133":          "false",
		"widget":                                 nil,
		"waca_channel":                           nil,
		"create_tags":                            nil,
		"user_hide_handover_request_popup_inbox": "false",
	}
	return dataWithStatus(object{"configs": configs}), nil
}

// shortApp is the app as login has it under details.
func (s *Sandbox) shortApp() object {
	set := s.state.settings
	return object{
		"app_code": s.config.AppCode, "secret_key": s.config.SecretKey, "name": companyName,
		"bot_webhook_url": nullable(set.bot.url), "is_bot_enabled": set.bot.on,
		"allocate_agent_webhook_url":          nullable(set.allocation.url),
		"is_allocate_agent_webhook_enabled":   set.allocation.on,
		"mark_as_resolved_webhook_url":        nullable(set.resolve.url),
		"is_mark_as_resolved_webhook_enabled": set.resolve.on,
		"is_active":                           true,
		"is_sessional":                        set.switches.sessional,
		"is_agent_allocation_enabled":         set.switches.allocation,
		"is_agent_takeover_enabled":           set.switches.takeover,
		"use_latest":                          false,
	}
}

// appRow is the whole app.
func (s *Sandbox) appRow() object {
	row := s.shortApp()
	row["id"] = appRow
	row["created_at"], row["updated_at"] = spaced(s.state.made), spaced(s.state.settings.changed)
	row["is_mobile_pn_enabled"] = true
	row["is_token_expiring"] = true
	row["paid_channel_approved"] = nil
	row["free_sessions"] = 1000
	row["is_force_send_bot"] = s.state.settings.switches.forceSendBot
	row["search_using_engine"] = true
	row["use_2fa"] = false
	row["app_joined_status"] = 1
	row["is_archieved"], row["archieve_status"] = nil, nil
	return row
}

// appConfigRow is the settings of older accounts, as login has them.
func (s *Sandbox) appConfigRow() object {
	hours := s.state.settings.hours
	return object{
		"id": appRow + 1, "app_id": appRow, "widget": nil, "offline_message": nullable(hours.Offline),
		"online_message": nullable(hours.Online), "timezone": hours.Zone, "enable_bulk_assign": false,
		"send_online_if_resolved": hours.OnlineIfResolved, "send_offline_each_message": hours.OfflineEachMessage,
		"created_at": spaced(s.state.made), "updated_at": spaced(s.state.made),
	}
}
