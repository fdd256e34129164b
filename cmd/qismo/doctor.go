package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/qismo-go/qismo/internal/doctor"
	"github.com/qismo-go/qismo/pkg/qismo"
)

type doctorCommand struct {
	AppID    string        `env:"QISCUS_APP_ID" help:"The App ID." placeholder:"ID"`
	URL      string        `env:"QISCUS_OMNICHANNEL_URL" help:"The service's address, if not the usual one."`
	TokenEnv string        `default:"QISCUS_TOKEN" help:"Variable with a user's token, if any." placeholder:"NAME"`
	Role     string        `default:"admin" enum:"admin,agent,spv" help:"Role of the token's user: admin, agent or spv."`
	Pause    time.Duration `default:"500ms" help:"Pause between two calls."`
	Timeout  time.Duration `default:"15s" help:"How long each call may take."`
	Report   string        `help:"Write what was found as .md or .json, for a bug report." placeholder:"FILE"`
}

// Help says more than the one line of the list of commands.
func (doctorCommand) Help() string {
	return `Runs every operation that only reads with your credentials, one at a time, and
holds the answers against the document. Nothing is sent, changed or downloaded, and
what makes links or files is left out. The ids that some operations need are taken
from the answers of others, such as the first room of listRooms. What fails in
passing is asked for again, twice at most.

The secret key is read from QISCUS_SECRET_KEY, and a user's token from QISCUS_TOKEN;
one of them is enough. Neither can be given on the command line, which others see.

The table and the report tell operations, statuses, places in answers and JSON
types. They hold no value, no id, no name, no App ID and no host but a public one of
Qiscus: the report can be published, and is welcome as an issue.

Exit codes: 0 what was answered is as the document says, 1 it is not, or something
failed, or everything was refused, 2 wrong usage.`
}

func (c doctorCommand) Run(ctx context.Context, std *streams) (err error) {
	config := doctor.Config{
		AppID: c.AppID, SecretKey: os.Getenv("QISCUS_SECRET_KEY"), Token: os.Getenv(c.TokenEnv),
		BaseURL: c.URL, Role: qismo.Role(c.Role), Pause: c.Pause, Timeout: c.Timeout,
		OnResult: func(result doctor.Result) { printResult(std, result) },
	}
	if config.AppID == "" || config.SecretKey == "" && config.Token == "" {
		return usageError{fmt.Errorf("set QISCUS_APP_ID, and QISCUS_SECRET_KEY or %s", c.TokenEnv)}
	}
	if c.Pause < 0 || c.Timeout <= 0 {
		return usageError{errors.New("the pause must not be negative, and the timeout must be positive")}
	}
	examination, err := doctor.New(config)
	if err != nil {
		return usageError{err}
	}
	write, err := c.openReport()
	if err != nil {
		return usageError{err}
	}
	defer func() { err = errors.Join(err, write(nil)) }()
	fmt.Fprintf(std.out, resultLine, "OPERATION", "EVIDENCE", "STATUS", "VERDICT")
	report, ended := examination.Run(ctx)
	for _, result := range report.Results {
		for _, finding := range result.Findings {
			fmt.Fprintln(std.out, finding)
		}
	}
	fmt.Fprintln(std.out, report.Summary())
	switch err := write(&report); {
	case err != nil || ended != nil:
		return errors.Join(err, ended)
	case !report.IsGood():
		return errFoundBad
	}
	return nil
}

// resultLine has room for the longest operation id.
const resultLine = "%-32s %-11s %-7s %s\n"

func printResult(std *streams, result doctor.Result) {
	fmt.Fprintf(std.out, resultLine, result.Operation, result.Evidence, result.StatusText(), result)
}

// openReport opens the report's file, before calls are made for nothing. The
// function that it returns writes a report, and closes the file in any case.
func (c doctorCommand) openReport() (write func(*doctor.Report) error, err error) {
	if c.Report == "" {
		return func(*doctor.Report) error { return nil }, nil
	}
	form := filepath.Ext(c.Report)
	if form != ".md" && form != ".json" {
		return nil, errors.New("the report's name must end in .md or .json")
	}
	file, err := os.OpenFile(c.Report, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	isClosed := false
	return func(report *doctor.Report) error {
		switch {
		case isClosed:
			return nil
		case report == nil:
			isClosed = true
			return file.Close()
		case form == ".json":
			return report.WriteJSON(file)
		}
		return report.WriteMarkdown(file)
	}, nil
}
