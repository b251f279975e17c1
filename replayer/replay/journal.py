"""The statements that the backing saw, until a step takes them as its own."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from django.db import transaction

from replayer.dialects.literals import is_respelt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Journal:
    """Keeps statements in order, and why some of them are opaque."""

    def __init__(self) -> None:
        self._statements: list[str] = []
        self._taken = 0
        self.opaque: list[str] = []
        self.respelt: list[str] = []
        """Literals that are not what the driver would have sent."""
        self.skips_data = False
        """Whether statements that only move rows are left out: while a ``RunSQL`` runs."""
        self._data = 0

    def write(self, sql: str) -> None:
        """Keep a statement that changed the schema."""
        self._statements.append(sql)

    def mark(self) -> int:
        """Return the place at which the next statement will be written."""
        return self._taken + len(self._statements)

    def undo(self, mark: int) -> None:
        """Forget what was written since a place, as far as no step has taken it."""
        del self._statements[max(mark - self._taken, 0) :]

    def write_opaque(self, reason: str) -> None:
        """Keep why the effect of a statement is not known."""
        self.opaque.append(reason)

    def count_data(self) -> None:
        """Count a statement that only moves rows."""
        self._data += 1

    def take_data(self) -> int:
        """Return how many statements moved rows since the last call."""
        count, self._data = self._data, 0
        return count

    def take(self) -> tuple[str, ...]:
        """Return the statements since the last call."""
        taken = tuple(self._statements)
        self._taken += len(taken)
        self._statements.clear()
        return taken

    def take_opaque(self) -> tuple[str, ...]:
        """Return the reasons since the last call."""
        taken = tuple(dict.fromkeys(self.opaque))
        self.opaque.clear()
        return taken

    def take_respelt(self, statements: Sequence[str]) -> tuple[str, ...]:
        """Return the literals since the last call that stand in one of some statements."""
        taken = dict.fromkeys(self.respelt)
        self.respelt.clear()
        return tuple(text for text in taken if any(is_respelt(text, sql) for sql in statements))

    @contextlib.contextmanager
    def undone_on_error(self, connection: Any) -> Iterator[None]:  # noqa: ANN401 - a wrapper
        """Undo what a function did to the schema when it fails half-way."""
        mark = self.mark()
        try:
            if connection.features.can_rollback_ddl and connection.in_atomic_block:
                with transaction.atomic(connection.alias):
                    yield
            else:
                yield
        except Exception:
            self.undo(mark)
            raise
