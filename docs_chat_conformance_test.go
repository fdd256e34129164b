//go:build conformance

package qismo_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each feature, call and callback of the vendor's guide for JavaScript has a row in
// docs/chat.md. The guide is no part of the repository: it lies beside the reference
// samples.
func TestConformanceOfTheChatPage(t *testing.T) {
	guide := chatGuide(t)
	page, err := os.ReadFile("docs/chat.md")
	require.NoError(t, err)
	var rows []string
	for line := range strings.Lines(string(page)) {
		if cell, _, isRow := strings.Cut(strings.TrimPrefix(line, "| "), " |"); isRow && strings.HasPrefix(line, "| ") {
			rows = append(rows, cell)
		}
	}
	cells := strings.Join(rows, "\n") + "\n"
	list := regexp.MustCompile(`(?s)provides features such as:(.*?)How Qiscus Works`).FindStringSubmatch(guide)
	require.NotNil(t, list, "the guide lists its features")
	features := regexp.MustCompile(`• (.*)`).FindAllStringSubmatch(list[1], -1)
	require.Greater(t, len(features), 10)
	for _, feature := range features {
		assert.Contains(t, cells, strings.TrimSpace(feature[1])+"\n", "a feature without a row")
	}
	names := map[string]bool{}
	for _, call := range regexp.MustCompile(`\bqiscus\.([a-zA-Z]+)`).FindAllStringSubmatch(guide, -1) {
		names[call[1]] = call[1] != "com"
	}
	for _, callback := range regexp.MustCompile(`\b([a-z][a-zA-Z]+Callback)\b`).FindAllString(guide, -1) {
		names[callback] = true
	}
	for name, isCall := range names {
		if isCall {
			assert.Contains(t, cells, "`"+name+"`", "a call or callback without a row")
		}
	}
	t.Logf("%d features, %d calls and callbacks", len(features), len(names))
}

// chatGuide is the guide, found among the texts beside the samples by what it is about.
func chatGuide(t *testing.T) string {
	t.Helper()
	samples := os.Getenv("QISMO_SAMPLES")
	require.NotEmpty(t, samples, "QISMO_SAMPLES does not say where the reference samples lie")
	files, err := filepath.Glob(filepath.Join(samples, "..", "seeds", "*"))
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		if strings.Contains(string(text), "commentFormatterCallback") {
			return string(text)
		}
	}
	require.Fail(t, "the guide is not there")
	return ""
}
