"""What a server answers to a statement that it refuses.

The words are the server's own, so that they can be searched for; the class tells what kind of
refusal it is, so that a replay can raise what the driver would raise.
"""

from __future__ import annotations


class CatalogError(Exception):
    """A statement that the server would refuse; it changes nothing.

    Parameters
    ----------
    message
        What the server says, without ``ERROR:`` and without a line for the place.
    sqlstate
        Five characters (``42P07``), or empty where the server gives none.
    number
        The server's own number (MySQL's ``1050``), or None.
    """

    sqlstate: str = ""

    def __init__(self, message: str, *, sqlstate: str = "", number: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.sqlstate = sqlstate or type(self).sqlstate
        self.number = number


class UndefinedTable(CatalogError):  # noqa: N818 - the servers' own word for the condition
    """A table, or another relation, does not exist."""

    sqlstate = "42P01"


class UndefinedColumn(CatalogError):  # noqa: N818 - as above
    """A column does not exist."""

    sqlstate = "42703"


class UndefinedObject(CatalogError):  # noqa: N818 - as above
    """A constraint, index, type, function or extension does not exist."""

    sqlstate = "42704"


class DuplicateTable(CatalogError):  # noqa: N818 - as above
    """The name of a table, or of another relation, is taken."""

    sqlstate = "42P07"


class DuplicateColumn(CatalogError):  # noqa: N818 - as above
    """The name of a column is taken."""

    sqlstate = "42701"


class DuplicateObject(CatalogError):  # noqa: N818 - as above
    """The name of a constraint, type, function or extension is taken."""

    sqlstate = "42710"


class DependentObjects(CatalogError):  # noqa: N818 - as above
    """Something else needs what is to be dropped."""

    sqlstate = "2BP01"


class InvalidDefinition(CatalogError):  # noqa: N818 - as above
    """The statement is understood, and makes no sense for the objects it names."""

    sqlstate = "42P16"


class WrongObjectType(CatalogError):  # noqa: N818 - as above
    """The name is that of another kind of object."""

    sqlstate = "42809"
