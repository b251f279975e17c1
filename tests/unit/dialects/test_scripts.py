"""A large script is cut in linear time; an ordinary one as Django cuts it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from replayer.dialects.scripts import ScriptMixin
from replayer.model import Dialect, ServerFacts


class OfDjango:
    def prepare_sql_script(self, sql: str) -> list[str]:
        return [f"cut by Django: {sql}"]


class Operations(ScriptMixin, OfDjango):
    connection = SimpleNamespace(facts=ServerFacts(dialect=Dialect.MYSQL, version=(8, 4, 0)))


def test_an_ordinary_script_is_left_to_django() -> None:
    assert Operations().prepare_sql_script("SELECT 1") == ["cut by Django: SELECT 1"]


@pytest.mark.parametrize("text", ["'a;b'", "`a;b`"])
def test_a_large_script_is_cut_between_its_statements(text: str) -> None:
    script = f"SELECT {text};\n" * 5000
    assert Operations().prepare_sql_script(script) == [f"SELECT {text}"] * 5000
