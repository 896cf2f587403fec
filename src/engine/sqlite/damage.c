/* What is left of a damaged file: which rows of a table can be read, and how to go on. */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/flag.h"
#include "base/screen.h"
#include "engine/sqlite/private.h"
#include "schema/ident.h"

void sqlite_hint_recover(const char *path, struct err *err)
{
    struct arena *arena = arena_new();

    /* .dump reads a table from both ends.  Debian's sqlite3 cannot do .recover, which finds more. */
    err_hint(
        err,
        "restore a backup, or save what can be read and upgrade that: sqlite3 %s .dump | sed 's/^ROLLBACK; "
        "-- due to errors$/COMMIT;/' | sqlite3 recovered.db && pgrade plan recovered.db (.recover in the "
        "place of .dump finds more rows, where that sqlite3 has it)",
        screen_shell_word(arena, str_from(path)));
    arena_free(arena);
}

/* Reads the table from one end until the damage stops it. */
struct walk {
    int64_t rows;
    int64_t last; /* rowid of the last row that could be read; when rows > 0 */
    bool stopped;
};

static void put_walk(struct buf *sql, const struct table *table, const char *order)
{
    buf_printf(sql, "SELECT %s", table->rowid_name);
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].generated != GENERATED_NO)
            continue;
        buf_text(sql, ", ");
        ident_quote(sql, table->columns[i].name.text);
    }
    buf_text(sql, " FROM ");
    table_put_from(sql, table);
    buf_printf(sql, " ORDER BY %s %s", table->rowid_name, order);
}

/* False: something else than damage ended it. */
static bool walk(struct engine *reader, const struct table *table, const char *order,
                 const volatile sig_atomic_t *interrupted, struct walk *walk)
{
    struct err err = {.code = ERR_NONE};
    struct rows *rows = NULL;
    struct buf sql;
    bool found = true;

    *walk = (struct walk){.rows = 0};
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    put_walk(&sql, table, order);
    if (engine_query(reader, buf_view(&sql), NULL, 0, &rows, &err)) {
        while (rows_next(rows, &found, &err) && found && !flag_is_set(interrupted)) {
            walk->rows++;
            walk->last = rows->cells[0].integer;
        }
        rows_close(rows);
    }
    buf_free(&sql);
    walk->stopped = err.code == ERR_SOURCE_CORRUPT;
    return walk->stopped;
}

static void put_range(struct buf *out, const struct walk *front, const struct walk *back)
{
    if (front->rows > 0 && back->rows > 0)
        buf_printf(out, "the rows with rowids from %" PRId64 " to %" PRId64, front->last + 1, back->last - 1);
    else if (front->rows > 0)
        buf_printf(out, "the rows with rowids from %" PRId64 " on", front->last + 1);
    else if (back->rows > 0)
        buf_printf(out, "the rows with rowids up to %" PRId64, back->last - 1);
    else
        buf_text(out, "its rows");
}

void sqlite_tell_damage(struct engine *reader, const struct table *table,
                        const volatile sig_atomic_t *interrupted, struct err *err)
{
    struct err told = *err;
    struct walk front;
    struct walk back;
    struct buf range;

    if (err->code != ERR_SOURCE_CORRUPT || table->rowid_name == NULL || table->virtual != NULL ||
        !walk(reader, table, "ASC", interrupted, &front) || !walk(reader, table, "DESC", interrupted, &back))
        return;
    buf_init(&range, BUF_TEXT_MAXIMUM);
    put_range(&range, &front, &back);
    err_clear(err);
    err_set(err, told.code, "%s: %s cannot be read", told.primary, range.ptr);
    err_detail(err,
               "%s; %" PRId64 " rows before them and %" PRId64
               " behind them can be read; nothing was published",
               told.detail, front.rows, back.rows);
    err_hint(err, "%s", told.hint);
    buf_free(&range);
}
