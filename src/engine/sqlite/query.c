/* Statements and their rows. */
#include <stdlib.h>
#include <string.h>

#include "engine/sqlite/private.h"

/* A text of a UTF-16 file, as UTF-8. */
struct converted {
    char *bytes;
    size_t size;
};

struct sqlite_rows {
    struct rows rows;
    sqlite3_stmt *statement;
    struct converted *texts; /* by column; NULL: the file's texts are UTF-8 */
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
    if (made != NULL && sqlite->utf16)
        made->texts = calloc(width + 1, sizeof(*made->texts));
    if (made == NULL || made->rows.cells == NULL || (sqlite->utf16 && made->texts == NULL) ||
        !bind(statement, params, param_count)) {
        (void)sqlite3_finalize(statement);
        free(made == NULL ? NULL : made->rows.cells);
        free(made == NULL ? NULL : made->texts);
        free(made);
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for the rows of a query");
    }
    made->rows.engine = engine;
    made->rows.width = width;
    made->statement = statement;
    *rows = &made->rows;
    return true;
}

sqlite3_stmt *sqlite_rows_statement(struct rows *rows)
{
    return ((struct sqlite_rows *)rows)->statement;
}

/*
 * The value object is asked instead of the statement: one look-up a cell, not three.  SQLite allows that for
 * a connection without a mutex ("Obtaining SQL Values": protected and unprotected values do not differ
 * there), and every connection of this room is opened with SQLITE_OPEN_NOMUTEX.
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

static uint32_t unit_at(const char *text, size_t place)
{
    uint16_t unit;

    memcpy(&unit, text + place * sizeof(unit), sizeof(unit)); /* SQLite may give an odd address */
    return unit;
}

/* A surrogate alone becomes three bytes that are no UTF-8, so that whoever reads the text refuses it. */
static size_t put_character(char *out, uint32_t character)
{
    size_t count = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};

    for (size_t i = count; i-- > 1; character >>= 6)
        out[i] = (char)(0x80 | (character & 0x3f));
    out[0] = (char)(leads[count] | character);
    return count;
}

static struct str to_utf8(struct converted *text, const char *source, size_t size)
{
    size_t units = size / sizeof(uint16_t);
    size_t room = units * 3 + 2;
    size_t length = 0;

    if (text->size < room) {
        char *grown = realloc(text->bytes, room);

        if (grown == NULL)
            return (struct str){NULL, 0};
        text->bytes = grown;
        text->size = room;
    }
    for (size_t i = 0; i < units; i++) {
        uint32_t character = unit_at(source, i);

        if ((character & 0xfc00) == 0xd800 && i + 1 < units && (unit_at(source, i + 1) & 0xfc00) == 0xdc00)
            character = 0x10000 + ((character & 0x3ff) << 10) + (unit_at(source, ++i) & 0x3ff);
        length += put_character(text->bytes + length, character);
    }
    if (size % sizeof(uint16_t) != 0)
        text->bytes[length++] = (char)0xff; /* half a unit: in no UTF-8 either */
    return (struct str){text->bytes, length};
}

/* SQLite's own conversion makes other characters of what is no UTF-16, two unlike texts the same one. */
static void read_utf16_cell(struct sqlite_rows *rows, int column, struct value *cell)
{
    sqlite3_value *value = sqlite3_column_value(rows->statement, column);
    const char *text;

    if (sqlite3_value_type(value) != SQLITE_TEXT) {
        read_cell(rows->statement, column, cell);
        return;
    }
    cell->kind = VALUE_TEXT;
    text = sqlite3_value_text16(value);
    cell->bytes = (struct str){NULL, 0};
    if (text != NULL)
        cell->bytes = to_utf8(&rows->texts[column], text, (size_t)sqlite3_value_bytes16(value));
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
        if (mine->texts == NULL)
            read_cell(mine->statement, (int)i, &rows->cells[i]);
        else
            read_utf16_cell(mine, (int)i, &rows->cells[i]);
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
    for (size_t i = 0; mine->texts != NULL && i < rows->width; i++)
        free(mine->texts[i].bytes);
    free(mine->texts);
    free(rows->cells);
    free(mine);
}
