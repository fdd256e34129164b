package document_test

import (
	"maps"

	"github.com/qismo-go/qismo/gen/chat"
)

// chatTypes are the types of the chat server's operations.
func chatTypes() map[string]goTypes {
	types := maps.Clone(chatServerTypes)
	maps.Copy(types, chatUserTypes)
	return types
}

// chatServerTypes are the types of the operations of servers, and of the event that
// they receive.
var chatServerTypes = map[string]goTypes{
	"postComment":                   {empty[chat.PostCommentEvent], nil},
	"restAddRoomParticipants":       {empty[chat.ServerParticipantsRequest], empty[chat.ServerAddRoomParticipantsResponse]},
	"restCountUnread":               {nil, empty[chat.CountUnreadResponse]},
	"restCountUnreadOfUsers":        {nil, empty[chat.CountUnreadOfUsersResponse]},
	"restCreateExport":              {empty[chat.CreateExportRequest], empty[chat.CreateExportResponse]},
	"restCreateImport":              {empty[chat.CreateImportRequest], empty[chat.BackupResponse]},
	"restCreateRoom":                {empty[chat.ServerCreateRoomRequest], empty[chat.ServerRoomResponse]},
	"restDeactivateUsers":           {empty[chat.UserIDsRequest], empty[chat.DoneResponse]},
	"restDeleteExport":              {nil, empty[chat.BackupResponse]},
	"restGetAverageReplyTime":       {nil, empty[chat.AverageReplyTimeResponse]},
	"restGetExport":                 {nil, empty[chat.BackupResponse]},
	"restGetOrCreateChannel":        {empty[chat.GetOrCreateChannelRequest], empty[chat.ServerRoomChangeResponse]},
	"restGetOrCreateRoomWithTarget": {empty[chat.ServerGetOrCreateRoomWithTargetRequest], empty[chat.ServerRoomResponse]},
	"restGetRoomsInfo":              {nil, empty[chat.ServerRoomsResponse]},
	"restGetUserProfile":            {nil, empty[chat.ServerUserResponse]},
	"restGetUserToken":              {nil, empty[chat.UserTokenResponse]},
	"restListExports":               {nil, empty[chat.BackupsResponse]},
	"restListImports":               {nil, empty[chat.BackupsResponse]},
	"restListRoomParticipants":      {nil, empty[chat.ServerParticipantsResponse]},
	"restListUnreadUsers":           {nil, empty[chat.ListUnreadUsersResponse]},
	"restListUserRooms":             {nil, empty[chat.ServerListUserRoomsResponse]},
	"restListUsers":                 {nil, empty[chat.ListUsersResponse]},
	"restListWebhookLogs":           {nil, empty[chat.ListWebhookLogsResponse]},
	"restLoadComments":              {nil, empty[chat.ServerMessagesResponse]},
	"restLoadCommentsWithRange":     {nil, empty[chat.ServerMessagesResponse]},
	"restLoginOrRegister":           {empty[chat.ServerLoginOrRegisterRequest], empty[chat.ServerUserResponse]},
	"restPostComment":               {empty[chat.ServerPostCommentRequest], empty[chat.ServerMessageResponse]},
	"restPostSystemEventMessage":    {empty[chat.PostSystemEventMessageRequest], empty[chat.ServerMessageResponse]},
	"restReactivateUsers":           {empty[chat.UserIDsRequest], empty[chat.DoneResponse]},
	"restRemoveRoomParticipants":    {empty[chat.ServerParticipantsRequest], empty[chat.ServerRemoveRoomParticipantsResponse]},
	"restResetUserToken":            {empty[chat.ResetUserTokenRequest], empty[chat.UserTokenResponse]},
	"restUpdateRoom":                {empty[chat.ServerUpdateRoomRequest], empty[chat.ServerRoomChangeResponse]},
}

