"""What is said of a bug of replayer itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from replayer.cli import sql
from replayer.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


class Nowhere:
    """A document that nobody reads."""

    def write(self, text: str) -> None:
        """Take the text."""

    def isatty(self) -> bool:
        """Return False."""
        return False


def failing(*_arguments: object) -> int:
    message = "two\nlines"
    raise ZeroDivisionError(message)


@pytest.fixture(autouse=True)
def _failing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sql, "run", failing)


def test_a_bug_is_one_sentence_that_asks_for_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], Nowhere()) == 70
    (line,) = capsys.readouterr().err.splitlines()
    assert "this is a bug in replayer" in line
    assert "ZeroDivisionError: two lines at cli/main.py:" in line.replace("replayer/cli", "cli")
    assert "type the command again with --traceback, and report" in line


def test_the_traceback_of_a_bug_is_shown_to_who_asks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--traceback"], Nowhere()) == 70
    said = capsys.readouterr().err
    assert said.startswith("Traceback (most recent call last):")
    assert "report it with the traceback above" in said.splitlines()[-1]
