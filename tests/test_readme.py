"""The README against the tool: what can be made from the code is, between markers.

``REPLAYER_WRITE_README=1`` writes the generated parts anew.
"""

from __future__ import annotations

import argparse
import os
import re
from collections import Counter

import pytest

from replayer.cli.main import COMMANDS, build_parser
from replayer.dialects.facts import DEFAULT_VERSIONS, MSSQL_YEARS
from replayer.errors import ReplayerError
from replayer.model import Dialect
from replayer.rules import RULES
from tests.support import PROJECTS, ROOT, run_command

README = ROOT / "README.md"
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
_SHARED = 3
"""An option that so many commands have with the same words is described once."""
_NOT_OF_A_COMMAND = {"--help", "--version"}


def _options(command: str) -> dict[str, str]:
    """Return each option as it is typed, with its help."""
    found: dict[str, str] = {}
    for action in build_parser().subparser(command)._actions:
        if "--help" in action.option_strings or not action.option_strings:
            continue
        shown = ", ".join(f"`{name}{_value(action)}`" for name in action.option_strings)
        words = " ".join(((action.help or "") % vars(action)).split())
        if isinstance(action, argparse.BooleanOptionalAction):
            # Python 3.10 adds it to the help that it is given.
            words = words.removesuffix(f" (default: {action.default})")
        found[shown] = words
    return found


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if action.metavar is not None:
        word = str(action.metavar)
    elif action.choices is not None:
        word = "{" + ",".join(map(str, action.choices)) + "}"
    else:
        word = action.dest.upper()
    return f" {word} ..." if action.nargs in {"+", "*"} else f" {word}"


def _names(shown: str) -> str:
    return ", ".join(f"`{name}`" for name in _OPTION.findall(shown))


def _commands() -> str:
    options = {command: _options(command) for command in COMMANDS}
    counted = Counter(item for command in COMMANDS for item in options[command].items())
    shared = {item: None for item, count in counted.items() if count >= _SHARED}
    lines = ["### Options that most commands have", ""]
    lines += [f"- {shown}: {words}" for shown, words in shared]
    parser = build_parser()
    for command in COMMANDS:
        summary = parser.subparser(command).description or ""
        lines += ["", f"### `replayer {command}`", "", f"{summary[0].upper()}{summary[1:]}.", ""]
        own = [item for item in options[command].items() if item not in shared]
        lines += [f"- {shown}: {words}" for shown, words in own]
        lines += [""] if own else []
        common = [
            _names(shown) for shown, words in options[command].items() if (shown, words) in shared
        ]
        lines.append(f"As above: {', '.join(common)}.")
    return "\n".join(lines)


def _rules() -> str:
    rows = [
        f"| {rule.id} | {rule.name} | {rule.severity.value} | {rule.summary} |" for rule in RULES
    ]
    return "\n".join(["| Id | Name | Severity | What it finds |", "|---|---|---|---|", *rows])


def _facts() -> str:
    rows = []
    for dialect, version in DEFAULT_VERSIONS.items():
        number = ".".join(map(str, version))
        if dialect is Dialect.SQLITE:
            number = "the library that Python links"
        elif dialect is Dialect.MSSQL:
            number = f"{MSSQL_YEARS[version[0]]} (major version {number})"
        rows.append(f"| `{dialect.value}` | {number} |")
    return "\n".join(["| `--dialect` | Assumed server |", "|---|---|", *rows])


def _console(typed: str, *arguments: str) -> str:
    ran = run_command(*arguments, cwd=PROJECTS / "polls")
    assert ran.status == 0, ran.stderr
    return f"```console\n$ {typed}\n{ran.stdout.rstrip()}\n```"


def _output() -> str:
    return "\n\n".join(
        _console(f"python -m replayer {words}", *words.split())
        for words in ("--dialect sqlite", "check")
    )


def _atlas(build: str) -> str:
    arguments = ("init", "--dialect", "postgresql", "--build", build)
    ran = run_command(*arguments, cwd=PROJECTS / "polls")
    assert ran.status == 0, ran.stderr
    return f"```hcl\n{ran.stdout.rstrip()}\n```"


PARTS = {
    "output": _output,
    "atlas-external": lambda: _atlas("external"),
    "atlas-file": lambda: _atlas("file"),
    "commands": _commands,
    "rules": _rules,
    "facts": _facts,
}


def _split(text: str, part: str) -> tuple[str, str, str]:
    start, end = f"<!-- generated: {part} -->\n", f"\n<!-- end: {part} -->"
    before, found, rest = text.partition(start)
    assert found, f"the README has no part {part!r}"
    inside, found, after = rest.partition(end)
    assert found, f"the part {part!r} has no end"
    return before + start, inside, end + after


@pytest.mark.parametrize("part", PARTS)
def test_a_generated_part_is_what_the_tool_says(part: str) -> None:
    text = README.read_text(encoding="utf-8")
    before, inside, after = _split(text, part)
    made = PARTS[part]()
    if os.environ.get("REPLAYER_WRITE_README") and inside != made:
        README.write_text(before + made + after, encoding="utf-8")
        return
    assert inside == made, "type: REPLAYER_WRITE_README=1 make readme"


@pytest.mark.parametrize("command", COMMANDS)
def test_the_options_of_help_are_those_of_the_readme(command: str) -> None:
    ran = run_command(command, "--help")
    assert ran.status == 0
    _, inside, _ = _split(README.read_text(encoding="utf-8"), "commands")
    section = inside.split(f"### `replayer {command}`\n")[1].split("\n### ")[0]
    # A description may name options of other commands; a list entry begins with its own.
    usage = ran.stdout.split("\n\n")[0]
    entries = re.findall(r"^- (`.*?`): ", section, re.MULTILINE)
    entries += re.findall(r"^As above: (.*)$", section, re.MULTILINE)
    named = {name for entry in entries for name in _OPTION.findall(entry)}
    assert named == set(_OPTION.findall(usage)) - _NOT_OF_A_COMMAND


def test_the_prose_names_no_option_that_is_not_there() -> None:
    text = README.read_text(encoding="utf-8")
    known = {
        name
        for command in COMMANDS
        for shown in _options(command)
        for name in _OPTION.findall(shown)
    } | _NOT_OF_A_COMMAND
    quoted = re.findall(r"(?<!`)`(--[^`]*)`", text)
    typed = re.findall(r"(?:python -m |[$] |run: |- )replayer ([^`#|>\n]*)", text)
    assert typed
    named = {name for words in [*quoted, *typed] for name in _OPTION.findall(words)}
    assert named <= known


def test_every_exit_status_is_told() -> None:
    _, _, section = README.read_text(encoding="utf-8").partition("\n## Exit status\n")
    told = re.findall(r"^\| (\d+) \|", section.partition("\n## ")[0], re.MULTILINE)
    assert told == ["0", "1", "2", "70"]
    assert ReplayerError("a sentence").exit_code == 2
    assert "0 nothing found, 1 findings, 2 could not decide, 70" in (build_parser().epilog or "")
