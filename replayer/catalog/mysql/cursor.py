"""A place among the tokens of a statement of MySQL or MariaDB, and the steps a reader takes."""

from __future__ import annotations

from replayer.catalog.mysql.tokens import Token, name_of, string_of, tokens_of

LONGEST_NAME = 64
"""In characters, for names of all kinds."""


class MysqlSyntaxError(ValueError):
    """A statement that this reader does not know, or that the server would refuse to read.

    Parameters
    ----------
    near
        The text where reading stopped.
    """

    def __init__(self, near: str) -> None:
        super().__init__(f"cannot read the statement near {near[:80]!r}")
        self.near = near


class LongNameError(ValueError):
    """A name of more than 64 characters, which no server takes.

    Parameters
    ----------
    name
        The name.
    is_table
        Whether it stands where a table's does.
    """

    def __init__(self, name: str, *, is_table: bool = False) -> None:
        super().__init__(f"the name {name!r} is too long")
        self.name = name
        self.is_table = is_table


class TokenCursor:
    """The tokens of one statement, read from left to right."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.tokens = tokens_of(sql)
        self.at = 0

    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.at]

    def fail(self) -> MysqlSyntaxError:
        """Return the error of a statement that can't be read from here."""
        return MysqlSyntaxError(self.sql[self.token.start :])

    def next(self) -> Token:
        """Step over the next token and return it."""
        token = self.tokens[self.at]
        if token.kind == "end":
            raise self.fail()
        self.at += 1
        return token

    def take(self, word: str, *more: str) -> bool:
        """Step over these words if they come next."""
        tokens, at = self.tokens, self.at
        if tokens[at].upper != word:
            return False
        if more:
            if at + len(more) >= len(tokens):
                return False
            for offset, following in enumerate(more, 1):
                if tokens[at + offset].upper != following:
                    return False
        self.at = at + 1 + len(more)
        return True

    def take_any(self, *words: str) -> str:
        """Step over one of these words; return it, or nothing."""
        upper = self.token.upper
        if upper and upper in words:
            self.at += 1
            return upper
        return ""

    def expect(self, *words: str) -> None:
        """Step over these words; anything else is an error."""
        for word in words:
            if not self.take(word):
                raise self.fail()

    def name(self) -> str:
        """Read an identifier."""
        if self.token.kind not in {"quoted", "word"}:
            raise self.fail()
        name = name_of(self.next())
        if len(name) > LONGEST_NAME:
            raise LongNameError(name)
        return name

    def table_name(self) -> str:
        """Read a name; a database before it is left out."""
        try:
            name = self.name()
            return self.name() if self.take(".") else name
        except LongNameError as error:
            raise LongNameError(error.name, is_table=True) from None

    def string(self) -> str:
        """Read a string; neighbours are one, as both servers have it."""
        if self.token.kind != "string":
            raise self.fail()
        value = string_of(self.next().text)
        while self.token.kind == "string":
            value += string_of(self.next().text)
        return value

    def names(self) -> tuple[str, ...]:
        """Read names in parentheses."""
        self.expect("(")
        names = [self.name()]
        while self.take(","):
            names.append(self.name())
        self.expect(")")
        return tuple(names)

    def parenthesis(self) -> str:
        """Read from a parenthesis to its end; return what is inside, as it was told."""
        self.expect("(")
        start, depth = self.token.start, 1
        while True:
            token = self.next()
            depth += (token.upper == "(") - (token.upper == ")")
            if not depth:
                return self.sql[start : token.start].strip()

    def if_exists(self) -> bool:
        """Step over ``IF EXISTS`` if it comes next."""
        return self.take("IF", "EXISTS")

    def if_not_exists(self) -> bool:
        """Step over ``IF NOT EXISTS`` if it comes next."""
        return self.take("IF", "NOT", "EXISTS")
