/* Indexes of a file that begins without rows are made behind them: sorted once, not kept in order row by row.
 */
#include "ops/downgrade_intern.h"
#include "schema/ident.h"

static bool list(struct downgrade_run *run, struct err *err)
{
    static const struct str question =
        STR("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            " ORDER BY rowid");
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(run->file, question, NULL, 0, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        ARENA_PUSH(run->arena, run->indexes, run->index_count, run->index_capacity) = (struct late_index){
            str_dup(run->arena, rows->cells[0].bytes), str_dup(run->arena, rows->cells[1].bytes),
            str_dup(run->arena, rows->cells[2].bytes)};
    rows_close(rows);
    return done;
}

bool downgrade_indexes_drop(struct downgrade_run *run, struct err *err)
{
    bool done = list(run, err);
    struct buf sql;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; done && i < run->index_count; i++) {
        buf_clear(&sql);
        buf_text(&sql, "DROP INDEX ");
        ident_quote(&sql, run->indexes[i].name);
        done = engine_exec(run->file, buf_view(&sql), err);
    }
    buf_free(&sql);
    return done;
}

/* One that the rows contradict is left behind and named: PostgreSQL may see two values where SQLite sees one.
 */
bool downgrade_indexes_make(struct downgrade_run *run, struct err *err)
{
    for (size_t i = 0; i < run->index_count; i++) {
        const struct late_index *index = &run->indexes[i];
        struct err failure = {.code = ERR_NONE};

        if (engine_exec(run->file, index->sql, &failure))
            continue;
        if (failure.code != ERR_DATABASE) {
            *err = failure;
            return err_prefix(err, "the index %.*s", STR_ARGS(index->name));
        }
        downgrade_not_carried(run, OBJECT_INDEX, index->table, index->name,
                              str_printf(run->arena, "SQLite refuses it: %s", failure.detail));
    }
    return true;
}
