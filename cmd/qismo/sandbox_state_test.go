package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/internal/sandbox/boltstore"
)

const smallSeed = `
staff: [{email: laras@example.id, name: Laras Puspita, password: rahasia-laras}]
rooms:
  - customer: {id: "62811777050", name: Yoga Saputra}
    history: [{at: -2h, from: customer, text: Halo}]
`

// sandboxUntil runs the command, lets something be done, and interrupts it.
func sandboxUntil(t *testing.T, do func(address string), args ...string) (told string) {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	out, ended := &screen{}, make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"sandbox", "--listen", "127.0.0.1:0"}, args...), &streams{out: out, err: out})
	}()
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "End with Ctrl-C") }, 10*time.Second, time.Millisecond)
	do(regexp.MustCompile(`QISCUS_OMNICHANNEL_URL=(\S+)`).FindStringSubmatch(out.String())[1])
	interrupt()
	require.Equal(t, exitGood, <-ended, out)
	return out.String()
}

func nothing(string) {}

// A world begins as its seed says, and goes on from the file when the command is run
// again, with the seed or without.
func TestAWorldIsKept(t *testing.T) {
	dir := t.TempDir()
	seed, data := filepath.Join(dir, "shop.yaml"), filepath.Join(dir, "shop.db")
	require.NoError(t, os.WriteFile(seed, []byte(smallSeed), 0o600))
	told := sandboxUntil(t, func(address string) {
		status, answer := ask(t, http.MethodPost, address+"/_sandbox/messages", "", `{"source":"ig","user_id":"1784","text":"Halo"}`)
		require.Equal(t, http.StatusOK, status, answer)
	}, "--data", data, "--seed", seed)
	assert.Regexp(t, `world +that of \S+shop.yaml, kept in \S+shop.db`, told)
	assert.Regexp(t, `laras@example.id, agent id 73011, available, password rahasia-laras`, told)
	assert.Regexp(t, `rooms +1 `, told)
	for _, args := range [][]string{{"--data", data}, {"--data", data, "--seed", seed}, {"--data", data, "--demo"}} {
		told = sandboxUntil(t, func(address string) {
			status, answer := ask(t, http.MethodGet, address+"/_sandbox/rooms", "", "")
			assert.Equal(t, http.StatusOK, status)
			assert.Contains(t, answer, "62811777050")
			assert.Contains(t, answer, `"1784"`)
		}, args...)
		assert.Regexp(t, `world +goes on, kept in \S+shop.db`, told)
		assert.Equal(t, len(args) > 2, strings.Contains(told, "for a new file"), "what is not heeded is told")
		assert.Regexp(t, `password rahasia-laras`, told)
		assert.Regexp(t, `rooms +2 `, told)
	}
}

func TestTheDemosWorld(t *testing.T) {
	plain, demo := sandboxUntil(t, nothing, "--rooms", "0"), sandboxUntil(t, nothing, "--demo")
	settings := regexp.MustCompile(`export \S+ \S+`)
	assert.Equal(t, settings.FindString(plain), settings.FindString(demo))
	assert.NotContains(t, plain, "world  ")
	assert.Regexp(t, `world +that of --demo`, demo)
	assert.Regexp(t, `rooms +2\d `, demo)
}

func TestWorldsThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	write := func(name, written string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(written), 0o600))
		return path
	}
	data := filepath.Join(dir, "in use")
	store, err := boltstore.Open(data)
	require.NoError(t, err)
	defer func() { assert.NoError(t, store.Close()) }()
	for name, refused := range map[string]struct {
		args []string
		why  string
	}{
		"two worlds":           {[]string{"--demo", "--seed", "x"}, "can't be used together"},
		"no seed":              {[]string{"--seed", filepath.Join(dir, "nowhere")}, "no such file"},
		"a seed of nothing":    {[]string{"--seed", write("bad", "staf: []")}, `line 1: there is no key "staf" here`},
		"a seed out of time":   {[]string{"--seed", write("late", strings.ReplaceAll(smallSeed, "-2h", "2126-01-01T00:00:00Z"))}, "has not passed"},
		"a seed out of rules":  {[]string{"--seed", write("odd", "webhooks: {botMessage: x}")}, "line 1: webhooks.botMessage"},
		"a file of another":    {[]string{"--data", write("text", "bukan basis data")}, boltstore.ErrForeign.Error()},
		"a file in use":        {[]string{"--data", data}, boltstore.ErrInUse.Error()},
		"a new file, no world": {[]string{"--data", filepath.Join(dir, "new"), "--seed", filepath.Join(dir, "bad")}, "line 1"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, said := call(t, "", append([]string{"sandbox", "--listen", "127.0.0.1:0"}, refused.args...)...)
			assert.Equal(t, exitUsage, code)
			assert.Contains(t, said, refused.why)
		})
	}
}
