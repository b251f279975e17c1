"""``replayer explain``: a rule's problem, an example and the cure."""

from __future__ import annotations

import difflib
import textwrap
from typing import TYPE_CHECKING

from replayer.cli.options import add_common_options
from replayer.errors import UsageError
from replayer.rules import RULES, find_rule

if TYPE_CHECKING:
    import argparse

    from replayer.cli.console import Console
    from replayer.rules import Rule

NAME = "explain"
HELP = "tell what a rule means: the problem, an example and the cure"
_WIDTH = 88


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of this command."""
    parser.add_argument(
        "rules",
        metavar="RULE",
        nargs="*",
        help="an id or a name: R101, model-added; left out, all rules are listed",
    )
    add_common_options(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Explain the rules that are named, or list all.

    Returns
    -------
    int
        The exit status.
    """
    if not options.rules:
        console.write(_listed(), options.output)
        return 0
    console.write("\n".join(_explained(_found(word)) for word in options.rules), options.output)
    return 0


def _found(word: str) -> Rule:
    rule = find_rule(word)
    if rule is not None:
        return rule
    names = [name for rule in RULES for name in (rule.id.lower(), rule.name)]
    near = difflib.get_close_matches(word.lower(), names, n=1)
    found = find_rule(near[0]) if near else None
    message = f"there is no rule {word!r}"
    raise UsageError(
        message,
        hint=f"did you mean {found.id} ({found.name})?" if found else "type: replayer explain",
    )


def _listed() -> str:
    width = max(len(rule.name) for rule in RULES)
    return "".join(
        f"{rule.id}  {rule.name:{width}}  {rule.severity.value:7}  {rule.summary}\n"
        for rule in RULES
    )


def _explained(rule: Rule) -> str:
    problem = textwrap.fill(rule.problem, _WIDTH)
    cure = textwrap.fill(rule.cure_for(app="APP"), _WIDTH, break_on_hyphens=False)
    example = textwrap.indent(rule.example, "    ")
    return (
        f"{rule.id} {rule.name} ({rule.severity.value})\n{rule.summary}.\n\n{problem}\n\n"
        f"Example:\n{example}\n\nCure:\n{cure}\n"
    )
