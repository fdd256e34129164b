package qismo

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits of a template, by the vendor's page.
const (
	maxTemplateBody         = 1024 // characters
	maxTemplateHeader       = 60
	maxBodyPlaceholders     = 15
	maxHeaderPlaceholders   = 1
	maxButtonURLPlaceholder = 1
)

// checkTemplate checks a template for what the vendor's page asks. WhatsApp takes
// its time to refuse one.
func checkTemplate(params CreateTemplateParams) error {
	switch params.Category {
	case TemplateAuthentication, TemplateMarketing, TemplateUtility:
	default:
		return fmt.Errorf("the category is none of %s, %s and %s",
			TemplateAuthentication, TemplateMarketing, TemplateUtility)
	}
	switch {
	case params.ChannelID.IsNone():
		return errors.New("the channel id is empty")
	case params.HaveTemplate && params.Namespace == "":
		return errors.New("a template that exists at Meta already needs its namespace")
	case len(params.HsmDetails) == 0:
		return errors.New("the template has no language")
	}
	for i, detail := range params.HsmDetails {
		if err := checkTemplateDetail(detail, params.Category); err != nil {
			return fmt.Errorf("HsmDetails[%d]: %w", i, err)
		}
	}
	return nil
}

func checkTemplateDetail(detail TemplateDetailInput, category TemplateCategory) error {
	placeholders := countPlaceholders(detail.Content)
	switch {
	case detail.Language == "":
		return errors.New("the language is empty")
	case detail.Content == "":
		return errors.New("the content is empty")
	case utf8.RuneCountInString(detail.Content) > maxTemplateBody:
		return fmt.Errorf("the content has more than %d characters", maxTemplateBody)
	case placeholders > maxBodyPlaceholders:
		return fmt.Errorf("the content has %d placeholders, at most %d are allowed", placeholders, maxBodyPlaceholders)
	case placeholders > 0 && len(detail.BodySample) == 0:
		return errors.New("the content has placeholders, but BodySample has no sample for them")
	case isTextHeader(detail) && utf8.RuneCountInString(detail.HeaderContent) > maxTemplateHeader:
		return fmt.Errorf("the header has more than %d characters", maxTemplateHeader)
	case countPlaceholders(detail.HeaderContent) > maxHeaderPlaceholders:
		return errors.New("the header has more than one placeholder")
	}
	for i, button := range detail.Buttons {
		if err := checkTemplateButton(button, category); err != nil {
			return fmt.Errorf("button %d: %w", i+1, err)
		}
	}
	return nil
}

// isTextHeader reports whether a header is a text: of media, the page tells no bound.
func isTextHeader(detail TemplateDetailInput) bool {
	return detail.HeaderType == "" || strings.EqualFold(detail.HeaderType, "text")
}

// checkTemplateButton lets through whatever kind an authentication template names:
// it has kinds of its own, whose words are not known.
func checkTemplateButton(button TemplateButtonInput, category TemplateCategory) error {
	known := true
	switch button.Type {
	case TemplateButtonQuickReply:
	case TemplateButtonURL:
		if button.URL == "" {
			return errors.New("a button of the type URL needs a URL")
		}
		if countPlaceholders(button.URL) > maxButtonURLPlaceholder {
			return errors.New("the URL has more than one placeholder")
		}
	case TemplateButtonPhoneNumber:
		if button.PhoneNumber == "" {
			return errors.New("a button of the type PHONE_NUMBER needs a phone number")
		}
	default:
		known = false
	}
	switch {
	case button.Type == "":
		return errors.New("the type is empty")
	case !known && category != TemplateAuthentication:
		return fmt.Errorf("the type is none of %s, %s and %s", TemplateButtonQuickReply,
			TemplateButtonPhoneNumber, TemplateButtonURL)
	case known && button.Text == "":
		return errors.New("the text is empty")
	}
	return nil
}

// countPlaceholders counts the placeholders of a text, such as {{1}}. One that
// stands twice is one.
func countPlaceholders(text string) int {
	seen := map[string]bool{}
	for {
		_, after, opened := strings.Cut(text, "{{")
		name, rest, closed := strings.Cut(after, "}}")
		if !opened || !closed {
			return len(seen)
		}
		seen[strings.TrimSpace(name)] = true
		text = rest
	}
}
