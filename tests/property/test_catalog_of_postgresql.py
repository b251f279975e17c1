from __future__ import annotations

from hypothesis import given, settings

from replayer.catalog.compare import compare
from replayer.catalog.postgresql.catalog import PostgresCatalog
from replayer.catalog.refusals import CatalogError
from replayer.model import Dialect, ServerFacts
from tests.property.ddl_of_postgresql import histories

FACTS = ServerFacts(dialect=Dialect.POSTGRESQL, version=(15, 18))


@settings(max_examples=60, deadline=None)
@given(histories())
def test_the_dump_of_any_history_makes_the_same_catalogue(history: list[str]) -> None:
    catalog = PostgresCatalog(FACTS)
    for sql in history:
        before = (dict(catalog.tables), dict(catalog.others))
        try:
            catalog.execute(sql)
        except CatalogError:
            assert (dict(catalog.tables), dict(catalog.others)) == before
    again = PostgresCatalog(FACTS)
    for statement in catalog.statements():
        again.execute(statement.sql)
    assert compare(catalog, again) == ()
