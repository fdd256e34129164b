package qismo

import (
	"context"
	"errors"
	"iter"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/internal/paging"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// ChannelsService finds the app's channels and changes how they look and answer.
// All calls but [ChannelsService.List] and [ChannelsService.Grouped] are known from
// a page of the dashboard alone, which sends a user's token: whether they take the
// secret key is not known, and a refusal is [ErrUnauthorized] or [ErrForbidden]. A
// channel that is not there is presumably [ErrNotFound].
//
// The rows hold the tokens and keys of the channels, which print as ***; Reveal
// gives them out.
type ChannelsService struct{ client *Client }

type (
	// ChannelGroups are all channels, one list for each kind. Kinds that it has no
	// field for are found with Get, by the name of their array.
	ChannelGroups = omnichannel.ChannelGroups
	// ListChannelsByTypeParams say which page of a kind's channels is wanted.
	ListChannelsByTypeParams = omnichannel.ListChannelsByTypeParams
	// CreateQiscusChannelParams are a live-chat channel to be. BadgeURL is its icon;
	// IsSecure has customers prove who they are, and IsSecureToc accepts the terms of
	// that.
	CreateQiscusChannelParams = omnichannel.CreateQiscusChannelRequest
	// CreateTelegramChannelParams are a Telegram bot, by the token that Telegram gave
	// out for it, and what it answers by itself; nothing when that is nil.
	CreateTelegramChannelParams = omnichannel.CreateTelegramChannelRequest
	// UpdateChannelParams say what of a channel changes; what is not set stays as it
	// is. Every kind takes IsActive; live chat also Name, BadgeURL and IsSecure, and
	// Telegram Name and Configs. ID is filled in.
	UpdateChannelParams = omnichannel.UpdateChannelRequest
	// ChannelResponder is what a channel answers by itself, in parameters; a nil
	// message is none.
	ChannelResponder = omnichannel.ChannelResponder
	// ChannelConfig is a channel's auto-responder. An empty message is none.
	ChannelConfig = omnichannel.ChannelConfig
	// WidgetConfig is how a live-chat widget looks. What Styles holds is not known.
	WidgetConfig = omnichannel.PublicWidget
	// WidgetVariables are the texts, pictures and switches of a widget. What it has no
	// field for is kept, so that a look can be read, changed and written back.
	WidgetVariables = omnichannel.WidgetVariables
)

// List returns all channels of the app in one list, by kind; the service does not
// page them. Channels of kinds that are new to this library are among them, with
// the code of their kind as Source, what they have in common with the others, and
// the row as it came.
//
// A channel of a known kind without an id is [ErrUnexpectedAnswer]. See
// [ChannelsService.Grouped] for the answer as it is.
//
// Operation listChannels, GET /api/v2/channels; seen in public clients.
func (s *ChannelsService) List(ctx context.Context, opts ...Option) ([]Channel, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationListChannels, opts)
	out, err := receive[channelRows](s.client.api.ListChannels(ctx))
	if err != nil {
		return nil, err
	}
	channels, err := readChannelGroups(out.Data)
	if err != nil {
		return nil, unexpected(ctx, err)
	}
	return channels, nil
}

// channelRows is an answer that holds channels under the names of their kinds.
type channelRows struct {
	Data map[string]flex.SecretJSON `json:"data"`
}

// Grouped returns all channels of the app as the service sorts them: one list for
// each kind. See [ChannelsService.List] for all of them in one.
//
// Operation listChannels, GET /api/v2/channels; seen in public clients.
func (s *ChannelsService) Grouped(ctx context.Context, opts ...Option) (*ChannelGroups, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationListChannels, opts)
	out, err := receive[omnichannel.ListChannelsResponse](s.client.api.ListChannels(ctx))
	if err != nil {
		return nil, err
	}
	return &out.Data, nil
}