// chatUserTypes are the types of the operations of users.
var chatUserTypes = map[string]goTypes{
	"sdkAddRoomParticipants":         {empty[chat.AddRoomParticipantsRequest], empty[chat.AddRoomParticipantsResponse]},
	"sdkBlockUser":                   {empty[chat.BlockUserRequest], empty[chat.UserResponse]},
	"sdkCheckRealtime":               {empty[chat.CheckRealtimeRequest], empty[chat.CheckRealtimeResponse]},
	"sdkClearRoomMessages":           {nil, empty[chat.ClearRoomMessagesResponse]},
	"sdkCreateRoom":                  {empty[chat.CreateRoomRequest], empty[chat.RoomResponse]},
	"sdkDeleteMessages":              {nil, empty[chat.MessagesResponse]},
	"sdkExpireUserToken":             {empty[chat.ExpireUserTokenRequest], nil},
	"sdkGetChannelsInfo":             {empty[chat.GetChannelsInfoRequest], empty[chat.ChannelsResponse]},
	"sdkGetCommentReceipt":           {nil, empty[chat.GetCommentReceiptResponse]},
	"sdkGetConfig":                   {nil, empty[chat.GetConfigResponse]},
	"sdkGetMqttConfig":               {nil, empty[chat.GetMqttConfigResponse]},
	"sdkGetMyProfile":                {nil, empty[chat.AccountResponse]},
	"sdkGetNonce":                    {nil, empty[chat.GetNonceResponse]},
	"sdkGetOrCreateRoomWithTarget":   {empty[chat.GetOrCreateRoomWithTargetRequest], empty[chat.RoomResponse]},
	"sdkGetOrCreateRoomWithUniqueID": {empty[chat.GetOrCreateRoomWithUniqueIDRequest], empty[chat.ChangedRoomResponse]},
	"sdkGetRoomByID":                 {nil, empty[chat.GetRoomByIDResponse]},
	"sdkGetRoomUnreadCount":          {nil, empty[chat.GetRoomUnreadCountResponse]},
	"sdkGetRoomsInfo":                {empty[chat.GetRoomsInfoRequest], empty[chat.GetRoomsInfoResponse]},
	"sdkGetTotalUnreadCount":         {nil, empty[chat.GetTotalUnreadCountResponse]},
	"sdkGetUsersStatus":              {empty[chat.GetUsersStatusRequest], empty[chat.GetUsersStatusResponse]},
	"sdkJoinChannels":                {empty[chat.JoinChannelsRequest], empty[chat.ChannelsResponse]},
	"sdkLeaveChannels":               {empty[chat.LeaveChannelsRequest], empty[chat.ChannelsResponse]},
	"sdkListBlockedUsers":            {nil, empty[chat.ListBlockedUsersResponse]},
	"sdkListChannels":                {nil, empty[chat.ChannelsResponse]},
	"sdkListFiles":                   {empty[chat.ListFilesRequest], empty[chat.SearchResponse]},
	"sdkListRoomParticipants":        {nil, empty[chat.ListRoomParticipantsResponse]},
	"sdkListUserRooms":               {nil, empty[chat.ListUserRoomsResponse]},
	"sdkListUsers":                   {nil, empty[chat.ListUsersResponse]},
	"sdkLoadComments":                {nil, empty[chat.MessagesResponse]},
	"sdkLoginOrRegister":             {empty[chat.LoginOrRegisterRequest], empty[chat.AccountResponse]},
	"sdkLogout":                      {empty[chat.LogoutRequest], nil},
	"sdkPostComment":                 {empty[chat.PostCommentRequest], empty[chat.MessageResponse]},
	"sdkRefreshUserToken":            {empty[chat.RefreshUserTokenRequest], empty[chat.RefreshUserTokenResponse]},
	"sdkRemoveRoomParticipants":      {empty[chat.RemoveRoomParticipantsRequest], empty[chat.RemoveRoomParticipantsResponse]},
	"sdkRemoveUserDeviceToken":       {empty[chat.RemoveUserDeviceTokenRequest], empty[chat.RemoveUserDeviceTokenResponse]},
	"sdkReportEvent":                 {empty[chat.ReportEventRequest], nil},
	"sdkSearch":                      {empty[chat.SearchRequest], empty[chat.SearchResponse]},
	"sdkSearchMessages":              {empty[chat.SearchMessagesRequest], empty[chat.MessagesResponse]},
	"sdkSetUserDeviceToken":          {empty[chat.SetUserDeviceTokenRequest], empty[chat.SetUserDeviceTokenResponse]},
	"sdkSync":                        {nil, empty[chat.SyncResponse]},
	"sdkSyncEvent":                   {nil, empty[chat.SyncEventResponse]},
	"sdkUnblockUser":                 {empty[chat.UnblockUserRequest], empty[chat.UserResponse]},
	"sdkUpdateCommentStatus":         {empty[chat.UpdateCommentStatusRequest], empty[chat.UpdateCommentStatusResponse]},
	"sdkUpdateMessage":               {empty[chat.UpdateMessageRequest], empty[chat.MessageResponse]},
	"sdkUpdateMyProfile":             {empty[chat.UpdateMyProfileRequest], empty[chat.AccountResponse]},
	"sdkUpdateRoom":                  {empty[chat.UpdateRoomRequest], empty[chat.ChangedRoomResponse]},
	"sdkUpload":                      {empty[chat.UploadRequest], empty[chat.UploadResponse]},
	"sdkVerifyIdentityToken":         {empty[chat.VerifyIdentityTokenRequest], empty[chat.AccountResponse]},
}

// chatValues are the types of what is in no operation's body, or only in some kinds of
// them, by schema.
var chatValues = map[string]goType{
	// What messages' payloads hold.
	"AccountLinkingPayload": empty[chat.AccountLinkingPayload],
	"ButtonsPayload":        empty[chat.ButtonsPayload],
	"CardPayload":           empty[chat.CardPayload],
	"CarouselPayload":       empty[chat.CarouselPayload],
	"ContactPayload":        empty[chat.ContactPayload],
	"CustomPayload":         empty[chat.CustomPayload],
	"FilePayload":           empty[chat.FilePayload],
	"JSONObject":            empty[chat.JSONObject],
	"LocationPayload":       empty[chat.LocationPayload],
	"SystemEventPayload":    empty[chat.SystemEventPayload],

	// What a file to import holds.
	"ImportComment": empty[chat.ImportComment],
	"ImportFile":    empty[[]chat.ImportRoom], // or rows of another kind
	"ImportRoom":    empty[chat.ImportRoom],
	"ImportUser":    empty[chat.ImportUser],
	// What a reply's payload holds when it is read.
	"ReplyPayload": empty[chat.ReplyPayload],

	// What comes in real time.
	"BrokerLocation":  empty[chat.BrokerLocation],
	"CustomEvent":     empty[chat.CustomEvent],
	"Notification":    empty[chat.Notification],
	"PresenceText":    empty[chat.PresenceText],
	"PushData":        empty[chat.PushData],
	"RealtimeMessage": empty[chat.RealtimeMessage],
	"RealtimeTyping":  empty[chat.RealtimeTyping],
	"ReceiptText":     empty[chat.ReceiptText],
	"TypingText":      empty[chat.TypingText],
}
