"""Carries out the body of ``DO`` on a catalogue, as the migrated, empty database would.

Conditions and expressions are asked of the database that the catalogue stands for. Where one can't
be answered nothing of the block is done, and it is opaque.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from replayer.catalog.catalog import Effect
from replayer.catalog.lexer import Words, is_name, quote_string, unquote
from replayer.catalog.postgresql.blocks import (
    Assign,
    Block,
    Count,
    Execute,
    Foreach,
    If,
    Loop,
    Perform,
    Raise,
    Return,
    Run,
)
from replayer.catalog.refusals import CatalogError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from replayer.catalog.postgresql.blocks import BlockStep, Handler

_CONDITIONS = {
    "dependent_objects_still_exist": "2BP01",
    "duplicate_column": "42701",
    "duplicate_function": "42723",
    "duplicate_object": "42710",
    "duplicate_schema": "42P06",
    "duplicate_table": "42P07",
    "feature_not_supported": "0A000",
    "invalid_object_definition": "42P17",
    "invalid_schema_name": "3F000",
    "invalid_table_definition": "42P16",
    "raise_exception": "P0001",
    "syntax_error_or_access_rule_violation": "42000",
    "undefined_column": "42703",
    "undefined_function": "42883",
    "undefined_object": "42704",
    "undefined_table": "42P01",
    "wrong_object_type": "42809",
}
"""Source: PostgreSQL, src/backend/utils/errcodes.txt. Those that DDL on an empty database meets."""


_PATIENCE = 10_000
"""A loop that counts further is no loop over tables."""


class Rows(NamedTuple):
    """What a query returns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


class Ask(Protocol):
    """Answers a query from a catalogue; None where the answer can't be known."""

    def __call__(self, sql: str, /) -> Rows | None:
        """Return the rows."""


class UndecidedError(Exception):
    """What the block does can't be known."""


class _ReturnedError(Exception):
    """The block has come to its ``RETURN``."""


