package doctor

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/contract"
	"github.com/qismo-go/qismo/pkg/qismo/flex"
	"github.com/qismo-go/qismo/pkg/qismo/qismotest"
)

// newApp starts an app with customers. It returns what a doctor must know of it, and what
// it was asked since.
func newApp(t *testing.T) (config Config, asked func() []qismotest.Call) {
	t.Helper()
	srv := qismotest.New(t, qismotest.WithRooms(3))
	client, err := qismo.New(qismo.WithAppID(srv.AppID), qismo.WithBaseURL(srv.URL))
	require.NoError(t, err)
	admin := srv.Admin()
	login, err := client.Session.Login(t.Context(), qismo.LoginParams{Email: admin.Email, Password: flex.Credential(admin.Password)})
	require.NoError(t, err)
	config = Config{
		AppID: srv.AppID, SecretKey: srv.SecretKey, Token: login.User.AuthenticationToken.Reveal(),
		BaseURL: srv.URL, Timeout: time.Minute,
	}
	return config, func() []qismotest.Call { return srv.Calls()[1:] } // without the log-in
}

func newService(t *testing.T, handle http.HandlerFunc) *httptest.Server {
	t.Helper()
	service := httptest.NewServer(handle)
	t.Cleanup(service.Close)
	return service
}

func run(t *testing.T, config Config) Report {
	t.Helper()
	doctor, err := New(config)
	require.NoError(t, err)
	report, err := doctor.Run(t.Context())
	require.NoError(t, err)
	return report
}

// results are the verdicts in words, by operation.
func results(report Report) map[string]string {
	found := map[string]string{}
	for _, result := range report.Results {
		found[result.Operation] = result.String()
	}
	return found
}

// The sandbox answers as the document says, and all is found that it has.
func TestTheSandboxIsHealthy(t *testing.T) {
	config, asked := newApp(t)
	var heard []Result
	config.OnResult = func(result Result) { heard = append(heard, result) }
	report := run(t, config)
	assert.Equal(t, report.Results, heard)
	assert.True(t, report.IsGood(), report.Summary())
	rest, err := document.REST()
	require.NoError(t, err)
	assert.Len(t, report.Results, len(Reading(rest)), "each once")
	for id, verdict := range results(report) {
		switch why := leftOut(id); {
		case why != "":
			assert.Equal(t, "skipped: "+why, verdict, id)
		case id == "getBroadcastJob", id == "listBroadcastLogs": // nobody has sent a broadcast
			assert.Equal(t, "skipped: no broadcast_job_id: the app shows none in listBroadcastJobs", verdict, id)
		default:
			assert.Equal(t, "ok", verdict, id)
		}
	}
	for _, call := range asked() {
		operation := rest.Operation(call.Operation)
		require.NotNil(t, operation)
		assert.True(t, reads(operation), operation.ID)
		assert.Empty(t, leftOut(operation.ID), operation.ID)
	}
}

// What only reads and is no GET is so few that each is looked at by a person
// before it is added here.
func TestSearchesThatAreNoGET(t *testing.T) {
	rest, err := document.REST()
	require.NoError(t, err)
	var searches []string
	for _, operation := range Reading(rest) {
		if operation.Method != http.MethodGet {
			searches = append(searches, operation.ID)
		}
	}
	assert.Equal(t, []string{"listRooms"}, searches)
}

// Whatever an operation must be given can be found, if the app has it.
func TestEveryParameterHasAnOrigin(t *testing.T) {
	rest, err := document.REST()
	require.NoError(t, err)
	for _, operation := range Reading(rest) {
		if leftOut(operation.ID) != "" {
			continue
		}
		for _, parameter := range operation.Parameters {
			_, isFixed := fixed(operation.ID, parameter.Name)
			known := isFixed || parameter.Name == "role" || parameter.Name == "app_code" ||
				len(origins(operation.ID, parameter.Name)) > 0
			assert.True(t, known || !parameter.Required, "%s: nobody knows where %s is found", operation.ID, parameter.Name)
		}
	}
	for parameter, list := range allOrigins() {
		if id, _, special := strings.Cut(parameter, " "); special {
			assert.NotNil(t, rest.Operation(id), "the document has no %s, whose parameter has an origin", id)
		}
		for _, origin := range list {
			source := rest.Operation(origin.operation)
			if assert.NotNil(t, source, "the document has no %s, in which %s is found", origin.operation, parameter) {
				assert.True(t, reads(source), origin.operation)
			}
		}
	}
}

// Where a value is found in an answer of the document's, there is one.
func TestOriginsLeadSomewhere(t *testing.T) {
	rest, err := document.REST()
	require.NoError(t, err)
	for parameter, list := range allOrigins() {
		led := false
		for _, origin := range list {
			for _, example := range rest.Operation(origin.operation).Responses["200"].Content["application/json"].Examples {
				led = led || origin.find(normalised(t, example)) != ""
			}
		}
		assert.True(t, led, "no example shows a %s where it is looked for", parameter)
	}
}

// What the document does not let a credential do is not tried with it.
func TestWithOneCredential(t *testing.T) {
	both, _ := newApp(t)
	rest, err := document.REST()
	require.NoError(t, err)
	for _, one := range []credential{bySecretKey, byToken} {
		config := both
		if one == byToken {
			config.SecretKey = ""
		} else {
			config.Token = ""
		}
		verdicts := results(run(t, config))
		assert.Equal(t, "ok", verdicts["listRooms"])
		for _, operation := range Reading(rest) {
			if _, allowed := choose(operation, []credential{one}); !allowed && leftOut(operation.ID) == "" {
				assert.Contains(t, verdicts[operation.ID], "skipped: it wants ", operation.ID)
			}
		}
	}
}

