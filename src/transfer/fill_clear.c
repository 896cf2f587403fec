/* What is in the way of the rows and of speed, and how it comes back: triggers, foreign keys, indexes. */
#include "transfer/fill_intern.h"

/* Those that a partition has of its table are its own to be switched; until PostgreSQL 15 they count as
 * internal. */
static const char triggers_sql[] =
    "SELECT format('ALTER TABLE ONLY %s DISABLE TRIGGER %I;', tgrelid::regclass, tgname),"
    " format('ALTER TABLE ONLY %s ENABLE %sTRIGGER %I;', tgrelid::regclass,"
    "  CASE tgenabled WHEN 'A' THEN 'ALWAYS ' WHEN 'R' THEN 'REPLICA ' ELSE '' END, tgname)"
    " FROM pg_trigger WHERE (NOT tgisinternal OR tgparentid <> 0 AND tgconstraint = 0) AND tgenabled <> 'D'"
    " AND tgrelid IN (" FILLED_PARTS ") ORDER BY oid";

/* Rows of a table go by DELETE: a rule would have something else done, or more. */
static const char rules_sql[] =
    "SELECT format('ALTER TABLE %s DISABLE RULE %I;', ev_class::regclass, rulename),"
    " format('ALTER TABLE %s ENABLE %sRULE %I;', ev_class::regclass,"
    "  CASE ev_enabled WHEN 'A' THEN 'ALWAYS ' WHEN 'R' THEN 'REPLICA ' ELSE '' END, rulename)"
    " FROM pg_rewrite WHERE ev_type = '4' AND ev_enabled <> 'D' AND ev_class IN (" FILLED ") ORDER BY oid";

/*
 * A key that a partition brought along when it was attached (nothing else has connoinherit) is there before
 * its table's, which then takes it as its own again.  Keys that partitions have besides come last, so that
 * they are not taken for those.
 */
static const char keys_sql[] =
    "WITH RECURSIVE " KEY_TREE " SELECT format('ALTER TABLE %s DROP CONSTRAINT %I;', k.conrelid::regclass, "
    "k.conname),"
    " coalesce((SELECT string_agg(format('ALTER TABLE %s ADD CONSTRAINT %I %s;', p.conrelid::regclass, "
    "p.conname,"
    "   pg_get_constraintdef(p.oid)), '' ORDER BY t.depth DESC) FROM tree t JOIN pg_constraint p ON p.oid = "
    "t.oid"
    "  WHERE t.root = k.oid AND t.depth > 0 AND p.connoinherit), '')"
    " || format('ALTER TABLE %s ADD CONSTRAINT %I %s;', k.conrelid::regclass, k.conname, "
    "pg_get_constraintdef(k.oid))"
    " || format('COMMENT ON CONSTRAINT %I ON %s IS %L;', k.conname, k.conrelid::regclass,"
    "  obj_description(k.oid, 'pg_constraint'))"
    " FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype = 'f' AND k.conparentid = 0"
    " AND k.conrelid IN (" FILLED_PARTS ") ORDER BY c.relispartition, k.oid";

/* Indexes whose whole truth is pg_get_indexdef() and what is asked for beside it: not those whose columns
 * were told how to be stored, or how closely to be looked at, and not those that call functions which people
 * wrote: PostgreSQL 17 and later builds an index with an empty search path, and these may rely on theirs. */
#define LARGE_INDEXES                                                                                        \
    " FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid"                                               \
    " LEFT JOIN pg_constraint k ON k.conindid = x.oid AND k.contype IN ('p', 'u', 'x')"                      \
    " WHERE x.relkind = 'i' AND NOT i.indisexclusion AND i.indisvalid AND i.indisready"                      \
    " AND NOT i.indisclustered AND NOT i.indisreplident AND x.reltablespace = 0"                             \
    " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = x.oid AND d.classid = 'pg_class'::regclass"    \
    "  AND (d.deptype IN ('e', 'x', 'P', 'S') OR d.refclassid = 'pg_proc'::regclass))"                       \
    " AND NOT EXISTS (SELECT FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid"                       \
    "  LEFT JOIN pg_attribute b ON b.attrelid = i.indrelid AND b.attnum = i.indkey[a.attnum - 1]"            \
    "   AND b.attnum > 0 AND b.atttypid = a.atttypid WHERE a.attrelid = x.oid"                               \
    "  AND (a.attstattarget >= 0 OR a.attstorage <> coalesce(b.attstorage, y.typstorage)))"                  \
    " AND has_schema_privilege(x.relnamespace, 'CREATE')"                                                    \
    " AND i.indrelid IN (" FILLED_PARTS ")"

