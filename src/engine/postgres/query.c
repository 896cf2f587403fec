/* Statements and their rows. */
#include <stdlib.h>
#include <string.h>

#include "engine/postgres/private.h"
#include "schema/pgtype.h"

struct postgres_rows {
    struct rows rows;
    PGresult *result;
    int next;
    unsigned char **unescaped; /* by column: the bytes of the current row's bytea */
    enum value_kind *kinds;
};

bool postgres_exec(struct engine *engine, struct str sql, struct err *err)
{
    struct postgres *postgres = (struct postgres *)engine;
    struct arena *arena = arena_new();
    PGresult *result = postgres_run(postgres, str_cstr(arena, sql));
    ExecStatusType status = PQresultStatus(result);

    arena_free(arena);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
        return postgres_error(postgres, result, sql, err);
    PQclear(result);
    return true;
}

/* How a column's text is handed on, by type OID. */
enum value_kind postgres_kind_of(Oid type)
{
    static const struct {
        enum pg_kind kind;
        enum value_kind value;
    } kinds[] = {
        {PG_BOOL, VALUE_INTEGER}, {PG_INT2, VALUE_INTEGER}, {PG_INT4, VALUE_INTEGER},
        {PG_INT8, VALUE_INTEGER}, {PG_FLOAT4, VALUE_REAL},  {PG_FLOAT8, VALUE_REAL},
        {PG_BYTEA, VALUE_BLOB},
    };
    enum {
        OID_OF_OID = 26
    };

    if (type == OID_OF_OID)
        return VALUE_INTEGER;
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        if (pg_kind_oid(kinds[i].kind) == type)
            return kinds[i].value;
    return VALUE_TEXT;
}

/* Who asks for ten columns reads ten: behind what a damaged answer has there are NULLs, so many as no SELECT
 * of ours is wide. */
enum {
    WIDEST = 64
};

static struct postgres_rows *rows_new(struct engine *engine, PGresult *result)
{
    struct postgres_rows *rows = calloc(1, sizeof(*rows));
    size_t width = (size_t)PQnfields(result);

    if (rows == NULL)
        return NULL;
    rows->rows = (struct rows){.engine = engine, .width = width};
    rows->rows.cells = calloc(width + WIDEST, sizeof(*rows->rows.cells));
    rows->unescaped = calloc(width + 1, sizeof(*rows->unescaped));
    rows->kinds = calloc(width + 1, sizeof(*rows->kinds));
    if (rows->rows.cells == NULL || rows->unescaped == NULL || rows->kinds == NULL) {
        postgres_rows_close(&rows->rows);
        return NULL;
    }
    rows->result = result; /* from here on theirs to clear */
    for (size_t i = 0; i < width; i++)
        rows->kinds[i] = postgres_kind_of(PQftype(result, (int)i));
    return rows;
}

bool postgres_query(struct engine *engine, struct str sql, const struct str *params, size_t param_count,
                    struct rows **rows, struct err *err)
{
    struct postgres *postgres = (struct postgres *)engine;
    struct arena *arena = arena_new();
    const char **values = ARENA_ARRAY(arena, const char *, param_count + 1);
    struct postgres_rows *made;
    PGresult *result;

    for (size_t i = 0; i < param_count; i++)
        values[i] = params[i].ptr == NULL ? NULL : str_cstr(arena, params[i]);
    result = postgres_run_params(postgres, str_cstr(arena, sql), values, (int)param_count);
    arena_free(arena);
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        return postgres_error(postgres, result, sql, err);
    /* A question whose last byte was damaged on the way: its numbers would be read as other ones. */
    if (PQnfields(result) > 0 && PQbinaryTuples(result) != 0) {
        PQclear(result);
        err_set(err, ERR_CONNECT, "the server answers in another form than it was asked for");
        return err_hint(err,
                        "something on the way to the server damages what is sent: try another way, or TLS");
    }
    made = rows_new(engine, result);
    if (made == NULL) {
        PQclear(result);
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for the rows of a query");
    }
    *rows = &made->rows;
    return true;
}

static struct value cell_of(struct postgres_rows *rows, int column)
{
    struct str text = {PQgetvalue(rows->result, rows->next, column),
                       (size_t)PQgetlength(rows->result, rows->next, column)};
    struct value value = {.kind = rows->kinds[column], .bytes = text};

    if (PQgetisnull(rows->result, rows->next, column))
        return (struct value){.kind = VALUE_NULL};
    switch (value.kind) {
    case VALUE_INTEGER:
        if (!str_to_int64(text, &value.integer))
            value.integer = str_is(text, "t");
        break;
    case VALUE_REAL: value.real = strtod(text.ptr, NULL); break;
    case VALUE_BLOB:
        rows->unescaped[column] = PQunescapeBytea((const unsigned char *)text.ptr, &value.bytes.len);
        value.bytes.ptr = (const char *)rows->unescaped[column];
        break;
    case VALUE_NULL:
    case VALUE_TEXT: break;
    }
    return value;
}

static void forget_row(struct postgres_rows *rows)
{
    for (size_t i = 0; rows->unescaped != NULL && i < rows->rows.width; i++) {
        PQfreemem(rows->unescaped[i]);
        rows->unescaped[i] = NULL;
    }
}

bool postgres_rows_next(struct rows *rows, bool *found, struct err *err)
{
    struct postgres_rows *mine = (struct postgres_rows *)rows;

    forget_row(mine);
    *found = mine->next < PQntuples(mine->result);
    if (!*found)
        return true;
    for (size_t i = 0; i < rows->width; i++) {
        rows->cells[i] = cell_of(mine, (int)i);
        if (rows->cells[i].kind == VALUE_BLOB && rows->cells[i].bytes.ptr == NULL)
            return err_set(err, ERR_OUT_OF_MEMORY, "no memory for a value of %d bytes",
                           PQgetlength(mine->result, mine->next, (int)i));
    }
    mine->next++;
    return true;
}

void postgres_rows_close(struct rows *rows)
{
    struct postgres_rows *mine = (struct postgres_rows *)rows;

    forget_row(mine);
    PQclear(mine->result);
    free(rows->cells);
    free(mine->unescaped);
    free(mine->kinds);
    free(mine);
}
