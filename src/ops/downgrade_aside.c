/* Rows that an upgrade set aside are not in the tables: they are named, so that nobody takes them for lost.
 */
#include <inttypes.h>

#include "ops/downgrade_intern.h"

static const char state_sql[] =
    "SELECT coalesce((SELECT CASE WHEN has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, "
    "'SELECT')"
    " THEN 1 ELSE 2 END FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'pgrade_record' AND c.relname = 'quarantine'), 0)";

static const char rows_sql[] =
    "SELECT target_table, count(*), count(DISTINCT run_id), min(run_id)"
    " FROM pgrade_record.quarantine WHERE target_schema = $1 GROUP BY 1 ORDER BY 1";

static void name_rows(struct downgrade_run *run, const struct value *cells)
{
    int64_t count = cells[1].integer;
    bool one = cells[2].integer == 1;

    downgrade_note(
        run, str_dup(run->arena, cells[0].bytes),
        str_printf(run->arena,
                   "%" PRId64
                   " row%s that the upgrade set aside %s not among its rows: pgrade_record.quarantine"
                   " has %s, and so has the file *.quarantine-%.*s.csv of the upgrade; correct what"
                   " does not fit there, run pgrade upgrade --retry-quarantine with it, and downgrade"
                   " again",
                   count, count == 1 ? "" : "s", count == 1 ? "is" : "are", count == 1 ? "it" : "them",
                   one ? (int)cells[3].bytes.len : 1, one ? cells[3].bytes.ptr : "*"));
}

bool downgrade_aside(struct downgrade_run *run, struct err *err)
{
    struct str schema = run->result->prepared.plan.target_schema;
    struct rows *rows;
    int64_t state;
    bool found = true;
    bool done;

    if (!engine_int(run->control, str_from(state_sql), &state, err))
        return false;
    if (state == 2)
        downgrade_note(
            run, str_from("pgrade_record.quarantine"),
            str_from("this role may not read it: rows that the upgrade set aside are there, if any, "
                     "and not in the file"));
    if (state != 1)
        return true;
    if (!engine_query(run->control, str_from(rows_sql), &schema, 1, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        name_rows(run, rows->cells);
    rows_close(rows);
    return done;
}
