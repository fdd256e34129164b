package qismo

import (
	"context"
	"errors"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// AppService reads and changes the app's settings. Most of its calls are the
// dashboard's own, and are known to work with a user's token only, of [WithToken]
// or [WithLogin]; whether they take the secret key as well is not known. One that
// does not is refused with [ErrUnauthorized] or [ErrForbidden]. The calls that are
// known with the secret key say so.
type AppService struct{ client *Client }

type (
	// AppConfigs are the app's settings. What is not a field of it is found with
	// Get, by its key.
	AppConfigs = omnichannel.AppConfigs
	// App is an app's row, with its secret key.
	App = omnichannel.App
	// AppDetails are the app and when the user's password expires. The secret key
	// prints as ***; Reveal gives it out.
	AppDetails = omnichannel.AppDetails
	// PasswordExpiry is when a user's password expires.
	PasswordExpiry = omnichannel.PasswordExpiry
	// TicketingButton is a custom button beside a room.
	TicketingButton = omnichannel.TicketingButton
	// OfficeHours are the hours in which somebody answers, and the messages around
	// them.
	OfficeHours = omnichannel.OfficeHours
	// OfficeHour is one weekday's hours.
	OfficeHour = omnichannel.OfficeHour
)

// Details returns the app, its secret key included. An answer with the usual
// envelope is read too, though the one client that is known expects none.
//
// Operation getAppDetails, GET /api/v2/app/details; seen in a single public
// client.
func (s *AppService) Details(ctx context.Context, opts ...Option) (*AppDetails, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetAppDetails, opts)
	out, err := receive[struct {
		AppDetails

		Data AppDetails `json:"data"`
	}](s.client.api.GetAppDetails(ctx))
	if err != nil {
		return nil, err
	}
	switch {
	case out.AppCode != "":
		return &out.AppDetails, nil
	case out.Data.AppCode != "":
		return &out.Data, nil
	}
	return nil, missing(ctx, "App ID")
}

// Configs returns all settings of the app, those of its webhooks included: the
// documented way to read them, with the secret key or a token. A setting that the
// app does not have is zero. Keys with a channel's id in them, such as
// ig_story_mention_enabled:<channel id>, are found with Get.
//
// Operation getAppConfigs, GET /api/v2/app/configs; documented by the vendor.
func (s *AppService) Configs(ctx context.Context, opts ...Option) (*AppConfigs, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetAppConfigs, opts)
	params := &omnichannel.GetAppConfigsParams{ShowAll: true}
	// Settings that are not there must not be taken for settings that are off.
	out, err := receive[struct {
		Data struct {
			Configs *AppConfigs `json:"configs"`
		} `json:"data"`
	}](s.client.api.GetAppConfigs(ctx, params))
	if err != nil {
		return nil, err
	}
	if out.Data.Configs == nil {
		return nil, missing(ctx, "settings")
	}
	return out.Data.Configs, nil
}

// AgentTakeover reports whether agents may pick waiting customers on their own.
// [AppService.Configs] tells it too. No call is known that changes it.
//
// Operation getAgentTakeoverSetting, GET /api/v1/app/config/agent_takeover; seen
// in a single public client.
func (s *AppService) AgentTakeover(ctx context.Context, opts ...Option) (bool, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetAgentTakeoverSetting, opts)
	out, err := receive[omnichannel.GetAgentTakeoverSettingResponse](s.client.api.GetAgentTakeoverSetting(ctx))
	if err != nil {
		return false, err
	}
	if out.Data.IsAgentTakeoverEnabled == nil {
		return false, missing(ctx, "takeover setting")
	}
	return *out.Data.IsAgentTakeoverEnabled, nil
}

