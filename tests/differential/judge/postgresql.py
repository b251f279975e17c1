"""Read PostgreSQL's own catalogue (12 and later).

Every definition is printed by the server itself (``pg_get_constraintdef`` and its like) under one
``search_path``, so names in ``public`` are bare and all others qualified. What belongs to an
extension is left out; the extension is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.differential.judge.facts import Fact, facts_of_rows

_NEXTVAL = re.compile(r"nextval\('[^']*'::regclass\)")


def _members(catalog: str, alias: str) -> str:
    """Return a condition: not of an extension."""
    return (
        "NOT EXISTS (SELECT FROM pg_depend e WHERE e.deptype = 'e' "
        f"AND e.classid = '{catalog}'::regclass AND e.objid = {alias}.oid)"
    )


def _users(schema: str) -> str:
    """Return a condition: a schema of the user's."""
    return (
        f"{schema} IN (SELECT oid FROM pg_namespace "
        "WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')"
    )


_RELATION = f"{_users('c.relnamespace')} AND {_members('pg_class', 'c')}"

_QUERIES = (
    # Each row: kind, owner, name, then an attribute per column; NULL is no fact.
    f"""
    SELECT 'schema', '', quote_ident(n.nspname), obj_description(n.oid, 'pg_namespace') AS comment,
           n.nspacl::text AS privileges
    FROM pg_namespace n WHERE {_users("n.oid")} AND {_members("pg_namespace", "n")}
    """,
    """
    SELECT 'extension', '', e.extname, e.extversion AS version, n.nspname AS schema
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
    """,
    f"""
    SELECT 'table', '', c.oid::regclass, c.relkind AS kind, c.relpersistence AS persistence,
           pg_get_partkeydef(c.oid) AS "partition key",
           pg_get_expr(c.relpartbound, c.oid) AS "partition bound",
           (SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)
            FROM pg_inherits i WHERE i.inhrelid = c.oid) AS parents,
           (SELECT string_agg(a.attname, E'\n' ORDER BY a.attnum) FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS "column order",
           NULLIF(c.relrowsecurity, false) AS "row security",
           NULLIF(c.relforcerowsecurity, false) AS "forced row security",
           array_to_string(c.reloptions, ', ') AS options, s.spcname AS tablespace,
           c.relreplident AS "replica identity", c.relacl::text AS privileges,
           obj_description(c.oid, 'pg_class') AS comment
    FROM pg_class c LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
    WHERE c.relkind IN ('r', 'p', 'f') AND {_RELATION}
    """,
    f"""
    SELECT 'column', c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod) AS type,
           NULLIF(a.attnotnull, false) AS "not null", pg_get_expr(d.adbin, d.adrelid) AS "default",
           NULLIF(a.attidentity, '') AS identity, NULLIF(a.attgenerated, '') AS generated,
           CASE WHEN a.attcollation <> t.typcollation
                THEN quote_ident(k.collname) END AS collation,
           NULLIF(a.attstorage, t.typstorage) AS storage,
           NULLIF(a.attstattarget, -1) AS statistics,
           array_to_string(a.attoptions, ', ') AS options, a.attacl::text AS privileges,
           col_description(c.oid, a.attnum) AS comment
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
         JOIN pg_type t ON t.oid = a.atttypid
         LEFT JOIN pg_collation k ON k.oid = a.attcollation
         LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
          AND {_RELATION}
    """,
    f"""
    SELECT 'constraint',
           CASE WHEN k.conrelid <> 0 THEN k.conrelid::regclass::text
                ELSE k.contypid::regtype::text END,
           k.conname, pg_get_constraintdef(k.oid) AS definition,
           NULLIF(k.convalidated, true) AS valid,
           CASE WHEN k.contype IN ('p', 'u', 'x') THEN
                replace(pg_get_indexdef(i.oid), format('INDEX %I ON', i.relname), 'INDEX ON')
                END AS index,
           obj_description(k.oid, 'pg_constraint') AS comment
    FROM pg_constraint k LEFT JOIN pg_class i ON i.oid = k.conindid
    WHERE k.contype <> 't' AND {_users("k.connamespace")} AND {_members("pg_constraint", "k")}
          AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.deptype = 'e'
                          AND (e.classid, e.objid) IN (('pg_class'::regclass, k.conrelid),
                                                       ('pg_type'::regclass, k.contypid)))
    """,
    f"""
    SELECT 'index', x.indrelid::regclass, c.relname,
           replace(pg_get_indexdef(c.oid), format('INDEX %I ON', c.relname), 'INDEX ON')
               AS definition,
           NULLIF(x.indisvalid, true) AS valid, NULLIF(x.indisclustered, false) AS clustered,
           NULLIF(x.indisreplident, false) AS "replica identity", s.spcname AS tablespace,
           (SELECT string_agg(a.attnum || '=' || a.attstattarget, ', ' ORDER BY a.attnum)
            FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attstattarget <> -1) AS statistics,
           obj_description(c.oid, 'pg_class') AS comment
    FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
         LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
    WHERE {_RELATION} AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid
                                      AND k.contype IN ('p', 'u', 'x'))
    """,
    f"""
    SELECT 'sequence', COALESCE(d.refobjid::regclass::text, ''), c.oid::regclass,
           a.attname AS "column", d.deptype AS dependency, format_type(s.seqtypid, NULL) AS type,
           s.seqstart AS start, s.seqincrement AS increment, s.seqmax AS maximum,
           s.seqmin AS minimum, s.seqcache AS cache, NULLIF(s.seqcycle, false) AS cycle,
           c.relpersistence AS persistence, obj_description(c.oid, 'pg_class') AS comment
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
         LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
              AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
         LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE {_RELATION}
    """,
    f"""
    SELECT CASE c.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, '', c.oid::regclass,
           pg_get_viewdef(c.oid) AS definition, array_to_string(c.reloptions, ', ') AS options,
           NULLIF(c.relispopulated, true) AS populated, c.relacl::text AS privileges,
           obj_description(c.oid, 'pg_class') AS comment
    FROM pg_class c WHERE c.relkind IN ('v', 'm') AND {_RELATION}
    """,
    f"""
    SELECT 'trigger', g.tgrelid::regclass, g.tgname, pg_get_triggerdef(g.oid) AS definition,
           NULLIF(g.tgenabled, 'O') AS enabled, obj_description(g.oid, 'pg_trigger') AS comment
    FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
    WHERE NOT g.tgisinternal AND {_RELATION}
    """,
    f"""
    SELECT 'function', '', p.oid::regprocedure, p.prokind AS kind,
           CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid)
                ELSE (SELECT row(a.aggtransfn, a.aggfinalfn, a.agginitval, a.aggtranstype::regtype)
                      ::text FROM pg_aggregate a WHERE a.aggfnoid = p.oid) END AS definition,
           p.proacl::text AS privileges, obj_description(p.oid, 'pg_proc') AS comment
    FROM pg_proc p WHERE {_users("p.pronamespace")} AND {_members("pg_proc", "p")}
    """,
    f"""
    SELECT 'type', '', t.oid::regtype, t.typtype AS kind,
           (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
            FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels,
           (SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)),
                              ', ' ORDER BY a.attnum)
            FROM pg_attribute a WHERE t.typtype = 'c' AND a.attrelid = t.typrelid
                 AND a.attnum > 0 AND NOT a.attisdropped) AS attributes,
           (SELECT row(r.rngsubtype::regtype, r.rngcollation, r.rngsubdiff)::text
            FROM pg_range r WHERE r.rngtypid = t.oid) AS range,
           CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS base,
           t.typdefault AS "default", NULLIF(t.typnotnull, false) AS "not null",
           CASE WHEN t.typtype = 'd' AND t.typcollation <> 0
                THEN quote_ident(k.collname) END AS collation,
           obj_description(t.oid, 'pg_type') AS comment
    FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
         LEFT JOIN pg_collation k ON k.oid = t.typcollation
    WHERE t.typcategory <> 'A' AND t.typtype <> 'm' AND (c.oid IS NULL OR c.relkind = 'c')
          AND {_users("t.typnamespace")} AND {_members("pg_type", "t")}
    """,
    f"""
    SELECT 'collation', '', quote_ident(k.collname), k.collprovider AS provider,
           k.collisdeterministic AS deterministic, k.collcollate AS collate, k.collctype AS ctype,
           COALESCE(to_jsonb(k) ->> 'colllocale', to_jsonb(k) ->> 'colliculocale') AS locale,
           to_jsonb(k) ->> 'collicurules' AS rules,
           obj_description(k.oid, 'pg_collation') AS comment
    FROM pg_collation k WHERE {_users("k.collnamespace")} AND {_members("pg_collation", "k")}
    """,
    """
    SELECT 'policy', format('%I.%I', schemaname, tablename)::regclass, policyname, permissive,
           cmd AS command,
           array_to_string(roles, ', ') AS roles,
           qual AS using, with_check AS "check"
    FROM pg_policies
    """,
    """
    SELECT 'rule', format('%I.%I', schemaname, tablename)::regclass, rulename, definition
    FROM pg_rules
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
    """,
    f"""
    SELECT 'statistics', s.stxrelid::regclass, s.stxname,
           pg_get_statisticsobjdef(s.oid) AS definition
    FROM pg_statistic_ext s WHERE {_users("s.stxnamespace")}
    """,
    f"""
    SELECT 'text search configuration', '', s.oid::regconfig, s.cfgparser AS parser,
           (SELECT string_agg(row(m.maptokentype, m.mapseqno, m.mapdict::regdictionary)::text, ' '
                              ORDER BY m.maptokentype, m.mapseqno)
            FROM pg_ts_config_map m WHERE m.mapcfg = s.oid) AS mapping
    FROM pg_ts_config s WHERE {_users("s.cfgnamespace")} AND {_members("pg_ts_config", "s")}
    """,
    f"""
    SELECT 'text search dictionary', '', s.oid::regdictionary, s.dictinitoption AS options
    FROM pg_ts_dict s WHERE {_users("s.dictnamespace")} AND {_members("pg_ts_dict", "s")}
    """,
    f"""
    SELECT 'operator', '', o.oid::regoperator, o.oprcode AS function, o.oprcom::regoperator AS
           commutator FROM pg_operator o
    WHERE {_users("o.oprnamespace")} AND {_members("pg_operator", "o")}
    """,
    f"""
    SELECT 'cast', '', format('%s to %s', c.castsource::regtype, c.casttarget::regtype),
           c.castcontext AS context, c.castmethod AS method, c.castfunc::regprocedure AS function
    FROM pg_cast c WHERE c.oid >= 16384 AND {_members("pg_cast", "c")}
    """,
    """
    SELECT 'event trigger', '', evtname, evtevent AS event, evtfoid::regprocedure AS function,
           evtenabled AS enabled, array_to_string(evttags, ', ') AS tags FROM pg_event_trigger
    """,
    """
    SELECT 'publication', '', pubname, puballtables AS all FROM pg_publication
    """,
)


def read_facts(connection: Any) -> Iterator[Fact]:
    """Yield the facts of the database that is connected to."""
    cursor = connection.cursor()
    cursor.execute("SET search_path TO public")
    for query in _QUERIES:
        cursor.execute(query)
        columns = [column[0] for column in cursor.description]
        for fact in facts_of_rows(columns, cursor.fetchall()):
            yield fact._replace(content=_names_aside(fact))
    cursor.close()


def _names_aside(fact: Fact) -> str:
    if fact.kind == "column" and fact.attribute == "default":
        return _NEXTVAL.sub("nextval()", fact.value)
    return fact.value
