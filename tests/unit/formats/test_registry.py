from __future__ import annotations

import pytest

from replayer.errors import UsageError
from replayer.formats import FORMATS, FormatOption, parse_format_option, render
from tests.samples import empty_report, sample_report, undecided_report


@pytest.mark.parametrize(
    ("option", "wanted"),
    [
        ("text", FormatOption("text", None)),
        ("SARIF=drift.sarif", FormatOption("sarif", "drift.sarif")),
        ("json=a=b.json", FormatOption("json", "a=b.json")),
        ("junit=-", FormatOption("junit", "-")),
    ],
)
def test_an_option_names_a_format_and_perhaps_a_file(option: str, wanted: FormatOption) -> None:
    assert parse_format_option(option) == wanted


@pytest.mark.parametrize("option", ["xml", "", "=a.json", "json="])
def test_an_option_that_names_none_is_refused(option: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_format_option(option)
    assert caught.value.hint


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_ends_with_one_newline_and_can_be_written(name: str) -> None:
    for report in (sample_report(), empty_report()):
        document = render(report, name)
        document.encode("utf-8")
        assert document.endswith("\n")
        assert not document.endswith("\n\n")
        assert document == FORMATS[name](report)


def test_only_the_text_has_colours() -> None:
    for name in FORMATS:
        plain, coloured = (render(sample_report(), name, colour=colour) for colour in (False, True))
        assert (plain != coloured) == (name == "text")


@pytest.mark.parametrize("name", FORMATS)
def test_what_could_not_be_decided_is_no_all_clear(name: str) -> None:
    document = render(undecided_report(), name)
    assert "the migrations form no graph" in document
    assert "models and migrations agree" not in document
