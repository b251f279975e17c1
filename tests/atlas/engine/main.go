// Engine stands in for the atlas program where that can't be installed.
//
// The tests of replayer's Atlas source need a program that plans as Atlas does, and the command line
// tool of Atlas is not served by Go's module proxy, so a machine that has only package registries
// can't build it. Its engine is served: the module ariga.io/atlas holds the reader of SQL files
// (delimiters, directives and bodies included), the replay on a dev database, the inspection, the
// comparison and the planning, and the tool itself is little more than flags around them. This
// program is those flags, for the commands that the tests use, with the tool's spelling:
//
//	engine schema inspect --url URL [--dev-url URL] [--exclude PATTERN] [--format F]
//	engine schema diff --from URL --to URL [--dev-url URL] [--exclude PATTERN]
//	engine migrate diff [NAME] --dir file://DIR --to URL --dev-url URL [--exclude PATTERN]
//	engine version
//
// A URL is a database (sqlite, postgres, mysql, mariadb, maria) or file://SCHEMA.sql. Project files
// (atlas.hcl) and external_schema are not read: the tests of those need the tool.
//
// It is built with SQLite's fts5 (-tags sqlite_fts5), which the open builds of the tool lack, so that
// projects that search by it are measured too.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
)

const (
	synced          = "Schemas are synced, no changes to be made."
	directorySynced = "The migration directory is synced with the desired state, no changes to be made"
	library         = "ariga.io/atlas"
)

// options are the flags that the commands share.
type options struct {
	from, to, url, devURL, dir, format string
	exclude                            patterns
}

// patterns collects a flag that may be repeated, or hold several with commas between them.
type patterns []string

func (p *patterns) String() string { return strings.Join(*p, ",") }

// Set implements flag.Value.
func (p *patterns) Set(value string) error {
	*p = append(*p, strings.Split(value, ",")...)
	return nil
}

func parse(arguments []string) (*options, error) {
	o := &options{}
	set := flag.NewFlagSet("engine", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&o.from, "from", "", "what is there")
	set.StringVar(&o.to, "to", "", "what is wanted")
	set.StringVar(&o.url, "url", "", "what is inspected")
	set.StringVar(&o.devURL, "dev-url", "", "an empty database to work on")
	set.StringVar(&o.dir, "dir", "file://migrations", "where migrations are kept")
	set.StringVar(&o.format, "format", "{{ sql . }}", "SQL is the only one")
	set.Var(&o.exclude, "exclude", "what is left out")
	if err := set.Parse(arguments); err != nil {
		return nil, err
	}
	if set.NArg() > 0 {
		return nil, fmt.Errorf("unknown argument %q", set.Arg(0))
	}
	if !strings.HasPrefix(o.format, "{{ sql .") {
		return nil, fmt.Errorf("unknown format %q", o.format)
	}
	return o, nil
}

func run(ctx context.Context, arguments []string, out io.Writer) error {
	if len(arguments) == 1 && arguments[0] == "version" {
		_, err := fmt.Fprintln(out, version())
		return err
	}
	if len(arguments) < 2 {
		return errors.New("a command is missing: schema inspect, schema diff, migrate diff, version")
	}
	command, rest := strings.Join(arguments[:2], " "), arguments[2:]
	name := ""
	if command == "migrate diff" && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
		name, rest = rest[0], rest[1:]
	}
	o, err := parse(rest)
	if err != nil {
		return err
	}
	switch command {
	case "schema inspect":
		return schemaInspect(ctx, o, out)
	case "schema diff":
		return schemaDiff(ctx, o, out)
	case "migrate diff":
		return migrateDiff(ctx, name, o, out)
	default:
		return fmt.Errorf("unknown command %q", command)
	}
}

// version names the library that plans.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dependency := range info.Deps {
			if dependency.Path == library {
				return library + " " + dependency.Version
			}
		}
	}
	return library
}

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "Error: %v\n", err)
		os.Exit(1)
	}
}
