"""The system catalogue and the information schema of PostgreSQL, filled from the catalogue.

Source: PostgreSQL's manual, "System Catalogs" and "The Information Schema". Only what migrations
are known to look at; a column that is not there makes a query one that cannot be answered.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from replayer.catalog.schema import (
    Check,
    Exclusion,
    ForeignKey,
    IdentityKind,
    Index,
    IndexElement,
    ObjectKind,
    PrimaryKey,
    QualifiedName,
    Unique,
)
from replayer.dialects.answers.tables import SystemTable, array, system_table
from replayer.dialects.introspection_postgresql import (
    in_order_of,
    index_definition,
    reloptions,
)
from replayer.dialects.postgresql_types import known_types, type_info

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from replayer.catalog.catalog import Catalog
    from replayer.catalog.schema import Column, Constraint, OtherObject, Table

_SCHEMAS = {"pg_catalog": 11, "public": 2200, "information_schema": 13000}
_KINDS = {"p": "PRIMARY KEY", "u": "UNIQUE", "f": "FOREIGN KEY", "c": "CHECK", "x": "EXCLUDE"}
_ACTIONS = {"NO ACTION": "a", "RESTRICT": "r", "CASCADE": "c", "SET NULL": "n", "SET DEFAULT": "d"}
_AVAILABLE = [
    "amcheck",
    "autoinc",
    "bloom",
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dblink",
    "dict_int",
    "dict_xsyn",
    "earthdistance",
    "file_fdw",
    "fuzzystrmatch",
    "hstore",
    "insert_username",
    "intarray",
    "isn",
    "lo",
    "ltree",
    "pageinspect",
    "pg_buffercache",
    "pg_freespacemap",
    "pg_prewarm",
    "pg_stat_statements",
    "pg_trgm",
    "pg_visibility",
    "pgcrypto",
    "pgrowlocks",
    "pgstattuple",
    "plpgsql",
    "postgres_fdw",
    "refint",
    "seg",
    "sslinfo",
    "tablefunc",
    "tcn",
    "tsm_system_rows",
    "tsm_system_time",
    "unaccent",
    "uuid-ossp",
    "xml2",
]
"""What the server's own distribution brings along (contrib)."""


