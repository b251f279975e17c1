from __future__ import annotations

import re

import pytest

from replayer.rules import RULES, RULES_BY_ID, Family, Rule, find_rule

WANTED = {
    *(f"R1{n:02}" for n in range(1, 13)),
    *(f"R2{n:02}" for n in range(1, 7)),
    *(f"R3{n:02}" for n in range(1, 7)),
    *(f"R4{n:02}" for n in range(1, 10)),
}


def test_ids_are_unique_sorted_and_complete() -> None:
    ids = [rule.id for rule in RULES]
    assert ids == sorted(set(ids))
    assert set(ids) >= WANTED
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_rule_says_all_there_is_to_say(rule: Rule) -> None:
    assert re.fullmatch(r"R[1-4]\d\d", rule.id)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert not rule.summary.endswith(".")
    assert "\n" not in rule.summary
    for text in (rule.problem, rule.example, rule.cure):
        assert text.strip() == text
        assert text
    assert set(re.findall(r"\{([a-z]+)\}", rule.cure)) <= {"app", "migration"}


def test_a_rule_is_found_by_id_and_by_name_in_any_case() -> None:
    assert find_rule("r403") is find_rule(" Cycle ") is RULES_BY_ID["R403"]
    assert find_rule("R999") is None


def test_the_family_is_the_first_digit() -> None:
    assert RULES_BY_ID["R101"].family is Family.DRIFT
    assert RULES_BY_ID["R409"].family is Family.GRAPH


def test_a_cure_names_the_app_and_leaves_braces_of_python_alone() -> None:
    assert RULES_BY_ID["R401"].cure_for(app="polls") == (
        "python manage.py makemigrations --merge polls"
    )
    assert "{'red', 'green'}" in RULES_BY_ID["R201"].cure_for(app="polls")
