/* Is what is on NEW what is on OLD?  And if not, is it because OLD was written meanwhile? */
#include "ops/move_intern.h"
#include "ops/verify.h"

struct lines {
    struct str *items;
    size_t count;
    size_t capacity;
};

/* By their number alone. */
static bool compare_tables(struct move *move, const struct moved_database *database,
                           const struct contents *expected, struct str **lines, size_t *count,
                           struct err *err)
{
    struct url url = move_url(move, database, false);
    struct engine *engine = NULL;
    struct contents found;
    bool done = move_open(move, &url, &engine, err) && contents_list(move->arena, engine, &found, err);

    engine_close(engine);
    if (done) {
        *count = found.count == expected->count ? 0 : 1;
        *lines = ARENA_NEW(move->arena, struct str);
        **lines = str_printf(move->arena, "%zu tables instead of %zu", found.count, expected->count);
    }
    return done;
}

bool move_differences(struct move *move, const struct moved_database *database, struct str **lines,
                      size_t *count, struct err *err)
{
    struct url url = move_url(move, database, false);
    struct manifest manifest;
    struct contents found;
    struct engine *engine = NULL;
    bool done;

    *count = 0;
    stage_set(move->options->stage, "looking at OLD's", database->dump.facts.name, NULL);
    done = move_manifest(move, database, &manifest, err) && move_open(move, &url, &engine, err) &&
           engine_exec(engine, (struct str)STR("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"), err) &&
           contents_read(move->arena, engine, move->options->interrupted, &found, err);
    engine_close(engine);
    if (done)
        *lines = contents_differences(move->arena, &manifest.contents, &found, count);
    return done;
}

/* What is counted beside tables: name and number, in an order that is the same on both sides. */
static const char counters_sql[] =
    "SELECT pg_catalog.format('sequence %I.%I', schemaname, sequencename), coalesce(last_value::text, 'none')"
    " FROM pg_catalog.pg_sequences UNION ALL SELECT 'large objects', count(*)::text"
    " FROM pg_catalog.pg_largeobject_metadata ORDER BY 1";

static bool read_counters(struct move *move, const struct url *url, struct lines *lines, struct err *err)
{
    struct engine *engine = NULL;
    struct rows *rows = NULL;
    bool found = false;
    bool done = move_open(move, url, &engine, err) &&
                engine_query(engine, str_from(counters_sql), NULL, 0, &rows, err);

    while (done && (done = rows_next(rows, &found, err)) && found)
        ARENA_PUSH(move->arena, lines->items, lines->count, lines->capacity) = str_printf(
            move->arena, "%.*s: %.*s", STR_ARGS(rows->cells[0].bytes), STR_ARGS(rows->cells[1].bytes));
    rows_close(rows);
    engine_close(engine);
    return done;
}

static bool has_line(const struct lines *lines, struct str line)
{
    for (size_t i = 0; i < lines->count; i++)
        if (str_equal(lines->items[i], line))
            return true;
    return false;
}

/* Sequences count outside of transactions: one that goes on was used since, and is no fault of the restore.
 */
static bool compare_counters(struct move *move, const struct moved_database *database, struct lines *written,
                             struct err *err)
{
    struct url old = move_url(move, database, false);
    struct url new = move_url(move, database, true);
    struct lines sides[2] = {{.items = NULL}, {.items = NULL}};

    if (!read_counters(move, &old, &sides[0], err) || !read_counters(move, &new, &sides[1], err))
        return false;
    for (size_t i = 0; i < sides[0].count; i++)
        if (!has_line(&sides[1], sides[0].items[i]))
            ARENA_PUSH(move->arena, written->items, written->count, written->capacity) =
                str_printf(move->arena, "%.*s on OLD, which NEW does not have", STR_ARGS(sides[0].items[i]));
    return true;
}

/* What belongs to an extension comes with NEW's version of it: no dump holds it. */
static bool read_extensions(struct move *move, const struct url *url, struct str schema, struct lines *names,
                            struct err *err)
{
    static const char sql[] =
        "SELECT c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_depend d ON d.objid = c.oid"
        " AND d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'e'"
        " WHERE c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1)";
    struct engine *engine = NULL;
    struct rows *rows = NULL;
    bool found = false;
    bool done =
        move_open(move, url, &engine, err) && engine_query(engine, str_from(sql), &schema, 1, &rows, err);

