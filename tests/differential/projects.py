"""The projects that are compared: the repository's own, and public apps in thin ones."""

from __future__ import annotations

import ctypes.util
import hashlib
import importlib.util
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django

from tests.differential.servers import DIALECTS

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"
_SETTINGS = re.compile(r"""["']DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A Django project that can be migrated."""

    name: str
    path: Path
    settings_module: str
    dialects: tuple[str, ...]
    min_django: tuple[int, ...] = ()
    max_django: tuple[int, ...] = ()
    """The last series it runs on."""
    requires: tuple[str, ...] = ()
    """Packages that must be importable."""
    libraries: tuple[str, ...] = ()
    """Libraries of the system, as ``ctypes`` finds them."""
    engines: Mapping[str, str] = field(default_factory=dict)
    """Django's backends by dialect, where they are not the usual ones."""
    history_arguments: tuple[str, ...] = ()
    """Options without which the history can't be told, as ``--signals``."""
    is_public: bool = False

    def arguments(self, schema: str) -> tuple[str, ...]:
        """Return the options that print a schema."""
        return ("--schema", schema, *(self.history_arguments if schema == "history" else ()))

    def skip_reason(self) -> str:
        """Return why it can't run here, or an empty string."""
        series = django.VERSION[:2]
        if series < self.min_django:
            return f"{self.name} needs Django {'.'.join(map(str, self.min_django))}"
        if self.max_django and series > self.max_django:
            return f"{self.name} is not for Django {django.get_version()}"
        missing = [name for name in self.requires if importlib.util.find_spec(name) is None]
        if missing:
            return f"{self.name} needs the package {missing[0]}"
        missing = [name for name in self.libraries if ctypes.util.find_library(name) is None]
        return f"{self.name} needs the library lib{missing[0]} of the system" if missing else ""

    def digest(self) -> str:
        """Return a digest of the project's files."""
        found = hashlib.sha256()
        for path in sorted(self.path.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                found.update(str(path.relative_to(self.path)).encode() + b"\0" + path.read_bytes())
        return found.hexdigest()


def read_toml(path: Path) -> Mapping[str, Any]:
    """Read a TOML file; one that is not there is empty."""
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def discover() -> tuple[Project, ...]:
    """Return all projects, the repository's own first."""
    return (*_below(FIXTURES / "projects"), *_below(FIXTURES / "public", is_public=True))


def _below(directory: Path, *, is_public: bool = False) -> Iterator[Project]:
    for manage in sorted(directory.glob("*/manage.py")):
        path = manage.parent
        facts = read_toml(path / "replayer-fixture.toml")
        settings = _SETTINGS.search(manage.read_text(encoding="utf-8"))
        assert settings, f"{manage} names no settings module"
        yield Project(
            name=path.name,
            path=path,
            settings_module=settings[1],
            dialects=tuple(d for d in facts.get("dialects", DIALECTS) if d in DIALECTS),
            min_django=tuple(facts.get("min_django", ())),
            max_django=tuple(facts.get("max_django", ())),
            requires=(*facts.get("requires", ()), *facts.get("apps", ())),
            libraries=tuple(facts.get("libraries", ())),
            engines=dict(facts.get("engines", {})),
            history_arguments=tuple(facts.get("history_arguments", ())),
            is_public=is_public,
        )
