"""The judge sees one change of every kind, and nothing where nothing changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.differential import judge, servers
from tests.differential.changes import CASES, Case
from tests.differential.servers import Server

_DATABASE = servers.own_name("replayer_judge")


def _marks(dialect: str) -> list[pytest.MarkDecorator]:
    return [] if dialect == "sqlite" else [pytest.mark.server]


_ALL = [
    pytest.param(dialect, case, id=f"{dialect}-{case.name}", marks=_marks(dialect))
    for dialect, (_, cases) in CASES.items()
    for case in cases
]


class Bench:
    """The servers, and the snapshot of each one's base schema, made when it is first asked for."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._bases: dict[str, judge.Snapshot] = {}

    def server(self, dialect: str) -> Server:
        try:
            return servers.find_server(dialect, self._directory)
        except servers.ServerMissingError as error:
            pytest.skip(str(error))

    def base(self, dialect: str) -> judge.Snapshot:
        if dialect not in self._bases:
            self._bases[dialect] = self.snapshot(dialect, *CASES[dialect][0])
        return self._bases[dialect]

    def snapshot(self, dialect: str, *statements: str) -> judge.Snapshot:
        server = self.server(dialect)
        servers.create_database(server, _DATABASE)
        servers.execute(server, _DATABASE, *statements)
        return judge.read(server, _DATABASE)

    def clear(self) -> None:
        for dialect in self._bases:
            servers.drop_database(self.server(dialect), _DATABASE)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("judge"))
    yield made
    made.clear()


@pytest.mark.parametrize(("dialect", "case"), _ALL)
def test_a_change_is_seen_and_classed(dialect: str, case: Case, bench: Bench) -> None:
    left = bench.base(dialect)
    right = bench.snapshot(dialect, *CASES[dialect][0], *case.statements)

    differences = judge.compare(left, right)

    told = "\n".join(map(str, differences))
    assert judge.verdict(differences).value == case.verdict, told
    assert {difference.kind for difference in differences} == case.kinds, told


@pytest.mark.parametrize("dialect", [pytest.param(d, marks=_marks(d)) for d in CASES])
def test_the_same_statements_give_identical_schemas(dialect: str, bench: Bench) -> None:
    left = bench.base(dialect)

    right = bench.snapshot(dialect, *CASES[dialect][0])

    assert len(right.facts) > 50
    assert judge.compare(left, right) == ()
    assert judge.verdict(()) is judge.Verdict.IDENTICAL


@pytest.mark.parametrize("dialect", [pytest.param(d, marks=_marks(d)) for d in CASES])
def test_the_migrations_table_counts_only_when_asked_for(dialect: str, bench: Bench) -> None:
    bench.snapshot(dialect, "CREATE TABLE django_migrations (id integer NOT NULL PRIMARY KEY)")

    without = judge.read(bench.server(dialect), _DATABASE)
    whole = judge.read(bench.server(dialect), _DATABASE, with_migrations_table=True)

    assert not [fact for fact in without.facts if "django_migrations" in fact]
    assert [fact for fact in whole.facts if "django_migrations" in fact]


def test_sqlite_words_are_compared_without_quotes_and_case(
    bench: Bench,
) -> None:
    left = bench.snapshot("sqlite", 'CREATE TABLE t ("a" INTEGER, "b" text CHECK ("b" <> \'X\'))')
    right = bench.snapshot("sqlite", "create table t (a INTEGER, [b] text, check (B <>'X'))")
    other = bench.snapshot("sqlite", "create table t (a INTEGER, [b] text, check (B <>'x'))")

    assert judge.compare(left, right) == ()
    assert judge.verdict(judge.compare(left, other)) is judge.Verdict.OTHER