    while (done && (done = rows_next(rows, &found, err)) && found)
        ARENA_PUSH(move->arena, names->items, names->count, names->capacity) =
            str_dup(move->arena, rows->cells[0].bytes);
    rows_close(rows);
    engine_close(engine);
    return done;
}

/* NULL ptr: there is none, but for what belongs to extensions. */
static struct str first_difference(struct arena *arena, const struct verify_result *result,
                                   const struct lines *extensions)
{
    for (size_t i = 0; i < result->table_count; i++)
        if (!result->tables[i].equal && !has_line(extensions, result->tables[i].names[0]))
            return str_printf(arena, "table %.*s", STR_ARGS(result->tables[i].names[0]));
    for (size_t i = 0; i < result->remark_count; i++) {
        const struct verify_remark *remark = &result->remarks[i];

        if (remark->differs &&
            !has_line(extensions, remark->table.ptr != NULL ? remark->table : remark->name))
            return str_printf(arena, "%s %.*s%s%.*s: %.*s", remark->what, STR_ARGS(remark->table),
                              remark->table.len > 0 ? "." : "", STR_ARGS(remark->name),
                              STR_ARGS(remark->text));
    }
    return (struct str){NULL, 0};
}

/* *difference: NULL ptr: the tables of that schema are equal. */
static bool verify_schema(struct move *move, const struct moved_database *database, struct str schema,
                          struct str *difference, struct err *err)
{
    struct url old = move_url(move, database, false);
    struct url new = move_url(move, database, true);
    struct verify_options options = {.sides = {&old, &new},
                                     .source_schema = schema,
                                     .plan = {.target_schema = schema},
                                     .trace = move->options->trace,
                                     .interrupted = move->options->interrupted};
    struct lines extensions = {.items = NULL};
    struct verify_result result;
    struct arena *arena = arena_new();
    struct str first;
    bool done = verify_run(arena, &options, &result, err);

    *difference = (struct str){NULL, 0};
    if (done && !result.equal && (done = read_extensions(move, &old, schema, &extensions, err))) {
        first = first_difference(arena, &result, &extensions);
        if (first.ptr != NULL)
            *difference = str_printf(move->arena, "schema %.*s: %.*s", STR_ARGS(schema), STR_ARGS(first));
    }
    verify_close(&result);
    arena_free(arena);
    return done;
}

/* Contents are in the order of schemas. */
static bool verify_all(struct move *move, const struct moved_database *database,
                       const struct contents *contents, struct str *difference, struct err *err)
{
    *difference = (struct str){NULL, 0};
    for (size_t i = 0; i < contents->count && difference->ptr == NULL; i++)
        if ((i == 0 || !str_equal(contents->tables[i].schema, contents->tables[i - 1].schema)) &&
            !verify_schema(move, database, contents->tables[i].schema, difference, err))
            return false;
    return true;
}

bool move_verify(struct move *move, struct moved_database *database, struct err *err)
{
    struct lines written = {.items = NULL};
    struct manifest manifest;
    struct str difference = {NULL, 0};
    size_t count = 0;
    struct str *lines = NULL;

    stage_set(move->options->stage, "verifying", database->dump.facts.name, NULL);
    if (!move_manifest(move, database, &manifest, err) ||
        !verify_all(move, database, &manifest.contents, &difference, err))
        return false;
    /* What is equal to NEW was not written since; another table may have come to OLD in a schema of its own.
     */
    if (!(difference.ptr != NULL ? move_differences(move, database, &lines, &count, err)
                                 : compare_tables(move, database, &manifest.contents, &lines, &count, err)))
        return false;
    for (size_t i = 0; i < count; i++)
        ARENA_PUSH(move->arena, written.items, written.count, written.capacity) = lines[i];
    if (!compare_counters(move, database, &written, err))
        return false;
    database->written = written.items;
    database->written_count = written.count;
    if (difference.ptr != NULL && written.count == 0) {
        err_set(err, ERR_DIFFERENT, "%.*s on NEW is not what it is on OLD",
                STR_ARGS(database->dump.facts.name));
        err_detail(err, "%.*s", STR_ARGS(difference));
        return err_hint(err, "pgrade verify OLD NEW names every difference");
    }
    return true;
}
