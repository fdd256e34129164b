package otelqismo

import (
	"net/http"
	"net/url"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/qismo-go/qismo/pkg/qismo"
)

// requestAttributes are those of spans and metrics that are known in advance.
//
// The conventions want url.full in spans too. It is left out for good: paths hold the
// ids of rooms and customers, queries what was searched for, and what is left without
// them the other attributes say.
func requestAttributes(start qismo.OperationStart) []attribute.KeyValue {
	method := semconv.HTTPRequestMethodOther
	if isKnown(start.Method) {
		method = semconv.HTTPRequestMethodKey.String(start.Method)
	}
	address, port := server(start)
	attributes := []attribute.KeyValue{method, semconv.ServerAddress(address), semconv.ServerPort(port)}
	if start.Path != "" {
		attributes = append(attributes, semconv.URLTemplate(start.Path))
	}
	return attributes
}

// spanOnlyAttributes are those that are known in advance and that metrics do without,
// as there would be too many series.
func spanOnlyAttributes(start qismo.AttemptStart) []attribute.KeyValue {
	var attributes []attribute.KeyValue
	if !isKnown(start.Method) {
		attributes = append(attributes, semconv.HTTPRequestMethodOriginal(start.Method))
	}
	if start.Number > 1 {
		attributes = append(attributes, semconv.HTTPRequestResendCount(start.Number-1))
	}
	return attributes
}

// answerAttributes are those that an answer brings.
func answerAttributes(end qismo.AttemptEnd) []attribute.KeyValue {
	if end.Status == 0 {
		return nil
	}
	attributes := []attribute.KeyValue{semconv.HTTPResponseStatusCode(end.Status), semconv.NetworkProtocolName("http")}
	if version := protocolVersion(end.Protocol); version != "" {
		attributes = append(attributes, semconv.NetworkProtocolVersion(version))
	}
	return attributes
}

// isKnown tells the methods that the conventions know. Others, which a program may
// make up, could be any number.
func isKnown(method string) bool {
	switch method {
	case http.MethodConnect, http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodOptions,
		http.MethodPatch, http.MethodPost, http.MethodPut, http.MethodTrace, "QUERY":
		return true
	}
	return false
}

// protocolVersion writes a version of HTTP as the conventions do; "" for one that is
// none: a transport of the caller's may say anything.
func protocolVersion(protocol string) string {
	switch protocol {
	case "HTTP/1.0":
		return "1.0"
	case "HTTP/1.1":
		return "1.1"
	case "HTTP/2", "HTTP/2.0":
		return "2"
	case "HTTP/3", "HTTP/3.0":
		return "3"
	}
	return ""
}

// server is where the service is, with the port that the scheme stands for if the
// base URL has none.
func server(start qismo.OperationStart) (address string, port int) {
	host := url.URL{Host: start.Host} // which knows how to write an IPv6 address
	if port, err := strconv.Atoi(host.Port()); err == nil {
		return host.Hostname(), port
	}
	if start.Scheme == "http" {
		return host.Hostname(), 80
	}
	return host.Hostname(), 443
}
