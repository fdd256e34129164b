//go:build conformance

package document_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
)

// chatSamples says what the samples of the chat server are bodies of, by the names of
// their files without the ending: an operation, whose request or answer it is by that
// ending, or a schema. A list is of rows that each fit the schema.
var chatSamples = map[string]string{
	// Of both doors.
	"error_generic":       "Error",
	"error_token_expired": "Error",
	"error_unauthorized":  "Error",

	"import_file_comments": "ImportComment",
	"import_file_rooms":    "ImportRoom",
	"import_file_users":    "ImportUser",

	"payload_account_linking":                 "AccountLinkingPayload",
	"payload_button_postback_response":        "JSONObject",
	"payload_buttons":                         "ButtonsPayload",
	"payload_card":                            "CardPayload",
	"payload_carousel":                        "CarouselPayload",
	"payload_contact_person":                  "ContactPayload",
	"payload_custom":                          "CustomPayload",
	"payload_file_attachment":                 "FilePayload",
	"payload_location":                        "LocationPayload",
	"payload_reply":                           "ReplyPayload",
	"payload_system_event_add_member":         "SystemEventPayload",
	"payload_system_event_change_room_avatar": "SystemEventPayload",
	"payload_system_event_change_room_name":   "SystemEventPayload",
	"payload_system_event_create_room":        "SystemEventPayload",
	"payload_system_event_custom":             "SystemEventPayload",
	"payload_system_event_join_room":          "SystemEventPayload",
	"payload_system_event_left_room":          "SystemEventPayload",
	"payload_system_event_remove_member":      "SystemEventPayload",

	// Of servers.
	"rest_add_room_participants":                "restAddRoomParticipants",
	"rest_create_room":                          "restCreateRoom",
	"rest_deactivate_users":                     "restDeactivateUsers",
	"rest_exports_create":                       "restCreateExport",
	"rest_exports_delete":                       "restDeleteExport",
	"rest_exports_get":                          "restGetExport",
	"rest_exports_list":                         "restListExports",
	"rest_get_average_reply_time_user":          "restGetAverageReplyTime",
	"rest_get_or_create_channel":                "restGetOrCreateChannel",
	"rest_get_or_create_room_with_target":       "restGetOrCreateRoomWithTarget",
	"rest_get_room_participants":                "restListRoomParticipants",
	"rest_get_rooms_info":                       "restGetRoomsInfo",
	"rest_get_unread_count":                     "restCountUnread",
	"rest_get_unread_users":                     "restListUnreadUsers",
	"rest_get_user_list":                        "restListUsers",
	"rest_get_user_rooms":                       "restListUserRooms",
	"rest_get_user_token":                       "restGetUserToken",
	"rest_get_user_unread_count":                "restCountUnreadOfUsers",
	"rest_imports_create":                       "restCreateImport",
	"rest_imports_list":                         "restListImports",
	"rest_load_comments":                        "restLoadComments",
	"rest_load_comments_with_range":             "restLoadCommentsWithRange",
	"rest_login_or_register":                    "restLoginOrRegister",
	"rest_post_comment_buttons":                 "restPostComment",
	"rest_post_comment_card":                    "restPostComment",
	"rest_post_comment_carousel":                "restPostComment",
	"rest_post_comment_file":                    "restPostComment",
	"rest_post_comment_text":                    "restPostComment",
	"rest_post_system_event_message":            "restPostSystemEventMessage",
	"rest_post_system_event_message_add_member": "restPostSystemEventMessage",
	"rest_reactivate_users":                     "restReactivateUsers",
	"rest_remove_room_participants":             "restRemoveRoomParticipants",
	"rest_reset_user_token":                     "restResetUserToken",
	"rest_update_room":                          "restUpdateRoom",
	"rest_user_profile":                         "restGetUserProfile",
	"rest_webhook_logs":                         "restListWebhookLogs",

	// Of users, and of what the realtime broker and notifications carry.
	"client_add_room_participants":             "sdkAddRoomParticipants",
	"client_auth_nonce":                        "sdkGetNonce",
	"client_block_user":                        "sdkBlockUser",
	"client_channels":                          "sdkListChannels",
	"client_channels_join":                     "sdkJoinChannels",
	"client_clear_room_messages":               "sdkClearRoomMessages",
	"client_comment_receipt":                   "sdkGetCommentReceipt",
	"client_config":                            "sdkGetConfig",
	"client_create_room":                       "sdkCreateRoom",
	"client_delete_messages":                   "sdkDeleteMessages",
	"client_event_report":                      "sdkReportEvent",
	"client_file_list":                         "sdkListFiles",
	"client_get_blocked_users":                 "sdkListBlockedUsers",
	"client_get_or_create_room_with_target":    "sdkGetOrCreateRoomWithTarget",
	"client_get_or_create_room_with_unique_id": "sdkGetOrCreateRoomWithUniqueID",
	"client_get_room_by_id":                    "sdkGetRoomByID",
	"client_get_room_unread_count":             "sdkGetRoomUnreadCount",
	"client_get_user_list":                     "sdkListUsers",
	"client_load_comments":                     "sdkLoadComments",
	"client_login_or_register":                 "sdkLoginOrRegister",
	"client_login_or_register_refresh":         "sdkLoginOrRegister",
	"client_logout":                            "sdkLogout",
	"client_mqtt_config":                       "sdkGetMqttConfig",
	"client_my_profile":                        "sdkGetMyProfile",
	"client_my_profile_patch":                  "sdkUpdateMyProfile",
	"client_post_comment":                      "sdkPostComment",
	"client_realtime_check":                    "sdkCheckRealtime",
	"client_refresh_user_token":                "sdkRefreshUserToken",
	"client_remove_room_participants":          "sdkRemoveRoomParticipants",
	"client_remove_user_device_token":          "sdkRemoveUserDeviceToken",
	"client_room_participants":                 "sdkListRoomParticipants",
	"client_rooms_info":                        "sdkGetRoomsInfo",
	"client_search":                            "sdkSearch",
	"client_set_user_device_token":             "sdkSetUserDeviceToken",
	"client_sync":                              "sdkSync",
	"client_sync_event":                        "sdkSyncEvent",
	"client_sync_event_flat_payload_variant":   "sdkSyncEvent",
	"client_total_unread_count":                "sdkGetTotalUnreadCount",
	"client_unblock_user":                      "sdkUnblockUser",
	"client_update_comment_status":             "sdkUpdateCommentStatus",
	"client_update_message":                    "sdkUpdateMessage",
	"client_update_room":                       "sdkUpdateRoom",
	"client_upload":                            "sdkUpload",
	"client_user_rooms":                        "sdkListUserRooms",
	"client_users_status":                      "sdkGetUsersStatus",
	"client_verify_identity_token":             "sdkVerifyIdentityToken",
	"mqtt_channel_c":                           "RealtimeMessage",
	"mqtt_room_event_e":                        "CustomEvent",
	"mqtt_room_typing_ai":                      "RealtimeTyping",
	"mqtt_token_c":                             "RealtimeMessage",
	"mqtt_token_n_clear_room":                  "Notification",
	"mqtt_token_n_delete_message":              "Notification",
	"mqtt_token_update":                        "RealtimeMessage",
	"push_fcm_data_clear_room":                 "PushData",
	"push_fcm_data_delete_message":             "PushData",
	"push_fcm_data_post_comment":               "PushData",
	"realtime_lb":                              "BrokerLocation",
}

