"""The document: statements as one text that Atlas and the servers' own clients read alike.

What Atlas reads above the statements (positions, the delimiter) are comments to everybody else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from replayer.catalog.lexer import holds_semicolon

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from replayer.model import Dialect, Source, Statement

_DELIMITERS = ("\n\n\n", "\n-- end of statement\n", "\n-- end of this statement\n")
_CLIENT_DELIMITERS = ("//", "$$", ";;", "~~~~")
_DIRECTIVE = re.compile(r"[ -~]*")
"""What Atlas reads of a directive: printable ASCII. Source: ariga.io/atlas, sql/migrate/dir.go."""


class Position(NamedTuple):
    """Where a table comes from."""

    table: str
    """Unquoted, with its schema and a dot in front where it has one."""
    source: Source

    @property
    def directive(self) -> str:
        """The line that Atlas reads: ``atlas:pos NAME[type=table] PATH:LINE:COL-LINE:COL``."""
        schema, _, name = self.table.rpartition(".")
        address = f"{schema}[type=schema].{name}[type=table]" if schema else f"{name}[type=table]"
        source = self.source
        place = f"{source.path}:{source.line}:{source.column}"
        if source.end_line is not None and source.end_column is not None:
            place += f"-{source.end_line}:{source.end_column}"
        return f"-- atlas:pos {address} {place}"

    @property
    def is_readable(self) -> bool:
        """Whether Atlas reads all of the directive."""
        return _DIRECTIVE.fullmatch(self.directive) is not None


def write_document(
    statements: Sequence[Statement], dialect: Dialect, positions: Iterable[Position] = ()
) -> str:
    r"""Return statements as a text, each ended by ``;`` and a new line.

    Notes
    -----
    A statement with a body of several (a trigger's, a function's) is kept whole. MySQL's own client
    has a command for that, ``DELIMITER``, and Atlas knows it. Elsewhere the clients see for
    themselves where a body ends, and Atlas is told another end of statements, ``atlas:delimiter``,
    which must stand in the first line. Directives are of the file when an empty line follows them.
    Source: ariga.io/atlas, sql/migrate/lex.go, ``Scanner.init``, ``delimCmd`` and ``comment``.
    """
    head = [f"{position.directive}\n" for position in positions]
    has_bodies = any(holds_semicolon(statement.sql, dialect) for statement in statements)
    end = "\n"
    if has_bodies and not dialect.is_mysql_like:
        end = next(
            (
                mark
                for mark in _DELIMITERS
                if not any(mark in f"{statement.sql};" for statement in statements)
            ),
            _DELIMITERS[-1],
        )
        written = end.replace("\n", r"\n")
        head.insert(0, f"-- atlas:delimiter {written}\n")
    if head:
        head.append("\n")
    body = "".join(write_statement(statement.sql, dialect, end) for statement in statements)
    return "".join(head) + body


def write_statement(sql: str, dialect: Dialect, end: str = "\n") -> str:
    """Return one statement as its dialect's client reads it whole, with its end."""
    if dialect.is_mysql_like and holds_semicolon(sql, dialect):
        mark = next((mark for mark in _CLIENT_DELIMITERS if mark not in sql), "~~~~~~")
        return f"DELIMITER {mark}\n{sql}{mark}\nDELIMITER ;\n"
    return f"{sql};{end}"
