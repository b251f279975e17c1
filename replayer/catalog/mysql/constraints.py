"""The keys, foreign keys and checks of a table of MySQL or MariaDB: how they come and go.

What becomes of the keys when the statement ends is :mod:`replayer.catalog.mysql.keys`'s part.
"""

from __future__ import annotations

from dataclasses import replace

from replayer.catalog.mysql import refusals
from replayer.catalog.mysql.cursor import LONGEST_NAME
from replayer.catalog.mysql.keys import KeyedTable
from replayer.catalog.mysql.values import (
    AddKey,
    Check,
    Drop,
    ForeignKey,
    Key,
    KeyKind,
    KeyPart,
    Part,
    SetEnforced,
    SetKeyOption,
)


class ConstrainedTable(KeyedTable):
    """A table to which statements add keys and constraints, and from which they drop them."""

    def add_key(self, action: AddKey) -> None:
        """Add a key; the server names it, if need be, when the statement ends."""
        key = action.key
        for part in key.parts:
            if part.expression is not None and self.rules.is_mariadb:
                raise refusals.syntax_error(f"({part.expression}))", is_mariadb=True)
        existing = self.key(key.name) if key.name else None
        if existing is not None:
            if action.if_not_exists:
                return
            if key.kind is KeyKind.PRIMARY:
                raise refusals.multiple_primary_key()
        if self.rules.is_mariadb and key.kind is KeyKind.UNIQUE and key.name:
            self._refuse_name_of_check(key.name)
        self.keys.append(key)

    def add_foreign_key(self, foreign_key: ForeignKey) -> None:
        """Add a foreign key, and the key that the server makes for it."""
        for column in foreign_key.columns:
            if self.column_index(column) is None:
                raise refusals.no_key_column(column)
        told = foreign_key.name
        if self.rules.is_mariadb and told is None:
            # To MariaDB the name told for the index is the foreign key's own.
            told = foreign_key.index_name
            foreign_key = replace(foreign_key, name=told)
        key_name = told or foreign_key.index_name
        if told and self.rules.is_mariadb:
            self._refuse_name_of_check(told)
        if told is None:
            foreign_key = replace(foreign_key, name=self._count_on(f"{self.name}_ibfk_"))
        self.foreign_keys.append(foreign_key)
        parts = tuple(KeyPart(column=column) for column in foreign_key.columns)
        self.keys.append(Key(name=key_name, kind=KeyKind.INDEX, parts=parts, implicit=True))

    def _refuse_name_of_check(self, name: str) -> None:
        """Refuse, as MariaDB does, a constraint with the name of a check of the table."""
        for check in self.checks:
            if check.name and check.name.lower() == name.lower():
                raise refusals.duplicate_check(name, is_mariadb=True)

    def add_check(self, check: Check) -> None:
        """Add a check; on both servers the name of an unnamed one counts on from the others."""
        if not self.rules.has_checks:
            return
        name = check.name
        if self.rules.is_mariadb:
            taken = {other.name.lower() for other in self.checks if other.name}
            key = self.key(name) if name else None
            if name is not None and (
                name.lower() in taken
                or (key is not None and key.kind.is_unique)
                or any((fk.name or "").lower() == name.lower() for fk in self.foreign_keys)
            ):
                raise refusals.duplicate_check(name, is_mariadb=True)
            number = 1
            while name is None and check.column is None:
                if f"constraint_{number}" not in taken:
                    name = f"CONSTRAINT_{number}"
                number += 1
        elif name is None:
            name = self._count_on(f"{self.name}_chk_")
            if len(name) > LONGEST_NAME:
                raise refusals.name_too_long(name)
        self.checks.append(replace(check, name=name))

    def _count_on(self, prefix: str) -> str:
        """Return the next counted name; names that the statement itself tells do not count."""
        self.counted[prefix] = self.counted.get(prefix, 0) + 1
        return f"{prefix}{self.counted[prefix]}"

    def set_enforced(self, action: SetEnforced) -> None:
        """Turn a check on or off."""
        for index, check in enumerate(self.checks):
            if (check.name or "").lower() == action.name.lower():
                self.checks[index] = replace(check, enforced=action.enforced)
                return
        raise refusals.no_such_check(action.name)

    def set_key_option(self, action: SetKeyOption) -> None:
        """Show or hide a key."""
        key = self.key(action.name)
        if key is None:
            raise refusals.no_such_key(action.name, self.name)
        words = [word for word in key.options.split() if word not in {"INVISIBLE", "IGNORED"}]
        if action.option in {"INVISIBLE", "IGNORED"}:
            words.append(action.option)
        self.keys[self.keys.index(key)] = replace(key, options=" ".join(words))

    # Drops.

    def drop(self, drop: Drop) -> None:
        """Drop a key or a constraint."""
        is_mariadb = self.rules.is_mariadb
        lower = drop.name.lower()
        if drop.if_exists and not is_mariadb:
            raise refusals.syntax_error(f"IF EXISTS {drop.name}", is_mariadb=False)
        match drop.part:
            case Part.PRIMARY_KEY | Part.KEY:
                key = self.key("PRIMARY" if drop.part is Part.PRIMARY_KEY else drop.name)
                if key is not None:
                    self._drop_key(key)
                elif not drop.if_exists:
                    raise refusals.cannot_drop("INDEX", drop.name, is_mariadb=is_mariadb)
            case Part.FOREIGN_KEY:
                kept = [fk for fk in self.foreign_keys if (fk.name or "").lower() != lower]
                if len(kept) == len(self.foreign_keys) and not drop.if_exists:
                    raise refusals.cannot_drop("FOREIGN KEY", drop.name, is_mariadb=is_mariadb)
                self.foreign_keys = kept
            case Part.CHECK:
                if is_mariadb:
                    raise refusals.syntax_error(f"CHECK {drop.name}", is_mariadb=True)
                if not self._drop_check(lower):
                    raise refusals.no_such_check(drop.name)
            case _:
                self._drop_constraint(drop)

    def _drop_key(self, key: Key) -> None:
        self.keys.remove(key)
        self.dropped_keys.append(key)

    def _drop_check(self, lower: str) -> bool:
        kept = [check for check in self.checks if (check.name or "").lower() != lower]
        found = len(kept) < len(self.checks)
        self.checks = kept
        return found

    def _drop_constraint(self, drop: Drop) -> None:
        lower = drop.name.lower()
        if self._drop_check(lower):
            return
        key = self.key(drop.name)
        if any((fk.name or "").lower() == lower for fk in self.foreign_keys):
            self.drop(replace(drop, part=Part.FOREIGN_KEY))
        elif key is not None and key.kind.is_unique:
            self._drop_key(key)
        elif not drop.if_exists:
            raise refusals.no_such_constraint(drop.name, is_mariadb=self.rules.is_mariadb)