// otherChatSamples are the samples of what the document has no schema for.
var otherChatSamples = map[string]string{
	"jwt_claims": "the claims of an identity token, which the document tells in words",
	"jwt_header": "the header of an identity token",
}

// refusedChatSamples are the samples that the document refuses with good reason.
var refusedChatSamples = map[string]string{}

// The chat server's document and its generated types are held against reference
// samples as well, and its event against those of the webhooks' document.
func TestConformanceOfChat(t *testing.T) {
	folder := os.Getenv("QISMO_SAMPLES")
	require.NotEmpty(t, folder, "QISMO_SAMPLES does not say where the reference samples lie")
	c := contracts(t)[2]
	require.Equal(t, "chat", c.name)
	files, err := filepath.Glob(filepath.Join(folder, "chat", "*.json"))
	require.NoError(t, err)
	events, err := filepath.Glob(filepath.Join(folder, "webhooks", "postComment-*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files, "no samples of the chat server")
	require.NotEmpty(t, events, "no samples of its event")

	accepted, others := 0, 0
	subjects, refused := map[string]bool{}, map[string]bool{}
	for _, file := range append(files, events...) {
		name := filepath.Base(file)
		if otherChatSamples[strings.TrimSuffix(name, ".json")] != "" {
			others++
			continue
		}
		subject, bodies := c.chatSample(t, file)
		subjects[subject] = true
		reason, listed := refusedChatSamples[name]
		for _, b := range bodies {
			problems := judge(t, c.doc, b.schema, b.value)
			switch {
			case problems == nil && listed:
				assert.Fail(t, "a sample is accepted after all", "%s, listed because it is %s", name, reason)
			case problems == nil:
				accepted++
				c.check(t, b)
			case !listed:
				assert.Fail(t, "a sample is refused", "%s as %s: %v", name, b.schema, problems)
			default:
				refused[name] = true
			}
		}
	}
	for name := range chatSamples {
		assert.True(t, subjects[name], "chatSamples lists %s, of which there is no sample", name)
	}
	assert.Len(t, refused, len(refusedChatSamples), "refusedChatSamples lists a sample that does not exist")
	assert.Len(t, otherChatSamples, others, "otherChatSamples lists a sample that does not exist")
	t.Logf("%d bodies of %d samples accepted, %d samples refused with a reason, %d of no schema",
		accepted, len(files)+len(events)-len(refused)-others, len(refused), others)
}

// chatSample reads a sample, and finds by its name what it is a body of. The subject
// is the name by which chatSamples knows it.
func (c contract) chatSample(t *testing.T, file string) (subject string, bodies []body) {
	t.Helper()
	base := strings.TrimSuffix(filepath.Base(file), ".json")
	value := readSample(t, file)
	subject, part, _ := strings.Cut(base, ".")
	of := chatSamples[subject]
	if event, _, isEvent := strings.Cut(base, "-"); isEvent && c.doc.Operation(event) != nil {
		of, part = event, "request"
	}
	if subject == topicTexts {
		return subject, c.chatTexts(t, value)
	}
	operation := c.doc.Operation(of)
	if operation == nil {
		return subject, c.chatValue(t, base, of, value)
	}
	content, hasBody := operation.JSON()
	if part == "request" && !hasBody {
		return subject, c.chatParameters(t, operation, body{name: base, value: value, operation: of})
	}
	if part == "response" {
		content = operation.Responses["200"].Content["application/json"]
	}
	require.NotEmpty(t, content.Pointer, "%s: %s has no %s", base, of, part)
	return subject, []body{{name: base, schema: place(content.Pointer), value: value, operation: of, part: part}}
}

// chatValue makes bodies of a sample that is a value of a schema, or rows of them.
func (c contract) chatValue(t *testing.T, base, name string, value any) []body {
	t.Helper()
	schema, part := namedSchemas.join(name), "value"
	if !assert.NotNil(t, members(c.doc.Tree(), schema), "%s: chatSamples does not say what it is", base) {
		return nil
	}
	if name == "Error" {
		part = "error"
	}
	rows, isList := value.([]any)
	if !isList {
		rows = []any{value}
	}
	var bodies []body
	for _, row := range rows {
		bodies = append(bodies, body{name: base, schema: schema, value: row, part: part})
	}
	return bodies
}

// chatParameters makes bodies of a sample that is the JSON body of a DELETE, which is
// the other way to send what the document has as parameters.
func (c contract) chatParameters(t *testing.T, operation *document.Operation, sent body) []body {
	t.Helper()
	object, ok := sent.value.(map[string]any)
	require.True(t, ok, "%s: not an object", sent.name)
	declared, named := c.parameters(operation), map[string]any{}
	for name, value := range object {
		if _, isList := declared[name+"[]"]; isList {
			name += "[]"
		}
		named[name] = value
	}
	sent.value = named
	return c.parameterValues(t, operation, sent)
}

// topicTexts is the sample whose members are bodies that are no JSON. Their names are
// descriptions with the topic in parentheses, such as "typing (r/81/81/rina/t)".
const topicTexts = "mqtt_plain_payloads"

// chatTexts makes bodies of that sample, by the topics' last steps.
func (c contract) chatTexts(t *testing.T, value any) []body {
	t.Helper()
	schemas := map[string]string{"t": "TypingText", "d": "ReceiptText", "r": "ReceiptText", "s": "PresenceText"}
	texts, ok := value.(map[string]any)
	require.True(t, ok, "%s: not an object", topicTexts)
	var bodies []body
	for _, name := range sortedKeys(texts) {
		_, topic, _ := strings.Cut(name, "(")
		topic, _, _ = strings.Cut(strings.TrimRight(topic, ")"), ",")
		of := schemas[topic[strings.LastIndex(topic, "/")+1:]]
		bodies = append(bodies, c.chatValue(t, name, of, texts[name])...)
	}
	return bodies
}
