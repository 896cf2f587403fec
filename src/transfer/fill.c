#include "transfer/fill_intern.h"

#include <string.h>

#include "base/json.h"
#include "schema/ident.h"
#include "transfer/commit.h"

enum {
    LARGE_ROWS = 5000 /* from here on building an index at once is faster than row by row */
};

struct str fill_table_names(struct arena *arena, const struct plan *plan, int64_t least)
{
    struct json json;
    struct buf text;
    struct str names;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    json_begin(&json, &text);
    json_array(&json);
    for (size_t i = 0; i < plan->table_count; i++)
        if (least < 0 || plan->tables[i].rows_estimate >= least)
            json_str(&json, plan->tables[i].name);
    json_array_end(&json);
    names = buf_to_str(arena, &text);
    buf_free(&text);
    return names;
}

static bool find_partitioned(struct filling *filling, struct err *err)
{
    struct str params[] = {filling->plan->target_schema, filling->names};
    struct rows *rows;
    bool found = true;
    bool done;

    filling->partitioned = ARENA_ARRAY(filling->arena, bool, filling->plan->table_count + 1);
    if (!engine_query(
            filling->control,
            (struct str)STR("SELECT relname FROM pg_class WHERE relkind = 'p' AND oid IN (" FILLED ")"),
            params, ARRAY_LENGTH(params), &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        for (size_t i = 0; i < filling->plan->table_count; i++)
            if (str_equal(filling->plan->tables[i].name, rows->cells[0].bytes))
                filling->partitioned[i] = true;
    rows_close(rows);
    return done;
}

void fill_put_name(const struct filling *filling, size_t place, struct buf *sql)
{
    buf_text(sql, filling->partitioned[place] ? "" : "ONLY ");
    ident_quote_qualified(sql, filling->plan->target_schema, filling->plan->tables[place].name);
}

static bool lock_tables(struct filling *filling, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "LOCK TABLE ");
    for (size_t i = 0; i < filling->plan->table_count; i++) {
        buf_text(&sql, i > 0 ? ", " : "");
        fill_put_name(filling, i, &sql);
    }
    buf_text(&sql, " IN ACCESS EXCLUSIVE MODE");
    done = engine_exec(filling->control, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

/* Functions of the application, in checks, indexes and generated columns, find what they call as they do for
 * it: on the path that the role has in this database. */
#define SETTINGS_OF_LOAD "SET LOCAL lock_timeout = 0; SET LOCAL search_path TO DEFAULT"

/* Foreign keys come and go by leave of the tables that they refer to, which are locked as well. */
static bool clear_tables(struct filling *filling, struct arena *arena, bool replace, struct err *err)
{
    struct engine *control = filling->control;
    const struct plan *plan = filling->plan;

    if (engine_exec(control,
                    (struct str)STR("SET LOCAL lock_timeout = '20s'; SET LOCAL default_tablespace = ''"),
                    err) &&
        lock_tables(filling, err) && fill_catalog(arena, control, &filling->catalog, err) &&
        fill_keys_read(arena, control, plan, plan->target_schema, &filling->keys, err) &&
        fill_find_sequences(filling, err) && fill_check_rows(filling, replace, err) &&
        fill_clear_the_way(filling, err) && fill_empty(filling, err))
        return engine_exec(control, (struct str)STR(SETTINGS_OF_LOAD), err);
    if (strcmp(err->sqlstate, "55P03") != 0) /* lock_not_available */
        return false;
    err->code = ERR_REFUSED;
    err->hint[0] = '\0'; /* of locks at large */
    return err_hint(err,
                    "somebody uses the tables that are to be filled, or those that they refer to: stop the "
                    "application, then again");
}

bool fill_begin(struct filling *filling, struct arena *arena, struct engine *control, const struct plan *plan,
                bool replace, struct err *err)
{
    *filling = (struct filling){.arena = arena, .control = control, .plan = plan};
    filling->names = fill_table_names(arena, plan, -1);
    filling->large = fill_table_names(arena, plan, LARGE_ROWS);
    buf_init(&filling->redo, BUF_TEXT_MAXIMUM);
    if (plan->table_count == 0)
        return err_set(err, ERR_REFUSED, "the target has none of the source's tables");
    return engine_exec(control, (struct str)STR("BEGIN"), err) && find_partitioned(filling, err) &&
           clear_tables(filling, arena, replace, err);
}

static bool compare_catalog(struct filling *filling, struct err *err)
{
    struct str after;
    struct str difference;

    if (!fill_catalog(filling->arena, filling->control, &after, err))
        return false;
    difference = fill_catalog_difference(filling->catalog, after);
    if (difference.ptr == NULL)
        return true;
    err_set(err, ERR_FAILED, "the target's schema would not be what it was, so nothing was kept");
    err_detail(err, "%.*s", STR_ARGS(difference));
    return err_hint(err, "the line above is the first that differs; please report it");
}

bool fill_finish(struct filling *filling, struct err *err)
{
    /* The greatest numbers are soon found with the keys there. */
    return fill_give_back(filling, err) &&
           engine_exec(filling->control, (struct str)STR("SET LOCAL search_path = pg_catalog"), err) &&
           fill_set_sequences(filling, err) && compare_catalog(filling, err);
}

bool fill_commit(struct filling *filling, const int64_t *rows, struct commit *commit, struct err *err)
{
    commit->proof = commit_rows_proof(filling->arena, filling->plan, rows);
    return commit_transaction(commit, filling->control, err);
}

void fill_end(struct filling *filling)
{
    buf_free(&filling->redo);
}
