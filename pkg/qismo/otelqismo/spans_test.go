package otelqismo_test

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/qismo-go/qismo/pkg/qismo"
	"github.com/qismo-go/qismo/pkg/qismo/otelqismo"
)

// addressOf is the host and the port of a service.
func addressOf(t *testing.T, address string) (host string, port int64) {
	t.Helper()
	host, text, err := net.SplitHostPort(strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "http://"))
	require.NoError(t, err)
	port, err = strconv.ParseInt(text, 10, 64)
	require.NoError(t, err)
	return host, port
}

// A call that succeeds at once: all that its spans hold.
func TestSpans(t *testing.T) {
	target := newService(t, answerRoom())
	o := newObserved()
	client := o.client(t, target.URL)
	ctx, program := o.provider.Tracer("program").Start(t.Context(), "program")
	_, err := client.Rooms.Get(ctx, testRoomID)
	require.NoError(t, err)

	spans := o.ended()
	require.Len(t, spans, 2)
	attempt, call := spans[0], spans[1]

	assert.Equal(t, "qismo.getRoom", call.Name)
	assert.Equal(t, trace.SpanKindInternal, call.SpanKind)
	assert.Equal(t, program.SpanContext().SpanID(), call.Parent.SpanID())
	assert.Equal(t, map[string]any{"qismo.operation": "getRoom", "qismo.attempts": int64(1)},
		attributes(t, call.Attributes))

	host, port := addressOf(t, target.URL)
	assert.Equal(t, "GET "+roomTemplate, attempt.Name)
	assert.Equal(t, trace.SpanKindClient, attempt.SpanKind)
	assert.Equal(t, call.SpanContext.SpanID(), attempt.Parent.SpanID())
	assert.Equal(t, map[string]any{
		"http.request.method": "GET", "server.address": host, "server.port": port, "url.template": roomTemplate,
		"http.response.status_code": int64(200), "network.protocol.name": "http", "network.protocol.version": "1.1",
	}, attributes(t, attempt.Attributes))

	for _, span := range spans {
		assert.Equal(t, program.SpanContext().TraceID(), span.SpanContext.TraceID())
		assert.Equal(t, sdktrace.Status{Code: codes.Unset}, span.Status)
		assert.Empty(t, span.Events)
		assert.Empty(t, span.Links)
		assert.False(t, span.EndTime.Before(span.StartTime))
		assert.Equal(t, instrumentation.Scope{
			Name: "github.com/qismo-go/qismo/pkg/qismo/otelqismo", Version: qismo.Version,
			SchemaURL: "https://opentelemetry.io/schemas/1.43.0",
		}, span.InstrumentationScope)
	}
}

// A call that succeeds in the end is no failure; its attempts were.
func TestSpansOfResends(t *testing.T) {
	target := newService(t, answer(http.StatusServiceUnavailable, `{}`), answer(http.StatusTooManyRequests, `{}`), answerRoom())
	o := newObserved()
	_, err := o.client(t, target.URL).Rooms.Get(t.Context(), testRoomID)
	require.NoError(t, err)

	spans := o.ended()
	require.Len(t, spans, 4)
	call := spans[3]
	assert.Equal(t, map[string]any{"qismo.operation": "getRoom", "qismo.attempts": int64(3)},
		attributes(t, call.Attributes))
	assert.Equal(t, sdktrace.Status{Code: codes.Unset}, call.Status)
	host, port := addressOf(t, target.URL)
	for i, want := range []map[string]any{
		{"http.response.status_code": int64(503), "error.type": "503"},
		{"http.response.status_code": int64(429), "error.type": "429", "http.request.resend_count": int64(1)},
		{"http.response.status_code": int64(200), "http.request.resend_count": int64(2)},
	} {
		want["http.request.method"], want["url.template"] = "GET", roomTemplate
		want["server.address"], want["server.port"] = host, port
		want["network.protocol.name"], want["network.protocol.version"] = "http", "1.1"
		assert.Equal(t, want, attributes(t, spans[i].Attributes))
		assert.Equal(t, call.SpanContext.SpanID(), spans[i].Parent.SpanID(), "a sibling of the others")
		_, failed := want["error.type"]
		assert.Equal(t, failed, spans[i].Status.Code == codes.Error)
		assert.Empty(t, spans[i].Status.Description, "the status says it")
	}
}

// A route without an operation has no template, and its path is not told.
func TestSpansOfOwnRoutes(t *testing.T) {
	for method, want := range map[string]struct {
		name       string
		attributes map[string]any
	}{
		http.MethodGet: {"GET", map[string]any{"http.request.method": "GET"}},
		"QUERY":        {"QUERY", map[string]any{"http.request.method": "QUERY"}},
		"PROPFIND":     {"HTTP", map[string]any{"http.request.method": "_OTHER", "http.request.method_original": "PROPFIND"}},
		"get":          {"HTTP", map[string]any{"http.request.method": "_OTHER", "http.request.method_original": "get"}},
	} {
		t.Run(method, func(t *testing.T) {
			target := newService(t, answer(http.StatusOK, `{}`))
			o := newObserved()
			require.NoError(t, o.client(t, target.URL).Do(t.Context(), method, "/api/v9/rooms/98120734?q=halo", nil, nil))
			spans := o.ended()
			require.Len(t, spans, 2)
			assert.Equal(t, want.name, spans[0].Name)
			host, port := addressOf(t, target.URL)
			want.attributes["server.address"], want.attributes["server.port"] = host, port
			want.attributes["http.response.status_code"] = int64(200)
			want.attributes["network.protocol.name"], want.attributes["network.protocol.version"] = "http", "1.1"
			assert.Equal(t, want.attributes, attributes(t, spans[0].Attributes))
			assert.Equal(t, "qismo.do", spans[1].Name)
			assert.Equal(t, map[string]any{"qismo.operation": "do", "qismo.attempts": int64(1)},
				attributes(t, spans[1].Attributes))
		})
	}
}

