"""The queries that read a real database's names, for ``--known-names``.

Each returns one row for each line of the file, a JSON object: a column of a constraint or of an
index, or a column of a table. Only the servers' own catalogues are read, nothing is changed.
"""

from __future__ import annotations

from replayer.errors import DialectError
from replayer.model import Dialect

_POSTGRESQL = """\
-- psql --no-psqlrc --quiet --tuples-only --no-align --file names.sql DATABASE > names.json
SELECT json_build_object(
  'kind', CASE c.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique'
    WHEN 'f' THEN 'foreign key' WHEN 'c' THEN 'check' ELSE 'exclusion' END,
  'schema', n.nspname, 'table', t.relname, 'name', c.conname,
  'position', k.position, 'column', a.attname,
  'target', (SELECT f.relname FROM pg_class f WHERE f.oid = c.confrelid AND c.contype = 'f'),
  'definition', CASE WHEN c.contype = 'c' THEN pg_get_expr(c.conbin, c.conrelid) END)
FROM pg_constraint c
JOIN pg_class t ON t.oid = c.conrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN LATERAL unnest(c.conkey) WITH ORDINALITY k(number, position) ON true
LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
WHERE c.contype IN ('p', 'u', 'f', 'c', 'x')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY n.nspname, t.relname, c.conname, k.position;
SELECT json_build_object(
  'kind', 'index', 'schema', n.nspname, 'table', t.relname, 'name', i.relname,
  'position', k.position, 'column', a.attname,
  'opclass', CASE WHEN o.opcdefault THEN NULL ELSE o.opcname END,
  'unique', x.indisunique, 'method', m.amname, 'partial', x.indpred IS NOT NULL,
  'definition', concat_ws(' ', pg_get_expr(x.indexprs, t.oid), pg_get_expr(x.indpred, t.oid)))
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_am m ON m.oid = i.relam
JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
CROSS JOIN LATERAL unnest(x.indkey::int2[], x.indclass::oid[]) WITH ORDINALITY
  k(number, class, position)
LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number AND k.number <> 0
LEFT JOIN pg_opclass o ON o.oid = k.class
WHERE t.relkind IN ('r', 'p') AND k.position <= x.indnkeyatts
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.oid AND c.contype <> 'f')
ORDER BY n.nspname, t.relname, i.relname, k.position;
SELECT json_build_object(
  'kind', 'column', 'schema', n.nspname, 'table', t.relname, 'column', a.attname,
  'type', format_type(a.atttypid, a.atttypmod),
  'identity', CASE WHEN a.attidentity = 'a' THEN 'always' WHEN a.attidentity = 'd' THEN 'by default'
    WHEN s.oid IS NOT NULL THEN 'serial' END,
  'sequence', s.relname, 'sequence_type', format_type(q.seqtypid, NULL))
FROM pg_attribute a
JOIN pg_class t ON t.oid = a.attrelid AND t.relkind IN ('r', 'p')
JOIN pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN LATERAL (
  SELECT o.oid, o.relname FROM pg_depend d JOIN pg_class o ON o.oid = d.objid AND o.relkind = 'S'
  WHERE d.refobjid = t.oid AND d.refobjsubid = a.attnum AND d.deptype IN ('a', 'i')
    AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
  LIMIT 1) s ON true
LEFT JOIN pg_sequence q ON q.seqrelid = s.oid
WHERE a.attnum > 0 AND NOT a.attisdropped
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY n.nspname, t.relname, a.attnum;
"""

_MYSQL = """\
-- {client} --batch --raw --skip-column-names DATABASE < names.sql > names.json
SELECT JSON_OBJECT('kind', IF(s.INDEX_NAME = 'PRIMARY', 'primary key',
    IF(s.NON_UNIQUE, 'index', 'unique')),
  'table', s.TABLE_NAME, 'name', s.INDEX_NAME, 'position', s.SEQ_IN_INDEX,
  'column', s.COLUMN_NAME, 'method', LOWER(s.INDEX_TYPE))
FROM information_schema.STATISTICS s WHERE s.TABLE_SCHEMA = DATABASE()
ORDER BY s.TABLE_NAME, s.INDEX_NAME, s.SEQ_IN_INDEX;
SELECT JSON_OBJECT('kind', 'foreign key', 'table', k.TABLE_NAME, 'name', k.CONSTRAINT_NAME,
  'position', k.ORDINAL_POSITION, 'column', k.COLUMN_NAME, 'target', k.REFERENCED_TABLE_NAME)
FROM information_schema.KEY_COLUMN_USAGE k
WHERE k.TABLE_SCHEMA = DATABASE() AND k.REFERENCED_TABLE_NAME IS NOT NULL
ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION;
{checks}
SELECT JSON_OBJECT('kind', 'column', 'table', c.TABLE_NAME, 'column', c.COLUMN_NAME,
  'type', c.COLUMN_TYPE)
FROM information_schema.COLUMNS c JOIN information_schema.TABLES t
  ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
WHERE c.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE'
ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION;
"""
_MYSQL_CHECKS = """\
SELECT JSON_OBJECT('kind', 'check', 'table', t.TABLE_NAME, 'name', c.CONSTRAINT_NAME,
  'definition', c.CHECK_CLAUSE)
FROM information_schema.CHECK_CONSTRAINTS c JOIN information_schema.TABLE_CONSTRAINTS t
  ON t.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA AND t.CONSTRAINT_NAME = c.CONSTRAINT_NAME
WHERE c.CONSTRAINT_SCHEMA = DATABASE() AND t.CONSTRAINT_TYPE = 'CHECK'
ORDER BY t.TABLE_NAME, c.CONSTRAINT_NAME;"""
_MARIADB_CHECKS = """\
SELECT JSON_OBJECT('kind', 'check', 'table', c.TABLE_NAME, 'name', c.CONSTRAINT_NAME,
  'definition', c.CHECK_CLAUSE)
FROM information_schema.CHECK_CONSTRAINTS c
WHERE c.CONSTRAINT_SCHEMA = DATABASE() AND c.LEVEL = 'Table'
ORDER BY c.TABLE_NAME, c.CONSTRAINT_NAME;"""

_SQLITE = """\
-- sqlite3 DATABASE < names.sql > names.json
SELECT json_object('kind', 'index', 'table', m.tbl_name, 'name', m.name, 'position', i.seqno + 1,
  'column', i.name, 'unique', l."unique" = 1, 'partial', l.partial = 1)
FROM sqlite_master m JOIN pragma_index_list(m.tbl_name) l ON l.name = m.name
JOIN pragma_index_xinfo(m.name) i ON i.key = 1
WHERE m.type = 'index' AND m.sql IS NOT NULL
ORDER BY m.tbl_name, m.name, i.seqno;
"""


def names_query(dialect: Dialect) -> str:
    """Return the query that reads the names of a database, with the command that runs it.

    Raises
    ------
    DialectError
        For SQL Server, whose history is not replayed.
    """
    if dialect is Dialect.POSTGRESQL:
        return _POSTGRESQL
    if dialect is Dialect.MYSQL:
        return _MYSQL.format(client="mysql", checks=_MYSQL_CHECKS)
    if dialect is Dialect.MARIADB:
        return _MYSQL.format(client="mariadb", checks=_MARIADB_CHECKS)
    if dialect is Dialect.SQLITE:
        return _SQLITE
    message = "there is no query for SQL Server: the history is not replayed for it"
    raise DialectError(message)