class PostgresqlSystem:
    """The tables of ``pg_catalog`` and ``information_schema``.

    Parameters
    ----------
    catalog
        What is in the database.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._oids: dict[tuple[str, QualifiedName], int] = {}

    def oid(self, kind: str, name: QualifiedName) -> int:
        """Return a number for an object, the same for the life of this value."""
        key = (kind, QualifiedName(name.schema or "public", name.name))
        return self._oids.setdefault(key, 16384 + len(self._oids))

    def schema_oid(self, name: str) -> int:
        """Return the number of a schema."""
        name = name or "public"
        return _SCHEMAS[name] if name in _SCHEMAS else self.oid("n", QualifiedName("", name))

    def relation(self, written: str) -> int | None:
        """Return the number of the relation that a text names, as ``to_regclass`` does."""
        parts = [
            part[1:-1] if part[:1] == '"' else part.lower()
            for part in re.findall(r'"[^"]+"|[^".]+', written.strip())
        ]
        schema = "" if len(parts) < 2 or parts[0] == "public" else parts[0]
        wanted = QualifiedName(schema, parts[-1]) if parts else None
        if schema == "pg_catalog" or (parts and parts[-1] in CATALOG):
            return 1259
        for name, oid, *_rest in self._relations():
            if name == wanted:
                return oid
        return None

    def relation_name(self, oid: object) -> str | None:
        """Return the name of a relation by its number."""
        for name, number, *_rest in self._relations():
            if number == oid:
                return str(name)
        return None

    def names(self) -> frozenset[str]:
        """Return the names of the tables of ``pg_catalog``."""
        return frozenset(CATALOG)

    def make(self, name: str) -> SystemTable:
        """Return a table of ``pg_catalog``."""
        return CATALOG[name](self)

    def make_information(self, name: str) -> SystemTable:
        """Return a table of ``information_schema``."""
        return INFORMATION[name](self)

    # What the tables are made of.

    def _others(self, *kinds: ObjectKind) -> Iterator[OtherObject]:
        return (other for (kind, _), other in self._catalog.others.items() if kind in kinds)

    def _tables(self) -> Iterator[Table]:
        return iter(self._catalog.tables.values())

    def _indexes(self) -> Iterator[tuple[Table, Index, Constraint | None]]:
        for table in self._tables():
            for constraint in table.constraints:
                if isinstance(constraint, (PrimaryKey, Unique, Exclusion)):
                    yield table, _index_of(constraint), constraint
            for index in table.indexes:
                yield table, index, None

    def _sequences(self) -> Iterator[tuple[QualifiedName, Table | None, Column | None]]:
        for table in self._tables():
            for column in table.columns:
                if column.identity is not None and column.identity.sequence is not None:
                    yield column.identity.sequence, table, column
        for other in self._others(ObjectKind.SEQUENCE):
            yield other.name, None, None

    def _relations(self) -> Iterator[tuple[QualifiedName, int, str, str, int, str | None]]:
        """Yield name, number, kind, access method, number of columns, options."""
        for table in self._tables():
            kind = "p" if re.match(r"\s*PARTITION BY", table.options, re.IGNORECASE) else "r"
            yield (table.name, self.oid("c", table.name), kind, "heap", len(table.columns),
                   _array_or_none(reloptions(table.options)))  # fmt: skip
        for table, index, _constraint in self._indexes():
            name = QualifiedName(table.name.schema, index.name)
            yield (name, self.oid("c", name), "i", index.method, len(index.elements),
                   _array_or_none(reloptions(index.options)))  # fmt: skip
        for name, _table, _column in self._sequences():
            yield name, self.oid("c", name), "S", "", 3, None
        kinds = {ObjectKind.VIEW: "v", ObjectKind.MATERIALIZED_VIEW: "m"}
        for other in self._others(*kinds):
            yield other.name, self.oid("c", other.name), kinds[other.kind], "", 0, None

    def _numbers(self, table: Table) -> dict[str, int]:
        return {column.name: place for place, column in enumerate(table.columns, 1)}

    # pg_catalog

    def pg_class(self) -> SystemTable:
        """Tables, indexes, sequences and views."""
        return system_table(
            "oid relname relnamespace relkind relam relnatts reloptions reltuples relpages "
            "relhasindex relispartition relpersistence relowner relrowsecurity reltablespace "
            "relhastriggers relchecks",
            [
                (oid, name.name, self.schema_oid(name.schema), kind, _method_oid(method), columns,
                 options, 0, 0, 1, 0, "p", 10, 0, 0, 0, 0)
                for name, oid, kind, method, columns, options in self._relations()
            ],
        )  # fmt: skip

    def pg_namespace(self) -> SystemTable:
        """Schemas."""
        return system_table(
            "oid nspname nspowner", [(self.schema_oid(name), name, 10) for name in self.schemas()]
        )

    def schemas(self) -> list[str]:
        """Return the names of all schemas."""
        names = [*_SCHEMAS, *(other.name.name for other in self._others(ObjectKind.SCHEMA))]
        names += [table.name.schema for table in self._tables() if table.name.schema]
        return list(dict.fromkeys(names))

    def pg_attribute(self) -> SystemTable:
        """Columns."""
        rows: list[tuple[object, ...]] = []
        for table in self._tables():
            for place, column in enumerate(table.columns, 1):
                kind = type_info(column.type)
                identity = column.identity.kind if column.identity else None
                rows.append(
                    (self.oid("c", table.name), column.name, kind.oid, place, int(not column.null),
                     int(_default(column) is not None), 0,
                     {IdentityKind.ALWAYS: "a", IdentityKind.BY_DEFAULT: "d"}.get(identity, "")
                     if identity else "",
                     "s" if column.generated else "", self._collation(column), kind.size,
                     kind.modifiers[0] + 4 if kind.modifiers else -1, 0)
                )  # fmt: skip
        for table, index, _constraint in self._indexes():
            name = QualifiedName(table.name.schema, index.name)
            rows += [
                (
                    self.oid("c", name),
                    item.column or "expr",
                    0,
                    place,
                    0,
                    0,
                    0,
                    "",
                    "",
                    0,
                    -1,
                    -1,
                    0,
                )
                for place, item in enumerate(index.elements, 1)
            ]
        return system_table(
            "attrelid attname atttypid attnum attnotnull atthasdef attisdropped attidentity "
            "attgenerated attcollation attlen atttypmod attndims",
            rows,
        )

    def _collation(self, column: Column) -> int:
        if column.collation is None:
            return 100
        return self.oid("o", QualifiedName("", column.collation.strip('"')))

    def pg_attrdef(self) -> SystemTable:
        """Defaults."""
        rows: list[tuple[object, ...]] = [
            (0, self.oid("c", table.name), place, _default(column))
            for table in self._tables()
            for place, column in enumerate(table.columns, 1)
            if _default(column) is not None
        ]
        return system_table("oid adrelid adnum adbin", rows)

    def pg_constraint(self) -> SystemTable:
        """Constraints of tables."""
        rows: list[tuple[object, ...]] = []
        for table in self._tables():
            numbers = self._numbers(table)
            for item in table.constraints:
                kind = _kind(item)
                columns = list(item.columns)
                if isinstance(item, Check):
                    columns = in_order_of(item.expression, columns)
                key = item if isinstance(item, ForeignKey) else None
                target = self._catalog.tables.get(key.target) if key else None
                far = self._numbers(target) if target else {}
                name = QualifiedName(table.name.schema, item.name)
                rows.append(
                    (self.oid("k", QualifiedName(str(table.name), item.name)), item.name,
                     self.schema_oid(table.name.schema), kind, self.oid("c", table.name),
                     self.oid("c", key.target) if key else 0,
                     self.oid("c", name) if kind in "pux" else 0,
                     array([numbers.get(column, 0) for column in columns]),
                     array([far.get(column, 0) for column in key.target_columns]) if key else None,
                     int(getattr(item, "deferrable", False)),
                     int(getattr(item, "initially_deferred", False)),
                     int(getattr(item, "validated", True)),
                     _ACTIONS.get(key.on_delete, "a") if key else " ",
                     _ACTIONS.get(key.on_update, "a") if key else " ",
                     item.expression if isinstance(item, Check) else None, 1, 0)
                )  # fmt: skip
        return system_table(
            "oid conname connamespace contype conrelid confrelid conindid conkey confkey "
            "condeferrable condeferred convalidated confdeltype confupdtype conbin conislocal "
            "contypid",
            rows,
        )

    def pg_index(self) -> SystemTable:
        """Indexes, those of constraints too."""
        rows: list[tuple[object, ...]] = []
        for table, index, constraint in self._indexes():
            numbers = self._numbers(table)
            keys = [numbers.get(item.column or "", 0) for item in index.elements]
            expressions = [item.expression for item in index.elements if item.expression]
            keys += [numbers.get(name, 0) for name in index.include]
            rows.append(
                (self.oid("c", QualifiedName(table.name.schema, index.name)),
                 self.oid("c", table.name), len(keys), len(index.elements), int(index.unique),
                 int(isinstance(constraint, PrimaryKey)), int(isinstance(constraint, Exclusion)),
                 1, 0, 1, 1, array(list(keys)), ", ".join(expressions) or None, index.predicate,
                 int(not index.nulls_distinct))
            )  # fmt: skip
        return system_table(
            "indexrelid indrelid indnatts indnkeyatts indisunique indisprimary indisexclusion "
            "indimmediate indisclustered indisvalid indisready indkey indexprs indpred "
            "indnullsnotdistinct",
            rows,
        )

    def pg_indexes(self) -> SystemTable:
        """Tell the view of indexes with their definitions."""
        return system_table(
            "schemaname tablename indexname tablespace indexdef",
            [
                (table.name.schema or "public", table.name.name, index.name, None,
                 index_definition(index, table))
                for table, index, _constraint in self._indexes()
            ],
        )  # fmt: skip

    def pg_tables(self) -> SystemTable:
        """Tell the view of tables."""
        return system_table(
            "schemaname tablename tableowner tablespace hasindexes hasrules hastriggers "
            "rowsecurity",
            [
                (table.name.schema or "public", table.name.name, "postgres", None, 1, 0, 0, 0)
                for table in self._tables()
            ],
        )

    def pg_views(self) -> SystemTable:
        """Tell the view of views."""
        return system_table(
            "schemaname viewname viewowner definition",
            [
                (other.name.schema or "public", other.name.name, "postgres", other.statements[0])
                for other in self._others(ObjectKind.VIEW)
            ],
        )

    def pg_matviews(self) -> SystemTable:
        """Tell the view of materialized views."""
        return system_table(
            "schemaname matviewname matviewowner tablespace hasindexes ispopulated definition",
            [
                (other.name.schema or "public", other.name.name, "postgres", None, 0, 1,
                 other.statements[0])
                for other in self._others(ObjectKind.MATERIALIZED_VIEW)
            ],
        )  # fmt: skip

    def _extensions(self) -> list[str]:
        return ["plpgsql", *(other.name.name for other in self._others(ObjectKind.EXTENSION))]

    def pg_extension(self) -> SystemTable:
        """Extensions that are installed."""
        return system_table(
            "oid extname extowner extnamespace extrelocatable extversion",
            [
                (self.oid("e", QualifiedName("", name)), name, 10, 2200, 1, "1.0")
                for name in dict.fromkeys(self._extensions())
            ],
        )

    def pg_available_extensions(self) -> SystemTable:
        """Extensions that the server's distribution brings along."""
        installed = set(self._extensions())
        return system_table(
            "name default_version installed_version comment",
            [
                (name, "1.0", "1.0" if name in installed else None, "")
                for name in sorted({*_AVAILABLE, *installed})
            ],
        )

    def pg_type(self) -> SystemTable:
        """Types of the server, of extensions as far as columns use them, and user's own."""
        rows: dict[str, tuple[object, ...]] = {}
        for name, (oid, size, arrays) in known_types().items():
            rows[name] = (oid, name, 11, "b", arrays, 0, size, "U", 0, 0)
            rows[f"_{name}"] = (arrays, f"_{name}", 11, "b", 0, oid, -1, "A", 0, 0)
        for table in self._tables():
            for column in table.columns:
                info = type_info(column.type)
                rows.setdefault(info.name, (info.oid, info.name, 2200, "b", 0, 0, -1, "U", 0, 0))
        kinds = {ObjectKind.TYPE: "e", ObjectKind.DOMAIN: "d"}
        for other in self._others(*kinds):
            name = other.name.name
            rows[name] = (type_info(name).oid, name, self.schema_oid(other.name.schema),
                          kinds[other.kind], 0, 0, -1, "U", 0, 0)  # fmt: skip
        return system_table(
            "oid typname typnamespace typtype typarray typelem typlen typcategory typnotnull "
            "typrelid",
            list(rows.values()),
        )

    def pg_enum(self) -> SystemTable:
        """Tell the labels of enumerations."""
        rows: list[tuple[object, ...]] = []
        for other in self._others(ObjectKind.TYPE):
            match = re.search(
                r"AS\s+ENUM\s*\((.*)\)", other.statements[0], re.IGNORECASE | re.DOTALL
            )
            for place, label in enumerate(re.findall(r"'([^']*)'", match[1]) if match else [], 1):
                rows.append((0, type_info(other.name.name).oid, place, label))
        return system_table("oid enumtypid enumsortorder enumlabel", rows)

    def pg_proc(self) -> SystemTable:
        """Functions and procedures."""
        kinds = {ObjectKind.FUNCTION: "f", ObjectKind.PROCEDURE: "p", ObjectKind.AGGREGATE: "a"}
        return system_table(
            "oid proname pronamespace prokind prosrc proowner",
            [
                (self.oid("f", other.name), other.name.name.partition("(")[0],
                 self.schema_oid(other.name.schema), kinds[other.kind], other.statements[-1], 10)
                for other in self._others(*kinds)
            ],
        )  # fmt: skip

    def pg_trigger(self) -> SystemTable:
        """Triggers."""
        return system_table(
            "oid tgrelid tgname tgisinternal tgenabled tgfoid tgparentid",
            [
                (self.oid("t", other.name), self.oid("c", other.depends) if other.depends else 0,
                 _last(other.name.name), 0, "O", 0, 0)
                for other in self._others(ObjectKind.TRIGGER)
            ],
        )  # fmt: skip

    def pg_collation(self) -> SystemTable:
        """Collations: a few of the server's own, and those that were made or are used."""
        names = ["default", "C", "POSIX", "ucs_basic", "unicode", "und-x-icu", "en-x-icu"]
        rows: list[tuple[object, ...]] = [
            (100 if name == "default" else self.oid("o", QualifiedName("", name)), name, 11,
             "d" if name == "default" else "c", 1)
            for name in names
        ]  # fmt: skip
        for other in self._others(ObjectKind.COLLATION):
            text = other.statements[0].lower().replace(" ", "")
            rows.append(
                (self.oid("o", QualifiedName("", other.name.name)), other.name.name,
                 self.schema_oid(other.name.schema), "i" if "provider=icu" in text else "c",
                 int("deterministic=false" not in text))
            )  # fmt: skip
        known = {row[1] for row in rows}
        used = {
            column.collation.strip('"')
            for table in self._tables()
            for column in table.columns
            if column.collation
        }
        rows += [
            (self.oid("o", QualifiedName("", name)), name, 11, "c", 1)
            for name in sorted(used - known)
        ]
        return system_table("oid collname collnamespace collprovider collisdeterministic", rows)

    def pg_sequences(self) -> SystemTable:
        """Tell the view of sequences."""
        return system_table(
            "schemaname sequencename sequenceowner data_type start_value last_value",
            [
                (name.schema or "public", name.name, "postgres", "bigint", 1, None)
                for name, _table, _column in self._sequences()
            ],
        )

    def pg_depend(self) -> SystemTable:
        """Which column owns a sequence."""
        rows: list[tuple[object, ...]] = []
        for name, table, column in self._sequences():
            if table is None or column is None:
                continue
            serial = column.identity is not None and column.identity.kind is IdentityKind.SERIAL
            rows.append((1259, self.oid("c", name), 0, 1259, self.oid("c", table.name),
                         self._numbers(table)[column.name], "a" if serial else "i"))  # fmt: skip
        return system_table("classid objid objsubid refclassid refobjid refobjsubid deptype", rows)

    def pg_am(self) -> SystemTable:
        """Access methods."""
        return system_table(
            "oid amname amtype", [(oid, name, "i") for name, oid in _METHODS.items()]
        )

    def pg_database(self) -> SystemTable:
        """Tell the one database."""
        return system_table(
            "oid datname datcollate datctype encoding", [(1, "default", "C.UTF-8", "C.UTF-8", 6)]
        )

    def pg_roles(self) -> SystemTable:
        """Tell the one role."""
        return system_table(
            "oid rolname rolsuper usename usesuper", [(10, "postgres", 1, "postgres", 1)]
        )

    def pg_settings(self) -> SystemTable:
        """Tell settings that are asked for."""
        version = ".".join(str(part) for part in self._catalog.facts.version)
        return system_table(
            "name setting", [("server_version", version), ("search_path", "public")]
        )

    def pg_description(self) -> SystemTable:
        """Comments of tables and columns."""
        rows: list[tuple[object, ...]] = []
        for table in self._tables():
            oid = self.oid("c", table.name)
            comments = [table.comment, *(column.comment for column in table.columns)]
            rows += [(oid, 1259, place, text) for place, text in enumerate(comments) if text]
        return system_table("objoid classoid objsubid description", rows)

    def pg_policies(self) -> SystemTable:
        """Tell the view of policies."""
        return system_table(
            "schemaname tablename policyname",
            [
                (other.depends.schema or "public" if other.depends else "public",
                 other.depends.name if other.depends else "", _last(other.name.name))
                for other in self._others(ObjectKind.POLICY)
            ],
        )  # fmt: skip

    def pg_inherits(self) -> SystemTable:
        """Partitions: none is known by its parent."""
        return system_table("inhrelid inhparent inhseqno")

    # information_schema

    def schemata(self) -> SystemTable:
        """Schemas."""
        return system_table(
            "catalog_name schema_name schema_owner",
            [("default", name, "postgres") for name in self.schemas()],
        )

    def tables(self) -> SystemTable:
        """Tables and views."""
        rows: list[tuple[object, ...]] = [
            ("default", table.name.schema or "public", table.name.name, "BASE TABLE", "YES")
            for table in self._tables()
        ]
        rows += [
            ("default", other.name.schema or "public", other.name.name, "VIEW", "NO")
            for other in self._others(ObjectKind.VIEW)
        ]
        return system_table(
            "table_catalog table_schema table_name table_type is_insertable_into", rows
        )

    def columns(self) -> SystemTable:
        """Columns."""
        rows: list[tuple[object, ...]] = []
        for table in self._tables():
            for place, column in enumerate(table.columns, 1):
                kind = type_info(column.type)
                is_text = kind.element in {"varchar", "bpchar"} and not kind.is_array
                is_numeric = kind.name == "numeric" and len(kind.modifiers) == 2
                precisions = {"int2": 16, "int4": 32, "int8": 64}
                identity = column.identity
                is_identity = identity is not None and identity.kind is not IdentityKind.SERIAL
                rows.append(
                    ("default", table.name.schema or "public", table.name.name, column.name, place,
                     None if column.generated else _default(column),
                     "YES" if column.null else "NO", kind.described,
                     kind.modifiers[0] if is_text and kind.modifiers else None,
                     kind.modifiers[0] if is_numeric else precisions.get(kind.name),
                     kind.modifiers[1] if is_numeric else 0 if kind.name in precisions else None,
                     kind.name, (column.collation or "").strip('"') or None,
                     "YES" if is_identity else "NO",
                     "ALWAYS" if column.generated else "NEVER",
                     column.generated.expression if column.generated else None)
                )  # fmt: skip
        return system_table(
            "table_catalog table_schema table_name column_name ordinal_position column_default "
            "is_nullable data_type character_maximum_length numeric_precision numeric_scale "
            "udt_name collation_name is_identity is_generated generation_expression",
            rows,
        )

    def _constraints(self) -> Iterator[tuple[Table, Constraint]]:
        for table in self._tables():
            for item in table.constraints:
                if not isinstance(item, Exclusion):
                    yield table, item

    def table_constraints(self) -> SystemTable:
        """Constraints."""
        return system_table(
            "constraint_catalog constraint_schema constraint_name table_catalog table_schema "
            "table_name constraint_type is_deferrable initially_deferred enforced",
            [
                ("default", table.name.schema or "public", item.name, "default",
                 table.name.schema or "public", table.name.name, _KINDS[_kind(item)],
                 _yes(getattr(item, "deferrable", False)),
                 _yes(getattr(item, "initially_deferred", False)), "YES")
                for table, item in self._constraints()
            ],
        )  # fmt: skip

    def key_column_usage(self) -> SystemTable:
        """Tell the columns of keys."""
        return system_table(
            "constraint_catalog constraint_schema constraint_name table_catalog table_schema "
            "table_name column_name ordinal_position position_in_unique_constraint",
            [
                ("default", table.name.schema or "public", item.name, "default",
                 table.name.schema or "public", table.name.name, column, place,
                 place if isinstance(item, ForeignKey) else None)
                for table, item in self._constraints()
                if not isinstance(item, Check)
                for place, column in enumerate(item.columns, 1)
            ],
        )  # fmt: skip

    def constraint_column_usage(self) -> SystemTable:
        """Tell the columns that constraints use: of a foreign key those it points at."""
        rows: list[tuple[object, ...]] = []
        for table, item in self._constraints():
            used, columns = table.name, item.columns
            if isinstance(item, ForeignKey):
                used, columns = item.target, item.target_columns
            rows += [
                ("default", used.schema or "public", used.name, column, "default",
                 table.name.schema or "public", item.name)
                for column in columns
            ]  # fmt: skip
        return system_table(
            "table_catalog table_schema table_name column_name constraint_catalog "
            "constraint_schema constraint_name",
            rows,
        )

    def referential_constraints(self) -> SystemTable:
        """Foreign keys."""
        rows: list[tuple[object, ...]] = []
        for table, item in self._constraints():
            if not isinstance(item, ForeignKey):
                continue
            target = self._catalog.tables.get(item.target)
            unique = next(
                (
                    found.name
                    for found in (target.constraints if target else ())
                    if isinstance(found, (PrimaryKey, Unique))
                    and found.columns == item.target_columns
                ),
                None,
            )
            rows.append(
                ("default", table.name.schema or "public", item.name, "default",
                 item.target.schema or "public", unique, "NONE", item.on_update, item.on_delete)
            )  # fmt: skip
        return system_table(
            "constraint_catalog constraint_schema constraint_name unique_constraint_catalog "
            "unique_constraint_schema unique_constraint_name match_option update_rule delete_rule",
            rows,
        )

    def check_constraints(self) -> SystemTable:
        """Tell checks."""
        return system_table(
            "constraint_catalog constraint_schema constraint_name check_clause",
            [
                ("default", table.name.schema or "public", item.name, f"({item.expression})")
                for table, item in self._constraints()
                if isinstance(item, Check)
            ],
        )

    def views(self) -> SystemTable:
        """Tell views."""
        return system_table(
            "table_catalog table_schema table_name view_definition",
            [
                ("default", other.name.schema or "public", other.name.name, other.statements[0])
                for other in self._others(ObjectKind.VIEW)
            ],
        )

    def sequences(self) -> SystemTable:
        """Sequences."""
        return system_table(
            "sequence_catalog sequence_schema sequence_name data_type",
            [
                ("default", name.schema or "public", name.name, "bigint")
                for name, _table, _column in self._sequences()
            ],
        )

    def routines(self) -> SystemTable:
        """Functions and procedures."""
        kinds = {ObjectKind.FUNCTION: "FUNCTION", ObjectKind.PROCEDURE: "PROCEDURE"}
        return system_table(
            "routine_catalog routine_schema routine_name routine_type",
            [
                ("default", other.name.schema or "public", other.name.name.partition("(")[0],
                 kinds[other.kind])
                for other in self._others(*kinds)
            ],
        )  # fmt: skip

    def triggers(self) -> SystemTable:
        """Triggers."""
        return system_table(
            "trigger_catalog trigger_schema trigger_name event_object_schema event_object_table",
            [
                ("default", "public", _last(other.name.name), "public",
                 other.depends.name if other.depends else None)
                for other in self._others(ObjectKind.TRIGGER)
            ],
        )  # fmt: skip