// ListByType returns one page of the channels of one kind. Their rows have the V3
// type of the kind and say more than those of [ChannelsService.List]. Search looks
// for a part of something, which members in is not known. Of [SourceWhatsAppCloud],
// and of kinds that have no constant, no such list is known. Such a source, a
// negative page or limit and a search for 0, which the client cannot send, are
// errors before anything is sent.
//
// Operation listChannelsByType, GET /api/v3/admin/channel/{channel_type}; seen in a
// single public client.
func (s *ChannelsService) ListByType(
	ctx context.Context, source ChannelSource, params ListChannelsByTypeParams, opts ...Option,
) (*Page[Channel], error) {
	return s.typePager(source, params, opts).page(ctx, paging.Number(params.Page))
}

// AllByType walks every channel of one kind, page by page, and ends with the first
// error. See [ChannelsService.ListByType].
//
// Operation listChannelsByType, GET /api/v3/admin/channel/{channel_type}; seen in a
// single public client.
func (s *ChannelsService) AllByType(
	ctx context.Context, source ChannelSource, params ListChannelsByTypeParams, opts ...Option,
) iter.Seq2[Channel, error] {
	return s.typePager(source, params, opts).all(ctx, paging.Number(params.Page))
}

func (s *ChannelsService) typePager(
	source ChannelSource, params ListChannelsByTypeParams, opts []Option,
) pager[Channel] {
	return func(ctx context.Context, at flex.ID) (*Page[Channel], error) {
		const id = omnichannel.OperationListChannelsByType
		kind := omnichannel.ChannelListType(source)
		if !kind.Valid() {
			return nil, errors.New("qismo: listChannelsByType: there is no list of this source's channels")
		}
		if err := checkPage(id, params.Page, params.Limit); err != nil {
			return nil, err
		}
		if err := checkSearch(id, params.Search); err != nil {
			return nil, err
		}
		params := params // each page has its own: an iterator may run twice at once
		params.Page = paging.NumberOf(at)
		ctx, _ = s.client.begin(ctx, id, opts)
		out, err := receive[omnichannel.ListChannelsByTypeResponse](s.client.api.ListChannelsByType(ctx, kind, &params))
		if err != nil {
			return nil, err
		}
		channels, err := readChannels(source, out.Data, newChannelRowV3)
		if err != nil {
			return nil, unexpected(ctx, err)
		}
		return numberedPage(channels, params.Page, out.Meta), nil
	}
}

// GetQiscus returns one live-chat channel. Its Configs say whether it answers by
// itself; see [ChannelsService.Config] for what.
//
// Operation getQiscusChannel, GET /api/v2/qiscus/{channel_id}; seen in a single
// public client.
func (s *ChannelsService) GetQiscus(
	ctx context.Context, channelID flex.ID, opts ...Option,
) (*QiscusChannelV3, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetQiscusChannel, opts)
	out, err := receive[omnichannel.QiscusChannelResponse](s.client.api.GetQiscusChannel(ctx, channelID))
	if err != nil {
		return nil, err
	}
	if out.Data.QiscusChannel.ID == "" {
		return nil, missing(ctx, "channel id")
	}
	return &out.Data.QiscusChannel, nil
}

// GetWhatsApp returns one WhatsApp channel. The shape of the answer was never
// recorded, but that it is that of its sibling calls is likely; another is
// [ErrUnexpectedAnswer].
//
// Operation getWaChannel, GET /api/v2/wa/{channel_id}; seen in a single public
// client.
func (s *ChannelsService) GetWhatsApp(
	ctx context.Context, channelID flex.ID, opts ...Option,
) (*WhatsAppChannelV3, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetWaChannel, opts)
	out, err := receive[omnichannel.WaChannelResponse](s.client.api.GetWaChannel(ctx, channelID))
	if err != nil {
		return nil, err
	}
	if out.Data.WaChannel.ID == "" {
		return nil, missing(ctx, "channel id")
	}
	return &out.Data.WaChannel, nil
}

