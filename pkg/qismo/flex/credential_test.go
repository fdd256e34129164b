package flex_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/qismo-go/qismo/pkg/qismo/flex"
)

func TestCredentialPrintsMaskedAndIsSentAsItIs(t *testing.T) {
	const hidden = "sandi-rahasia"
	params := struct {
		Password flex.Credential `json:"password"`
	}{hidden}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("login", "password", params.Password)
	printed := fmt.Sprintf("%v %+v %#v %s %q %x %d", params, params, params, params.Password, params.Password, params.Password, params.Password)
	assert.NotContains(t, printed+log.String(), hidden)
	assert.NotContains(t, printed, fmt.Sprintf("%x", hidden))
	assert.Contains(t, printed, "***")
	assert.Empty(t, flex.Credential("").String())
	assert.Equal(t, hidden, params.Password.Reveal())

	sent, err := json.Marshal(params)
	require.NoError(t, err)
	assert.JSONEq(t, `{"password":"sandi-rahasia"}`, string(sent))
}
