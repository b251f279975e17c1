from __future__ import annotations

import importlib
import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from replayer.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Callable

    from replayer.model import Source

_numbers = itertools.count()

# Stand-ins, for this floor knows no Django: only the shape counts.
PRELUDE = """\
class Operation:
    def __init__(self, name="", state_operations=(), database_operations=(), **kwargs):
        self.name = name
        self.state_operations = list(state_operations)
        self.database_operations = list(database_operations)
class CreateModel(Operation): pass
class AddField(Operation): pass
class RunSQL(Operation): pass
class SeparateDatabaseAndState(Operation): pass
class Base:
    operations = []
    dependencies = []
flag = True
"""


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.syspath_prepend(tmp_path)

    def load(text: str | bytes, *, prelude: bool = True) -> Any:
        name = f"places_{next(_numbers)}"
        data = text if isinstance(text, bytes) else text.encode()
        (tmp_path / f"{name}.py").write_bytes(PRELUDE.encode() * prelude + data)
        importlib.invalidate_caches()
        module = importlib.import_module(name)
        monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, name, module)
        return module

    return load


def written(source: Source | None) -> str:
    """Return the text from the place to its end."""
    assert source is not None
    assert source.end_line is not None
    assert source.end_column is not None
    text = Path(source.path).read_bytes().decode()
    lines = text.split("\n")[source.line - 1 : source.end_line]
    lines[-1] = lines[-1][: source.end_column - 1]
    lines[0] = lines[0][source.column - 1 :]
    return "\n".join(lines)


def places(module: Any) -> list[str]:
    migration = module.Migration()
    sources = Sources()
    return [
        written(sources.operation_source(migration, index))
        for index in range(len(migration.operations))
    ]


def test_a_migration_is_at_the_word_class_below_its_decorators(load: Any) -> None:
    module = load("def mark(c): return c\n@mark\nclass Migration(Base):\n    pass\n")
    found = Sources().migration_source(module.Migration())
    assert written(found) == "class Migration(Base):\n    pass"


def test_each_operation_is_its_own_element(load: Any) -> None:
    module = load('class Migration(Base):\n    operations = [CreateModel("a"), AddField("b")]\n')
    assert places(module) == ['CreateModel("a")', 'AddField("b")']


def test_columns_count_characters_not_bytes(load: Any) -> None:
    module = load('class Migration(Base):\n    operations = [CreateModel("äöü€"), AddField("ß")]\n')
    assert places(module) == ['CreateModel("äöü€")', 'AddField("ß")']


def test_an_encoding_cookie_is_read(load: Any) -> None:
    text = '# coding: latin-1\nclass M:\n    x = "ä"; y = 1\n'
    module = load(text.encode("latin-1"), prelude=False)
    found = Sources().field_source(module.M, "y")
    assert found is not None
    assert (found.line, found.column) == (3, 14)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            'operations = [RunSQL("a")]\n    operations += [RunSQL("b")]',
            ['RunSQL("a")', 'RunSQL("b")'],
        ),
        ('operations = []\n    operations.append(RunSQL("a"))', ['RunSQL("a")']),
        ('operations = [RunSQL("a")] + [RunSQL("b")]', ['RunSQL("a")', 'RunSQL("b")']),
        ('operations = [*MADE, RunSQL("c")]', ['RunSQL("x")', 'RunSQL("y")', 'RunSQL("c")']),
        (
            'operations = [RunSQL("a"), *make(), RunSQL("z")]',
            ['RunSQL("a")', "make()", "make()", 'RunSQL("z")'],
        ),
        (
            "operations = [RunSQL(n) for n in 'ab']",
            ["[RunSQL(n) for n in 'ab']", "[RunSQL(n) for n in 'ab']"],
        ),
        ('operations = [RunSQL("a")] if flag else []', ['RunSQL("a")']),
    ],
)
def test_lists_that_are_built_in_parts(load: Any, body: str, expected: list[str]) -> None:
    module = load(
        'MADE = [RunSQL("x"), RunSQL("y")]\n'
        'def make(): return [RunSQL("1"), RunSQL("2")]\n'
        f"class Migration(Base):\n    {body}\n"
    )
    assert places(module) == expected


def test_the_branch_that_was_taken_is_told_by_what_it_made(load: Any) -> None:
    module = load(
        "class Migration(Base):\n"
        "    if not flag:\n"
        '        operations = [AddField("a"), AddField("b")]\n'
        '        operations.append(RunSQL("c"))\n'
        "    else:\n"
        '        operations = [AddField("a"), AddField("x")]\n'
        "        if flag:\n"
        '            operations.append(RunSQL("d"))\n'
    )
    found = Sources().operation_source(module.Migration(), 1)
    assert written(found) == 'AddField("x")'
    assert places(module)[2] == 'RunSQL("d")'


