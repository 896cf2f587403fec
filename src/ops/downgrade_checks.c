/*
 * Rows that contradict a CHECK of the file.
 *
 * SQLite drops the CHECKs of a file that it opens read-only when it reads the schema, so PRAGMA
 * integrity_check of a reader says nothing of them.  They are asked as conditions instead, which also tells
 * how many rows contradict each one, and how many did in the old file.
 */
#include "engine/sqlite/sqlite.h"
#include "ops/downgrade_intern.h"

static bool ask(struct engine *reader, struct str sql, int64_t *counts, size_t count, struct err *err)
{
    struct rows *rows;
    bool found = false;
    bool done;

    if (!engine_query(reader, sql, NULL, 0, &rows, err))
        return false;
    done = rows_next(rows, &found, err);
    for (size_t i = 0; done && found && i < count; i++)
        counts[i] = rows->cells[i].integer;
    rows_close(rows);
    return done;
}

/* How many rows contradict each of the checks from `first` on, all at once: a look at each row is enough. */
static bool count_failing(struct engine *reader, const struct table *table, size_t first, size_t last,
                          int64_t *counts, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    for (size_t i = first; i < last; i++)
        buf_printf(&sql, "%s count(*) FILTER (WHERE NOT (%.*s\n))", i == first ? "SELECT" : ",",
                   STR_ARGS(table->checks[i].expr->sql));
    buf_text(&sql, " FROM ");
    table_put_from(&sql, table);
    /* A schema may hold texts in double quotes. */
    sqlite_take_strings(reader, true);
    done = sql.failed ? err_set(err, ERR_OUT_OF_MEMORY, "no memory for a statement")
                      : ask(reader, buf_view(&sql), counts, last - first, err);
    sqlite_take_strings(reader, false);
    buf_free(&sql);
    return done;
}

static struct str name_of(const struct check *check)
{
    return check->name.text.ptr != NULL ? check->name.text : check->expr->sql;
}

static void judge(struct downgrade_run *run, const struct table *table, const struct check *check,
                  int64_t now, int64_t before)
{
    struct arena *arena = run->arena;
    struct str rows =
        str_printf(arena, "%lld row%s it", (long long)now, now == 1 ? " contradicts" : "s contradict");

    if (now <= before)
        downgrade_note(run, table->name.text,
                       str_printf(arena, "CHECK (%.*s): %.*s, as in the old file (%lld)",
                                  STR_ARGS(check->expr->sql), STR_ARGS(rows), (long long)before));
    else
        downgrade_not_carried(
            run, OBJECT_CHECK, table->name.text, name_of(check),
            str_printf(arena, "%.*s; in the old file %lld did", STR_ARGS(rows), (long long)before));
}

static bool compare(struct downgrade_run *run, struct engine *reader, const struct table *table, size_t first,
                    size_t last, struct err *err)
{
    int64_t *now = ARENA_ARRAY(run->arena, int64_t, last - first + 1);
    int64_t *before = ARENA_ARRAY(run->arena, int64_t, last - first + 1);
    bool some = false;

    if (!count_failing(reader, table, first, last, now, err))
        return false;
    for (size_t i = first; i < last; i++)
        some = some || now[i - first] > 0;
    if (some && run->options->like != NULL &&
        !count_failing(run->result->prepared.snapshot.readers[0], table, first, last, before, err))
        return false;
    for (size_t i = first; i < last; i++)
        if (now[i - first] > 0)
            judge(run, table, &table->checks[i], now[i - first], before[i - first]);
    return true;
}

/* A function of the application's is not there: the others are asked all the same. */
static void compare_each(struct downgrade_run *run, struct engine *reader, const struct table *table)
{
    for (size_t i = 0; i < table->check_count; i++) {
        struct err failure = {.code = ERR_NONE};

        if (!compare(run, reader, table, i, i + 1, &failure))
            downgrade_note(run, table->name.text,
                           str_printf(run->arena, "CHECK (%.*s) could not be asked: %s",
                                      STR_ARGS(table->checks[i].expr->sql), failure.detail));
    }
}

void downgrade_checks(struct downgrade_run *run, struct engine *reader)
{
    const struct plan *plan = &run->result->prepared.plan;

    for (size_t i = 0; i < plan->table_count; i++) {
        const struct table *table = plan->tables[i].source;
        struct err failure = {.code = ERR_NONE};

        if (table->check_count > 0 && !compare(run, reader, table, 0, table->check_count, &failure))
            compare_each(run, reader, table);
    }
}
