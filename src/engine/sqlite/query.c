/* Statements and their rows. */
#include <stdlib.h>
#include <string.h>

#include "engine/sqlite/private.h"

struct sqlite_rows {
    struct rows rows;
    sqlite3_stmt *statement;
};

bool sqlite_exec(struct engine *engine, struct str sql, struct err *err)
{
    struct sqlite *sqlite = (struct sqlite *)engine;
    struct arena *arena = arena_new();
    int code = sqlite3_exec(sqlite->connection, str_cstr(arena, sql), NULL, NULL, NULL);

    arena_free(arena);
    return code == SQLITE_OK || sqlite_error(sqlite, code, sql, err);
}

static bool bind(sqlite3_stmt *statement, const struct str *params, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (params[i].ptr != NULL && sqlite3_bind_text64(statement, (int)i + 1, params[i].ptr, params[i].len,
                                                         SQLITE_TRANSIENT, SQLITE_UTF8) != SQLITE_OK)
            return false;
    return true;
}

static bool prepare(struct sqlite *sqlite, struct str sql, sqlite3_stmt **statement, struct err *err)
{
    const char *tail;
    int code = SQLITE_TOOBIG;

    if (sql.len < INT32_MAX)
        code = sqlite3_prepare_v2(sqlite->connection, sql.ptr, (int)sql.len, statement, &tail);
    return code == SQLITE_OK || sqlite_error(sqlite, code, sql, err);
}

bool sqlite_query(struct engine *engine, struct str sql, const struct str *params, size_t param_count,
                  struct rows **rows, struct err *err)
{
    struct sqlite *sqlite = (struct sqlite *)engine;
    struct sqlite_rows *made;
    sqlite3_stmt *statement = NULL;
    size_t width;

    if (!prepare(sqlite, sql, &statement, err))
        return false;
    width = (size_t)sqlite3_column_count(statement);
    made = calloc(1, sizeof(*made));
    if (made != NULL)
        made->rows.cells = calloc(width + 1, sizeof(*made->rows.cells));
    if (made == NULL || made->rows.cells == NULL || !bind(statement, params, param_count)) {
        (void)sqlite3_finalize(statement);
        free(made == NULL ? NULL : made->rows.cells);
        free(made);
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for the rows of a query");
    }
    made->rows.engine = engine;
    made->rows.width = width;
    made->statement = statement;
    *rows = &made->rows;
    return true;
}

/*
 * The value object is asked instead of the statement: one look-up a cell, not three.  SQLite allows that for
 * a connection without a mutex ("Obtaining SQL Values": protected and unprotected values do not differ
 * there), and every connection of this room is opened with SQLITE_OPEN_NOMUTEX.  For a UTF-16 file _text must
 * be asked before _bytes.
 */
static void read_cell(sqlite3_stmt *statement, int column, struct value *cell)
{
    sqlite3_value *value = sqlite3_column_value(statement, column);

    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        cell->kind = VALUE_INTEGER;
        cell->integer = sqlite3_value_int64(value);
        break;
    case SQLITE_FLOAT:
        cell->kind = VALUE_REAL;
        cell->real = sqlite3_value_double(value);
        break;
    case SQLITE_TEXT:
        cell->kind = VALUE_TEXT;
        cell->bytes.ptr = (const char *)sqlite3_value_text(value);
        cell->bytes.len = (size_t)sqlite3_value_bytes(value);
        break;
    case SQLITE_BLOB:
        cell->kind = VALUE_BLOB;
        cell->bytes.ptr = sqlite3_value_blob(value);
        cell->bytes.len = (size_t)sqlite3_value_bytes(value);
        break;
    default: cell->kind = VALUE_NULL;
    }
}

bool sqlite_rows_next(struct rows *rows, bool *found, struct err *err)
{
    struct sqlite_rows *mine = (struct sqlite_rows *)rows;
    int code = sqlite3_step(mine->statement);

    *found = code == SQLITE_ROW;
    if (code == SQLITE_DONE)
        return true;
    if (code != SQLITE_ROW)
        return sqlite_error((struct sqlite *)rows->engine, code, str_from(sqlite3_sql(mine->statement)), err);
    for (size_t i = 0; i < rows->width; i++) {
        read_cell(mine->statement, (int)i, &rows->cells[i]);
        /* The only reason for a text without a place in memory. */
        if (rows->cells[i].kind == VALUE_TEXT && rows->cells[i].bytes.ptr == NULL)
            return sqlite_error((struct sqlite *)rows->engine, SQLITE_NOMEM,
                                str_from(sqlite3_sql(mine->statement)), err);
    }
    return true;
}

void sqlite_rows_close(struct rows *rows)
{
    struct sqlite_rows *mine = (struct sqlite_rows *)rows;

    (void)sqlite3_finalize(mine->statement);
    free(rows->cells);
    free(mine);
}
