package chat_test

import (
	"context"
	"testing"

	"github.com/qismo-go/qismo/pkg/chat"
)

func TestPushCalls(t *testing.T) {
	t.Parallel()
	testUserCalls(t, []userCall{
		{
			"register", func(ctx context.Context, user *chat.User) (any, error) {
				return user.Push.Register(ctx, chat.DeviceParams{DeviceToken: "gawai", DevicePlatform: chat.DeviceAndroid})
			},
			"POST", "set_user_device_token", `{"device_token":"gawai","device_platform":"android"}`,
			`{"results":{"changed":true,"pn_android_configured":true,"pn_ios_configured":false}}`,
			&chat.DeviceRegistration{Changed: true, PnAndroidConfigured: true},
		},
		{
			"remove", func(ctx context.Context, user *chat.User) (any, error) {
				return user.Push.Remove(ctx, chat.RemoveDeviceParams{DeviceToken: "gawai", DevicePlatform: chat.DeviceIOS, IsDevelopment: true})
			},
			"POST", "remove_user_device_token", `{"device_token":"gawai","device_platform":"ios","is_development":true}`,
			`{"results":{"success":true}}`, true,
		},
	})
}

func TestPushFails(t *testing.T) {
	t.Parallel()
	register := func(params chat.DeviceParams) func(context.Context, *chat.User) error {
		return func(ctx context.Context, user *chat.User) error { return second(user.Push.Register(ctx, params)) }
	}
	remove := func(params chat.RemoveDeviceParams) func(context.Context, *chat.User) error {
		return func(ctx context.Context, user *chat.User) error { return second(user.Push.Remove(ctx, params)) }
	}
	testRefusals(t, map[string]func(context.Context, *chat.User) error{
		"sdkSetUserDeviceToken: the device token is empty": register(chat.DeviceParams{DevicePlatform: chat.DeviceAndroid}),
		"sdkSetUserDeviceToken: the platform is empty":     register(chat.DeviceParams{DeviceToken: "x"}),
		"sdkRemoveUserDeviceToken: the platform is empty":  remove(chat.RemoveDeviceParams{DeviceToken: "x"}),
	})
	testUnusableAnswers(t, `{"results":{},"status":200}`, []unusable{
		{"", register(chat.DeviceParams{DeviceToken: "x", DevicePlatform: chat.DeviceFlutter})},
		{"", remove(chat.RemoveDeviceParams{DeviceToken: "x", DevicePlatform: chat.DeviceReactNative})},
	})
}
