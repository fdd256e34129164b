package chat

import (
	"context"

	wire "github.com/qismo-go/qismo/gen/chat"
)

// PushService registers the devices that get notifications. Channels send none.
type PushService struct{ client *client }

type (
	// DeviceParams say which device gets notifications: the DeviceToken that it has from
	// Apple or Google, and the DevicePlatform of the app on it. IsDevelopment is for
	// Apple's test environment. Token need not be given.
	DeviceParams = wire.SetUserDeviceTokenRequest
	// DeviceRegistration is whether a device was new, and for which platforms the app can
	// send notifications.
	DeviceRegistration = wire.SetUserDeviceTokenResult
	// RemoveDeviceParams say which device gets notifications no longer.
	RemoveDeviceParams = wire.RemoveUserDeviceTokenRequest
	// DevicePlatform is what an app on a device is made with.
	DevicePlatform = wire.DevicePlatform
)

// What an app on a device is made with.
const (
	DeviceAndroid     = wire.DevicePlatformAndroid
	DeviceIOS         = wire.DevicePlatformIos
	DeviceReactNative = wire.DevicePlatformRn
	DeviceFlutter     = wire.DevicePlatformFlutter
)

// Register lets a device get the user's notifications. They carry the same as the
// realtime broker. A repeat does no harm. An empty token or platform is an error before
// anything is sent.
//
// Operation sdkSetUserDeviceToken, POST /api/v2/sdk/set_user_device_token; documented by
// the vendor.
func (s *PushService) Register(
	ctx context.Context, params DeviceParams, opts ...Option,
) (*DeviceRegistration, error) {
	const id = wire.OperationSdkSetUserDeviceToken
	if err := checkDevice(id, params.DeviceToken.Reveal(), params.DevicePlatform); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.SetUserDeviceTokenResponse](s.client.api.SdkSetUserDeviceToken(ctx, params))
	if err != nil {
		return nil, err
	}
	return &out.Results, nil
}

// Remove keeps a device from getting the user's notifications from now on, and reports
// whether the service says that it does. It is to be called before logging out. A repeat
// does no harm. An empty token or platform is an error before anything is sent.
//
// Operation sdkRemoveUserDeviceToken, POST /api/v2/sdk/remove_user_device_token; seen in
// public clients.
func (s *PushService) Remove(
	ctx context.Context, params RemoveDeviceParams, opts ...Option,
) (removed bool, err error) {
	const id = wire.OperationSdkRemoveUserDeviceToken
	if err := checkDevice(id, params.DeviceToken.Reveal(), params.DevicePlatform); err != nil {
		return false, err
	}
	ctx, _ = s.client.begin(ctx, id, opts)
	out, err := receive[wire.RemoveUserDeviceTokenResponse](s.client.api.SdkRemoveUserDeviceToken(ctx, params))
	if err != nil {
		return false, err
	}
	return out.Results.Success, nil
}

func checkDevice(id wire.OperationID, token string, platform DevicePlatform) error {
	return checkGiven(id, "device token", token, "platform", string(platform))
}