def test_what_is_not_sure_falls_back_and_never_lies(load: Any) -> None:
    inserted = load(
        'class Migration(Base):\n    operations = [AddField("b")]\n'
        '    operations.insert(0, AddField("a"))\n'
    )
    assert places(inserted) == ['operations = [AddField("b")]'] * 2
    twins = load(
        "class Migration(Base):\n    if flag:\n        operations = [RunSQL(str(1))]\n"
        "    else:\n        operations = [RunSQL(str(2))]\n"
    )
    assert places(twins)[0].startswith("class Migration")
    patched = load(
        'class Migration(Base):\n    operations = [AddField("b")]\n'
        'Migration.operations.insert(0, AddField("a"))\n'
    )
    assert places(patched) == ['operations = [AddField("b")]'] * 2


def test_nested_operations(load: Any) -> None:
    module = load(
        "class Migration(Base):\n"
        "    state = [AddField('s')]\n"
        "    operations = [SeparateDatabaseAndState(\n"
        "        database_operations="
        "[RunSQL('a'), RunSQL('b', state_operations=[AddField('n')])],\n"
        "        state_operations=state,\n"
        "    )]\n"
    )
    migration = module.Migration()
    sources = Sources()

    def place(*path: str | int) -> str:
        return written(sources.operation_source(migration, 0, path))

    assert place("database_operations", 0) == "RunSQL('a')"
    assert place("database_operations", 1, "state_operations", 0) == "AddField('n')"
    assert place("state_operations", 0) == "AddField('s')"
    assert place("database_operations", 9) == (
        "[RunSQL('a'), RunSQL('b', state_operations=[AddField('n')])]"
    )


def test_a_dependency_is_found_by_its_key_and_in_files_that_cannot_be_imported(
    tmp_path: Path,
) -> None:
    path = tmp_path / "0002_x.py"
    path.write_text(
        "import nothing_like_this\nclass Migration:\n"
        "    dependencies = [('a', '0001'), swappable_dependency(X)]\n"
        "    run_before = [('b', '0009')]\n"
    )
    sources = Sources()
    assert written(sources.dependency_source(str(path), ("a", "0001"))) == "('a', '0001')"
    assert written(sources.dependency_source(str(path), ("b", "0009"))) == "('b', '0009')"
    swapped = sources.dependency_source(str(path), ("auth", "__first__"))
    assert written(swapped) == "swappable_dependency(X)"
    assert written(sources.dependency_source(str(path), ("z", "1"))).startswith("dependencies =")


def test_models_nested_and_twice_of_one_name(load: Any) -> None:
    module = load(
        "class A:\n    x = 1\nclass A:\n    x = 2\n"
        "class Outer:\n    class A:\n        x = 3\n"
        "def make():\n    class A:\n        x = 4\n    return A\nMade = make()\n"
        "Typed = type('Typed', (), {})\n"
    )
    sources = Sources()
    assert written(sources.field_source(module.A, "x")) == "x = 2"
    assert written(sources.field_source(module.Outer.A, "x")) == "x = 3"
    assert written(sources.field_source(module.Made, "x")) == "x = 4"
    assert sources.model_source(module.Typed) is None


def test_classes_on_branches_are_told_by_their_methods_or_not_at_all(load: Any) -> None:
    module = load(
        "if flag:\n    class A:\n        x = 1\n        def f(self): pass\n"
        "else:\n    class A:\n        x = 2\n        def f(self): pass\n"
    )
    assert written(Sources().field_source(module.A, "x")) == "x = 1"


def test_a_field_of_a_mixin_is_placed_in_the_mixin(load: Any) -> None:
    module = load("class Mixin:\n    made: int = 1\nclass Model(Mixin):\n    own = 2\n")
    sources = Sources()
    assert written(sources.field_source(module.Model, "made")) == "made: int = 1"
    assert written(sources.field_source(module.Model, "own")) == "own = 2"
    assert sources.field_source(module.Model, "id") is None


def test_options_and_their_items(load: Any) -> None:
    module = load(
        "def Index(**kw): pass\n"
        "class Model:\n    class Meta:\n        ordering = []\n"
        "        indexes = [Index(name='a'), Index(name='b')]\n"
    )
    sources = Sources()
    assert written(sources.meta_source(module.Model, "indexes", "b")) == "Index(name='b')"
    assert written(sources.meta_source(module.Model, "indexes", "c")).startswith("indexes = ")
    assert written(sources.meta_source(module.Model, "ordering")) == "ordering = []"
    assert sources.meta_source(module.Model, "db_table") is None


def test_what_has_no_source_has_no_place(load: Any, tmp_path: Path) -> None:
    module = load("class Migration(Base):\n    operations = [AddField()]\n")
    (tmp_path / f"{module.__name__}.py").unlink()
    assert Sources().migration_source(module.Migration()) is None
    assert Sources().operation_source(module.Migration(), 0) is None
    assert Sources().model_source(int) is None


def test_a_file_is_read_once_and_only_when_asked(
    load: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = load("class Migration(Base):\n    operations = [AddField(), AddField()]\n")
    read: list[str] = []
    from replayer.sources.files import SourceFile

    kept = SourceFile.read

    def count(path: str) -> SourceFile | None:
        read.append(path)
        return kept(path)

    monkeypatch.setattr(SourceFile, "read", staticmethod(count))
    sources = Sources()
    assert read == []
    for index in (0, 1, 0):
        sources.operation_source(module.Migration(), index)
    assert read == [str(tmp_path / f"{module.__name__}.py")]
