package sandbox

import "maps"

// This file writes channels' rows, secrets and all, as the platform does. The
// older list has one shape for each kind, and the newer calls another.

// channelRowV2 is a channel as listChannels has it. A kind whose row nobody knows
// has what the others have in common.
func (s *Sandbox) channelRowV2(channel *Channel) object {
	details := s.state.detailsOf(channel)
	row := object{
		"id": channel.ID, "app_id": appRow, "name": channel.Name, "badge_url": details.badge,
		"is_active": !details.off, "use_channel_responder": details.responder.on,
	}
	switch kindOf(channel) {
	case kindCustom:
		delete(row, "app_id")
		delete(row, "badge_url")
		row["identifier_key"] = channel.Source
		row["webhook_url"], row["logo_url"] = channel.WebhookURL, details.badge
	case "fb":
		delete(row, "name")
		row["profile_name"], row["page_id"] = channel.Name, text(pageID)
		row["long_lived_token"] = channelSecret("fb", channel)
	case "ig":
		row["page_id"], row["ig_id"] = text(pageID), text(instagramID)
		row["private_replies_enabled"], row["private_replies_text"] = false, nil
		row["long_lived_token"] = channelSecret("ig", channel)
	case "line":
		row["access_token"], row["secret_key"] = channelSecret("la", channel), channelSecret("lk", channel)
	case "qiscus":
		row["app_code"], row["secret_key"] = s.config.AppCode, channelSecret("cs", channel)
		row["is_secure"], row["is_secure_toc"] = details.secure, details.secureTOC
		row["forward_enabled"], row["forward_url"] = false, nil
		row["created_at"], row["updated_at"] = unzoned(details.made), unzoned(details.changed)
	case "telegram":
		row["username"], row["bot_token"] = telegramName(channel), details.botToken
	case "wa":
		addWhatsApp(row, channel, details)
		row["hsm_24_enabled"] = s.state.resumingTemplate(channel.ID) != nil
	case "waca":
		return object{
			"id": channel.ID, "is_active": !details.off, "name": channel.Name, "phone_number": businessNumber,
			"phone_number_id": "5040302010", "business_id": "1020304050", "badge_url": details.badge,
			"created_at": zoned(details.made),
		}
	}
	return row
}

// What the rows of Meta's channels say, of the size that the real ones have.
const (
	pageID         = 204815162342
	instagramID    = 17841400000001
	businessNumber = "628115550100"
)

func addWhatsApp(row object, channel *Channel, details *channelDetails) {
	maps.Copy(row, object{
		"phone_number": businessNumber, "base_url": "https://wa.example.id", "platform": "cloud",
		"encoded_token": channelSecret("wt", channel), "business_id": "1020304050", "phone_number_id": "5040302010",
		"business_verification_status": "verified", "phone_number_status": "CONNECTED", "forward_url": nil,
		"pin": channelSecret("pin", channel), "allow_intl_hsm": false, "forward_enabled": false,
		"is_ssl_enabled": true, "on_sync": false, "read_enabled": true,
		"is_auto_responder_enabled": details.responder.on, "is_bot_enabled": true, "is_on_cloud": true,
		"alter_app_id": nil, "created_at": unzoned(details.made), "updated_at": unzoned(details.changed),
	})
}