class BlockRunner:
    """Carries out one block.

    Parameters
    ----------
    execute
        Carries out one statement on the catalogue.
    ask
        Answers a query from it.
    save
        Remembers the catalogue and returns what goes back to it.
    """

    def __init__(
        self,
        execute: Callable[[str], Effect],
        ask: Ask,
        save: Callable[[], Callable[[], None]],
    ) -> None:
        self._execute = execute
        self._ask = ask
        self._save = save
        self._variables: dict[str, object] = {}
        self._records: set[str] = set()
        """The variables that hold rows."""
        self.effect = Effect.SESSION
        """The gravest effect of what was carried out."""

    def run(self, block: Block) -> None:
        """Do all that the block does.

        Raises
        ------
        CatalogError
            When the server would refuse one of its statements and nothing in it catches that.
        UndecidedError
            When it can't be known.
        """
        try:
            self._block(block)
        except _ReturnedError:
            return

    def _block(self, block: Block) -> None:
        for variable in block.variables:
            first = None if variable.first is None else self._value(variable.first)
            self._variables[variable.name] = first
            self._records.discard(variable.name)
            if variable.is_record:
                self._records.add(variable.name)
        if not block.handlers:
            self._steps(block.body)
            return
        go_back = self._save()
        try:
            self._steps(block.body)
        except CatalogError as error:
            handler = next((item for item in block.handlers if _catches(item, error)), None)
            if handler is None:
                raise
            go_back()
            self._steps(handler.body)

    def _steps(self, steps: tuple[BlockStep, ...]) -> None:
        for step in steps:
            self._step(step)

    def _step(self, step: BlockStep) -> None:  # noqa: C901, PLR0912 - one case for each class
        if isinstance(step, Run):
            # Variables stand in queries alone, in no DDL.
            self._carry_out(step.sql)
        elif isinstance(step, Execute):
            self._carry_out(str(self._value(step.expression)))
        elif isinstance(step, Perform):
            self._rows(step.query)
        elif isinstance(step, Assign):
            self._assign(step)
        elif isinstance(step, If):
            self._if(step)
        elif isinstance(step, Loop):
            query = str(self._value(step.query)) if step.is_computed else step.query
            found = self._rows(query)
            for row in found.rows:
                self._take(step.names, found.columns, row, query)
                self._steps(step.body)
        elif isinstance(step, Foreach):
            for item in self._items(step.array):
                self._variables[step.name] = item
                self._steps(step.body)
        elif isinstance(step, Count):
            for number in self._numbers(step):
                self._variables[step.name] = number
                self._steps(step.body)
        elif isinstance(step, Block):
            self._block(step)
        elif isinstance(step, Return):
            raise _ReturnedError
        elif isinstance(step, Raise):
            raise CatalogError(self._message(step), sqlstate="P0001")

    def _message(self, step: Raise) -> str:
        first, *others = step.message.replace("%%", "\0").split("%")
        values = [self._value(argument) for argument in step.arguments]
        if len(values) != len(others):
            raise UndecidedError(step.message)
        told = ("<NULL>" if value is None else str(value) for value in values)
        filled = "".join(value + text for value, text in zip(told, others, strict=True))
        return f"{first}{filled}".replace("\0", "%")

    def _carry_out(self, sql: str) -> None:
        effect = self._execute(sql)
        if effect is Effect.OPAQUE:
            raise UndecidedError(sql)
        if effect is not Effect.QUERY:
            self.effect = max(self.effect, effect)

    def _if(self, step: If) -> None:
        for branch in step.branches:
            if branch.condition is None or self._value(branch.condition):
                self._steps(branch.body)
                return

    def _assign(self, step: Assign) -> None:
        for name in step.names:
            if name not in self._variables:
                raise UndecidedError(name)
        found = self._rows(step.query)
        if step.is_strict and not found.rows:
            raise CatalogError("query returned no rows", sqlstate="P0002")
        first = found.rows[0] if found.rows else (None,) * len(found.columns)
        self._take(step.names, found.columns, first, step.query)

    def _take(
        self,
        names: tuple[str, ...],
        columns: tuple[str, ...],
        row: tuple[object, ...],
        query: str,
    ) -> None:
        """Give a row to the variable that holds it whole, or to one for each column."""
        # A variable may be of a table's own type, too.
        if len(names) == 1 and (names[0] in self._records or len(row) > 1):
            self._variables[names[0]] = dict(zip(columns, row, strict=True))
        elif len(names) == len(row):
            self._variables.update(zip(names, row, strict=True))
        else:
            raise UndecidedError(query)

    def _value(self, expression: str) -> object:
        found = self._rows(f"SELECT {expression}").rows
        return found[0][0] if found else None

    def _items(self, array: str) -> list[object]:
        found = self._value(array)
        if isinstance(found, str) and not {'"', "\\"} & set(found):
            # A literal, whose type alone makes it an array.
            inside = found.strip()[1:-1]
            return [item.strip() for item in inside.split(",")] if inside else []
        if not isinstance(found, list):
            raise UndecidedError(array)
        return found

    def _numbers(self, step: Count) -> range:
        first, last = self._value(step.first), self._value(step.last)
        if not isinstance(first, int) or not isinstance(last, int) or last - first > _PATIENCE:
            raise UndecidedError(step.last)
        return range(first, last + 1)

    def _rows(self, query: str) -> Rows:
        found = self._ask(self._written(query))
        if found is None:
            raise UndecidedError(query)
        return found

    def _written(self, sql: str) -> str:
        """Write the values of variables in the place of their names."""
        return with_values(sql, self._variables) if self._variables else sql


def with_values(sql: str, variables: Mapping[str, object]) -> str:
    """Write values where a text has the names of variables.

    Notes
    -----
    A name that is a column's too is ambiguous to PL/pgSQL, which refuses it
    (``plpgsql.variable_conflict``): so a variable's name is the variable.
    """
    words = Words(sql)
    texts = words.texts
    parts: list[str] = []
    at = 0
    while at < len(texts):
        parts.append(words.gaps[at])
        text, before = texts[at], texts[at - 1] if at else ""
        name = unquote(text) if is_name(text) else ""
        is_alone = name in variables and before != "." and texts[at + 1 : at + 2] != ["("]
        value = variables.get(name)
        if is_alone and isinstance(value, dict) and texts[at + 1 : at + 2] == ["."]:
            field = unquote(texts[at + 2])
            if field not in value:
                raise UndecidedError(f"{name}.{field}")
            parts.append(_literal(value[field]))
            at += 3
            continue
        if is_alone and isinstance(value, dict):
            raise UndecidedError(name)
        parts.append(_literal(value) if is_alone else text)
        at += 1
    return "".join(parts)


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, list):
        return f"ARRAY[{', '.join(map(_literal, value))}]" if value else "'{}'"
    return str(value) if isinstance(value, (int, float)) else quote_string(str(value))


def _catches(handler: Handler, error: CatalogError) -> bool:
    for condition in handler.conditions:
        state = _CONDITIONS.get(condition, condition)
        is_class = state.endswith("000") and error.sqlstate[:2] == state[:2]
        if condition == "others" or state == error.sqlstate or is_class:
            return True
    return False
