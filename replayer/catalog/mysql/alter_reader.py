"""Reads what ``ALTER TABLE`` of MySQL and MariaDB does to a table: its actions and options.

Source: MySQL, sql/sql_yacc.yy (``alter_list_item``, ``create_table_option``).
"""

from __future__ import annotations

from replayer.catalog.mysql.items import ItemReader
from replayer.catalog.mysql.tokens import name_of
from replayer.catalog.mysql.values import (
    Action,
    AddColumn,
    ChangeColumn,
    Drop,
    Part,
    Rename,
    RenameTo,
    SetDefault,
    SetEnforced,
    SetKeyOption,
    SetOption,
)

_IGNORED_OPTIONS = {"ALGORITHM", "LOCK", "AUTO_INCREMENT", "WAIT", "NOWAIT", "FORCE", "ORDER"}


class AlterReader(ItemReader):
    """Reads the actions of ``ALTER TABLE``, and the options of a table that it shares."""

    def action(self) -> list[Action]:
        """Read one action, or an option of the table."""
        word = self.token.upper
        method = {
            "ADD": self.action_add,
            "DROP": self.action_drop,
            "MODIFY": self.action_change,
            "CHANGE": self.action_change,
            "ALTER": self.action_alter,
            "RENAME": self.action_rename,
        }.get(word)
        if method is None:
            option = self.table_option()
            if option is None:
                raise self.fail()
            return option
        self.next()
        return method()

    def action_add(self) -> list[Action]:
        """Read ``ADD``: columns, a key or a constraint."""
        item = self.table_item()
        if item:
            return item
        self.take("COLUMN")
        if_not_exists = self.if_not_exists()
        if self.take("("):
            actions: list[Action] = []
            while not actions or self.take(","):
                actions += self.table_item() or [AddColumn(spec=self.column_spec())]
            self.expect(")")
            return actions
        return [AddColumn(spec=self.column_spec(), if_not_exists=if_not_exists)]

    def action_drop(self) -> list[Action]:
        """Read ``DROP``: a column, a key or a constraint."""
        if self.take("PRIMARY", "KEY"):
            return [Drop(part=Part.PRIMARY_KEY, name="PRIMARY")]
        word = self.take_any("COLUMN", "INDEX", "KEY", "CHECK", "CONSTRAINT", "FOREIGN")
        if word == "FOREIGN":
            self.expect("KEY")
            part = Part.FOREIGN_KEY
        else:
            part = {
                "INDEX": Part.KEY,
                "KEY": Part.KEY,
                "CHECK": Part.CHECK,
                "CONSTRAINT": Part.CONSTRAINT,
            }.get(word, Part.COLUMN)
        if_exists = self.if_exists()
        name = self.name()
        if part is Part.COLUMN:
            self.take_any("CASCADE", "RESTRICT")
        if part is Part.KEY and name.upper() == "PRIMARY":
            part = Part.PRIMARY_KEY
        return [Drop(part=part, name=name, if_exists=if_exists)]

    def action_change(self) -> list[Action]:
        """Read ``MODIFY`` and ``CHANGE``."""
        word = self.tokens[self.at - 1].upper
        self.take("COLUMN")
        if_exists = self.if_exists()
        old = self.name() if word == "CHANGE" else name_of(self.token)
        return [ChangeColumn(old=old, spec=self.column_spec(), if_exists=if_exists)]

    def action_alter(self) -> list[Action]:
        """Read ``ALTER``: a default, a check or an index."""
        if self.take_any("CHECK", "CONSTRAINT"):
            name = self.name()
            enforced = not self.take("NOT")
            self.expect("ENFORCED")
            return [SetEnforced(name=name, enforced=enforced)]
        if self.take_any("INDEX", "KEY"):
            self.if_exists()
            name = self.name()
            return [SetKeyOption(name=name, option=" ".join(self.words()))]
        self.take("COLUMN")
        self.if_exists()
        name = self.name()
        if self.take("DROP", "DEFAULT"):
            return [SetDefault(column=name, default=None)]
        self.expect("SET", "DEFAULT")
        return [SetDefault(column=name, default=self.default())]

    def words(self) -> list[str]:
        """Read words until a comma or the end."""
        found = []
        while self.token.kind == "word":
            found.append(self.next().upper)
        return found

    def action_rename(self) -> list[Action]:
        """Read ``RENAME``: of a column, of a key or of the table."""
        if self.take("COLUMN"):
            self.if_exists()
            part = Part.COLUMN
        elif self.take_any("INDEX", "KEY"):
            self.if_exists()
            part = Part.KEY
        else:
            self.take_any("TO", "AS", "=")
            return [RenameTo(new=self.table_name())]
        old = self.name()
        self.expect("TO")
        return [Rename(part=part, old=old, new=self.name())]

    def table_option(self) -> list[Action] | None:  # noqa: C901 - each has a syntax of its own
        """Read one option of a table; None if none comes next."""
        token = self.token
        if token.kind != "word":
            return None
        if token.upper in {"PARTITION", "SELECT", "AS", "IGNORE", "DISCARD", "IMPORT", "REMOVE"}:
            return None
        self.next()
        if token.upper == "FORCE":
            return []
        if token.upper in {"ENABLE", "DISABLE"}:
            self.expect("KEYS")
            return []
        if token.upper == "CONVERT":
            self.expect("TO")
            if not self.take("CHARSET"):
                self.expect("CHARACTER", "SET")
            options: list[Action] = [SetOption(name="CONVERT", value=self.name())]
            if self.take("COLLATE"):
                options.append(SetOption(name="COLLATE", value=self.name()))
            return options
        if token.upper == "DEFAULT":
            token = self.next()
        name = token.upper
        if name == "CHARACTER":
            self.expect("SET")
            name = "CHARSET"
        elif name in {"DATA", "INDEX"}:
            self.expect("DIRECTORY")
        self.take("=")
        if name == "ORDER":
            self.expect("BY")
            self.names() if self.token.text == "(" else self.name()
            return []
        value = self.string() if self.token.kind == "string" else self.next().text.strip("`")
        if name in _IGNORED_OPTIONS:
            return []
        return [SetOption(name=name, value=value)]
