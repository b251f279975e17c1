"""What MySQL and MariaDB answer where a foreign key cannot be made, or forbids what is asked.

Source: as `refusals`, whose numbers tell what kind of refusal each is.
"""

from __future__ import annotations

from replayer.catalog.mysql.refusals import refusal
from replayer.catalog.refusals import CatalogError


def key_needed(key: str) -> CatalogError:
    """1553."""
    return refusal(1553, f"Cannot drop index '{key}': needed in a foreign key constraint")


def column_needed(column: str, foreign_key: str) -> CatalogError:
    """1828, for a column of a foreign key."""
    return refusal(
        1828,
        f"Cannot drop column '{column}': needed in a foreign key constraint '{foreign_key}'",
    )


def column_needed_by(
    column: str, foreign_key: str, database: str, table: str, *, is_mariadb: bool
) -> CatalogError:
    """1829, for a column that a foreign key points at."""
    where = f"`{database}`.`{table}`" if is_mariadb else f"'{table}'"
    return refusal(
        1829,
        f"Cannot drop column '{column}': needed in a foreign key constraint '{foreign_key}' of "
        f"table {where}",
    )


def wrong_foreign_key(database: str, table: str, errno: int) -> CatalogError:
    """1005, what MariaDB says of any foreign key that it cannot make."""
    words = {121: "Duplicate key on write or update"}.get(
        errno, "Foreign key constraint is incorrectly formed"
    )
    return refusal(1005, f'Can\'t create table `{database}`.`{table}` (errno: {errno} "{words}")')


def duplicate_foreign_key(name: str) -> CatalogError:
    """1826, MySQL alone."""
    return refusal(1826, f"Duplicate foreign key constraint name '{name}'")


def no_referenced_table(table: str) -> CatalogError:
    """1824, MySQL alone."""
    return refusal(1824, f"Failed to open the referenced table '{table}'")


def no_referenced_column(column: str, name: str, table: str) -> CatalogError:
    """3734, MySQL alone."""
    return refusal(
        3734,
        f"Failed to add the foreign key constraint. Missing column '{column}' for constraint "
        f"'{name}' in the referenced table '{table}'",
    )


def no_referenced_key(name: str, table: str, *, unique: bool) -> CatalogError:
    """6125 since MySQL 8.4, which wants a unique key; 1822 before it."""
    return refusal(
        6125 if unique else 1822,
        f"Failed to add the foreign key constraint. Missing {'unique key' if unique else 'index'} "
        f"for constraint '{name}' in the referenced table '{table}'",
    )


def incompatible_columns(column: str, referenced: str, name: str) -> CatalogError:
    """3780, MySQL alone."""
    return refusal(
        3780,
        f"Referencing column '{column}' and referenced column '{referenced}' in foreign key "
        f"constraint '{name}' are incompatible.",
    )


def table_referenced(table: str, name: str, referrer: str, *, is_mariadb: bool) -> CatalogError:
    """3730 on MySQL, 1451 on MariaDB."""
    if is_mariadb:
        return refusal(1451, "Cannot delete or update a parent row: a foreign key constraint fails")
    return refusal(
        3730,
        f"Cannot drop table '{table}' referenced by a foreign key constraint '{name}' on table "
        f"'{referrer}'.",
    )


def type_needed(
    column: str,
    pair: tuple[str, str],
    foreign_key: str,
    referrer: str | None,
    *,
    is_mariadb: bool,
) -> CatalogError:
    """3780 on MySQL; 1832 or, for the column that is pointed at, 1833 on MariaDB."""
    if not is_mariadb:
        return incompatible_columns(pair[0], pair[1], foreign_key)
    words = f"Cannot change column '{column}': used in a foreign key constraint '{foreign_key}'"
    if referrer is None:
        return refusal(1832, words)
    return refusal(1833, f"{words} of table '{referrer}'")
