package webhook_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/qismo-go/qismo/gen/webhooks"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// Every id and every time of the generated types takes all forms in which ids and
// times come.
func TestGeneratedIDsAndTimesTakeEveryForm(t *testing.T) {
	exceptions := map[string]string{
		"CustomAgentAllocation.AppID":          "the code of the app, which is text",
		"Customer.UserID":                      "the customer's user id, which is any text",
		"RoomLog.UserID":                       "the customer's user id, which is any text",
		"Message.UniqueTempID":                 "made up by the sender's program, any text",
		"WhatsAppContact.WhatsAppID":           "a phone number",
		"WhatsAppConversation.ID":              "Meta's, any text",
		"WhatsAppForwardMessage.PhoneNumberID": "Meta's, any text",
		"WhatsAppForwardStatus.PhoneNumberID":  "Meta's, any text",
		"WhatsAppImage.ID":                     "Meta's, any text",
		"WhatsAppMessage.ID":                   "Meta's, any text",
		"WhatsAppStatus.ID":                    "Meta's, any text",
		"WhatsAppStatus.RecipientID":           "a phone number",
	}
	var seen []string
	known := map[reflect.Type]bool{}
	var walk func(of reflect.Type)
	walk = func(of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || known[of] || strings.HasSuffix(of.PkgPath(), "/flex") {
			return
		}
		known[of] = true
		for i := range of.NumField() {
			field := of.Field(i)
			key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			name := of.Name() + "." + field.Name
			isID := key == "id" || strings.HasSuffix(key, "_id") || strings.HasSuffix(key, "_id_str") || key == "id_str"
			isTime := strings.HasSuffix(key, "_at") || strings.HasSuffix(key, "timestamp") || key == "last_login"
			switch reason := exceptions[name]; {
			case reason != "":
				assert.Equal(t, reflect.String, field.Type.Kind(), name)
				assert.NotEqual(t, reflect.TypeFor[flex.ID](), field.Type, name+" is no exception")
				seen = append(seen, name)
			case isID:
				assert.Equal(t, reflect.TypeFor[flex.ID](), field.Type, name)
			case isTime:
				assert.Equal(t, reflect.TypeFor[flex.Time](), field.Type, name)
			}
			walk(field.Type)
		}
	}
	for _, body := range []any{webhooks.PostComment{}, webhooks.CustomAgentAllocation{}, webhooks.CustomButton{}, webhooks.MarkAsResolved{},
		webhooks.NewSession{}, webhooks.UserLogout{}, webhooks.WhatsAppForwardMessage{}, webhooks.WhatsAppForwardStatus{},
		webhooks.RoomOptions{}, webhooks.CustomerExtras{}, webhooks.MessageFile{}} {
		walk(reflect.TypeOf(body))
	}
	for name, reason := range exceptions {
		if reason != "" {
			assert.Contains(t, seen, name, "an exception that is none")
		}
	}
	assert.Greater(t, len(known), 25)
}
