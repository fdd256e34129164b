package sandbox

// login gives a user a new token. What a refused login looks like was never
// recorded; this is the general answer to a wrong credential.
func (s *Sandbox) login(r *request) (any, error) {
	for _, user := range s.state.staff {
		if user.Email == text(r.body["email"]) && user.Password == text(r.body["password"]) {
			s.state.issueToken(user, s.config.Now())
			user.lastLogin = s.config.Now()
			return data(s.loginResult(user)), nil
		}
	}
	return nil, unauthorized()
}

// logout voids the token that was sent. It leaves the user's availability
// alone: no source says that logging out changes it.
func (s *Sandbox) logout(r *request) (any, error) {
	delete(s.state.tokens, r.caller.token)
	s.announceLogout(r.caller.user)
	return data(true), nil
}

func (s *Sandbox) refreshToken(r *request) (any, error) {
	token := s.state.issueToken(r.caller.user, s.config.Now())
	return data(object{"auth": object{"token": token}}), nil
}

// getProfile is the profile of the token's user, or the admin's. Which role a
// user may write into the path is not known, so any is accepted.
func (s *Sandbox) getProfile(r *request) (any, error) {
	user := r.caller.user
	profile := object{
		"name": user.Name, "email": user.Email, "avatar_url": nil, "type": user.Type, "sdk_email": s.sdkEmail(user),
		"company_name": companyName, "address": "Jalan Melati 8, Bandung", "phone_number": "628115550100",
		"industry": "Retail", "email_address": "halo@example.id", "npwp_number": nil,
		"billing_emails": []string{"keuangan@example.id"}, "billing_phone_numbers": []object{},
		"last_password_update": unzoned(s.state.made),
	}
	if text(r.parameters["role"]) == "agent" {
		profile["is_available"] = user.available
	}
	return dataWithStatus(profile), nil
}

// loginResult is the user with all tokens, the app and the accounts behind it.
func (s *Sandbox) loginResult(user *staff) object {
	row := s.agentV1(user)
	app := s.appRow()
	app["app_config"] = s.appConfigRow()
	app["agent_roles"] = s.divisionRows(s.state.divisions)
	row["app"] = app
	return object{
		"user": row,
		"details": object{
			"is_integrated": true,
			"sdk_user": object{
				"id": user.ID + sdkUserOffset, "token": sdkKey(user), "email": s.sdkEmail(user), "display_name": user.Name,
				"password": sdkKey(user), "avatar_url": nil,
				"extras": object{"type": user.Type.String(), "user_bubble_color": nil},
			},
			"app": s.shortApp(),
		},
		"long_lived_token": user.longToken,
		"user_configs": object{
			"notifagentjoining": nil, "notifmessagecoming": nil,
			"is_notifagentjoining_enabled": true, "is_notifmessagecoming_enabled": true,
		},
		"use_2fa":        false,
		"need_setup_otp": false,
	}
}
