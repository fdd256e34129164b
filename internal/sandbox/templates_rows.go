package sandbox

// templateRow is a template as the lists have it.
func templateRow(template *template) object {
	details := []object{}
	for _, detail := range template.details {
		details = append(details, templateDetailRow(detail))
	}
	return object{
		"id": template.id, "name": template.name, "namespace": template.namespace, "category": template.category,
		"channel_id": template.channel.ID, "channel_name": template.channel.Name, "hsm_details": details,
	}
}

func templateDetailRow(detail *templateDetail) object {
	buttons := []object{}
	for _, button := range detail.buttons {
		buttons = append(buttons, object{
			"id": button.id, "type": button.kind, "text": button.text, "url": nullable(button.url),
			"phone_number": nullable(button.phoneNumber),
		})
	}
	return object{
		"id": detail.id, "language": detail.language, "content": detail.content,
		"header_type": nullable(detail.headerType), "header_content": nullable(detail.headerContent),
		"header_default_value": nullable(detail.headerDefault), "footer": nullable(detail.footer),
		"number_of_arguments": detail.arguments, "approval_status": detail.approval,
		"rejection_reason": nullable(detail.rejection),
		"buttons":          buttons,
	}
}
