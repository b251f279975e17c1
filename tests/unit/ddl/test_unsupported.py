"""The part of a model that a dialect cannot express is named, with its reason."""

from __future__ import annotations

import django
import pytest

from tests.support import PROJECTS, run_command


def test_a_field_that_is_postgresqls_own_is_named() -> None:
    pytest.importorskip("mssql")
    ran = run_command("--dialect", "mssql", cwd=PROJECTS / "postgres_zoo")
    assert ran.status == 2
    (line,) = [line for line in ran.stderr.splitlines() if "error:" in line]
    assert line.endswith(
        "the dialect mssql cannot express the field 'days' of 'places.Booking':"
        " DateRangeField is PostgreSQL's own"
    )


@pytest.mark.skipif(django.VERSION < (5, 0), reason="GeneratedField came with Django 5.0")
def test_sql_server_is_not_asked_for_the_collation_of_a_generated_replace() -> None:
    pytest.importorskip("mssql")
    ran = run_command("--dialect", "mssql", cwd=PROJECTS / "generated_fields")
    assert ran.status == 0, ran.stderr
    assert "COLLATE SQL_Latin1_General_CP1_CS_AS" in ran.stdout