// channelRowV3 is a channel as the calls have it that concern one kind.
func (s *Sandbox) channelRowV3(channel *Channel) object {
	details := s.state.detailsOf(channel)
	row := object{
		"id": channel.ID, "name": channel.Name, "is_active": !details.off, "badge_url": details.badge,
	}
	switch kindOf(channel) {
	case kindCustom:
		delete(row, "badge_url")
		row["app_id"], row["identifier_key"] = appRow, channel.Source
		row["logo_url"], row["webhook_url"] = details.badge, channel.WebhookURL
		row["limit_character"], row["is_limit_character_enable"] = nil, false
		row["is_reply_enable"], row["use_channel_responder"] = true, details.responder.on
		row["created_at"], row["updated_at"] = unzoned(details.made), unzoned(details.changed)
	case "fb":
		row["page_id"] = text(pageID)
	case "ig":
		row["page_id"], row["ig_id"] = text(pageID), text(instagramID)
		row["private_replies_enabled"], row["private_replies_text"] = false, nil
	case "line":
		row["webhook_url"] = channelHook(channel)
		row["access_token"], row["secret_key"] = channelSecret("la", channel), channelSecret("lk", channel)
	case "qiscus":
		row["app_code"], row["secret_key"] = s.config.AppCode, channelSecret("cs", channel)
		row["is_secure"], row["widget_version"] = details.secure, "v4"
	case "telegram":
		row["username"], row["bot_token"] = telegramName(channel), details.botToken
		row["webhook_url"] = channelHook(channel)
	case "tiktok":
		row["source"], row["unique_id"] = "tiktok", "kopiwangi"
		row["access_token"], row["forward_url"] = channelSecret("tt", channel), nil
		row["is_bot_enabled"], row["forward_enabled"] = true, false
		row["use_channel_responder"] = details.responder.on
	case "wa":
		addWhatsAppV3(row, channel, details)
	}
	return row
}

func addWhatsAppV3(row object, channel *Channel, details *channelDetails) {
	maps.Copy(row, object{
		"base_url": "https://wa.example.id", "platform": "cloud", "pricing_model": "PMP",
		"encoded_token": channelSecret("wt", channel), "phone_number": businessNumber, "phone_number_id": "5040302010",
		"phone_number_status": "CONNECTED", "business_id": "1020304050", "business_verification_status": "verified",
		"currency": "IDR", "primary_business_location": "ID", "forward_url": nil, "allocate_wa_call_webhook_url": nil,
		"is_postpaid": nil, "read_enabled": true, "is_on_cloud": true, "is_ssl_enabled": true, "is_bot_enabled": true,
		"is_auto_responder_enabled": details.responder.on, "is_coex": false, "is_mmlite": false,
		"is_auth_international": false, "is_template_optimized": false, "is_allocate_wa_call_webhook_enabled": false,
		"eligible_wa_call": false, "forward_enabled": false,
	})
}

// channelHook is where a channel's other side is.
func channelHook(channel *Channel) string {
	return "https://hooks.example.id/channels/" + text(channel.ID)
}

// telegramName is the name that Telegram knows a bot under.
func telegramName(channel *Channel) string { return "kopiwangi_" + text(channel.ID) + "_bot" }

// configRow is an auto-responder as it is read.
func (r responder) configRow() object {
	return object{
		"is_enabled": r.on, "offline_message": r.offline, "online_message": r.online,
		"send_offline_each_message": r.offlineEach, "send_online_if_resolved": r.onlineIfResolved,
	}
}

// widgetVariables are the look of a widget that nobody has changed yet.
func (s *Sandbox) widgetVariables(channel *Channel) object {
	return object{
		"appID": s.config.AppCode, "selectedWidgetPage": "welcome", "welcomeMessageStatus": true, "openAtStart": false,
		"attentionGrabberStatus": false, "grabberImage": false, "grabberTextStatus": false, "buttonHasText": true,
		"buttonHasIcon": true, "isChannelWidgetEnabled": false, "welcomeText": "Selamat datang di " + companyName,
		"welcomeTimeout": "3", "buttonText": "Tanya kami", "buttonIcon": s.state.detailsOf(channel).badge,
		"formGreet": "Halo", "formSubtitle": "Isi dulu ya", "loginFormButtonLabel": "Mulai",
		"customerIdentifierInputType": "email", "customerServiceName": channel.Name,
		"customerServiceAvatar": "https://cdn.example.id/avatar/default.svg", "attentionGrabberImage": "",
		"attentionGrabberText": nil, "grabberTimeout": 5, "channel_widget": nil, "extra_fields": nil,
	}
}
