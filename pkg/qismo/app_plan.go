package qismo

import (
	"context"
	"errors"

	"github.com/qismo-go/qismo/gen/omnichannel"
)

type (
	// Feature is a feature of the plan, with those that belong to it.
	Feature = omnichannel.Feature
	// Plan is the app's subscription, its limits and their use. Prices are text that
	// holds a number.
	Plan = omnichannel.Plan
	// PlanUsage is what was used of a plan's limits.
	PlanUsage = omnichannel.PlanUsage
	// ChatTemplate is a canned reply, by the names of its members. Which those are was
	// not recorded.
	ChatTemplate = omnichannel.ChatTemplate
	// ListChatTemplatesParams search canned replies: Q is text, as an agent types it
	// after the slash, and Limit the number of rows at most.
	ListChatTemplatesParams = omnichannel.ListChatTemplatesParams
)

// The states of a [Feature], by the names that one client gives them.
const (
	FeatureEnabled  int64 = 1
	FeatureHidden   int64 = 2
	FeatureDisabled int64 = 3
)

// Features returns what the app's plan has, as a tree: walk Features of each. A
// feature's ID can be empty; FeatureID is not.
//
// Operation listFeatures, GET /api/v2/features; seen in public clients.
func (s *AppService) Features(ctx context.Context, opts ...Option) ([]Feature, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationListFeatures, opts)
	out, err := receive[omnichannel.ListFeaturesResponse](s.client.api.ListFeatures(ctx))
	if err != nil {
		return nil, err
	}
	if out.Data.Features == nil {
		return nil, missing(ctx, "list of features")
	}
	return out.Data.Features, nil
}

// Plan returns the app's subscription, its limits and what was used of them. MAU
// are customers who were active within the month.
//
// Operation getPlan, GET /api/v1/admin/my_plan; seen in a single public client.
func (s *AppService) Plan(ctx context.Context, opts ...Option) (*Plan, error) {
	ctx, _ = s.client.begin(ctx, omnichannel.OperationGetPlan, opts)
	out, err := receive[omnichannel.GetPlanResponse](s.client.api.GetPlan(ctx))
	if err != nil {
		return nil, err
	}
	if out.Data.Name == "" {
		return nil, missing(ctx, "plan")
	}
	return &out.Data, nil
}

// ListChatTemplates returns canned replies, which are not WhatsApp's templates. No
// paging is known: what is beyond Limit stays unseen, and without one the service
// gives as many as it likes. The one client that is known asks for 100. A negative
// Limit and a search for 0, which the client cannot send, are errors before anything
// is sent.
//
// Operation listChatTemplates, GET /api/v1/chat_templates; seen in a single public
// client.
func (s *AppService) ListChatTemplates(
	ctx context.Context, params ListChatTemplatesParams, opts ...Option,
) ([]ChatTemplate, error) {
	if params.Limit < 0 {
		return nil, errors.New("qismo: listChatTemplates: the limit is negative")
	}
	if err := checkSearch(omnichannel.OperationListChatTemplates, params.Q); err != nil {
		return nil, err
	}
	ctx, _ = s.client.begin(ctx, omnichannel.OperationListChatTemplates, opts)
	out, err := receive[omnichannel.ListChatTemplatesResponse](s.client.api.ListChatTemplates(ctx, &params))
	if err != nil {
		return nil, err
	}
	if out.Data.Data == nil {
		return nil, missing(ctx, "list of replies")
	}
	return out.Data.Data, nil
}
