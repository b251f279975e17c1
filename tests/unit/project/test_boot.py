"""What is refused before anything of the project is imported."""

from __future__ import annotations

from typing import Any

import django
import pytest

from replayer.errors import ProjectError
from replayer.project.boot import boot


def test_a_django_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django, "VERSION", (3, 2, 25, "final", 0))
    nothing: Any = None
    with pytest.raises(ProjectError, match=r"^Django 3\.2\.25 is older than 4\.2"):
        boot(nothing, nothing)
