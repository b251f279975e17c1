"""The schema of the history: every migration replayed against the catalogue, then written down."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from replayer.catalog.catalog import Catalog
from replayer.catalog.refusals import CatalogError
from replayer.catalog.sqlite import SqliteCatalog
from replayer.ddl.selection import OutsideKeys
from replayer.ddl.tables import rendered_state_models
from replayer.dialects.answers import answer_query
from replayer.errors import DialectError
from replayer.model import Dialect, Statement
from replayer.replay.backing import CatalogBacking, SqliteBacking
from replayer.replay.database import DatabaseReplay
from replayer.replay.functions import RunPythonPolicy
from replayer.replay.journal import Journal
from replayer.replay.record import Outcome
from replayer.replay.steps import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.ddl.selection import Selection
    from replayer.history.loader import History
    from replayer.model import MigrationKey, ServerFacts
    from replayer.replay.record import MigrationRecord
    from replayer.replay.state import ReplayState
    from replayer.sources import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedHistory:
    """What the history leaves in the database, and what each migration did."""

    catalog: Catalog
    records: tuple[MigrationRecord, ...]
    state: ReplayState
    rendered: int
    """How many model classes were built."""


def empty_catalog(facts: ServerFacts) -> Catalog:
    """Return the catalogue of an empty database.

    Raises
    ------
    DialectError
        For SQL Server, whose history cannot be replayed offline.
    """
    if facts.dialect is Dialect.SQLITE:
        return SqliteCatalog(facts)
    if facts.dialect is Dialect.POSTGRESQL:
        from replayer.catalog.postgresql import PostgresCatalog

        return PostgresCatalog(facts)
    if facts.dialect.is_mysql_like:
        from replayer.catalog.mysql import MysqlCatalog

        return MysqlCatalog(facts)
    message = "the history of SQL Server cannot be replayed: its server names constraints at random"
    raise DialectError(message, hint="type --schema state")


def replay_history(
    history: History,
    plan: Sequence[MigrationKey],
    connection: Any,  # noqa: ANN401 - an offline wrapper
    sources: Sources,
    *,
    run_python: RunPythonPolicy = RunPythonPolicy.AUTO,
    is_eager: bool = False,
    first: Sequence[Any] = (),
    last: Sequence[Any] = (),
) -> ReplayedHistory:
    """Replay a plan on the database's side.

    Parameters
    ----------
    first, last
        Model classes whose tables are made before and after the migrations: Django's record of
        migrations, and the models of apps without migrations.

    Raises
    ------
    ReplayError
        When an operation fails or the server would refuse a statement.
    """
    journal = Journal()
    facts: ServerFacts = connection.facts
    backing: CatalogBacking | SqliteBacking
    if facts.dialect is Dialect.SQLITE:
        backing = SqliteBacking(
            lambda database: SqliteCatalog(facts, connection=database), journal
        )
    else:
        backing = CatalogBacking(
            empty_catalog(facts),
            journal,
            connection.Database,
            answer_query,
            can_rollback_ddl=connection.features.can_rollback_ddl,
        )
    connection.back_with(backing)
    connection.ensure_connection()
    replay = DatabaseReplay(
        history, connection, journal, sources, run_python=run_python, is_eager=is_eager
    )
    replay.create_tables(first)
    records = tuple(replay.run(plan))
    replay.create_tables(last)
    catalog = backing.catalog
    if catalog is None:
        message = "the in-memory SQLite was never opened"
        raise AssertionError(message)
    return ReplayedHistory(
        catalog=catalog,
        records=records,
        state=replay.state,
        rendered=replay.renderer.rendered,
    )


def differences_of(catalog: Catalog, statements: Sequence[Statement]) -> tuple[str, ...]:
    """Load statements into an empty catalogue and tell in what it differs from another.

    Returns
    -------
    tuple of str
        Empty when what is printed is proven to be what the history leaves.
    """
    try:
        from replayer.catalog.compare import compare
    except ImportError:
        return ()
    loaded = empty_catalog(catalog.facts)
    for statement in statements:
        try:
            loaded.execute(statement.sql)
        except CatalogError as error:
            return (f"the printed statement is refused ({error}): {statement.sql[:80]}",)
    return tuple(str(change) for change in compare(catalog, loaded))


def history_notes(records: Sequence[MigrationRecord]) -> tuple[str, ...]:
    """Return one line on the operations that are not plain, and one for each that is opaque."""
    outcomes = Counter(
        step.outcome for record in records for step in record.steps
    )
    parts = [
        f"{outcomes[outcome]} {words}"
        for outcome, words in _OUTCOME_WORDS.items()
        if outcomes[outcome]
    ]
    notes = []
    if parts:
        count = sum(outcomes.values())
        notes.append(f"{count} operations, of which {', '.join(parts)} (replayer ledger)")
    for record in records:
        for step in record.steps:
            if step.outcome in {Outcome.OPAQUE, Outcome.SKIPPED}:
                name = type(step.operation).__name__
                notes.append(
                    f"{step.key}: {name} is {step.outcome.value}, what it does to the schema is "
                    f"not shown: {step.reason}"
                )
    return tuple(notes)


def has_opaque(records: Sequence[MigrationRecord]) -> bool:
    """Return whether what some operation does to the schema is not known."""
    opaque = {Outcome.OPAQUE, Outcome.SKIPPED}
    return any(step.outcome in opaque for record in records for step in record.steps)


_OUTCOME_WORDS = {
    Outcome.RAN: "run as they are",
    Outcome.DATA: "that only move data",
    Outcome.DENIED: "kept away by a router",
    Outcome.SKIPPED: "skipped",
    Outcome.OPAQUE: "opaque",
}


def verbatim(replayed: ReplayedHistory) -> tuple[str, tuple[Statement, ...]]:
    """Return the history's own statements as a document, and as values.

    Notes
    -----
    A comment names the migration, and one each operation, as ``sqlmigrate`` writes them.
    """
    lines: list[str] = []
    statements: list[Statement] = []
    for record in replayed.records:
        lines.append(f"--\n-- {record.key}\n--\n")
        for step in record.steps:
            told = describe(step.operation) if step.outcome is not Outcome.DATA else "data only"
            lines.append(f"-- {step.key.index}: {told}\n")
            lines.extend(f"{sql};\n" for sql in step.statements)
            statements.extend(Statement(sql=sql) for sql in step.statements)
        if record.deferred:
            lines.append("-- deferred to the end of the migration\n")
        lines.extend(f"{sql};\n" for sql in record.deferred)
        statements.extend(Statement(sql=sql) for sql in record.deferred)
    return "".join(lines), tuple(statements)


def table_owners(replayed: ReplayedHistory) -> dict[str, str]:
    """Return the app of each table: of its model, else of the migration that made it."""
    owners: dict[str, str] = {}
    for record in replayed.records:
        for step in record.steps:
            for sql in step.statements:
                for name in created_tables(sql):
                    owners.setdefault(name, record.key.app_label)
    for model in rendered_state_models(replayed.state):
        meta = model._meta  # noqa: SLF001 - Django's public name
        owners[unquoted(meta.db_table)] = meta.app_label
        for relation in meta.local_many_to_many:
            through = relation.remote_field.through._meta  # noqa: SLF001 - Django's public name
            if through.auto_created:
                owners[unquoted(through.db_table)] = meta.app_label
    return owners


_CREATED = re.compile(
    r"CREATE (?:VIRTUAL )?TABLE (?:IF NOT EXISTS )?[\"`\[]?(?P<name>[^\s\"`\](]+)", re.IGNORECASE
)


def created_tables(sql: str) -> list[str]:
    """Return the names of the tables that a statement makes, unquoted."""
    return [match["name"] for match in _CREATED.finditer(sql)] if "TABLE" in sql.upper() else []


def unquoted(name: str) -> str:
    """Return a ``db_table`` without the quotes that Django lets through."""
    return name.rpartition(".")[2].strip('"`')


_REFERENCE = re.compile(
    r"(?:\s+CONSTRAINT \"[^\"]+\")?\s+REFERENCES \"(?P<table>[^\"]+)\" \([^)]*\)"
    r"(?: ON (?:DELETE|UPDATE) (?:NO ACTION|SET NULL|SET DEFAULT|\w+))*"
    r"(?: DEFERRABLE INITIALLY (?:DEFERRED|IMMEDIATE))?"
)


def selected_statements(
    catalog: Catalog, owners: dict[str, str], selection: Selection
) -> tuple[tuple[Statement, ...], tuple[str, ...]]:
    """Return the statements of the chosen apps' tables, and a note for each key that is cut."""
    tables = catalog.tables
    chosen = {name for name in tables if selection.has(owners.get(name.name, ""))}
    if selection.outside_keys is OutsideKeys.INCLUDE:
        waiting = list(chosen)
        while waiting:
            for key in tables[waiting.pop()].foreign_keys:
                if key.target in tables and key.target not in chosen:
                    chosen.add(key.target)
                    waiting.append(key.target)
    notes: list[str] = []
    if isinstance(catalog, SqliteCatalog):
        names = {name.name for name in chosen}
        kept = []
        for statement in catalog.statements():
            if statement.table not in names:
                continue

            def cut(match: re.Match[str], table: str | None = statement.table) -> str:
                if match["table"] in names:
                    return match[0]
                notes.append(_cut_note(str(table), match["table"]))
                return ""

            kept.append(replace(statement, sql=_REFERENCE.sub(cut, statement.sql)))
        return tuple(kept), tuple(notes)
    copy = catalog.copy()
    quote = '`{}`' if catalog.dialect.is_mysql_like else '"{}"'
    verb = "FOREIGN KEY" if catalog.dialect.is_mysql_like else "CONSTRAINT"
    for name in tables:
        for key in tables[name].foreign_keys:
            if name in chosen and key.target not in chosen:
                notes.append(_cut_note(str(name), str(key.target)))
            if name not in chosen or key.target not in chosen:
                table = ".".join(quote.format(part) for part in name if part)
                copy.execute(f"ALTER TABLE {table} DROP {verb} {quote.format(key.name)}")
    for name in tables:
        if name not in chosen:
            table = ".".join(quote.format(part) for part in name if part)
            cascade = "" if catalog.dialect.is_mysql_like else " CASCADE"
            copy.execute(f"DROP TABLE {table}{cascade}")
    return copy.statements(), tuple(notes)


def _cut_note(table: str, target: str) -> str:
    return (
        f"a foreign key of {table} leaves the selected apps (to {target}): "
        "its column is printed without the constraint"
    )