static const char indexes_sql[] =
    "SELECT format('DROP INDEX %s;', x.oid::regclass), pg_get_indexdef(x.oid) || ';'"
    " || format('COMMENT ON INDEX %s IS %L;', x.oid::regclass, obj_description(x.oid, "
    "'pg_class'))" LARGE_INDEXES " AND NOT i.indisunique ORDER BY x.oid";

/* Primary keys and uniques, but those on which something leans that stays: a view that groups by the key, a
 * foreign key of a table that is not filled, a partition's part of its table's key, a publication: without
 * the primary key the server deletes no rows of a table that is published. */
static const char uniques_sql[] =
    "SELECT CASE WHEN k.oid IS NULL THEN format('DROP INDEX %s;', x.oid::regclass)"
    "  ELSE format('ALTER TABLE %s DROP CONSTRAINT %I;', i.indrelid::regclass, k.conname) END,"
    " pg_get_indexdef(x.oid) || ';' || CASE WHEN k.oid IS NULL THEN '' ELSE"
    "  format('ALTER TABLE %s ADD CONSTRAINT %I %s USING INDEX %I%s%s; COMMENT ON CONSTRAINT %I ON %s IS "
    "%L;',"
    "   i.indrelid::regclass, k.conname, CASE k.contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, "
    "x.relname,"
    "   CASE WHEN k.condeferrable THEN ' DEFERRABLE' END, CASE WHEN k.condeferred THEN ' INITIALLY DEFERRED' "
    "END,"
    "   k.conname, i.indrelid::regclass, obj_description(k.oid, 'pg_constraint')) END"
    " || format('COMMENT ON INDEX %s IS %L;', x.oid::regclass, obj_description(x.oid, "
    "'pg_class'))" LARGE_INDEXES " AND i.indisunique AND coalesce(k.conparentid, 0) = 0"
    " AND NOT EXISTS (SELECT FROM pg_depend d LEFT JOIN pg_constraint f ON f.oid = d.objid"
    "   AND d.classid = 'pg_constraint'::regclass AND f.contype = 'f' AND f.conrelid IN (" FILLED_PARTS ")"
    "  WHERE f.oid IS NULL AND d.deptype <> 'i' AND (d.refclassid = 'pg_class'::regclass AND d.refobjid = "
    "x.oid"
    "   OR d.refclassid = 'pg_constraint'::regclass AND d.refobjid = k.oid))"
    " AND NOT (i.indisprimary AND EXISTS (SELECT FROM pg_publication_tables p"
    "  JOIN pg_namespace s ON s.nspname = p.schemaname JOIN pg_class r ON r.relnamespace = s.oid"
    "   AND r.relname = p.tablename"
    "  WHERE i.indrelid = r.oid OR i.indrelid IN (SELECT relid FROM pg_partition_tree(r.oid))))"
    " ORDER BY x.oid";

/* Rows of a question about the tables: (what is done now, what gives it back). */
static bool collect(struct filling *filling, const char *question, struct str names, struct buf *now,
                    struct buf *back, struct err *err)
{
    struct str params[] = {filling->plan->target_schema, names};
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(filling->control, str_from(question), params, ARRAY_LENGTH(params), &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found) {
        buf_str(now, rows->cells[0].bytes);
        buf_str(back, rows->cells[1].bytes);
    }
    rows_close(rows);
    return done;
}

bool fill_clear_the_way(struct filling *filling, struct err *err)
{
    struct buf now;
    struct buf keys;
    bool done;

    buf_init(&now, BUF_TEXT_MAXIMUM);
    buf_init(&keys, BUF_TEXT_MAXIMUM);
    /* Foreign keys lean on uniques: they go first, and come back last. */
    done = collect(filling, indexes_sql, filling->large, &now, &filling->redo, err) &&
           collect(filling, uniques_sql, filling->large, &keys, &filling->redo, err) &&
           collect(filling, keys_sql, filling->names, &now, &filling->redo, err) &&
           collect(filling, triggers_sql, filling->names, &now, &filling->redo, err) &&
           collect(filling, rules_sql, filling->names, &now, &filling->redo, err) &&
           fill_parts_read(filling, err) && engine_exec(filling->control, buf_view(&now), err) &&
           engine_exec(filling->control, buf_view(&keys), err);
    buf_free(&keys);
    buf_free(&now);
    return done;
}

bool fill_give_back(struct filling *filling, struct err *err)
{
    if (filling->redo.failed)
        return err_set(err, ERR_OUT_OF_MEMORY,
                       "no memory for the statements that give back keys and indexes");
    /* Deferred uniques are looked at now: tables with anything pending cannot be altered. */
    return engine_exec(filling->control, (struct str)STR("SET CONSTRAINTS ALL IMMEDIATE"), err) &&
           engine_exec(filling->control, buf_view(&filling->redo), err) && fill_parts_give_back(filling, err);
}