func TestRolesWithoutAPath(t *testing.T) {
	config, _ := newApp(t)
	config.Role = qismo.RoleSupervisor
	verdicts := results(run(t, config))
	assert.Equal(t, "skipped: it has no path for the role spv", verdicts["getProfile"])
	assert.Equal(t, "ok", verdicts["listAgents"])
}

// Without rooms and agents, what needs one says so.
func TestNothingToBeFound(t *testing.T) {
	service := newService(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.Contains(r.URL.Path, "agents") {
			w.WriteHeader(http.StatusForbidden)
		}
		_, _ = io.WriteString(w, `{"data":{"customer_rooms":[]},"meta":{},"status":200,"errors":"no"}`)
	})
	verdicts := results(run(t, Config{AppID: "wangi-1", SecretKey: "kunci", BaseURL: service.URL}))
	assert.Equal(t, "skipped: no agent_id: listAgents gave none", verdicts["getAgent"])
	assert.Contains(t, verdicts["getRoom"], "skipped: no room_id: ")
	assert.Equal(t, "refused, drift (3)", verdicts["listAgents"])
}

func TestServiceThatDoesNotAnswer(t *testing.T) {
	service := newService(t, func(http.ResponseWriter, *http.Request) {})
	service.Close()
	report := run(t, Config{AppID: "wangi-1", SecretKey: "kunci", BaseURL: service.URL})
	assert.Equal(t, maxSilence, report.Count(Failed))
	assert.Equal(t, len(report.Results)-maxSilence, report.Count(Skipped))
	assert.False(t, report.IsGood())
	assert.Equal(t, "failed: no connection", report.Results[0].String())
}

func TestServiceThatIsSlow(t *testing.T) {
	service := newService(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then the server notices who goes away
		<-r.Context().Done()
	})
	report := run(t, Config{AppID: "wangi-1", SecretKey: "kunci", BaseURL: service.URL, Timeout: 10 * time.Millisecond})
	assert.Equal(t, "failed: no answer in time", report.Results[0].String())
}

func TestAnswersThatAreNone(t *testing.T) {
	for want, body := range map[string]string{
		"drift (2)":                      "<html>",
		"failed: the answer was cut off": "",
	} {
		service := newService(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			if body == "" {
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Content-Length", "100")
			}
			_, _ = io.WriteString(w, body)
		})
		report := run(t, Config{AppID: "wangi-1", SecretKey: "kunci", BaseURL: service.URL})
		assert.Equal(t, want, report.Results[0].String())
	}
}

// The pause between two calls ends with the context.
func TestInterruptedRun(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	service := newService(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
	})
	doctor, err := New(Config{
		AppID: "wangi-1", SecretKey: "kunci", BaseURL: service.URL, Pause: time.Hour,
		OnResult: func(Result) { interrupt() },
	})
	require.NoError(t, err)
	report, err := doctor.Run(ctx)
	require.ErrorIs(t, err, context.Canceled)
	assert.Len(t, report.Results, 1)
}

func TestConfigThatCannotWork(t *testing.T) {
	for name, config := range map[string]Config{
		"no credential": {AppID: "wangi-1"},
		"no App ID":     {SecretKey: "kunci"},
		"no address":    {AppID: "wangi-1", SecretKey: "kunci", BaseURL: "wangi"},
	} {
		_, err := New(config)
		assert.Error(t, err, name)
	}
}

func TestReportNamesPublicHostsOnly(t *testing.T) {
	for address, want := range map[string]string{
		"":                                "omnichannel.qiscus.com",
		"https://multichannel.qiscus.com": "multichannel.qiscus.com",
		"https://inbox.wangi.example.id":  "another",
		"http://127.0.0.1:7080":           "another",
		"%":                               "another",
	} {
		assert.Equal(t, want, knownHost(address))
	}
}

func TestReportsForms(t *testing.T) {
	report := Report{Version: "1", Document: "abcdefabcdefabcdef", Host: "another", Credentials: []credential{bySecretKey, byToken}, Role: "admin", Results: []Result{
		{Operation: "getRoom", Evidence: "seen", Status: 200, Verdict: Drift, Findings: []contract.Finding{
			{Operation: "getRoom", Status: 200, Kind: contract.WrongType, Pointer: "/data/*/id", Expected: "integer", Found: "string", Count: 2},
			{Operation: "getRoom", Status: 200, Kind: contract.NotJSON, Count: 1},
		}},
		{Operation: "getAgent", Evidence: "seen", Verdict: Skipped, Why: "no agent_id"},
	}}
	var markdown, encoded strings.Builder
	require.NoError(t, report.WriteMarkdown(&markdown))
	assert.Equal(t, `# qismo doctor

qismo 1, document abcdefabcdef, host: another, credentials: secret key and user token, role: admin

0 ok, 1 drift, 0 refused, 0 failed, 1 skipped; 1 of all drift

| operation | evidence | status | verdict |
|---|---|---|---|
| getRoom | seen | 200 | drift (2) |
| getAgent | seen | - | skipped: no agent_id |

## Drift

| operation | status | what | where | types | times |
|---|---|---|---|---|---|
| getRoom | 200 | wrong type | `+"`/data/*/id`"+` | integer expected, string found | 2 |
| getRoom | 200 | not JSON | `+"`/`"+` |  | 1 |
`, markdown.String())
	require.NoError(t, report.WriteJSON(&encoded))
	assert.Contains(t, encoded.String(), `"verdict": "skipped"`)
}
