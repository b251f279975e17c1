package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlclient"

	// Each registers itself: the dialects of Atlas, and the drivers they open databases with.
	_ "ariga.io/atlas/sql/mysql"
	_ "ariga.io/atlas/sql/postgres"
	_ "ariga.io/atlas/sql/sqlite"
	_ "github.com/go-sql-driver/mysql"
	_ "github.com/lib/pq"
	_ "github.com/mattn/go-sqlite3"
)

const filePrefix = "file://"

// state is where a schema can be read, and the schema of the URL it is bound to, if any.
type state struct {
	migrate.StateReader
	schema string
	client *sqlclient.Client // nil: a file, read on the dev database
}

func (s *state) close() {
	if s.client != nil {
		s.client.Close()
	}
}

// open returns the state that a URL names.
func open(ctx context.Context, url string, dev *sqlclient.Client, exclude []string) (*state, error) {
	if path, isFile := strings.CutPrefix(url, filePrefix); isFile {
		if dev == nil {
			return nil, errors.New("--dev-url cannot be empty: a file is read on the dev database")
		}
		reader, err := fileReader(path, dev, exclude)
		if err != nil {
			return nil, err
		}
		return &state{StateReader: reader, schema: dev.URL.Schema}, nil
	}
	client, err := sqlclient.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	return &state{
		StateReader: connectionReader(client, exclude),
		schema:      client.URL.Schema,
		client:      client,
	}, nil
}

// connectionReader inspects what a connection is bound to: one schema, or all of the database.
func connectionReader(client *sqlclient.Client, exclude []string) migrate.StateReader {
	if client.URL.Schema != "" {
		return migrate.SchemaConn(client, "", &schema.InspectOptions{Exclude: exclude})
	}
	return migrate.RealmConn(client, &schema.InspectRealmOption{Exclude: exclude})
}

// fileReader runs the statements of a file on the dev database and inspects what they left; the
// dev database is empty before and after.
func fileReader(path string, dev *sqlclient.Client, exclude []string) (migrate.StateReader, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	dir := &migrate.MemDir{}
	if err := dir.WriteFile(filepath.Base(path), text); err != nil {
		return nil, err
	}
	sum, err := dir.Checksum()
	if err != nil {
		return nil, err
	}
	if err := migrate.WriteSumFile(dir, sum); err != nil {
		return nil, err
	}
	return migrate.StateReaderFunc(func(ctx context.Context) (*schema.Realm, error) {
		executor, err := migrate.NewExecutor(dev.Driver, dir, migrate.NopRevisionReadWriter{})
		if err != nil {
			return nil, err
		}
		return executor.Replay(ctx, connectionReader(dev, exclude))
	}), nil
}

// bound returns the one schema of a realm.
func bound(realm *schema.Realm) (*schema.Schema, error) {
	if len(realm.Schemas) != 1 {
		return nil, fmt.Errorf("%d schemas were found, where the URL is bound to one", len(realm.Schemas))
	}
	return realm.Schemas[0], nil
}
