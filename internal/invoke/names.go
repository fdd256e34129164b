package invoke

// otherNames are what the document calls what a method's parameter calls otherwise.
func otherNames() map[string][]string {
	return map[string][]string{
		"active":    {"is_active"},
		"address":   {"webhook_url", "url", "bot_webhook_url"},
		"agentIDs":  {"ids[]"},
		"app":       {"type"},
		"available": {"is_available"},
		"enabled":   {"is_webhook_enabled", "is_bot_enabled", "enabled"},
		"force":     {"is_force_send_bot"},
		"jobID":     {"broadcast_job_id"},
		"key":       {"qismo_key"},
		"report":    {"type"},
		"sessional": {"is_sessional"},
		"source":    {"channel_type"},
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
