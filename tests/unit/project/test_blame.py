from __future__ import annotations

from pathlib import Path

import pytest

from replayer.model import Source
from replayer.project.blame import local_in, place_of, sentence, shown, text_of


class MuteError(Exception):
    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__


def failure_of(source: str, path: Path) -> BaseException:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    try:
        exec(compile(source, str(path), "exec"), {})
    except BaseException as error:  # noqa: BLE001 - whatever it is
        return error
    raise AssertionError


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("one\n  two"), "ValueError: one two"),
        (ValueError(), "ValueError"),
        (MuteError(), "MuteError (its message cannot be shown)"),
    ],
)
def test_an_exception_is_one_line(error: Exception, text: str) -> None:
    assert text_of(error) == text


def test_the_innermost_frame_of_the_project(tmp_path: Path) -> None:
    error = failure_of("import json\n\njson.loads('{')\n", tmp_path / "app" / "models.py")
    place = place_of(error, tmp_path)
    assert place == Source(str(tmp_path / "app" / "models.py"), 3)
    assert sentence(error, tmp_path).endswith("(app/models.py:3)")
    assert sentence(error, tmp_path).startswith("JSONDecodeError: ")


def test_a_syntax_error_is_where_the_text_is(tmp_path: Path) -> None:
    error = failure_of("x = 1\ny = = 2\n", tmp_path / "settings.py")
    assert sentence(error, tmp_path) == "SyntaxError: invalid syntax (settings.py:2)"


def test_an_exception_without_a_place() -> None:
    assert place_of(ValueError("x")) is None
    assert sentence(ValueError("x")) == "ValueError: x"


def test_paths_are_relative_where_they_can_be(tmp_path: Path) -> None:
    assert shown(Source(str(tmp_path / "a.py"), 7), tmp_path) == "a.py:7"
    assert shown(Source("/elsewhere/a.py", 7), tmp_path) == "/elsewhere/a.py:7"


def test_a_local_variable_of_the_innermost_frame() -> None:
    def populate(entry: str) -> None:
        if entry == "inner":
            raise LookupError
        populate("inner")

    with pytest.raises(LookupError) as caught:
        populate("outer")
    assert local_in(caught.value, "populate", "entry") == "inner"
    assert local_in(caught.value, "nobody", "entry") is None
