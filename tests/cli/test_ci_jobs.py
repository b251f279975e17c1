"""The jobs for CI that the README shows, as far as they run on this machine."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.forks import run_forked
from tests.support import PROJECTS, ROOT

_BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
_COMMAND = re.compile(r"^ *- (?:run: )?replayer (check .*)$", re.MULTILINE)
GITLAB: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "required": ["path", "lines"],
                "properties": {"path": {"pattern": "^[^/]"}, "lines": {"required": ["begin"]}},
            },
        },
    },
}
"""What GitLab's documentation asks of an issue: "Code Quality report format"."""


def job(words: str) -> str:
    (found,) = [
        block
        for block in _BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
        if words in block
    ]
    return str(found)


def run_in(project: Path, block: str) -> tuple[str, int]:
    (command,) = _COMMAND.findall(block)
    ran = run_forked(*shlex.split(command), cwd=project)
    return ran.stdout, ran.status


@pytest.fixture
def project(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(
        shutil.copytree(PROJECTS / "drift_index_lost", tmp_path / "project", ignore=ignored)
    )


def test_github_has_annotations_and_sarif(project: Path) -> None:
    block = job("upload-sarif")
    stdout, status = run_in(project, block)
    assert status == 1
    assert stdout.startswith("::error title=R106 index-changed")
    assert ",file=wiki/models.py," in stdout
    match = re.search(r"sarif_file: (\S+)", block)
    assert match is not None
    document = json.loads((project / match[1]).read_text(encoding="utf-8"))
    assert document["runs"][0]["results"]
    pytest.importorskip("jsonschema")
    from tests.unit.formats.test_sarif import official_validator

    official_validator().validate(document)


def test_gitlab_has_a_text_and_a_report(project: Path) -> None:
    block = job("codequality")
    stdout, status = run_in(project, block)
    assert status == 1
    assert "error[R106 index-changed]" in stdout
    match = re.search(r"codequality: (\S+)", block)
    assert match is not None
    report = json.loads((project / match[1]).read_text(encoding="utf-8"))
    assert report
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator(GITLAB).validate(report)


def test_the_hook_for_pre_commit_runs(project: Path) -> None:
    hook = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    match = re.search(r"^  entry: replayer (.*)$", hook, re.MULTILINE)
    assert match is not None
    assert run_forked(*shlex.split(match[1]), cwd=project).status == 1
