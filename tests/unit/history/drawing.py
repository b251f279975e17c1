"""Histories from drawings, and small projects on disk."""

from __future__ import annotations

import contextlib
import itertools
import sys
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings
from django.db.migrations.migration import Migration
from django.test.utils import override_settings

from replayer.history.disk import Disk
from replayer.model import MigrationKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


def key(text: str) -> MigrationKey:
    app_label, _, name = text.partition(".")
    return MigrationKey(app_label, name)


def keys(text: str) -> tuple[MigrationKey, ...]:
    return tuple(key(word) for word in text.split())


def draw(
    picture: str,
    *,
    dependencies: Mapping[str, Sequence[Any]] = {},
    run_before: Mapping[str, Sequence[Any]] = {},
    replaces: Mapping[str, str] = {},
    unmigrated: str = "",
    missing: str = "",
) -> Disk:
    """Read ``a.0001 -> a.0002 -> b.0001``: an arrow runs from a dependency to its dependent.

    What is in ``missing`` is drawn but not there; the other arguments add what no arrow can say.
    """
    migrations: dict[MigrationKey, Any] = {}

    def node(text: str) -> Any:
        return migrations.setdefault(key(text), Migration(key(text).name, key(text).app_label))

    for line in picture.strip().splitlines():
        words = [word.strip() for word in line.split("->")]
        for before, after in itertools.pairwise(words):
            node(before)
            node(after).dependencies.append(key(before))
        node(words[0])
    for text, extra in dependencies.items():
        node(text).dependencies.extend(extra)
    for text, extra in run_before.items():
        node(text).run_before.extend(extra)
    for text, replaced in replaces.items():
        node(text).replaces.extend(keys(replaced))
    for text in missing.split():
        del migrations[key(text)]
    return Disk(
        migrations=migrations,
        paths={},
        migrated_apps=frozenset(known.app_label for known in migrations),
        unmigrated_apps=frozenset(unmigrated.split()),
        failed=frozenset(),
        faults=(),
        warnings=(),
    )


def set_up_django() -> None:
    if not settings.configured:
        settings.configure(INSTALLED_APPS=[], DEFAULT_AUTO_FIELD="django.db.models.BigAutoField")
    django.setup()


@contextlib.contextmanager
def project(root: Path, files: Mapping[str, str], **overrides: Any) -> Iterator[None]:
    """Install the apps whose files are given; a package's ``__init__.py`` is made where missing.

    Modules are forgotten at the end, so that the next test may use the same names.
    """
    before = set(sys.modules)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    labels = sorted({name.split("/", 1)[0] for name in files})
    for label in labels:
        (root / label / "__init__.py").touch()
    sys.path.insert(0, str(root))
    try:
        with override_settings(INSTALLED_APPS=labels, **overrides):
            yield
    finally:
        sys.path.remove(str(root))
        for name in set(sys.modules) - before:
            if name.split(".", 1)[0] in labels:
                del sys.modules[name]
