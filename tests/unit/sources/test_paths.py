from __future__ import annotations

from pathlib import Path

from replayer.sources import is_first_party, is_inside, relative_uri


def test_a_sibling_that_begins_alike_is_not_inside() -> None:
    assert is_inside("/srv/shop/polls/models.py", "/srv/shop")
    assert is_inside("/srv/shop", "/srv/shop")
    assert not is_inside("/srv/shop2/models.py", "/srv/shop")
    assert not is_inside("/srv/shop/../other/models.py", "/srv/shop")


def test_a_project_is_found_behind_a_symbolic_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "models.py").touch()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert is_inside(str(tmp_path / "real" / "models.py"), str(tmp_path / "link"))


def test_a_virtual_environment_inside_the_project_is_not_first_party() -> None:
    installed = "/srv/shop/.venv/lib/python3.12/site-packages/taggit/models.py"
    assert is_inside(installed, "/srv/shop")
    assert not is_first_party(installed, "/srv/shop")
    assert is_first_party("/srv/shop/polls/models.py", "/srv/shop")


def test_uris_are_relative_and_percent_encoded() -> None:
    assert relative_uri("/srv/my shop/pölls/100%.py", "/srv/my shop") == "p%C3%B6lls/100%25.py"
    assert relative_uri("/usr/lib/x y.py", "/srv/shop") == "file:///usr/lib/x%20y.py"
