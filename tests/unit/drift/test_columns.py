from __future__ import annotations

import pytest

from replayer.drift.columns import without_column_order


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('CREATE TABLE "t" ("a" int, "b" text)', 'CREATE TABLE "t" ("b" text, "a" int)'),
        (
            "CREATE TABLE `t` (`a` decimal(5, 2), `b,c` int)",
            "CREATE TABLE `t` (`b,c` int, `a` decimal(5, 2))",
        ),
        (
            'CREATE TABLE "t" ("a" text DEFAULT \'x, ) y\', "b" int) TABLESPACE x',
            'CREATE TABLE "t" ("b" int, "a" text DEFAULT \'x, ) y\') TABLESPACE x',
        ),
    ],
)
def test_the_order_of_columns_says_nothing(one: str, other: str) -> None:
    assert without_column_order(one) == without_column_order(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('CREATE TABLE "t" ("a" int)', 'CREATE TABLE "t" ("a" bigint)'),
        ('CREATE TABLE "t" ("a" int, "b" int)', 'CREATE TABLE "t" ("a" int)'),
        ('CREATE TABLE "t" ("a" int) TABLESPACE x', 'CREATE TABLE "t" ("a" int)'),
        ('CREATE INDEX "i" ON "t" ("a", "b")', 'CREATE INDEX "i" ON "t" ("b", "a")'),
    ],
)
def test_every_other_difference_is_kept(one: str, other: str) -> None:
    assert without_column_order(one) != without_column_order(other)
