from __future__ import annotations

import pytest

from replayer.formats.places import Base, place_of
from replayer.model import Source


@pytest.mark.parametrize(
    ("path", "root", "base", "shown"),
    [
        ("/srv/p/polls/models.py", "/srv/p", Base.PROJECT, "polls/models.py"),
        ("/srv/p/polls/models.py", "/srv/p/", Base.PROJECT, "polls/models.py"),
        # A directory whose name only begins alike is another one.
        ("/srv/p2/models.py", "/srv/p", Base.ABSOLUTE, "/srv/p2/models.py"),
        ("/srv/p/models.py", "", Base.ABSOLUTE, "/srv/p/models.py"),
        ("polls/models.py", "/srv/p", Base.PROJECT, "polls/models.py"),
        # On POSIX a backslash is a character of the name.
        ("/srv/p/a\\b.py", "/srv/p", Base.PROJECT, "a\\b.py"),
        ("C:\\src\\p\\polls\\models.py", "C:\\src\\p", Base.PROJECT, "polls/models.py"),
        ("c:\\SRC\\p\\polls\\models.py", "C:\\src\\p", Base.PROJECT, "polls/models.py"),
        ("D:\\x\\models.py", "C:\\src\\p", Base.ABSOLUTE, "D:/x/models.py"),
        ("\\\\host\\share\\p\\m.py", "\\\\host\\share\\p", Base.PROJECT, "m.py"),
        (
            "/srv/p/.venv/lib/python3.12/site-packages/taggit/models.py",
            "/srv/p",
            Base.INSTALLED,
            "site-packages/taggit/models.py",
        ),
        (
            "/usr/lib/python3/dist-packages/taggit/models.py",
            "/srv/p",
            Base.INSTALLED,
            "site-packages/taggit/models.py",
        ),
    ],
)
def test_a_path_runs_from_the_project_or_from_the_packages(
    path: str, root: str, base: Base, shown: str
) -> None:
    place = place_of(Source(path, 3, 2), root)
    assert (place.base, place.shown) == (base, shown)
    assert str(place) == f"{shown}:3:2"


def test_a_place_before_the_first_line_is_the_first_line() -> None:
    place = place_of(Source("/srv/p/a.py", 0, 0), "/srv/p")
    assert (place.line, place.column) == (1, 1)
