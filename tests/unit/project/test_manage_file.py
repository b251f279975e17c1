from __future__ import annotations

import pytest

from replayer.project.manage_file import read_manage

ENVIRONMENT = {"SET": "set", "EMPTY": ""}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('os.environ.setdefault("DJANGO_SETTINGS_MODULE", "a.settings")', ("a.settings",)),
        ('os.environ["DJANGO_SETTINGS_MODULE"] = "a.settings"', ("a.settings",)),
        ('os.putenv("DJANGO_SETTINGS_MODULE", "a.settings")', ("a.settings",)),
        ('os.environ.update({"DJANGO_SETTINGS_MODULE": "a.settings"})', ("a.settings",)),
        ('os.environ.setdefault(key="DJANGO_SETTINGS_MODULE", value="a.b")', ("a.b",)),
        ('VAR = "DJANGO_SETTINGS_MODULE"\nos.environ.setdefault(VAR, "a.b")', ("a.b",)),
        ('os.environ.setdefault("OTHER", "a.settings")', ()),
        ('print("DJANGO_SETTINGS_MODULE")', ()),
        ("", ()),
    ],
)
def test_the_settings_are_named_in_many_ways(source: str, names: tuple[str, ...]) -> None:
    assert read_manage(source.encode()).settings == names


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ('"a" if x else "b"', ("a", "b")),
        ('os.environ.get("OTHER", "a.b")', ("a.b",)),
        ('os.environ.get("SET", "a.b")', ("set",)),
        ('os.environ.get("OTHER") or "a.b"', ("a.b",)),
        ('config("OTHER", default="a.b")', ("a.b",)),
        ("f\"a.{os.getenv('SET', 'base')}\"", ("a.set",)),
        ("f\"a.{os.getenv('OTHER', 'base')}\"", ("a.base",)),
        ("f\"a.{os.environ['SET']}\"", ("a.set",)),
        ('f"a.{unknown()}"', ()),
        ('"a" + ".b"', ("a.b",)),
        ('"a.%s" % os.environ.get("OTHER", "b")', ("a.b",)),
        ('"%s.%s" % ("a", "b")', ("a.b",)),
        ('"%s" % ("a", "b")', ()),
        ('"{}.{}".format("a", "b")', ("a.b",)),
        ("NAME", ("a.name",)),
        ("unknown()", ()),
    ],
)
def test_a_name_may_be_put_together(expression: str, names: tuple[str, ...]) -> None:
    source = f'NAME = "a.name"\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", {expression})'
    assert read_manage(source.encode(), environment=ENVIRONMENT).settings == names


@pytest.mark.parametrize(
    ("statement", "front", "end"),
    [
        ("sys.path.append(str(Path(__file__).parent.resolve() / 'app'))", (), ("/p/app",)),
        ("sys.path.insert(0, os.path.join(os.path.dirname(__file__), 'a', 'b'))", ("/p/a/b",), ()),
        ("HERE = Path(__file__).resolve().parents[1]\nsys.path.insert(0, str(HERE))", ("/",), ()),
        ("sys.path.insert(0, 'a')\nsys.path.insert(0, 'b')", ("b", "a"), ()),
        ("def main():\n  sys.path.insert(0, 'a')\nsys.path.insert(0, 'b')", ("b", "a"), ()),
        ("sys.path += ['a', 'b']\nsys.path.extend(('c',))", (), ("a", "b", "c")),
        ("site.addsitedir('a')", (), ("a",)),
        ("sys.path.append(unknown)\nothers.append('a')", (), ()),
    ],
)
def test_what_is_added_to_the_path(
    statement: str, front: tuple[str, ...], end: tuple[str, ...]
) -> None:
    found = read_manage(statement.encode(), "/p/manage.py")
    assert (found.path_front, found.path_end) == (front, end)


def test_what_is_no_python_is_refused() -> None:
    with pytest.raises(SyntaxError):
        read_manage(b"def main(:")
