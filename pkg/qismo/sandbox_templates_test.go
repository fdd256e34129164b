package qismo_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo"
)

func checkTemplates(t *testing.T, p *platform, client *qismo.Client) {
	t.Helper()
	config := p.Config()
	byToken := p.client(t, qismo.WithLogin(config.AppCode, config.AdminEmail, config.AdminPassword))
	approved := true
	count := 0
	for template, err := range client.Templates.All(t.Context(), qismo.ListTemplatesParams{Limit: 1, Approved: &approved, ChannelID: "5120"}) {
		require.NoError(t, err)
		for _, detail := range template.HsmDetails {
			require.NotNil(t, detail.ApprovalStatus)
			assert.Equal(t, qismo.TemplateApproved, *detail.ApprovalStatus)
		}
		count++
	}
	assert.Equal(t, 4, count)
	page, err := client.Templates.List(t.Context(), qismo.ListTemplatesParams{Page: 2, Limit: 3, Approved: &approved})
	require.NoError(t, err)
	assert.Len(t, page.Items, 1)
	assert.Nil(t, page.Total)

	params := newTemplate()
	require.NoError(t, client.Templates.Create(t.Context(), params))
	require.ErrorIs(t, client.Templates.Create(t.Context(), params), qismo.ErrBadRequest, "twice")
	page, err = byToken.Templates.ListV3(t.Context(), qismo.ListTemplatesV3Params{Name: params.Name})
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	names := map[string]bool{}
	for template, err := range byToken.Templates.AllV3(t.Context(), qismo.ListTemplatesV3Params{Limit: 4}) {
		require.NoError(t, err)
		names[template.Name] = true
	}
	assert.Contains(t, names, params.Name, "on the second page")

	template, err := client.Templates.Get(t.Context(), page.Items[0].ID)
	require.NoError(t, err)
	assert.Equal(t, params.Name, template.Name)
	detail := template.HsmDetails[0]
	require.NotNil(t, detail.ApprovalStatus)
	assert.Equal(t, qismo.TemplatePending, *detail.ApprovalStatus)
	assert.EqualValues(t, 2, detail.NumberOfArguments)
	assert.Equal(t, qismo.TemplateButtonURL, detail.Buttons[0].Type)
	require.NoError(t, client.Templates.Delete(t.Context(), template.ID))
	_, err = client.Templates.Get(t.Context(), template.ID)
	require.ErrorIs(t, err, qismo.ErrNotFound)

	resuming, err := byToken.Templates.HSM24(t.Context(), "5120")
	require.NoError(t, err)
	assert.True(t, resuming.Enabled)
	require.NotNil(t, resuming.HsmTemplate)
	require.NotNil(t, resuming.HsmQuota)
	_, err = byToken.Templates.HSM24(t.Context(), "5121")
	require.ErrorIs(t, err, qismo.ErrNoApprovedTemplate)
	require.ErrorIs(t, err, qismo.ErrBadRequest)
}

// newTemplate is a template that the service should take.
func newTemplate() qismo.CreateTemplateParams {
	return qismo.CreateTemplateParams{
		Name: "pesanan_siap", Category: qismo.TemplateUtility, ChannelID: "5120",
		HsmDetails: []qismo.TemplateDetailInput{{
			Language: "id", Content: "Halo {{1}}, pesanan {{2}} siap diambil.", BodySample: []string{"Dewi", "KW-2093"},
			HeaderType: "text", HeaderContent: "Pesanan {{1}}", HeaderSample: []string{"KW-2093"},
			Buttons: []qismo.TemplateButtonInput{{Type: qismo.TemplateButtonURL, Text: "Peta", URL: "https://kopi.example.id/{{1}}"}},
		}},
	}
}
