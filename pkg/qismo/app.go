package qismo

import (
	"context"

	"github.com/qismo-go/qismo/gen/omnichannel"
)

// AppService reads the app's settings.
type AppService struct{ client *Client }

type (
	// AppConfigs are the app's settings. What is not a field of it is found with
	// Get, by its key.
	AppConfigs = omnichannel.AppConfigs
	// App is an app's row, with its secret key.
	App = omnichannel.App
)

// Configs returns all settings of the app, those of its webhooks included.
//
// Operation getAppConfigs, GET /api/v2/app/configs; documented by the vendor.
func (s *AppService) Configs(ctx context.Context, opts ...Option) (*AppConfigs, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetAppConfigs, opts)
	params := &omnichannel.GetAppConfigsParams{ShowAll: true}
	out, err := receive[omnichannel.GetAppConfigsResponse](s.client.api.GetAppConfigs(ctx, params))
	if err != nil {
		return nil, err
	}
	return &out.Data.Configs, nil
}