// Ticketing returns the custom buttons that agents see beside a room, those that
// are off included. Where a click is sent is not told, and no call is known that sets
// a button up: both are the dashboard's.
//
// Operation getTicketingConfig, GET /api/v2/app/config/ticketing; seen in a single
// public client.
func (s *AppService) Ticketing(ctx context.Context, opts ...Option) ([]TicketingButton, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetTicketingConfig, opts)
	out, err := receive[omnichannel.GetTicketingConfigResponse](s.client.api.GetTicketingConfig(ctx))
	if err != nil {
		return nil, err
	}
	if out.Data.Configs == nil {
		return nil, missing(ctx, "list of buttons")
	}
	return out.Data.Configs, nil
}

// OfficeHours returns the week's office hours and what customers are told. Days are
// counted from Sunday, 0, though one client also expects 7; StartTime and EndTime
// are text, HH:MM, in the zone of Timezone, an offset whose sign may be missing. No
// call is known that changes them. An app without office hours may have no rows. The
// secret key and a token have both been seen.
//
// Operation getOfficeHours, GET /api/v1/admin/office_hours; seen in public
// clients.
func (s *AppService) OfficeHours(ctx context.Context, opts ...Option) (*OfficeHours, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetOfficeHours, opts)
	out, err := receive[omnichannel.GetOfficeHoursResponse](s.client.api.GetOfficeHours(ctx))
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}

// Sessional reports whether each session gets a room of its own. The shape of the
// answer is a guess: where it does not hold, the call is [ErrUnexpectedAnswer],
// and IsSessional of [AppService.Configs] tells the same. It was seen with the
// secret key only.
//
// Operation getSessional, GET /api/v1/admin/service/get_sessional; seen in a
// single public client.
func (s *AppService) Sessional(ctx context.Context, opts ...Option) (bool, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetSessional, opts)
	out, err := receive[omnichannel.GetSessionalResponse](s.client.api.GetSessional(ctx))
	if err != nil {
		return false, err
	}
	if out.Data.IsSessional == nil {
		return false, missing(ctx, "sessional setting")
	}
	return bool(*out.Data.IsSessional), nil
}

// SetSessional changes whether each session gets a room of its own: a customer who
// comes back after a resolve is in a new room then, with a new room id. The name of
// the field is presumed and the answer unknown, so read the setting back with
// [AppService.Configs]. Setting it twice does no harm. It was seen with the secret
// key only.
//
// Operation setSessional, POST /api/v1/admin/service/set_sessional; seen in a
// single public client.
func (s *AppService) SetSessional(ctx context.Context, sessional bool, opts ...Option) error {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSetSessional, opts)
	return discard(s.client.api.SetSessional(ctx, omnichannel.SetSessionalRequest{IsSessional: flex.Bool(sessional)}))
}

// AnalyticsReport is a report of the dashboard. There may be more than the
// constants name.
type AnalyticsReport = omnichannel.AnalyticsReport

// The reports that are known.
const (
	ReportAgentPerformance = omnichannel.AnalyticsReportAgentPerformance
	ReportCustomAnalytic   = omnichannel.AnalyticsReportCustomAnalytic
)

// AnalyticsURL returns a signed link to a report. Whoever has the link sees the
// report, without signing in, so it prints as ***; Reveal gives it out. How long it
// works is not known: ask for a new one each time.
//
// Operation getAnalyticsURL, GET /api/v1/analytics; seen in a single public
// client.
func (s *AppService) AnalyticsURL(
	ctx context.Context, report AnalyticsReport, opts ...Option,
) (flex.Secret, error) {
	if report == "" {
		return "", errors.New("qismo: getAnalyticsURL: the report is empty")
	}
	ctx, call := s.client.begin(ctx, omnichannel.OperationGetAnalyticsURL, opts)
	params := &omnichannel.GetAnalyticsURLParams{AppCode: call.appID, Type: report}
	out, err := receive[omnichannel.GetAnalyticsURLResponse](s.client.api.GetAnalyticsURL(ctx, params))
	if err != nil {
		return "", err
	}
	if out.Data.AnalyticsURL == "" {
		return "", missing(ctx, "link")
	}
	return out.Data.AnalyticsURL, nil
}
