from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from replayer.errors import ProjectError
from replayer.project.locate import locate, settings_named_in

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('os.environ.setdefault("DJANGO_SETTINGS_MODULE", "a.settings")', ("a.settings",)),
        ('os.environ["DJANGO_SETTINGS_MODULE"] = "a.settings"', ("a.settings",)),
        ('os.putenv("DJANGO_SETTINGS_MODULE", "a.settings")', ("a.settings",)),
        ('NAME = "a.b"\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", NAME)', ("a.b",)),
        (
            'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "a" if x else "b")',
            ("a", "b"),
        ),
        (
            'os.environ.setdefault("DJANGO_SETTINGS_MODULE", os.environ.get("OTHER", "a.b"))',
            ("a.b",),
        ),
        ('os.environ.setdefault("OTHER", "a.settings")', ()),
        ('print("DJANGO_SETTINGS_MODULE")', ()),
        ("", ()),
    ],
)
def test_a_manage_py_is_read(source: str, names: tuple[str, ...]) -> None:
    assert settings_named_in(source.encode()) == names


def test_what_is_no_python_is_refused() -> None:
    with pytest.raises(SyntaxError):
        settings_named_in(b"def main(:")


def test_the_option_goes_before_the_environment_before_manage_py(tmp_path: Path) -> None:
    text = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "by.manage")\n'
    (tmp_path / "manage.py").write_text(text, encoding="utf-8")
    variables = {"DJANGO_SETTINGS_MODULE": "by.environment"}
    found = [
        locate(directory=tmp_path, settings="by.option", environment=variables),
        locate(directory=tmp_path, environment=variables),
        locate(directory=tmp_path, environment={"DJANGO_SETTINGS_MODULE": ""}),
    ]
    assert [(place.settings_module, place.origin) for place in found] == [
        ("by.option", "--settings"),
        ("by.environment", "DJANGO_SETTINGS_MODULE"),
        ("by.manage", "manage.py"),
    ]


def test_the_root_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    monkeypatch.chdir(tmp_path)
    place = locate(directory=Path(), settings="a", python_path=("b",), environment={})
    assert place.root == tmp_path.resolve()
    assert place.python_path == ("b",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "there is no manage.py"),
        ("print()", "names no settings module"),
        ("def main(:", "cannot be read"),
        ("\0", "cannot be read"),
    ],
)
def test_nothing_that_names_the_settings(tmp_path: Path, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / "manage.py").write_text(text, encoding="utf-8")
    with pytest.raises(ProjectError, match=message) as caught:
        locate(directory=tmp_path, environment={})
    assert caught.value.hint
