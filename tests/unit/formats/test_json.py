from __future__ import annotations

import json
from typing import Any, get_type_hints

import jsonschema
import pytest

from replayer.findings import DriftClass, FailOn
from replayer.formats import json as json_format
from replayer.formats import json_schema
from replayer.formats.places import Base
from replayer.model import Dialect
from replayer.rules import RULES, Severity
from tests.samples import TRAPS, empty_report, sample_report

SCHEMA: dict[str, Any] = json.loads(json_schema())


def validate(document: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)


@pytest.mark.parametrize("fail_on", FailOn)
def test_the_sample_is_what_the_published_schema_says(fail_on: FailOn) -> None:
    validate(json.loads(json_format.render(sample_report(fail_on))))


def test_the_empty_report_is_a_document() -> None:
    document = json.loads(json_format.render(empty_report()))
    validate(document)
    assert document["findings"] == []
    assert document["fails"] is False


@pytest.mark.parametrize(
    "harm",
    [
        lambda document: document.pop("fails"),
        lambda document: document.update(schema_version=2),
        lambda document: document["findings"][0].pop("fingerprint"),
        lambda document: document["findings"][0].update(severity="bad"),
        lambda document: document["findings"][-1]["location"].update(line=0),
    ],
)
def test_the_schema_refuses_what_is_none(harm: Any) -> None:
    document = json.loads(json_format.render(sample_report()))
    harm(document)
    with pytest.raises(jsonschema.ValidationError):
        validate(document)


def test_the_schema_and_the_types_name_the_same_keys() -> None:
    definitions = SCHEMA["$defs"]
    pairs = [
        (SCHEMA, json_format.ReportPayload),
        (definitions["tool"], json_format.ToolPayload),
        (definitions["location"], json_format.LocationPayload),
        (definitions["attribute"], json_format.AttributePayload),
        (definitions["migration"], json_format.MigrationPayload),
        (definitions["sql"], json_format.SqlPayload),
        (definitions["finding"], json_format.FindingPayload),
    ]
    for schema, payload in pairs:
        keys = list(get_type_hints(payload, vars(json_format)) or payload.__annotations__)
        assert list(schema["properties"]) == schema["required"] == keys
    assert len(pairs) == len(definitions) + 1


def test_the_schema_knows_every_word() -> None:
    finding = SCHEMA["$defs"]["finding"]["properties"]
    words = {
        tuple(finding["class"]["enum"]): DriftClass,
        tuple(finding["severity"]["enum"]): Severity,
        tuple(SCHEMA["properties"]["fail_on"]["enum"]): FailOn,
        tuple(SCHEMA["properties"]["dialects"]["items"]["enum"]): Dialect,
        tuple(SCHEMA["$defs"]["location"]["properties"]["base"]["enum"]): Base,
    }
    for told, enumeration in words.items():
        assert told == tuple(member.value for member in enumeration)


def test_no_character_is_lost() -> None:
    document = json.loads(json_format.render(sample_report()))
    subjects = [one["subject"] for one in document["findings"] if one["app_label"] == "traps"]
    assert subjects == list(TRAPS)
    json_format.render(sample_report()).encode("utf-8")


def test_every_finding_says_whether_it_fails() -> None:
    document = json.loads(json_format.render(sample_report()))
    fails = {one["rule_id"]: one["fails"] for one in document["findings"]}
    assert set(fails) == {rule.id for rule in RULES}
    assert fails["R110"]
    assert not fails["R204"]
    assert document["fails"]
    assert sum(document["counts"].values()) == len(document["findings"])
