package invoke

// otherNames are what the documents call what a method's parameter, or a member of its
// parameters, calls otherwise. The last one that there is holds.
func otherNames() map[string][]string {
	return map[string][]string{
		"active":        {"is_active"},
		"address":       {"webhook_url", "url", "bot_webhook_url"},
		"afterID":       {"last_received_comment_id", "start_event_id"},
		"agentIDs":      {"ids[]"},
		"app":           {"type"},
		"available":     {"is_available"},
		"enabled":       {"is_webhook_enabled", "is_bot_enabled", "enabled"},
		"force":         {"is_force_send_bot"},
		"isPublic":      {"is_public"},
		"jobID":         {"broadcast_job_id"},
		"key":           {"qismo_key"},
		"messageID":     {"comment_id", "last_comment_id", "last_comment_read_id"},
		"refreshToken":  {"refresh_token"},
		"report":        {"type"},
		"roomID":        {"topic_id", "room_id"},
		"roomIDs":       {"room_ids"},
		"roomType":      {"room_type"},
		"roomUniqueIDs": {"room_channel_ids[]"},
		"senderID":      {"sender"},
		"sessional":     {"is_sessional"},
		"source":        {"channel_type"},
		"types":         {"type"},
		"uniqueIDs":     {"unique_ids[]", "unique_ids"},
		"userID":        {"user_email", "user_id"},
		"userIDs":       {"user_ids[]", "emails", "user_ids"},
	}
}

// AddOtherNames gives values, which have the names of the document, those of the
// methods' parameters too, where they differ.
func AddOtherNames(values map[string]any) {
	for name, others := range otherNames() {
		for _, other := range others {
			if value, ok := values[other]; ok {
				values[name] = value
			}
		}
	}
}
