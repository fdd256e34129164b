package document_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/gen/chat"
	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/gen/webhooks"
	"github.com/qismo-go/qismo/internal/document"
)

// goType makes an empty value of a generated type to decode into.
type goType func() any

func empty[T any]() any { return new(T) }

// goTypes are the types that gen/ has for an operation's JSON, nil where it has
// none: a body that is not sent, or an answer whose content is not known.
type goTypes struct{ request, response goType }

// generated says which type stands for which body. It is written by hand, so
// that the types are held against the documents and not against themselves.
var generated = map[string]map[string]goTypes{
	"chat": chatTypes(),
	"rest": {
		"abortWaBulkResolve":              {nil, empty[omnichannel.BulkResolveResponse]},
		"addAgentToRoom":                  {empty[omnichannel.AddAgentRequest], nil},
		"allocateAgent":                   {empty[omnichannel.AllocateAgentRequest], empty[omnichannel.AllocateAgentResponse]},
		"allocateAndAssignAgent":          {empty[omnichannel.AllocateAndAssignAgentRequest], empty[omnichannel.AllocateAgentResponse]},
		"assignAgent":                     {empty[omnichannel.AssignAgentRequest], empty[omnichannel.AssignAgentResponse]},
		"blockCustomer":                   {empty[omnichannel.BlockCustomerRequest], nil},
		"changePassword":                  {empty[omnichannel.ChangePasswordRequest], nil},
		"countUnresolvedRooms":            {nil, empty[omnichannel.RoomCountResponse]},
		"countUnservedRooms":              {nil, empty[omnichannel.RoomCountResponse]},
		"createQiscusChannel":             {empty[omnichannel.CreateQiscusChannelRequest], empty[omnichannel.QiscusChannelResponse]},
		"createRoomTag":                   {empty[omnichannel.CreateRoomTagRequest], empty[omnichannel.CreateRoomTagResponse]},
		"createRoomTagV1":                 {empty[omnichannel.CreateRoomTagV1Request], empty[omnichannel.CreateRoomTagResponse]},
		"createTelegramChannel":           {empty[omnichannel.CreateTelegramChannelRequest], empty[omnichannel.TelegramChannelResponse]},
		"createTemplate":                  {empty[omnichannel.CreateTemplateRequest], nil},
		"deleteRoomTag":                   {},
		"deleteTelegramChannel":           {},
		"deleteTemplate":                  {},
		"exportConversations":             {nil, empty[omnichannel.ExportConversationsResponse]},
		"getAgent":                        {nil, empty[omnichannel.GetAgentResponse]},
		"getAgentTakeoverSetting":         {nil, empty[omnichannel.GetAgentTakeoverSettingResponse]},
		"getAnalyticsURL":                 {nil, empty[omnichannel.GetAnalyticsURLResponse]},
		"getAppConfigs":                   {nil, empty[omnichannel.GetAppConfigsResponse]},
		"getAppDetails":                   {nil, empty[omnichannel.GetAppDetailsResponse]},
		"getAppSession":                   {nil, empty[omnichannel.GetAppSessionResponse]},
		"getAuthWebhook":                  {nil, empty[omnichannel.SetAuthWebhookResponse]},
		"getBotSettings":                  {nil, empty[omnichannel.GetBotSettingsResponse]},
		"getBroadcastJob":                 {nil, empty[omnichannel.BroadcastJobResponse]},
		"getChannelConfig":                {nil, empty[omnichannel.GetChannelConfigResponse]},
		"getContact":                      {nil, empty[omnichannel.GetContactResponse]},
		"getHsm24Template":                {nil, empty[omnichannel.GetHsm24TemplateResponse]},
		"getLatestMobileVersion":          {nil, empty[omnichannel.GetLatestMobileVersionResponse]},
		"getLatestRoom":                   {nil, empty[omnichannel.LatestRoomResponse]},
		"getNewSessionWebhook":            {nil, empty[omnichannel.SetNewSessionWebhookResponse]},
		"getOfficeHours":                  {nil, empty[omnichannel.GetOfficeHoursResponse]},
		"getPlan":                         {nil, empty[omnichannel.GetPlanResponse]},
		"getProfile":                      {nil, empty[omnichannel.GetProfileResponse]},
		"getPublicWidgetConfig":           {nil, empty[omnichannel.GetPublicWidgetConfigResponse]},
		"getQiscusChannel":                {nil, empty[omnichannel.QiscusChannelResponse]},
		"getResolveWebhook":               {nil, empty[omnichannel.AppResponse]},
		"getRoom":                         {nil, empty[omnichannel.GetRoomResponse]},
		"getRoomInfo":                     {nil, empty[omnichannel.RoomInfoResponse]},
		"getSessional":                    {nil, empty[omnichannel.GetSessionalResponse]},
		"getTemplate":                     {nil, empty[omnichannel.GetTemplateResponse]},
		"getTicketingConfig":              {nil, empty[omnichannel.GetTicketingConfigResponse]},
		"getTokenByQismoKey":              {empty[omnichannel.GetTokenByQismoKeyRequest], empty[omnichannel.GetTokenByQismoKeyResponse]},
		"getWaBulkResolve":                {nil, empty[omnichannel.BulkResolveResponse]},
		"getWaChannel":                    {nil, empty[omnichannel.WaChannelResponse]},
		"getWaCredit":                     {nil, empty[omnichannel.GetWaCreditResponse]},
		"getWaMedia":                      {},
		"getWaSettings":                   {nil, empty[omnichannel.WaSettings]},
		"handoverRoomFromBot":             {},
		"handoverRoomToDivision":          {empty[omnichannel.HandoverRoomToDivisionRequest], nil},
		"initiateChat":                    {empty[omnichannel.InitiateChatRequest], empty[omnichannel.InitiateChatResponse]},
		"initiateChatV1":                  {empty[omnichannel.InitiateChatV1Request], empty[omnichannel.InitiateChatV1Response]},
		"listAgents":                      {nil, empty[omnichannel.ListAgentsResponse]},
		"listAgentsByDivision":            {nil, empty[omnichannel.ListAgentsByDivisionResponse]},
		"listAgentsByIDs":                 {nil, empty[omnichannel.ListAgentsByIDsResponse]},
		"listAgentsV1":                    {nil, empty[omnichannel.ListAgentsV1Response]},
		"listAvailableAgents":             {nil, empty[omnichannel.ListAgentsResponse]},
		"listBroadcastJobs":               {nil, empty[omnichannel.ListBroadcastJobsResponse]},
		"listBroadcastLogs":               {nil, empty[omnichannel.BroadcastLogsResponse]},
		"listChannels":                    {nil, empty[omnichannel.ListChannelsResponse]},
		"listChannelsByType":              {nil, empty[omnichannel.ListChannelsByTypeResponse]},
		"listChatTemplates":               {nil, empty[omnichannel.ListChatTemplatesResponse]},
		"listContactConversationMessages": {nil, empty[omnichannel.ListContactConversationMessagesResponse]},
		"listContactConversations":        {nil, empty[omnichannel.ListContactConversationsResponse]},
		"listContactProperties":           {nil, empty[omnichannel.ListContactPropertiesResponse]},
		"listDivisions":                   {nil, empty[omnichannel.ListDivisionsResponse]},
		"listFeatures":                    {nil, empty[omnichannel.ListFeaturesResponse]},
		"listOtherAgents":                 {nil, empty[omnichannel.ListAgentsResponse]},
		"listRoomBroadcasts":              {nil, empty[omnichannel.BroadcastLogsResponse]},
		"listRoomTags":                    {nil, empty[omnichannel.ListRoomTagsResponse]},
		"listRoomTagsV1":                  {nil, empty[omnichannel.ListRoomTagsResponse]},
		"listRooms":                       {empty[omnichannel.ListRoomsRequest], empty[omnichannel.ListRoomsResponse]},
		"listRoomsByQuery":                {nil, empty[omnichannel.ListRoomsResponse]},
		"listTags":                        {nil, empty[omnichannel.ListTagsResponse]},
		"listTemplates":                   {nil, empty[omnichannel.ListTemplatesResponse]},
		"listTemplatesV3":                 {nil, empty[omnichannel.ListTemplatesV3Response]},
		"listWaBulkResolves":              {nil, empty[omnichannel.ListBulkResolvesResponse]},
		"listWebhookConfigs":              {nil, empty[omnichannel.ListWebhookConfigsResponse]},
		"login":                           {empty[omnichannel.LoginRequest], empty[omnichannel.LoginResponse]},
		"logout":                          {nil, empty[omnichannel.LogoutResponse]},
		"markRoomAsRead":                  {},
		"mobileLogin":                     {empty[omnichannel.MobileLoginRequest], empty[omnichannel.MobileLoginResponse]},
		"refreshToken":                    {nil, empty[omnichannel.RefreshTokenResponse]},
		"removeAgent":                     {empty[omnichannel.RemoveAgentRequest], nil},
		"resolveRoom":                     {empty[omnichannel.ResolveRoomRequest], empty[omnichannel.ResolveRoomResponse]},
		"sendBotMessage":                  {empty[omnichannel.SendBotMessageRequest], nil},
		"sendBroadcast":                   {empty[omnichannel.SendBroadcastRequest], empty[omnichannel.SendBroadcastResponse]},
		"sendBroadcastFile":               {empty[omnichannel.SendBroadcastFileRequest], empty[omnichannel.BroadcastJobResponse]},
		"sendBroadcastV2":                 {empty[omnichannel.SendBroadcastV2Request], nil},
		"sendCustomChannelMessage":        {empty[omnichannel.SendCustomChannelMessageRequest], empty[omnichannel.SendCustomChannelMessageResponse]},
		"sendCustomChannelMessageLegacy":  {empty[omnichannel.SendCustomChannelMessageLegacyRequest], empty[omnichannel.SendCustomChannelMessageLegacyResponse]},
		"sendHsm24Template":               {empty[omnichannel.SendHsm24TemplateRequest], nil},
		"sendWaMessage":                   {empty[omnichannel.SendWaMessageRequest], empty[omnichannel.SendWaMessageResponse]},
		"setAgentAllocationWebhook":       {empty[omnichannel.AppWebhookRequest], empty[omnichannel.AppResponse]},
		"setAuthWebhook":                  {empty[omnichannel.ConfigWebhookRequest], empty[omnichannel.SetAuthWebhookResponse]},
		"setAvailability":                 {empty[omnichannel.SetAvailabilityRequest], nil},
		"setBotActivation":                {empty[omnichannel.SetBotActivationRequest], nil},
		"setBotInRoom":                    {empty[omnichannel.SetBotInRoomRequest], empty[omnichannel.SetBotInRoomResponse]},
		"setBotIntegration":               {empty[omnichannel.SetBotIntegrationRequest], empty[omnichannel.SetBotIntegrationResponse]},
		"setChannelConfig":                {empty[omnichannel.SetChannelConfigRequest], nil},
		"setContactProperty":              {empty[omnichannel.SetContactPropertyRequest], nil},
		"setForceSendBot":                 {empty[omnichannel.SetForceSendBotRequest], empty[omnichannel.SetForceSendBotResponse]},
		"setNewSessionWebhook":            {empty[omnichannel.ConfigWebhookRequest], empty[omnichannel.SetNewSessionWebhookResponse]},
		"setResolveWebhook":               {empty[omnichannel.AppWebhookRequest], empty[omnichannel.AppResponse]},
		"setRoomInfo":                     {empty[omnichannel.SetRoomInfoRequest], empty[omnichannel.RoomInfoResponse]},
		"setSessional":                    {empty[omnichannel.SetSessionalRequest], nil},
		"setWaSettings":                   {empty[omnichannel.SetWaSettingsRequest], nil},
		"setWidgetConfig":                 {empty[omnichannel.SetWidgetConfigRequest], nil},
		"signUp":                          {empty[omnichannel.SignUpRequest], nil},
		"startWaBulkResolve":              {nil, empty[omnichannel.BulkResolveResponse]},
		"takeOverUnresolvedRoom":          {},
		"unblockCustomer":                 {empty[omnichannel.BlockCustomerRequest], nil},
		"updateAgent":                     {empty[omnichannel.UpdateAgentRequest], empty[omnichannel.UpdateAgentResponse]},
		"updateChannel":                   {empty[omnichannel.UpdateChannelRequest], empty[omnichannel.UpdateChannelResponse]},
		"updateProfile":                   {empty[omnichannel.UpdateProfileRequest], nil},
		"updateRoomOptions":               {empty[omnichannel.UpdateRoomOptionsRequest], nil},
		"uploadBroadcastCSV":              {empty[omnichannel.UploadBroadcastCSVRequest], empty[omnichannel.UploadBroadcastCSVResponse]},
	},
	"webhooks": {
		"botMessage":             {empty[webhooks.PostComment], nil},
		"customAgentAllocation":  {empty[webhooks.CustomAgentAllocation], nil},
		"customButton":           {empty[webhooks.CustomButton], nil},
		"customChannelMessage":   {empty[webhooks.PostComment], nil},
		"markAsResolved":         {empty[webhooks.MarkAsResolved], nil},
		"newSession":             {empty[webhooks.NewSession], nil},
		"postComment":            {empty[webhooks.PostComment], nil},
		"userLogout":             {empty[webhooks.UserLogout], nil},
		"whatsAppForwardMessage": {empty[webhooks.WhatsAppForwardMessage], nil},
		"whatsAppForwardStatus":  {empty[webhooks.WhatsAppForwardStatus], nil},
	},
}

