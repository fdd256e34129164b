package flex

import (
	"fmt"
	"io"
	"log/slog"
)

// Credential is a password or key in a request. Like a [Secret] it prints as ***
// under package fmt and in slog; unlike one it marshals as it is, as that is how
// it is sent. Its kind is string, so untyped constants can be passed for it:
//
//	qismo.LoginParams{Email: email, Password: flex.Credential(password)}
//
// Keep parameters that hold one out of loggers that marshal what they log, and out
// of forms that are written with package fmt, as the generated client writes them:
// there it goes out as ***.
type Credential string

// Reveal returns the credential itself.
func (c Credential) Reveal() string { return string(c) }

// String returns ***, or "" when there is no credential.
func (c Credential) String() string { return Secret(c).String() }

// GoString returns the same as String, for %#v.
func (c Credential) GoString() string { return Secret(c).String() }

// Format writes the same as String for every verb.
func (c Credential) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, c.String()) // fmt reports what it cannot write itself
}

// LogValue gives slog the same as String.
func (c Credential) LogValue() slog.Value { return slog.StringValue(c.String()) }
