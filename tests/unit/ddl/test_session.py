"""The session's character set stands in what MySQL keeps of texts in expressions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from replayer.ddl.session import session_statements
from replayer.model import Dialect, ServerFacts, Statement

CHECK = Statement(sql="CREATE TABLE `t` (`a` varchar(9), CHECK (`a` <> 'x'))")
COMMENT = Statement(sql="CREATE TABLE `t` (`a` int COMMENT 'it''s \\' one') COMMENT='two'")


def connection(charset: str | None, dialect: Dialect = Dialect.MYSQL) -> Any:
    parameters = {} if charset is None else {"charset": charset}
    facts = ServerFacts(dialect=dialect, version=(8, 4, 0))
    return SimpleNamespace(facts=facts, get_connection_params=lambda: parameters)


@pytest.mark.parametrize("charset", ["utf8", "UTF8", "utf8mb3"])
def test_three_bytes_are_told(charset: str) -> None:
    (statement,) = session_statements(connection(charset), [COMMENT, CHECK])
    assert statement.sql == "SET NAMES utf8mb3"


@pytest.mark.parametrize("charset", ["utf8mb4", "latin1", None])
def test_what_clients_have_anyway_is_not_told(charset: str | None) -> None:
    assert session_statements(connection(charset), [CHECK]) == ()


def test_a_document_without_texts_needs_no_session() -> None:
    assert session_statements(connection("utf8"), [COMMENT]) == ()


def test_mariadb_keeps_the_text_alone() -> None:
    assert session_statements(connection("utf8", Dialect.MARIADB), [CHECK]) == ()
