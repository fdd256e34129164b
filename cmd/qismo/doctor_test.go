package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/document"
	"github.com/qismo-go/qismo/internal/sandbox"
)

// kanari is in every id, name, value, secret and header that a doctor may see.
const kanari = "kanari"

// examine runs the doctor against a service, and returns all that it wrote.
func examine(t *testing.T, address string, args ...string) (code int, table, markdown, encoded string) {
	t.Helper()
	t.Setenv("QISCUS_OMNICHANNEL_URL", address)
	var all strings.Builder
	written := map[string]string{}
	for _, form := range []string{".md", ".json"} {
		file := filepath.Join(t.TempDir(), "report"+form)
		var out, err string
		code, out, err = call(t, "", append([]string{"doctor", "--pause", "0s", "--report", file}, args...)...)
		all.WriteString(out + err)
		report, readErr := os.ReadFile(file)
		require.NoError(t, readErr)
		written[form] = string(report)
	}
	return code, all.String(), written[".md"], written[".json"]
}

func setCredentials(t *testing.T, appID, secretKey, token string) {
	t.Helper()
	t.Setenv("QISCUS_APP_ID", appID)
	t.Setenv("QISCUS_SECRET_KEY", secretKey)
	t.Setenv("QISCUS_TOKEN", token)
}

// assertNoCanary checks that nothing tells anything of whoever was examined.
func assertNoCanary(t *testing.T, address string, texts ...string) {
	t.Helper()
	base, err := url.Parse(address)
	require.NoError(t, err)
	for _, text := range texts {
		assert.NotContains(t, strings.ToLower(text), kanari)
		assert.NotContains(t, text, base.Host)
		assert.NotContains(t, text, "127.0.0.1")
	}
}

// An app that is full of canaries: nothing of it is in the table or the reports.
func TestDoctorAgainstTheSandbox(t *testing.T) {
	box, err := sandbox.New(sandbox.Config{
		AppCode: "kanari-app", SecretKey: "kanari-secret", AdminEmail: "kanari@example.id", AdminPassword: "kanari-password",
		Agents:   []sandbox.Agent{{Name: "Kanari Satu", Email: "kanari-satu@example.id", Divisions: []string{"kanari divisi"}}},
		Channels: []sandbox.Channel{{ID: 1, Source: "wa", Name: "kanari channel"}},
	})
	require.NoError(t, err)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Kanari", kanari)
		box.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		service.Close()
		assert.NoError(t, box.Shutdown(context.WithoutCancel(t.Context())))
	})
	_, err = box.CustomerWrites(t.Context(), sandbox.CustomerMessage{Source: "wa", UserID: "kanari-62811", Name: "Kanari Dua", Text: "kanari berkata"})
	require.NoError(t, err)

	setCredentials(t, "kanari-app", "kanari-secret", "")
	code, table, markdown, encoded := examine(t, service.URL)
	assert.Equal(t, 0, code, table)
	assertNoCanary(t, service.URL, table, markdown, encoded)
	assert.Regexp(t, `getRoom +seen +200 +ok\n`, table)
	assert.Contains(t, markdown, "| getRoom | seen | 200 | ok |")
	assert.Contains(t, markdown, "host: another, credentials: secret key, role: admin")
	assert.True(t, json.Valid([]byte(encoded)))

	setCredentials(t, "kanari-app", "kanari-wrong", "")
	code, table, markdown, encoded = examine(t, service.URL)
	assert.Equal(t, 1, code, "when all is refused, something is wrong")
	assertNoCanary(t, service.URL, table, markdown, encoded)
}

// A service that has drifted everywhere: each text of the document's examples is a
// canary, and each object has a member whose name and value are canaries, and one
// that is new.
func TestDoctorAgainstADriftedService(t *testing.T) {
	rest, err := document.REST()
	require.NoError(t, err)
	router := document.NewRouter(rest.Operations())
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json; kanari=kanari")
		w.Header().Set("X-Kanari", kanari)
		operation, _, _ := router.Find(r.Method, r.URL.EscapedPath())
		if operation == nil || operation.ID == "listDivisions" {
			w.Header().Set("Content-Type", "text/kanari")
			w.WriteHeader(http.StatusMultiStatus)
			_, _ = io.WriteString(w, `"kanari"`)
			return
		}
		for _, example := range operation.Responses["200"].Content["application/json"].Examples {
			_ = json.NewEncoder(w).Encode(drifted(example))
			return
		}
	}))
	t.Cleanup(service.Close)
	setCredentials(t, "kanari-app", "kanari-secret", "kanari-token")
	code, table, markdown, encoded := examine(t, service.URL)
	assert.Equal(t, 1, code)
	assertNoCanary(t, service.URL, table, markdown, encoded)
	for _, text := range []string{table, markdown, encoded} {
		assert.Contains(t, text, "/data/customer_rooms/*/new_field")
		assert.Contains(t, text, "/data/customer_rooms/*/?")
		assert.Contains(t, text, "broken rule", "a time that is a canary")
		assert.Contains(t, text, "undeclared status")
	}
	assert.Contains(t, markdown, "credentials: secret key and user token")
}

func drifted(value any) any {
	switch value := value.(type) {
	case string:
		return kanari
	case []any:
		list := make([]any, 0, len(value))
		for _, item := range value {
			list = append(list, drifted(item))
		}
		return list
	case map[string]any:
		object := map[string]any{"kanari-2 7": kanari, "new_field": kanari}
		for name, member := range maps.All(value) {
			object[name] = drifted(member)
		}
		return object
	}
	return value
}

func TestDoctorThatCannotWork(t *testing.T) {
	setCredentials(t, "", "", "")
	code, _, err := call(t, "", "doctor")
	assert.Equal(t, 2, code)
	assert.Contains(t, err, "set QISCUS_APP_ID, and QISCUS_SECRET_KEY or QISCUS_TOKEN")
	setCredentials(t, "kanari-app", "kanari-secret", "")
	for want, args := range map[string][]string{
		"must end in .md or .json": {"--report", "report.txt"},
		"no such file":             {"--report", filepath.Join(t.TempDir(), "none", "report.md")},
		"the pause":                {"--pause=-1s"},
		"the timeout":              {"--timeout", "0s"},
		"base URL":                 {"--url", "http://qismo.example.id"},
		"--role":                   {"--role", "boss"},
	} {
		code, out, err := call(t, "", append([]string{"doctor"}, args...)...)
		assert.Equal(t, 2, code)
		assert.Contains(t, err, want)
		assert.NotContains(t, out+err, kanari)
	}
}

// Whoever interrupts the doctor gets what it has found until then.
func TestDoctorIsInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
	}))
	t.Cleanup(service.Close)
	setCredentials(t, "kanari-app", "kanari-secret", "")
	file := filepath.Join(t.TempDir(), "report.md")
	var out, errOut bytes.Buffer
	std := &streams{out: writeFunc(func(p []byte) (int, error) {
		if bytes.Contains(p, []byte("refused")) {
			interrupt()
		}
		return out.Write(p)
	}), err: &errOut}
	code := run(ctx, []string{"doctor", "--pause", "1h", "--url", service.URL, "--report", file}, std)
	assert.Equal(t, 1, code)
	assert.Contains(t, out.String(), "1 refused")
	report, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Contains(t, string(report), "refused")
}

type writeFunc func([]byte) (int, error)

func (f writeFunc) Write(p []byte) (int, error) { return f(p) }