// CreateQiscus makes a live-chat channel. No call is known that deletes it again;
// [ChannelsService.Update] switches it off. The shape of the answer was never
// recorded: after [ErrUnexpectedAnswer] the channel may be there all the same. It is
// never made twice: when the call fails without an answer, whether there is a
// channel now is unknown.
//
// Operation createQiscusChannel, POST /api/v2/qiscus/connect; seen in a single
// public client.
func (s *ChannelsService) CreateQiscus(
	ctx context.Context, params CreateQiscusChannelParams, opts ...Option,
) (*QiscusChannelV3, error) {
	if params.Name == "" {
		return nil, errors.New("qismo: createQiscusChannel: the name is empty")
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationCreateQiscusChannel, opts)
	out, err := receive[omnichannel.QiscusChannelResponse](s.client.api.CreateQiscusChannel(ctx, params))
	if err != nil {
		return nil, err
	}
	if out.Data.QiscusChannel.ID == "" {
		return nil, missing(ctx, "channel id")
	}
	return &out.Data.QiscusChannel, nil
}

// CreateTelegram connects a Telegram bot. What one that is connected already is
// answered with is not known. It is never connected twice: when the call fails
// without an answer, whether there is a channel now is unknown.
//
// Operation createTelegramChannel, POST /api/v2/telegram/connect; seen in a single
// public client.
func (s *ChannelsService) CreateTelegram(
	ctx context.Context, params CreateTelegramChannelParams, opts ...Option,
) (*TelegramChannelV3, error) {
	if params.BotToken == "" {
		return nil, errors.New("qismo: createTelegramChannel: the bot token is empty")
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationCreateTelegramChannel, opts)
	out, err := receive[omnichannel.TelegramChannelResponse](s.client.api.CreateTelegramChannel(ctx, params))
	if err != nil {
		return nil, err
	}
	if out.Data.TelegramChannel.ID == "" {
		return nil, missing(ctx, "channel id")
	}
	return &out.Data.TelegramChannel, nil
}

// DeleteTelegram disconnects a Telegram bot. What becomes of its rooms is not
// known, nor what the service answers. A repeat does no harm: [ErrNotFound] may then
// mean that an earlier call went through unheard.
//
// Operation deleteTelegramChannel, POST
// /api/v2/telegram/connect/{channel_id}/delete; seen in a single public client.
func (s *ChannelsService) DeleteTelegram(ctx context.Context, channelID flex.ID, opts ...Option) error {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationDeleteTelegramChannel, opts)
	return discard(s.client.api.DeleteTelegramChannel(ctx, channelID))
}

// Update changes a channel and returns it as it is then, with a row of the V3 type
// of its kind. That what is not set stays as it is, is inferred from the one client
// that calls this. Of [SourceWhatsAppCloud], and of kinds that have no constant, no
// call is known that changes a channel. Changing it twice does no harm.
//
// Operation updateChannel, POST
// /api/v2/{channel_type}/connect/{channel_id}/update; seen in a single public
// client.
func (s *ChannelsService) Update(
	ctx context.Context, source ChannelSource, channelID flex.ID, params UpdateChannelParams, opts ...Option,
) (*Channel, error) {
	if !omnichannel.ChannelListType(source).Valid() {
		return nil, errors.New("qismo: updateChannel: channels of this source cannot be changed")
	}
	params.ID = ""
	if params == (UpdateChannelParams{}) {
		return nil, errors.New("qismo: updateChannel: there is nothing to change")
	}
	params.ID = channelID // as the one known client does
	kind := omnichannel.ChannelUpdateType(source)
	if source == SourceCustom {
		kind = omnichannel.ChannelUpdateTypeCustomChannel
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationUpdateChannel, opts)
	out, err := receive[channelRows](s.client.api.UpdateChannel(ctx, kind, channelID, params))
	if err != nil {
		return nil, err
	}
	row := out.Data[string(source)+"_channel"]
	if row.IsZero() {
		return nil, missing(ctx, "channel")
	}
	channel, err := readChannel(source, row, newChannelRowV3(source))
	if err != nil {
		return nil, unexpected(ctx, err)
	}
	return &channel, nil
}

