from __future__ import annotations

import pytest

from replayer.formats import FORMATS, render
from tests.golden.goldens import DIRECTORY, is_writing
from tests.samples import empty_report, sample_report, undecided_report

SUFFIXES = {
    "text": "txt",
    "json": "json",
    "sarif": "sarif",
    "github": "github.txt",
    "gitlab": "gitlab.json",
    "junit": "xml",
}
REPORTS = {"sample": sample_report, "empty": empty_report, "undecided": undecided_report}


def check(file: str, document: str) -> None:
    path = DIRECTORY / "formats" / file
    # As bytes: a report's line ends are its own on every platform.
    if is_writing():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document.encode())
    assert path.read_bytes().decode() == document


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("name", FORMATS)
def test_a_report_in_each_format(name: str, report: str) -> None:
    check(f"{report}.{SUFFIXES[name]}", render(REPORTS[report](), name))


def test_a_report_in_colour() -> None:
    check("sample.colour.txt", render(sample_report(), "text", colour=True))


def test_no_golden_file_is_left_over() -> None:
    wanted = {f"{report}.{suffix}" for report in REPORTS for suffix in SUFFIXES.values()}
    found = {path.name for path in (DIRECTORY / "formats").iterdir()}
    assert found == {*wanted, "sample.colour.txt"}
