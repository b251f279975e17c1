package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlclient"
)

// openDev opens the dev database; there may be none.
func openDev(ctx context.Context, url string) (*sqlclient.Client, func(), error) {
	if url == "" {
		return nil, func() {}, nil
	}
	dev, err := sqlclient.Open(ctx, url)
	if err != nil {
		return nil, nil, err
	}
	return dev, func() { dev.Close() }, nil
}

// schemaInspect prints the statements that make a schema.
func schemaInspect(ctx context.Context, o *options, out io.Writer) error {
	dev, done, err := openDev(ctx, o.devURL)
	if err != nil {
		return err
	}
	defer done()
	found, err := open(ctx, o.url, dev, o.exclude)
	if err != nil {
		return err
	}
	defer found.close()
	realm, err := found.ReadState(ctx)
	if err != nil {
		return err
	}
	client := found.client
	if client == nil {
		client = dev
	}
	var changes []schema.Change
	if found.schema == "" {
		changes, err = client.RealmDiff(&schema.Realm{Attrs: realm.Attrs}, realm)
	} else if to, err2 := bound(realm); err2 != nil {
		err = err2
	} else {
		changes, err = client.SchemaDiff(schema.New(to.Name).AddAttrs(to.Attrs...), to)
	}
	if err != nil {
		return err
	}
	return printPlan(ctx, client, changes, out)
}

// schemaDiff prints the statements that lead from one schema to another.
func schemaDiff(ctx context.Context, o *options, out io.Writer) error {
	dev, done, err := openDev(ctx, o.devURL)
	if err != nil {
		return err
	}
	defer done()
	from, err := open(ctx, o.from, dev, o.exclude)
	if err != nil {
		return err
	}
	defer from.close()
	to, err := open(ctx, o.to, dev, o.exclude)
	if err != nil {
		return err
	}
	defer to.close()
	client := dev
	if client == nil {
		client = to.client
	}
	changes, err := compared(ctx, client, from, to)
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		_, err := fmt.Fprintln(out, synced)
		return err
	}
	return printPlan(ctx, client, changes, out)
}

// compared returns the changes between two states: of one schema, whatever its name, where both are
// bound to one, and of all otherwise.
func compared(
	ctx context.Context, client *sqlclient.Client, from, to *state,
) ([]schema.Change, error) {
	current, err := from.ReadState(ctx)
	if err != nil {
		return nil, err
	}
	desired, err := to.ReadState(ctx)
	if err != nil {
		return nil, err
	}
	if from.schema == "" || to.schema == "" {
		return client.RealmDiff(current, desired)
	}
	left, err := bound(current)
	if err != nil {
		return nil, err
	}
	right, err := bound(desired)
	if err != nil {
		return nil, err
	}
	left.Name = right.Name
	return client.SchemaDiff(left, right)
}

func printPlan(
	ctx context.Context, client *sqlclient.Client, changes []schema.Change, out io.Writer,
) error {
	if len(changes) == 0 {
		return nil
	}
	plan, err := client.PlanChanges(ctx, "plan", changes, func(o *migrate.PlanOptions) {
		if client.URL.Schema != "" {
			o.SchemaQualifier = new(string)
		}
	})
	if err != nil {
		return err
	}
	return migrate.DefaultFormatter.FormatTo(plan, out)
}

// migrateDiff writes the migration that leads from what a directory's migrations leave to a schema.
func migrateDiff(ctx context.Context, name string, o *options, out io.Writer) error {
	dev, done, err := openDev(ctx, o.devURL)
	if err != nil {
		return err
	}
	defer done()
	if dev == nil {
		return errors.New("--dev-url cannot be empty: migrations are replayed on the dev database")
	}
	path := strings.TrimPrefix(o.dir, filePrefix)
	if err := os.MkdirAll(path, 0o755); err != nil {
		return err
	}
	dir, err := migrate.NewLocalDir(path)
	if err != nil {
		return err
	}
	if err := migrate.Validate(dir); err != nil {
		return err
	}
	to, err := open(ctx, o.to, dev, o.exclude)
	if err != nil {
		return err
	}
	defer to.close()
	settings := []migrate.PlannerOption{
		migrate.PlanFormat(migrate.DefaultFormatter),
		migrate.PlanWithExclude(o.exclude...),
	}
	planned := (*migrate.Planner).Plan
	if dev.URL.Schema != "" {
		settings = append(settings, migrate.PlanWithSchemaQualifier(""))
		planned = (*migrate.Planner).PlanSchema
	}
	planner := migrate.NewPlanner(dev.Driver, dir, settings...)
	plan, err := planned(planner, ctx, name, to)
	if errors.Is(err, migrate.ErrNoPlan) {
		_, err := fmt.Fprintln(out, directorySynced)
		return err
	}
	if err != nil {
		return err
	}
	return planner.WritePlan(plan)
}
