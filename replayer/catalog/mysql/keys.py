"""What becomes of a table's keys when a statement on MySQL or MariaDB ends.

References
----------
The order of keys, the names of unnamed ones and the fate of the keys that the servers make for
foreign keys are those of ``mysql_prepare_create_table``, ``sort_keys``, ``make_unique_key_name``
and ``foreign_key_prefix`` in both servers' ``sql/sql_table.cc``.
"""

from __future__ import annotations

from dataclasses import replace

from replayer.catalog.mysql import foreign_key_refusals, refusals
from replayer.catalog.mysql.state import TableState
from replayer.catalog.mysql.tokens import quoted_names
from replayer.catalog.mysql.values import Key, KeyKind


class KeyedTable(TableState):
    """A table that can put its keys in order."""

    def settle(self) -> None:
        """Name, sort and prove the keys when the actions of a statement are done."""
        if self.rules.is_mariadb and not self.rules.has_descending_keys:
            self.keys = [_ascending(key) for key in self.keys]
        self._drop_redundant_keys()
        self._name_keys()
        self._prove_expressions()
        self._sort_keys()
        for dropped in self.dropped_keys:
            for foreign_key in self.foreign_keys:
                if self.covers(dropped, foreign_key.columns) and not self.is_covered(
                    foreign_key.columns
                ):
                    raise foreign_key_refusals.key_needed(dropped.name or "")
        autos = [column.name.lower() for column in self.columns if column.auto_increment]
        firsts = {key.columns[0].lower() for key in self.keys if key.columns}
        if len(autos) > 1 or not firsts.issuperset(autos):
            raise refusals.wrong_auto_column()

    def _drop_redundant_keys(self) -> None:
        """Forget the server's own keys that another key covers; of two equals the later stays.

        Notes
        -----
        On MySQL a descending key does not count, on MariaDB it does.
        """
        if not any(key.implicit for key in self.keys):
            return
        is_mariadb = self.rules.is_mariadb

        def shape(key: Key) -> list[tuple[object, ...]]:
            return [
                (
                    part.column and part.column.lower(),
                    part.expression,
                    part.length,
                    not is_mariadb and part.descending,
                )
                for part in key.parts
            ]

        shapes = [shape(key) for key in self.keys]
        kept = []
        for index, key in enumerate(self.keys):
            redundant = key.implicit and any(
                shapes[other][: len(key.parts)] == shapes[index]
                and (not covering.implicit or len(covering.parts) > len(key.parts) or other > index)
                for other, covering in enumerate(self.keys)
                if other != index and not covering.kind.is_special
            )
            if not redundant:
                kept.append(key)
        self.keys = kept

    def _name_keys(self) -> None:
        named: list[Key] = []
        taken: set[str] = set()
        indexes = {column.name.lower(): index for index, column in enumerate(self.columns)}
        for key in self.keys:
            for column in key.columns:
                index = indexes.get(column.lower())
                if index is None:
                    raise refusals.no_key_column(column)
                if key.kind is KeyKind.PRIMARY and self.columns[index].null:
                    self.columns[index] = replace(self.columns[index], null=False)
            if not self.rules.is_mariadb:
                self._refuse_whole_texts(key)
            name = key.name
            if name is None:
                name = self._key_name(key, taken)
                key = replace(key, name=name)  # noqa: PLW2901 - the same key, named
            elif name.lower() in taken:
                if key.kind is KeyKind.PRIMARY:
                    raise refusals.multiple_primary_key()
                raise refusals.duplicate_key(name)
            taken.add(name.lower())
            named.append(key)
        self.keys = named

    def _refuse_whole_texts(self, key: Key) -> None:
        """Refuse, as MySQL does, a key of a whole text or blob; MariaDB hashes them."""
        if key.kind.is_special:
            return
        for part in key.parts:
            if part.column is not None and part.length is None:
                told = self.column(part.column).type.lower()
                if told.endswith(("text", "blob")):
                    raise refusals.text_without_length(part.column)

    def _key_name(self, key: Key, taken: set[str]) -> str:
        expression = any(part.expression is not None for part in key.parts)
        first = "functional_index" if expression else key.columns[0]
        index = None if expression else self.column_index(first)
        if index is not None:
            first = self.columns[index].name
        if first.lower() not in taken and first.upper() != "PRIMARY":
            return first
        number = 2
        while f"{first}_{number}".lower() in taken:
            number += 1
        return f"{first}_{number}"

    def _prove_expressions(self) -> None:
        """Refuse a check, a generated column or a key whose expression names no column of ours."""
        is_mariadb = self.rules.is_mariadb
        told = [(check.expression, "CHECK", check.name or "") for check in self.checks]
        if self.is_new and not is_mariadb:
            for check in self.checks:
                used = {name.lower() for name in quoted_names(check.expression)}
                if check.column and not used <= {check.column.lower()}:
                    raise refusals.other_column_in_check(check.name or "")
        told += [(column.generated, "GENERATED", "") for column in self.columns if column.generated]
        told += [
            (part.expression, "KEY", "")
            for key in self.keys
            for part in key.parts
            if part.expression
        ]
        names = {column.name.lower() for column in self.columns}
        for expression, place, name in told:
            for column in quoted_names(expression):
                if column.lower() not in names:
                    raise refusals.unknown_column_in(
                        column, place, name, is_new=self.is_new, is_mariadb=is_mariadb
                    )

    def _sort_keys(self) -> None:
        nullable = {column.name.lower() for column in self.columns if column.null}

        def rank(key: Key) -> tuple[int, ...]:
            if not key.kind.is_unique:
                return (3, key.kind is KeyKind.FULLTEXT, 0)
            return (
                0 if key.kind is KeyKind.PRIMARY else 1,
                any(column.lower() in nullable for column in key.columns)
                or any(part.expression is not None for part in key.parts),
                any(part.length is not None for part in key.parts),
            )

        self.keys.sort(key=rank)


def _ascending(key: Key) -> Key:
    if not any(part.descending for part in key.parts):
        return key
    return replace(key, parts=tuple(replace(part, descending=False) for part in key.parts))