// Config returns the auto-responder of a channel, which is told by its source and
// its id together. See [ChannelsService.SetConfig].
//
// Operation getChannelConfig, GET /api/v2/channels/{channel_id}/configs; seen in a
// single public client.
func (s *ChannelsService) Config(
	ctx context.Context, source ChannelSource, channelID flex.ID, opts ...Option,
) (*ChannelConfig, error) {
	if source == "" {
		return nil, errors.New("qismo: getChannelConfig: the source is empty")
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetChannelConfig, opts)
	params := &omnichannel.GetChannelConfigParams{Source: string(source)}
	// A configuration that is not there must not be taken for one that is off.
	out, err := receive[struct {
		Data struct {
			ChannelConfig *ChannelConfig `json:"channel_config"`
		} `json:"data"`
	}](s.client.api.GetChannelConfig(ctx, channelID, params))
	if err != nil {
		return nil, err
	}
	if out.Data.ChannelConfig == nil {
		return nil, missing(ctx, "auto-responder")
	}
	return out.Data.ChannelConfig, nil
}

// SetConfig sets the auto-responder of a channel, all of it: read it with
// [ChannelsService.Config], change it, and hand it back. An empty message is sent as
// none. What the service answers is not known. Setting it twice does no harm.
//
// Operation setChannelConfig, POST /api/v2/channels/{channel_id}/configs; seen in a
// single public client.
func (s *ChannelsService) SetConfig(
	ctx context.Context, source ChannelSource, channelID flex.ID, config ChannelConfig, opts ...Option,
) error {
	if source == "" {
		return errors.New("qismo: setChannelConfig: the source is empty")
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSetChannelConfig, opts)
	return discard(s.client.api.SetChannelConfig(ctx, channelID, omnichannel.SetChannelConfigRequest{
		Source:                 string(source),
		Enabled:                config.IsEnabled,
		OfflineMessage:         textOrNil(config.OfflineMessage),
		OnlineMessage:          textOrNil(config.OnlineMessage),
		SendOfflineEachMessage: &config.SendOfflineEachMessage,
		SendOnlineIfResolved:   &config.SendOnlineIfResolved,
	}))
}

// textOrNil is nil, which is sent as null, for no text.
func textOrNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// WidgetConfig returns how the widget of a live-chat channel looks. Its Variables
// are nil when the service has none. The units of their timeouts are not known.
//
// Operation getPublicWidgetConfig, GET
// /api/v2/app/config/public-widget/{app_code}/{channel_id}; seen in a single public
// client.
func (s *ChannelsService) WidgetConfig(
	ctx context.Context, channelID flex.ID, opts ...Option,
) (*WidgetConfig, error) {
	ctx, call := s.client.begin(ctx, omnichannel.OperationGetPublicWidgetConfig, opts)
	// A look that is not there must not be taken for one that is empty.
	out, err := receive[struct {
		Data struct {
			Widget *WidgetConfig `json:"widget"`
		} `json:"data"`
	}](s.client.api.GetPublicWidgetConfig(ctx, call.appID, channelID))
	if err != nil {
		return nil, err
	}
	if out.Data.Widget == nil {
		return nil, missing(ctx, "widget")
	}
	return out.Data.Widget, nil
}

// SetWidgetConfig sets how the widget of a live-chat channel looks, all of it: read
// it with [ChannelsService.WidgetConfig], change it, and hand it back. Variables
// must be there; Styles are left out when they are empty. What the service answers
// is not known. Setting it twice does no harm.
//
// Operation setWidgetConfig, POST /api/v2/qiscus/widget_configs/{channel_id}; seen
// in a single public client.
func (s *ChannelsService) SetWidgetConfig(
	ctx context.Context, channelID flex.ID, config WidgetConfig, opts ...Option,
) error {
	if config.Variables == nil {
		return errors.New("qismo: setWidgetConfig: the widget has no variables")
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationSetWidgetConfig, opts)
	return discard(s.client.api.SetWidgetConfig(ctx, channelID, omnichannel.SetWidgetConfigRequest{
		Style:  config.Styles,
		Widget: omnichannel.WidgetContent{Variables: *config.Variables},
	}))
}
