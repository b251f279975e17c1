"""The settings of a PostgreSQL server that a migration may ask for and that are known offline."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from replayer.dialects.refusals import CannotAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from replayer.model import ServerFacts


def settings_of(facts: ServerFacts) -> Mapping[str, str]:
    """Return the values of the known settings by their names in lower case.

    Notes
    -----
    They are those of a server that nobody has configured, in a session of Django's. What depends on
    the machine or on who configured it (``max_connections``, ``data_directory``) is not among them.
    """
    version = facts.version
    major, minor = (*version, 0)[:2]
    return MappingProxyType(
        {
            "server_version": ".".join(str(part) for part in version),
            "server_version_num": str(major * 10000 + minor),
            "search_path": '"$user", public',
            "server_encoding": "UTF8",
            "client_encoding": "UTF8",
            "timezone": "UTC",
            "standard_conforming_strings": "on",
            "transaction_isolation": "read committed",
            "lock_timeout": "0",
            "statement_timeout": "0",
            "maintenance_work_mem": "64MB",
            "shared_preload_libraries": "",
            "is_superuser": "on",
            "default_tablespace": "",
        }
    )


def current_setting(facts: ServerFacts, name: str, missing_ok: object = False) -> str | None:  # noqa: FBT002 - as in SQL
    """Return a setting as the function of this name does.

    Raises
    ------
    CannotAnswer
        For one that is not known here: another server's configuration, or a project's own
        (``app.tenant``) that somebody may have set; if that may be missing, it is NULL.
    """
    known = settings_of(facts)
    if name.lower() in known:
        return known[name.lower()]
    if missing_ok and "." in name:
        return None
    message = f"cannot answer: current_setting('{name}')"
    raise CannotAnswer(message)
