/* What comes along, but means a little less than it did. */
#include "ops/downgrade_schema.h"

#define TABLES                                                                                               \
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = $1"                      \
    " AND c.relkind IN ('r', 'p') AND NOT c.relispartition "

#define INDEXES                                                                                              \
    TABLES " JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid"                  \
           " JOIN pg_am m ON m.oid = x.relam AND m.amname IN ('btree', 'hash') "

static const char notes_sql[] =
    "SELECT concat(c.relname, '.', x.relname), 'its INCLUDE columns ('"
    "  || (SELECT string_agg(a.attname, ', ' ORDER BY u.i) FROM unnest(i.indkey::int2[]) WITH ORDINALITY "
    "u(n, i)"
    "   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.n WHERE u.i > i.indnkeyatts)"
    "  || ') stay behind: SQLite reads them from the table'" INDEXES " WHERE i.indnatts > i.indnkeyatts"
    " UNION ALL SELECT concat(c.relname, '.', x.relname), 'a plain index: SQLite has no operator classes ('"
    "  || string_agg(o.opcname, ', ') || ')'" INDEXES
    "  JOIN pg_opclass o ON o.oid = ANY (i.indclass::oid[]) WHERE NOT o.opcdefault GROUP BY c.relname, "
    "x.relname"
    " UNION ALL SELECT concat(c.relname, '.', x.relname), 'in the order of bytes, not of the collation '"
    "  || string_agg(DISTINCT l.collname, ', ')" INDEXES " CROSS JOIN generate_series(1, i.indnkeyatts) k"
    "  JOIN pg_collation l ON l.oid = i.indcollation[k - 1] AND l.collname NOT IN ('default', 'C', 'POSIX')"
    "  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[k - 1] AND a.attnum > 0"
    "  WHERE a.attcollation IS DISTINCT FROM l.oid GROUP BY c.relname, x.relname"
    " UNION ALL SELECT concat(c.relname, '.', a.attname), CASE WHEN l.collisdeterministic"
    "   THEN 'sorts by bytes, not by its collation ' || l.collname"
    "   ELSE 'compares and sorts by bytes: its collation ' || l.collname || ' sees one value where SQLite "
    "sees two'"
    "  END" TABLES " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    "  JOIN pg_collation l ON l.oid = a.attcollation AND l.collname NOT IN ('default', 'C', 'POSIX')"
    " UNION ALL SELECT concat(c.relname, '.', k.conname), 'is DEFERRABLE in PostgreSQL: SQLite looks at each "
    "row as"
    " it is written'" TABLES " JOIN pg_constraint k ON k.conrelid = c.oid AND k.condeferrable"
    "  AND k.contype IN ('p', 'u') ORDER BY 1, 2";

bool made_schema_notes(struct made_schema *made, struct err *err)
{
    struct arena *arena = made->run->arena;
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(made->run->control, str_from(notes_sql), &made->name, 1, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        downgrade_note(made->run, str_dup(arena, rows->cells[0].bytes), str_dup(arena, rows->cells[1].bytes));
    rows_close(rows);
    return done;
}

/* Of those that write an offset, or a count, there is nothing to say; of the others whoever reads has to
 * know. */
void downgrade_note_moments(struct downgrade_run *run)
{
    const struct plan *plan = &run->result->prepared.plan;
    size_t count = 0;

    if (plan->framework.id == FRAMEWORK_SEQUELIZE || plan->framework.id == FRAMEWORK_PRISMA ||
        plan->framework.id == FRAMEWORK_KNEX)
        return;
    for (size_t i = 0; i < plan->table_count; i++)
        for (size_t j = 0; j < plan->tables[i].column_count; j++)
            count += plan->tables[i].columns[j].type.kind == PG_TIMESTAMPTZ;
    if (count > 0)
        downgrade_note(
            run, (struct str){NULL, 0},
            str_printf(run->arena,
                       "the values of %zu timestamptz column%s are written in UTC, without an offset, as "
                       "Django, Rails and TypeORM read them back; SQLAlchemy and Peewee give them without "
                       "a time zone",
                       count, count == 1 ? "" : "s"));
}
