"""The values that flow through the tool; they know neither Django nor networkx."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple


class MigrationKey(NamedTuple):
    """A migration, as Django's graph names it."""

    app_label: str
    name: str

    def __str__(self) -> str:
        """Return ``app_label.name``, the way users type it."""
        return f"{self.app_label}.{self.name}"


class ModelKey(NamedTuple):
    """A model, as ``ProjectState.models`` names it."""

    app_label: str
    model_name: str
    """Lower case."""

    def __str__(self) -> str:
        """Return ``app_label.model_name``."""
        return f"{self.app_label}.{self.model_name}"


class Source(NamedTuple):
    """A place in a file."""

    path: str
    """Absolute, as Python imported it."""
    line: int
    """From 1."""
    column: int = 1
    """From 1."""
    end_line: int | None = None
    end_column: int | None = None

    def __str__(self) -> str:
        """Return ``path:line``."""
        return f"{self.path}:{self.line}"


class Dialect(enum.Enum):
    """What the user names; the value is the word that is typed."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    MARIADB = "mariadb"
    MSSQL = "mssql"

    @property
    def vendor(self) -> str:
        """Django's ``connection.vendor`` for this dialect."""
        return _VENDORS.get(self, self.value)

    @property
    def is_mysql_like(self) -> bool:
        """Whether the server is MySQL or MariaDB."""
        return self in {Dialect.MYSQL, Dialect.MARIADB}


_VENDORS = {Dialect.MARIADB: "mysql", Dialect.MSSQL: "microsoft"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """A server, as a value: all that Django would have asked it for."""

    dialect: Dialect
    version: tuple[int, ...]
    """For example ``(8, 0, 36)``; for SQLite the version of the library that is linked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of DDL and what it came from."""

    sql: str
    """Without a semicolon at its end."""
    table: str | None = None
    """The table that it makes or changes, unquoted, or None for another kind of object."""
    model: ModelKey | None = None
    """The model whose table that is, where one is known."""
    source: Source | None = None


class OperationKey(NamedTuple):
    """An operation of a migration."""

    migration: MigrationKey
    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody asks a key for
    """From 0, in ``Migration.operations``."""

    def __str__(self) -> str:
        """Return ``app_label.name[index]``."""
        return f"{self.migration}[{self.index}]"
