"""What is linked, in memory and from real packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import swappable_dependency

from replayer.errors import HistoryError
from replayer.history.edges import EdgeKind
from replayer.history.loader import link, load_history
from tests.unit.history.drawing import draw, key, keys, project

if TYPE_CHECKING:
    from pathlib import Path

    from replayer.history.loader import History

HEAD = "from django.db import migrations, models\n"
MODEL = "from django.db import models\nclass Thing(models.Model):\n    pass\n"


def migration(dependencies: str = "", **attributes: str) -> str:
    lines = [HEAD, "class Migration(migrations.Migration):", "    dependencies = ["]
    lines += [f"        {entry}," for entry in dependencies.split(";") if entry]
    lines += ["    ]", *(f"    {name} = {value}" for name, value in attributes.items())]
    return "\n".join(lines) + "\n"


def kinds(history: History) -> dict[str, EdgeKind]:
    return {f"{edge.dependency} -> {edge.dependent}": edge.kind for edge in history.edges}


def faults(error: pytest.ExceptionInfo[HistoryError]) -> str:
    return "\n".join(error.value.faults)


def test_equals_djangos_loader_on_real_packages(tmp_path: Path) -> None:
    files = {
        "one/migrations/__init__.py": "",
        "one/migrations/0001_initial.py": migration(),
        "one/migrations/0002_more.py": migration("('one', '0001_initial');('two', '__first__')"),
        "one/migrations/_helper.py": "raise RuntimeError",
        "two/migrations/__init__.py": "",
        "two/migrations/0001_a.py": migration("('three', '__first__')"),
        "two/migrations/0001_squashed_0002.py": migration(
            "('three', '__first__')", replaces="[('two', '0001_a'), ('two', '0002_b')]"
        ),
        "two/migrations/0002_b.py": migration("('two', '0001_a')"),
        "three/models.py": MODEL,
    }
    with project(tmp_path, files):
        history = load_history()
        theirs = MigrationLoader(None)
        assert history.migrations == theirs.graph.nodes
        assert list(history.plan) == theirs.graph._generate_plan(theirs.graph.leaf_nodes(), True)  # noqa: FBT003
        assert history.unmigrated_apps == ("three",)
        assert history.loader.unmigrated_apps == theirs.unmigrated_apps
        assert history.loader.migrated_apps == theirs.migrated_apps
        assert set(history.on_disk) == set(theirs.disk_migrations)
        assert history.paths[key("one.0002_more")].endswith("one/migrations/0002_more.py")
        assert {(edge.dependency, edge.dependent) for edge in history.edges} == {
            (parent.key, child)
            for child, node in theirs.graph.node_map.items()
            for parent in node.parents
        }


def test_django_can_ask_the_loader_for_a_state(tmp_path: Path) -> None:
    create = "[migrations.CreateModel('Thing', [('id', models.AutoField(primary_key=True))])]"
    files = {
        "one/migrations/__init__.py": "",
        "one/migrations/0001_initial.py": migration(operations=create),
    }
    with project(tmp_path, files):
        assert ("one", "thing") in load_history().loader.project_state().models


def test_an_app_switched_off_by_the_settings_is_unmigrated(tmp_path: Path) -> None:
    files = {
        "one/models.py": MODEL,
        "one/migrations/__init__.py": "",
        "one/migrations/0001_initial.py": "raise RuntimeError",
        "two/models.py": "",
    }
    with project(tmp_path, files, MIGRATION_MODULES={"one": None}):
        history = load_history()
        assert history.unmigrated_apps == ("one",)
        assert history.plan == ()
        with pytest.raises(HistoryError, match="app 'one' has models but no migrations"):
            load_history(app_labels_unmigrated_ok=False)


def test_an_app_whose_models_are_all_unmanaged_has_nothing_to_migrate(tmp_path: Path) -> None:
    unmanaged = MODEL + "    class Meta:\n        managed = False\n"
    with project(tmp_path, {"four/models.py": unmanaged, "five/models.py": MODEL}):
        assert load_history().unmigrated_apps == ("five",)


def test_migration_modules_may_stand_elsewhere(tmp_path: Path) -> None:
    files = {"one/elsewhere/__init__.py": "", "one/elsewhere/0001_x.py": migration()}
    with project(tmp_path, files, MIGRATION_MODULES={"one": "one.elsewhere"}):
        assert load_history().plan == keys("one.0001_x")


def test_every_module_that_fails_is_told_with_its_line(tmp_path: Path) -> None:
    files = {
        "one/migrations/__init__.py": "",
        "one/migrations/0001_good.py": migration(),
        "one/migrations/0002_syntax.py": "\n\nclass Migration(:\n",
        "one/migrations/0003_raises.py": "\nimport one.helper\n",
        "one/helper.py": (
            "class Silent(Exception):\n    def __str__(self):\n        raise ValueError\n"
            "\nraise Silent\n"
        ),
        "one/migrations/0004_no_class.py": "x = 1\n",
        "one/migrations/0005_exits.py": "import sys\nsys.exit(3)\n",
        "one/migrations/0006_depends.py": migration("('one', '0002_syntax')"),
        "one/migrations/0007_not_one.py": "Migration = 7\n",
        "two/migrations/__init__.py": "1 / 0\n",
    }
    with project(tmp_path, files), pytest.raises(HistoryError) as error:
        load_history()
    told = faults(error)
    assert len(error.value.faults) == 6
    assert "one.0002_syntax cannot be imported: SyntaxError" in told
    assert "0002_syntax.py:3)" in told
    assert "one.0003_raises cannot be imported: Silent" in told
    assert "helper.py:5)" in told
    assert "one.0004_no_class has no Migration class (" in told
    assert "one.0005_exits cannot be imported: SystemExit" in told
    assert "0005_exits.py:2)" in told
    assert "the Migration class of one.0007_not_one is not one: TypeError" in told
    assert "the migrations of app 'two' (two.migrations) cannot be imported: ZeroDivision" in told
    assert "0006_depends" not in told


def test_a_missing_module_that_a_migration_package_wants_is_a_fault(tmp_path: Path) -> None:
    files = {"one/migrations/__init__.py": "import nowhere_to_be_found\n"}
    with project(tmp_path, files), pytest.raises(HistoryError, match="nowhere_to_be_found"):
        load_history()


def test_a_directory_without_init_is_warned_of(tmp_path: Path) -> None:
    with project(tmp_path, {"one/migrations/0001_x.py": migration()}):
        history = load_history()
        assert history.plan == ()
        assert "without __init__.py" in history.warnings[0]


def test_a_compiled_file_without_its_source(tmp_path: Path) -> None:
    import py_compile

    files = {"one/migrations/__init__.py": "", "one/migrations/0001_x.py": migration()}
    with project(tmp_path, files):
        source = tmp_path / "one/migrations/0001_x.py"
        compiled = source.with_suffix(".pyc")
        py_compile.compile(str(source), cfile=str(compiled))
        source.unlink()
        assert "one.0001_x has no source" in load_history().warnings[0]
    compiled.write_bytes(b"\0\0\0\0" + compiled.read_bytes()[4:])
    with (
        project(tmp_path, {"one/models.py": ""}),
        pytest.raises(HistoryError, match=r"one.0001_x is a .pyc file of another Python"),
    ):
        load_history()


def test_a_missing_dependency_names_who_wants_it_the_line_and_near_names(tmp_path: Path) -> None:
    files = {
        "one/migrations/__init__.py": "",
        "one/migrations/0001_initial.py": migration(),
        "one/migrations/0002_more.py": migration("('one', '0001_initail')"),
        "one/migrations/0003_else.py": migration("('one', '0001_initial');('tow', '__first__')"),
        "two/migrations/__init__.py": "",
        "two/migrations/0001_initial.py": migration(run_before="[('one', '0009_gone')]"),
        "six/models.py": MODEL,
        "six/migrations.py": "",
        "two/migrations/0002_six.py": migration("('two', '0001_initial');('six', '0001_initial')"),
    }
    with project(tmp_path, files), pytest.raises(HistoryError) as error:
        load_history()
    told = faults(error)
    assert "one.0002_more depends on one.0001_initail, which does not exist" in told
    assert "0002_more.py:5); did you mean 0001_initial?" in told
    assert "one.0003_else depends on __first__ of app 'tow', which is not installed" in told
    assert "0003_else.py:6)" in told
    assert "two.0001_initial wants to run before one.0009_gone, which does not exist" in told
    assert "two.0002_six depends on six.0001_initial, but app 'six' has no migrations" in told
    assert "app 'one' has 2 leaf nodes: 0002_more, 0003_else" in told
    assert len(error.value.faults) == 5


def test_a_cycle_is_told_once_by_its_shortest_way_with_each_file(tmp_path: Path) -> None:
    files = {
        "one/migrations/__init__.py": "",
        "one/migrations/0001_a.py": migration("('two', '0002_b')"),
        "one/migrations/0002_b.py": migration("('one', '0001_a')"),
        "two/migrations/__init__.py": "",
        "two/migrations/0001_a.py": migration("('one', '0001_a')"),
        "two/migrations/0002_b.py": migration("('two', '0001_a');('one', '0001_a')"),
    }
    with project(tmp_path, files), pytest.raises(HistoryError) as error:
        load_history()
    (told,) = error.value.faults
    assert told.count(" needs ") == 2
    assert "one.0001_a needs two.0002_b (" in told
    assert "0001_a.py:5); two.0002_b needs one.0001_a (" in told
    assert told.endswith("0002_b.py:6)")


def test_two_knots_are_two_faults_and_a_line_beside_them_is_none() -> None:
    with pytest.raises(HistoryError) as error:
        link(draw("a.1 -> a.2 -> a.1\nb.1 -> c.1 -> b.1\nd.1 -> d.2 -> a.1"))
    assert len(error.value.faults) == 2
    assert error.value.message == "the migrations have 2 faults"


def test_several_leaf_nodes_are_the_callers_choice() -> None:
    history = link(draw("a.1 -> a.2\na.1 -> a.3\nb.1"))
    assert history.conflicts == {"a": keys("a.2 a.3")}
    assert {
        label: [known.name for known in found] for label, found in history.conflicts.items()
    } == (history.loader.detect_conflicts())
    with pytest.raises(HistoryError, match="makemigrations --merge") as error:
        history.raise_for_conflicts()
    assert error.value.faults == ("app 'a' has 2 leaf nodes: 2, 3",)
    link(draw("a.1 -> a.2")).raise_for_conflicts()


def test_entries_that_are_no_pairs_are_told() -> None:
    for entry in ("a.1", ["a", "1"], ("a",), None, ("a", ["1"])):
        with pytest.raises(HistoryError, match="where a tuple of app label and migration name"):
            link(draw("a.1", dependencies={"b.1": [entry]}))


def test_kinds_of_edges() -> None:
    disk = draw(
        "a.1 -> a.2\na.1 -> b.2",
        dependencies={
            "c.1": [("a", "__first__"), ("b", "__latest__")],
            "d.1": [swappable_dependency("a.User")],
        },
        run_before={"z.1": [("a", "2"), ("d", "__first__")]},
    )
    assert kinds(link(disk)) == {
        "a.1 -> a.2": EdgeKind.DECLARED,
        "a.1 -> b.2": EdgeKind.DECLARED,
        "a.1 -> c.1": EdgeKind.FIRST,
        "b.2 -> c.1": EdgeKind.LATEST,
        "a.1 -> d.1": EdgeKind.SWAPPABLE,
        "z.1 -> a.2": EdgeKind.RUN_BEFORE,
        "z.1 -> d.1": EdgeKind.FIRST,
    }


def test_first_of_an_unmigrated_app_and_of_the_own_app_are_ignored(tmp_path: Path) -> None:
    files = {
        "one/migrations/__init__.py": "",
        "one/migrations/0001_x.py": migration("('two', '__first__');('one', '__first__')"),
        "two/models.py": MODEL,
    }
    with project(tmp_path, files):
        assert load_history().edges == ()


def test_first_and_latest_are_the_first_of_several_as_names_sort() -> None:
    disk = draw(
        "a.1 -> a.3\na.2 -> a.4",
        dependencies={"b.1": [("a", "__first__")], "c.1": [("a", "__latest__")]},
    )
    assert {"a.1 -> b.1", "a.3 -> c.1"} <= kinds(link(disk)).keys()


def test_a_run_before_within_an_app_moves_its_root_for_those_read_after_it() -> None:
    """Django asks anew for each reference; b.1 is read before a.2 speaks, c.1 after."""
    first = draw("b.1\na.1", dependencies={"b.1": [("a", "__first__")]})
    assert set(kinds(link(first))) == {"a.1 -> b.1"}
    disk = draw(
        "b.1\na.1\na.2\nc.1",
        dependencies={"b.1": [("a", "__first__")], "c.1": [("a", "__first__")]},
        run_before={"a.2": [("a", "1")]},
    )
    assert set(kinds(link(disk))) == {"a.1 -> b.1", "a.2 -> a.1", "a.2 -> c.1"}


def test_first_of_the_own_app_means_nothing_in_run_before_either() -> None:
    assert kinds(link(draw("a.1 -> a.2", run_before={"a.2": [("a", "__first__")]}))).keys() == {
        "a.1 -> a.2"
    }
