package sandbox

// login gives a user a new token. What a refused login looks like was never
// recorded; this is the general answer to a wrong credential.
func (s *Sandbox) login(r *request) (any, error) {
	for _, user := range s.state.staff {
		if user.Email == text(r.body["email"]) && user.Password == text(r.body["password"]) {
			s.state.issueToken(user, s.now())
			user.lastLogin = s.now()
			return data(s.loginResult(user)), nil
		}
	}
	return nil, unauthorized()
}

// logout voids the token that was sent. It leaves the user's availability
// alone: no source says that logging out changes it.
func (s *Sandbox) logout(r *request) (any, error) {
	s.state.voidToken(r.caller.token)
	s.announceLogout(r.caller.user)
	return data(true), nil
}

func (s *Sandbox) refreshToken(r *request) (any, error) {
	token := s.state.issueToken(r.caller.user, s.now())
	return data(object{"auth": object{"token": token}}), nil
}

// mobileLogin logs the long-lived token's user in. Every nonce is accepted; the chat
// server says whether it is one of its own when the identity token is shown there.
func (s *Sandbox) mobileLogin(r *request) (any, error) {
	user := r.caller.user
	user.lastLogin = s.now()
	return data(object{
		"identity_token": s.signIdentity(s.state.staffUser(user), text(r.body["nonce"])), "qismo_key": qismoKey(user),
		"qismo_token": s.state.issueToken(user, s.now()), "user_type": user.Type,
	}), nil
}

// getTokenByQismoKey wants the key of the user whose Chat SDK token was sent.
// Whether the platform compares the two is not known.
func (s *Sandbox) getTokenByQismoKey(r *request) (any, error) {
	user := r.caller.user
	if text(r.body["app_id"]) != s.config.AppCode {
		return nil, notFound("app")
	}
	if text(r.body["qismo_key"]) != qismoKey(user) {
		return nil, unauthorized()
	}
	user.lastLogin = s.now()
	return data(object{
		"authentication_token": s.state.issueToken(user, s.now()), "type": user.Type, "bubble_color": nil,
	}), nil
}

// iosApp is the only mobile app whose number is known.
const iosApp = 2

func (s *Sandbox) getLatestMobileVersion(r *request) (any, error) {
	if app, _ := number(r.parameters["type"]); app != iosApp {
		return nil, notFound("version")
	}
	return data(object{"mobile_version": object{"version": "3.14.2", "force_update": false}}), nil
}

// getProfile is the profile of the token's user, or the admin's.
func (s *Sandbox) getProfile(r *request) (any, error) {
	user, account := r.caller.user, s.state.account
	profile := object{
		"name": user.Name, "email": user.Email, "avatar_url": nullable(user.avatar), "type": user.Type,
		"sdk_email": s.sdkEmail(user), "company_name": account.company, "address": account.address,
		"phone_number": account.phone, "industry": "Retail", "email_address": "halo@example.id", "npwp_number": nil,
		"billing_emails": account.billingEmails, "billing_phone_numbers": []object{},
		"last_password_update": unzoned(user.passwordSet),
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
