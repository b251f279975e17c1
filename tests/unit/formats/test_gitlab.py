from __future__ import annotations

import json
from typing import Any

import jsonschema

from replayer.formats import gitlab
from replayer.model import Source
from tests.samples import INSTALLED, ROOT, empty_report, finding, report_of, sample_report

# After docs.gitlab.com, "Code Quality report format".
SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    # Relative; GitLab takes no "./" before it.
                    "path": {"type": "string", "pattern": r"^(?!\./)(?!/)."},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def issues(document: str) -> list[dict[str, Any]]:
    assert not document.startswith("\ufeff")
    read: list[dict[str, Any]] = json.loads(document)
    jsonschema.validate(read, SCHEMA)
    return read


def test_the_sample_is_what_gitlab_takes() -> None:
    report = sample_report()
    read = issues(gitlab.render(report))
    assert len(read) == len(report.findings) + len(report.undecided)
    assert {issue["severity"] for issue in read} == {"info", "minor", "major", "critical"}
    assert len({issue["fingerprint"] for issue in read}) == len(read)


def test_a_finding_without_a_file_of_the_repository_still_has_a_path() -> None:
    nowhere, installed = issues(
        gitlab.render(report_of(finding("a"), finding("b", source=Source(INSTALLED, 9))))
    )
    assert nowhere["location"] == {"path": ".", "lines": {"begin": 1}}
    assert installed["location"] == nowhere["location"]
    assert installed["description"] == "b (at site-packages/taggit/models.py:9:1)"


def test_twins_have_fingerprints_of_their_own_and_the_first_keeps_its() -> None:
    one = finding("a", source=Source(f"{ROOT}/a.py", 1))
    two = finding("b", source=Source(f"{ROOT}/a.py", 2))
    assert one.fingerprint == two.fingerprint
    first, second = issues(gitlab.render(report_of(one, two)))
    assert first["fingerprint"] == one.fingerprint != second["fingerprint"]
    assert first["location"] == {"path": "a.py", "lines": {"begin": 1}}


def test_the_empty_report_is_an_empty_array() -> None:
    assert issues(gitlab.render(empty_report())) == []
