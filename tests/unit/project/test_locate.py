from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from replayer.errors import ProjectError
from replayer.project.locate import locate

if TYPE_CHECKING:
    from pathlib import Path


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


def test_a_manage_py_above_is_told(tmp_path: Path) -> None:
    (tmp_path / "manage.py").touch()
    (tmp_path / "a" / "b").mkdir(parents=True)
    with pytest.raises(ProjectError, match=r"no manage\.py; type: cd \.\./\.\."):
        locate(directory=tmp_path / "a" / "b", environment={})


@pytest.mark.parametrize("settings", [None, "by.option"])
def test_what_manage_py_adds_to_the_path_is_added(tmp_path: Path, settings: str | None) -> None:
    (tmp_path / "manage.py").write_text(
        'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "by.manage")\n'
        'sys.path.append(str(Path(__file__).parent.resolve() / "app"))\n'
        'sys.path.insert(0, os.path.join(os.path.dirname(__file__), "src"))\n',
        encoding="utf-8",
    )
    place = locate(directory=tmp_path, settings=settings, python_path=("typed",), environment={})
    root = tmp_path.resolve()
    assert place.python_path == ("typed", str(root / "src"))
    assert place.path_end == (str(root / "app"),)


def test_a_manage_py_that_cannot_be_read_does_not_matter_to_typed_settings(tmp_path: Path) -> None:
    (tmp_path / "manage.py").write_text("def main(:", encoding="utf-8")
    place = locate(directory=tmp_path, settings="by.option", environment={})
    assert place.settings_module == "by.option"
