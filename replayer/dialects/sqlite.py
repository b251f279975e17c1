"""SQLite, offline: a private in-memory database, for the library is embedded, exact and free.

It holds no file and no data of anybody. While the project is being loaded it refuses like every
other dialect, so that a project meets the same world whichever dialect is asked for.
"""

from __future__ import annotations

import weakref
from typing import Any

from replayer.catalog.sqlite.connection import ShelvingConnection, ShelvingCursor
from replayer.dialects.editor import EditorMixin
from replayer.dialects.literals import compose
from replayer.dialects.offline import REFUSAL, OfflineWrapperMixin
from replayer.dialects.scripts import ScriptMixin
from replayer.model import Dialect


class SqliteWrapperMixin(OfflineWrapperMixin):
    """Runs statements for real, in memory, and shows each to the backing first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        # Django asks a live connection for it; every SQLite since 3.38 has JSON built in, and
        # those before it are asked by a statement on a connection that is closed at once.
        features = self.features  # type: ignore[attr-defined]  # of the wrapper mixed into
        features.__dict__["supports_json_field"] = _has_json(self.Database)

    def connect(self) -> None:
        """Open the private in-memory database.

        Raises
        ------
        OperationalError
            The driver's, while the project is being loaded.
        """
        if self.backing is None:
            raise self.Database.OperationalError(REFUSAL)
        self.init_commands: list[str] = []
        self.transaction_mode = None
        params = {"database": ":memory:", "check_same_thread": False, "factory": ShelvingConnection}
        self.connection = self.get_new_connection(params)  # type: ignore[attr-defined]  # of the wrapper mixed into
        # Django leaves a database in memory open, and Python 3.13 warns of it at the end.
        weakref.finalize(self, self.connection.close)
        self._cursor_class = _cursor_class(self.backing)
        if hasattr(self.backing, "adopt"):
            self.backing.adopt(self.connection)
        self.autocommit = True
        self.run_on_commit: list[object] = []

    def create_cursor(self, name: str | None = None) -> Any:  # noqa: ANN401 - Django's class
        """Return a cursor of Django's own class that shows its statements to the backing."""
        del name
        return self.connection.cursor(factory=self._cursor_class)

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001 - Django's signature
        """Leave it: Django opens SQLite's transactions with BEGIN."""

    def _rollback(self) -> None:
        """Undo the transaction, and let the backing know."""
        super()._rollback()  # type: ignore[misc]  # of the wrapper mixed into
        self.backing.rollback()

    def check_constraints(self, table_names: Any = None) -> None:  # noqa: ANN401 - Django's
        """Do nothing: no row is there that could break a foreign key.

        Django asks after every migration, which costs a walk over all tables each time.
        """

    def _close(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def back_with(self, backing: Any) -> None:  # noqa: ANN401 - as the base says
        """Let a backing see every statement from now on, and begin with an empty database."""
        self._close()
        super().back_with(backing)


class SqliteEditorMixin(EditorMixin):
    """Remakes the tables that follow a key in the order of their names.

    Notes
    -----
    Django takes them from a set of classes, in an order that varies from run to run, and the same
    history must give the same statements. They are the last thing that ``_alter_field`` does, and
    the only tables that it remakes as they are.
    Source: django/db/backends/sqlite3/schema.py, ``_alter_field`` (4.2 to 6.1).
    """

    _followers: list[Any] | None = None
    """The models whose tables follow the field that is being altered; None between alterations."""

    def _alter_field(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        followers: list[Any] = []
        self._followers = followers
        try:
            super()._alter_field(*args, **kwargs)  # type: ignore[misc]  # of the editor
        finally:
            self._followers = None
        for model in sorted(followers, key=lambda model: model._meta.db_table):  # noqa: SLF001
            self._remake_table(model)

    def _remake_table(self, model: Any, **changes: Any) -> None:  # noqa: ANN401 - Django's signature
        if self._followers is None or changes:
            super()._remake_table(model, **changes)  # type: ignore[misc]  # of the editor
        else:
            self._followers.append(model)


def _cursor_class(backing: Any) -> type:  # noqa: ANN401 - a recorder or a catalogue's
    """Return a class of cursors that show their statements to a backing."""
    from django.db.backends.sqlite3.base import SQLiteCursorWrapper

    # Django's executemany names its arguments in another way than Python's.
    class RecordingCursor(SQLiteCursorWrapper, ShelvingCursor):  # type: ignore[misc]
        def execute(self, query: Any, params: Any = None) -> Any:  # noqa: ANN401
            text = str(query)
            if params is not None:
                text = compose(text, params, Dialect.SQLITE)
            if not backing.wants(text):
                return self
            result = super().execute(query, params)
            backing.ran(text)
            return result

    return RecordingCursor


def _has_json(database: Any) -> bool:  # noqa: ANN401 - the sqlite3 module
    if database.sqlite_version_info >= (3, 38):
        return True
    connection = database.connect(":memory:")
    try:
        connection.execute("SELECT JSON('{}')")
    except database.OperationalError:
        return False
    finally:
        connection.close()
    return True


WRAPPER = SqliteWrapperMixin
PARTS: dict[str, type] = {"SchemaEditorClass": SqliteEditorMixin, "ops_class": ScriptMixin}
"""What goes in front of the backend's classes, by the wrapper's attribute."""
