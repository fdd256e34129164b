package qismo

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever the service sends for channels, it is read or refused in words of our
// own, and what is read of a known kind has an id.
func FuzzReadChannels(f *testing.F) {
	fixtures, err := filepath.Glob("../../testdata/rest/listChannels.response-*.json")
	require.NoError(f, err)
	require.NotEmpty(f, fixtures)
	for _, fixture := range fixtures {
		body, err := os.ReadFile(fixture)
		require.NoError(f, err)
		f.Add(body)
	}
	f.Add([]byte(`{"data":{"wa_channels":["{\"id\":1}",null,[],7],"x":"[{}]","_channels":[{"id":"","name":1.5}]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var answer channelRows
		if json.Unmarshal(body, &answer) != nil {
			return
		}
		channels, err := readChannelGroups(answer.Data)
		if err != nil {
			require.Regexp(t, `^(flex: (cannot read a JSON \w+ as a Go [^ ]+ \(near byte \d+\)|text is not JSON)|the answer has a channel without an id)$`, err.Error())
			return
		}
		for _, channel := range channels {
			require.NotNil(t, channel.Row)
			require.False(t, channel.ID == "" && newChannelRow(channel.Source) != nil)
			_, err := json.Marshal(channel)
			require.NoError(t, err)
			require.NotEmpty(t, fmt.Sprintf("%+v", channel))
		}
	})
}
