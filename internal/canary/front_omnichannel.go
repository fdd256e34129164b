package canary

import (
	"fmt"
	"strings"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

// omnichannelFront is the façade of Omnichannel.
func omnichannelFront() *front {
	return &front{
		folder: "qismo", document: document.REST, wrapper: "data",
		known: func() map[string]any {
			return map[string]any{
				"longLivedToken": "llt-5f", "sdkToken": "sdk-5f", "names": []any{"grosir", "langganan"},
				"properties":                    []any{map[string]any{"key": "nomor pesanan", "value": "KW-2093"}},
				"WebhookSettings.SetAll.params": map[string]any{"NewSession": "https://hooks.example.id/in"},
			}
		},
		typed: typedOfOmnichannel, inTyped: inTypedOfOmnichannel,
		credentials: func() []Canary { return []Canary{secretKey(), userToken(), email(), password()} },
		doors: func() doors {
			return doors{
				byKey:   opened(qismo.WithSecretKey(appID, secretKey().Text)),
				byToken: opened(qismo.WithToken(appID, userToken().Text)),
			}
		},
		failures: logins,
	}
}

// logins are log-ins that fail, which calls tell of.
func logins() []failure {
	var all []failure
	for _, shape := range shapes() {
		all = append(all, failure{
			name: "a log-in that is refused, " + shape.name, doors: alike(qismo.WithLogin(appID, email().Text, password().Text)),
			answer: func(e *exchange) {
				e.write(401, shape.contentType, shape.write(message()+fmt.Sprint(e.says())))
			},
		})
	}
	return append(all, failure{
		name: "a token source that panics", doors: alike(qismo.WithTokenSource(appID, panicking{})),
	})
}

// alike are clients that prove themselves in the same way.
func alike(credential qismo.Option) func() doors {
	return func() doors { return doors{byKey: opened(credential), byToken: opened(credential)} }
}

// opened makes clients with a credential.
func opened(credential qismo.Option) func(...qismo.Option) (caller, error) {
	return func(options ...qismo.Option) (caller, error) { return qismo.New(append(options, credential)...) }
}

// typedOfOmnichannel adds arguments of a method that JSON cannot make.
func typedOfOmnichannel(method string, all map[string]any) {
	switch method {
	case "Bot.SendMessage":
		all[method+".message"] = qismo.NewText(inRequest(Sentence, "text").Text)
	case "Customer.SendMessage":
		all[method+".message"] = qismo.NewText(inRequest(Sentence, "text").Text)
		all[method+".params"] = qismo.SendCustomChannelMessageParams{
			IdentifierKey: flex.Credential(inRequest(Token, "identifier key").Text),
			UserID:        inRequest(Email, "user id").Text, Name: inRequest(Name, "customer").Text,
		}
	case "Broadcasts.UploadCSV":
		all[method+".params"] = qismo.UploadBroadcastCSVParams{
			TemplateDetailID: flex.ID(inRequest(Token, "template detail id").Text),
			FileName:         inRequest(Token, "file name").Text + ".csv",
			File: strings.NewReader("phone,name\n" +
				inRequest(Phone, "file").Text + "," + inRequest(Name, "file").Text + "\n"),
		}
	}
}

// inTypedOfOmnichannel are the canaries in those.
func inTypedOfOmnichannel() []Canary {
	return []Canary{
		inRequest(Sentence, "text"), inRequest(Token, "identifier key"), inRequest(Email, "user id"),
		inRequest(Name, "customer"), inRequest(Token, "template detail id"), inRequest(Token, "file name"),
		inRequest(Phone, "file"), inRequest(Name, "file"),
	}
}