// refusals are the types for the shapes of an error, by the shape's schema.
var refusals = map[string]goType{
	"Error":        empty[chat.Error],
	"ErrorDetail":  empty[omnichannel.ErrorDetail],
	"ErrorGateway": empty[omnichannel.ErrorGateway],
	"ErrorMeta":    empty[omnichannel.ErrorMeta],
	"ErrorText":    empty[omnichannel.ErrorText],
	"ErrorsList":   empty[omnichannel.ErrorsList],
	"ErrorsObject": empty[omnichannel.ErrorsObject],
	"ErrorsText":   empty[omnichannel.ErrorsText],
}

// goTypeOf finds the type for a body; nil for the value of a parameter.
func (c contract) goTypeOf(t *testing.T, b body) goType {
	t.Helper()
	types := generated[c.name][b.operation]
	switch b.part {
	case "value":
		return chatValues[lastStep(b.schema)]
	case "request":
		return types.request
	case "response":
		return types.response
	case "error":
		for _, shape := range c.errorShapes() {
			if judge(t, c.doc, shape, b.value) == nil {
				return refusals[lastStep(shape)]
			}
		}
	}
	return nil
}

// errorShapes lists the schemas of the shapes that an error can have: of the branches
// of a choice, or the one.
func (c contract) errorShapes() []place {
	whole := namedSchemas.join("Error")
	branches, isChoice := at(c.doc.Tree(), whole.join("anyOf")).([]any)
	if !isChoice && members(c.doc.Tree(), whole) != nil {
		return []place{whole}
	}
	var shapes []place
	for _, branch := range branches {
		content, _ := branch.(map[string]any)
		shapes = append(shapes, subschemas("", "$ref", content["$ref"])...)
	}
	return shapes
}

