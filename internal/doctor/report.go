package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/qismo-go/qismo/gen/omnichannel"
	"github.com/qismo-go/qismo/pkg/qismo"
)

// Report is what an examination found, fit to be published.
type Report struct {
	// Version is the library's, and Document the checksum of the document that the
	// answers were held against.
	Version  string `json:"version"`
	Document string `json:"document"`
	// Host is the service's, if it is one that is publicly known.
	Host        string       `json:"host"`
	Credentials []credential `json:"credentials"`
	Role        qismo.Role   `json:"role"`
	Results     []Result     `json:"results"`
}

func (d *Doctor) report() Report {
	return Report{
		Version: qismo.Version, Document: omnichannel.DocumentSHA256,
		Host: knownHost(d.config.BaseURL), Credentials: d.have, Role: d.config.Role, Results: d.results,
	}
}

// knownHost is the host of an address if it is the service's own; another may tell
// whose it is.
func knownHost(address string) string {
	if address == "" {
		address = qismo.DefaultBaseURL
	}
	base, err := url.Parse(address)
	if err != nil {
		return "another"
	}
	switch base.Host {
	case "omnichannel.qiscus.com", "multichannel.qiscus.com", "multichannel-api.qiscus.com", "qismo.qiscus.com":
		return base.Host
	}
	return "another"
}

// Count tells how many operations have a verdict.
func (r Report) Count(verdict Verdict) int {
	count := 0
	for _, result := range r.Results {
		if result.Verdict == verdict {
			count++
		}
	}
	return count
}

// Drifted tells how many operations were answered otherwise than the document
// says; refusals can be among them.
func (r Report) Drifted() int {
	count := 0
	for _, result := range r.Results {
		if len(result.Findings) > 0 {
			count++
		}
	}
	return count
}

// IsGood reports whether the service answered as the document says. That some
// operations are refused is a matter of the account, but not that all are which
// want a credential.
func (r Report) IsGood() bool {
	accepted := slices.ContainsFunc(r.Results, func(one Result) bool { return one.wantsProof && one.Verdict == OK })
	return r.Drifted() == 0 && r.Count(Failed) == 0 && accepted
}

// Summary counts the verdicts in one line.
func (r Report) Summary() string {
	return fmt.Sprintf("%d ok, %d drift, %d refused, %d failed, %d skipped; %d of all drift",
		r.Count(OK), r.Count(Drift), r.Count(Refused), r.Count(Failed), r.Count(Skipped), r.Drifted())
}

// WriteJSON writes the report for programs.
func (r Report) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// WriteMarkdown writes the report for an issue.
func (r Report) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	credentials := make([]string, 0, len(r.Credentials))
	for _, one := range r.Credentials {
		credentials = append(credentials, string(one))
	}
	fmt.Fprintf(&b, "# qismo doctor\n\nqismo %s, document %.12s, host: %s, credentials: %s, role: %s\n\n%s\n\n",
		r.Version, r.Document, r.Host, strings.Join(credentials, " and "), r.Role, r.Summary())
	b.WriteString("| operation | evidence | status | verdict |\n|---|---|---|---|\n")
	for _, result := range r.Results {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", result.Operation, result.Evidence, result.StatusText(), result)
	}
	if r.Drifted() > 0 {
		b.WriteString("\n## Drift\n\n| operation | status | what | where | types | times |\n|---|---|---|---|---|---|\n")
	}
	for _, result := range r.Results {
		for _, f := range result.Findings {
			at := "/" + strings.TrimPrefix(f.Pointer, "/")
			fmt.Fprintf(&b, "| %s | %d | %s | `%s` | %s | %d |\n", f.Operation, f.Status, f.Kind, at, f.Types(), f.Count)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// StatusText is the status, or a dash for none.
func (r Result) StatusText() string {
	if r.Status == 0 {
		return "-"
	}
	return fmt.Sprint(r.Status)
}