// Where the service is, with the port that the base URL leaves out.
func TestServer(t *testing.T) {
	for address, want := range map[string]struct {
		host string
		port int64
	}{
		"https://omnichannel.qiscus.com":           {"omnichannel.qiscus.com", 443},
		"https://gateway.example.id:8443/qismo/v1": {"gateway.example.id", 8443},
		"http://localhost":                         {"localhost", 80},
		"http://127.0.0.1:7080":                    {"127.0.0.1", 7080},
		"http://[::1]:7080":                        {"::1", 7080},
		"http://[::1]":                             {"::1", 80},
	} {
		t.Run(address, func(t *testing.T) {
			o := newObserved()
			_, err := o.client(t, address, withKey(), qismo.WithTransport(carrier{"HTTP/1.1"})).Rooms.Get(t.Context(), testRoomID)
			require.NoError(t, err)
			found := attributes(t, o.ended()[0].Attributes)
			assert.Equal(t, want.host, found["server.address"])
			assert.Equal(t, want.port, found["server.port"])
			assert.Equal(t, roomTemplate, found["url.template"], "without the path of the base URL")
		})
	}
}

func TestProtocolVersion(t *testing.T) {
	for protocol, want := range map[string]any{
		"HTTP/1.0": "1.0", "HTTP/1.1": "1.1", "HTTP/2.0": "2", "HTTP/2": "2", "HTTP/3.0": "3", "HTTP/3": "3",
		"": nil, "HTTP/9.7": nil, "halo": nil,
	} {
		t.Run(protocol, func(t *testing.T) {
			o := newObserved()
			client := o.client(t, "http://127.0.0.1:7080", withKey(), qismo.WithTransport(carrier{protocol}))
			_, err := client.Rooms.Get(t.Context(), testRoomID)
			require.NoError(t, err)
			found := attributes(t, o.ended()[0].Attributes)
			assert.Equal(t, "http", found["network.protocol.name"])
			assert.Equal(t, want, found["network.protocol.version"])
		})
	}
}

// The version is the one that was agreed on, not the one that was asked for.
func TestNegotiatedProtocol(t *testing.T) {
	target := httptest.NewUnstartedServer(answerRoom())
	target.EnableHTTP2 = true
	target.StartTLS()
	defer target.Close()
	o := newObserved()
	authorities := target.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	_, err := o.client(t, target.URL, withKey(), qismo.WithTLS(&tls.Config{RootCAs: authorities})).
		Rooms.Get(t.Context(), testRoomID)
	require.NoError(t, err)
	assert.Equal(t, "2", attributes(t, o.ended()[0].Attributes)["network.protocol.version"])
}

// A log-in is a call of its own, below the attempt that has to wait for it.
func TestSpansOfALogin(t *testing.T) {
	target := newService(t,
		answer(http.StatusOK, `{"data":{"user":{"authentication_token":"satu"},"long_lived_token":"dua"}}`), answerRoom())
	o := newObserved()
	client := o.client(t, target.URL, qismo.WithLogin(testAppID, "dewi@example.id", "sandi"))
	_, err := client.Rooms.Get(t.Context(), testRoomID)
	require.NoError(t, err)

	spans := map[string]tracetest.SpanStub{}
	for _, span := range o.ended() {
		spans[span.Name] = span
	}
	require.Len(t, spans, 4)
	for child, parent := range map[string]string{
		"POST /api/v1/auth":   "qismo.login",
		"qismo.login":         "GET " + roomTemplate,
		"GET " + roomTemplate: "qismo.getRoom",
	} {
		assert.Equal(t, spans[parent].SpanContext.SpanID(), spans[child].Parent.SpanID(), child)
	}
}

// Whoever reads an answer as a stream may do so for long, or never.
func TestSpansOfAStreamEndWithItsHeader(t *testing.T) {
	target := newService(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write([]byte("gambar"))
	})
	o := newObserved()
	media, err := o.client(t, target.URL).WhatsApp.Media(t.Context(), "5120", "990011")
	require.NoError(t, err)
	assert.Len(t, o.ended(), 2)
	require.NoError(t, media.Body.Close())
	assert.Len(t, o.ended(), 2)
}

// A tracer that makes no spans leaves calls and metrics alone.
func TestWithoutSpans(t *testing.T) {
	target := newService(t, answerRoom())
	o := newObserved()
	client, err := qismo.New(withKey(), qismo.WithBaseURL(target.URL), otelqismo.WithTelemetry(
		otelqismo.WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.NeverSample()),
			sdktrace.WithSyncer(o.spans))),
		otelqismo.WithMeterProvider(o.meters)))
	require.NoError(t, err)
	_, err = client.Rooms.Get(t.Context(), testRoomID)
	require.NoError(t, err)
	assert.Empty(t, o.ended())
	assert.Len(t, o.collect(t), 3)
}