_METHODS = {
    "heap": 2, "btree": 403, "hash": 405, "gist": 783, "gin": 2742, "brin": 3580, "spgist": 4000,
    "bloom": 16000, "ivfflat": 16001, "hnsw": 16002, "rum": 16003,
}  # fmt: skip


def _method_oid(method: str) -> int:
    return _METHODS.get(method, 0)


def _array_or_none(values: list[str] | None) -> str | None:
    return None if values is None else array(list(values))


def _default(column: Column) -> str | None:
    if column.generated is not None:
        return column.generated.expression
    identity = column.identity
    if identity is not None and identity.kind is IdentityKind.SERIAL:
        return f"nextval('{identity.sequence}'::regclass)"
    return column.default


def _kind(item: Constraint) -> str:
    return {"PrimaryKey": "p", "Unique": "u", "ForeignKey": "f", "Check": "c"}.get(
        type(item).__name__, "x"
    )


def _index_of(item: PrimaryKey | Unique | Exclusion) -> Index:
    """Return the index of a constraint."""
    if isinstance(item, Exclusion):
        return Index(name=item.name, elements=item.elements, method=item.method,
                     include=item.include, predicate=item.predicate)  # fmt: skip
    return Index(
        name=item.name,
        elements=tuple(IndexElement(column=column) for column in item.columns),
        unique=True,
        include=item.include,
        nulls_distinct=getattr(item, "nulls_distinct", True),
        options=item.options,
    )


def _last(name: str) -> str:
    """Return the name of a trigger or policy, whose key may have the table in front."""
    return name.rpartition(".")[2]


def _yes(value: object) -> str:
    return "YES" if value else "NO"


CATALOG: dict[str, Callable[[PostgresqlSystem], SystemTable]] = {
    name: made for name, made in vars(PostgresqlSystem).items() if name.startswith("pg_")
} | {"pg_user": PostgresqlSystem.pg_roles, "pg_authid": PostgresqlSystem.pg_roles}
INFORMATION: dict[str, Callable[[PostgresqlSystem], SystemTable]] = {
    name: vars(PostgresqlSystem)[name]
    for name in [
        "schemata",
        "tables",
        "columns",
        "table_constraints",
        "key_column_usage",
        "constraint_column_usage",
        "referential_constraints",
        "check_constraints",
        "views",
        "sequences",
        "routines",
        "triggers",
    ]
}
