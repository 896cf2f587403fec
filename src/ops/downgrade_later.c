/* Views and triggers that came to PostgreSQL after the upgrade: the file has the old file's. */
#include "ops/downgrade_intern.h"

static const char later_sql[] =
    "SELECT c.relname::text, 'v', pg_get_viewdef(c.oid) FROM pg_class c"
    " JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = $1"
    " WHERE c.relkind IN ('v', 'm') AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = "
    "'pg_class'::regclass"
    "  AND d.objid = c.oid AND d.deptype = 'e')"
    " UNION ALL SELECT t.tgname::text, 't', pg_get_triggerdef(t.oid) FROM pg_class c"
    " JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = $1"
    " JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal WHERE NOT c.relispartition ORDER BY 2, 1";

/* The upgrade may have put something before a trigger's name, for the order in which they fire. */
static bool is_named(struct str name, struct str old)
{
    return name.len >= old.len && str_equal_nocase(str_slice(name, name.len - old.len, name.len), old);
}

static bool had_view(const struct schema *schema, struct str name)
{
    for (size_t i = 0; i < schema->view_count; i++)
        if (str_equal_nocase(schema->views[i].name.text, name))
            return true;
    return false;
}

static bool had_trigger(const struct schema *schema, struct str name)
{
    for (size_t i = 0; i < schema->trigger_count; i++)
        if (is_named(name, schema->triggers[i].name.text))
            return true;
    return false;
}

static void take(struct downgrade_run *run, const struct value *cells)
{
    const struct schema *schema = &run->result->prepared.schema;
    bool view = str_is(cells[1].bytes, "v");

    if (view ? had_view(schema, cells[0].bytes) : had_trigger(schema, cells[0].bytes))
        return;
    downgrade_note(run, str_dup(run->arena, cells[0].bytes),
                   str_printf(run->arena, "a %s of PostgreSQL that the old file has not stays behind: %.*s",
                              view ? "view" : "trigger", STR_ARGS(str_trim(cells[2].bytes))));
}

bool downgrade_later(struct downgrade_run *run, struct err *err)
{
    struct str schema = run->result->prepared.plan.target_schema;
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(run->control, str_from(later_sql), &schema, 1, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        take(run, rows->cells);
    rows_close(rows);
    return done;
}
