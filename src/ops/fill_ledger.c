/* Are both databases at the same version of the application's migrations? */
#include "ops/fill_intern.h"

#include "schema/ident.h"

/* What tells one migration from another in each framework's ledger; both engines read it so. */
static const struct {
    enum framework_id framework;
    const char *version;
} versions[] = {
    {FRAMEWORK_SQLALCHEMY, "version_num"},
    {FRAMEWORK_DJANGO, "app || '.' || name"},
    {FRAMEWORK_RAILS, "version"},
    {FRAMEWORK_SEQUELIZE, "name"},
    {FRAMEWORK_KNEX, "name"},
    {FRAMEWORK_LARAVEL, "migration"},
    {FRAMEWORK_TYPEORM, "name"},
    {FRAMEWORK_PRISMA, "migration_name"},
    {FRAMEWORK_DRIZZLE, "hash"},
    {FRAMEWORK_PEEWEE, "name"},
};

static const char *version_of(enum framework_id framework)
{
    for (size_t i = 0; i < ARRAY_LENGTH(versions); i++)
        if (versions[i].framework == framework)
            return versions[i].version;
    return NULL;
}

struct ledger {
    struct buf versions; /* sorted, one a line */
    struct str last;
    size_t count;
};

static bool read_ledger(struct arena *arena, struct engine *engine, struct str sql, struct ledger *ledger,
                        struct err *err)
{
    struct rows *rows;
    bool found = true;
    bool done;

    buf_init(&ledger->versions, BUF_TEXT_MAXIMUM);
    ledger->count = 0;
    ledger->last = str_from("none");
    if (!engine_query(engine, sql, NULL, 0, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found) {
        buf_str(&ledger->versions, rows->cells[0].bytes);
        buf_byte(&ledger->versions, '\n');
        ledger->last = str_dup(arena, rows->cells[0].bytes);
        ledger->count++;
    }
    rows_close(rows);
    return done;
}

static struct str question(struct arena *arena, const char *version, struct str schema, struct str table)
{
    struct str sql;
    struct buf text;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    buf_printf(&text, "SELECT DISTINCT CAST(%s AS TEXT)%s AS v FROM ", version,
               schema.ptr != NULL ? " COLLATE \"C\"" : "");
    if (schema.ptr != NULL)
        ident_quote_qualified(&text, schema, table);
    else
        ident_quote(&text, table);
    buf_printf(&text, " WHERE %s IS NOT NULL ORDER BY 1", version);
    sql = buf_to_str(arena, &text);
    buf_free(&text);
    return sql;
}

static const struct plan_table *find_ledger(const struct plan *plan, const struct fill *fill,
                                            const struct existing_table **there)
{
    for (size_t i = 0; plan->framework.ledger.ptr != NULL && i < plan->table_count; i++)
        if (fill->tables[i] != NULL &&
            str_equal_nocase(plan->tables[i].source->name.text, plan->framework.ledger)) {
            *there = fill->tables[i];
            return &plan->tables[i];
        }
    return NULL;
}

static struct str describe(struct arena *arena, const struct ledger *ours, const struct ledger *theirs,
                           bool same)
{
    if (same)
        return str_printf(arena, "both are at the same version: %zu migration%s, the last %.*s", ours->count,
                          ours->count == 1 ? "" : "s", STR_ARGS(ours->last));
    return str_printf(arena, "%zu migration%s in the source, the last %.*s; %zu in the target, the last %.*s",
                      ours->count, ours->count == 1 ? "" : "s", STR_ARGS(ours->last), theirs->count,
                      STR_ARGS(theirs->last));
}

bool fill_compare_ledgers(struct arena *arena, const struct plan *plan, struct fill *fill,
                          struct engine *reader, struct engine *control, struct err *err)
{
    const struct existing_table *there = NULL;
    const struct plan_table *table = find_ledger(plan, fill, &there);
    const char *version = version_of(plan->framework.id);
    struct ledger ours = {.count = 0};
    struct ledger theirs = {.count = 0};
    bool same;
    bool done;

    if (table == NULL || version == NULL)
        return true;
    done =
        read_ledger(arena, reader, question(arena, version, (struct str){NULL, 0}, table->source->name.text),
                    &ours, err) &&
        read_ledger(arena, control, question(arena, version, plan->target_schema, there->name), &theirs, err);
    /* An empty one says nothing: the schema came without its rows. */
    same = theirs.count == 0 || str_equal(buf_view(&ours.versions), buf_view(&theirs.versions));
    if (done && theirs.count > 0)
        fill_differ(arena, fill, FILL_LEDGER, !same, ident_for_people(arena, table->source->name.text),
                    describe(arena, &ours, &theirs, same));
    buf_free(&ours.versions);
    buf_free(&theirs.versions);
    return done;
}

bool fill_refuse_ledgers(const struct fill *fill, struct err *err)
{
    const struct fill_difference *ledger = fill->differences;

    while (ledger->kind != FILL_LEDGER)
        ledger++;
    err_set(err, ERR_REFUSED,
            "the source and the target are at different versions of the application's schema");
    err_detail(err, "%.*s: %.*s; nothing was written", STR_ARGS(ledger->about), STR_ARGS(ledger->text));
    return err_hint(
        err, "run the missing migrations on the one that lacks them; --exclude %.*s keeps the target's own",
        STR_ARGS(ledger->about));
}
