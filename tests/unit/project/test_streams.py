from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from replayer.errors import OutputError
from replayer.project.streams import DocumentStream
from tests.support import run_python

if TYPE_CHECKING:
    from pathlib import Path


def test_the_whole_text_is_written(tmp_path: Path) -> None:
    path = tmp_path / "out"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    text = "Größe 日本\n" * 100_000
    DocumentStream(descriptor).write(text)
    os.close(descriptor)
    assert path.read_text(encoding="utf-8") == text


def test_a_stdout_that_was_closed_is_refused() -> None:
    stream = DocumentStream(None)
    assert not stream.isatty()
    with pytest.raises(OutputError, match="stdout is closed"):
        stream.write("x")


def test_a_reader_that_is_gone_is_told_apart() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with pytest.raises(BrokenPipeError):
        DocumentStream(writing).write("x" * 100_000)
    os.close(writing)


def test_a_descriptor_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "in"
    path.touch()
    descriptor = os.open(path, os.O_RDONLY)
    with pytest.raises(OutputError, match="stdout cannot be written"):
        DocumentStream(descriptor).write("x")
    os.close(descriptor)


@pytest.mark.slow
def test_everything_else_goes_to_stderr() -> None:
    ran = run_python(
        "-c",
        "import os, subprocess, sys\n"
        "sys.stdout.write('buffered before')\n"
        "from replayer.project.streams import hold_stdout\n"
        "document = hold_stdout()\n"
        "print('printed'); os.write(1, b'written'); sys.__stdout__.write('dunder')\n"
        "subprocess.run([sys.executable, '-c', 'print(\"child\")'])\n"
        "document.write('the document')\n",
        env={"PYTHONUNBUFFERED": None},
    )
    assert ran.status == 0
    assert ran.stdout == "the document"
    for word in ("buffered before", "printed", "written", "dunder", "child"):
        assert word in ran.stderr