func TestEveryBodyHasItsType(t *testing.T) {
	t.Parallel()
	for _, c := range contracts(t) {
		var ids []string
		for _, operation := range c.doc.Operations() {
			ids = append(ids, operation.ID)
			types, listed := generated[c.name][operation.ID]
			if !assert.True(t, listed, "the table has no types for %s", operation.ID) {
				continue
			}
			for _, content := range operation.Request {
				checkType(t, c.doc, operation.ID+" request", content, types.request)
			}
			assert.Equal(t, len(operation.Request) > 0, types.request != nil, "%s request", operation.ID)
			answer, answersJSON := operation.Responses["200"].Content["application/json"]
			if answersJSON {
				checkType(t, c.doc, operation.ID+" response", answer, types.response)
			}
			assert.Equal(t, answersJSON, types.response != nil, "%s response", operation.ID)
		}
		slices.Sort(ids)
		assert.Equal(t, ids, sortedKeys(generated[c.name]), "operations of the table")

		for _, shape := range c.errorShapes() {
			assert.Contains(t, refusals, lastStep(shape), "the table has no type for the error %s", shape)
		}
	}
}

// checkType checks that a type is the one that was generated from the body's
// schema, and has its name, or the one that the schema asks for.
func checkType(t *testing.T, doc *document.Document, where string, content document.Body, of goType) {
	t.Helper()
	reference, _ := members(doc.Tree(), place(content.Pointer))["$ref"].(string)
	if assert.NotNil(t, of, where) && assert.NotEmpty(t, reference, "%s: the schema has no name", where) {
		_, name, _ := strings.Cut(typeName(of()), ".")
		want := lastStep(place(reference[1:]))
		if asked, ok := members(doc.Tree(), place(reference[1:]))["x-go-type"].(string); ok {
			_, want, _ = strings.Cut(asked, ".")
		}
		assert.Equal(t, want, name, where)
	}
}
