/* Statements of a session: like those on PostgreSQL as far as SQLite goes.  The first row is computed at
 * once, so that a mistake shows where the statement is run on both. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/sqlite/session.h"
#include "schema/statements.h"

struct sqlite_result {
    struct result result;
    struct sqlite *sqlite;
    struct arena *arena;
    sqlite3_stmt *statement; /* NULL: there was nothing but blanks */
    bool counts;
    bool waiting; /* the row that the last step gave was not shown yet */
    bool ended;
};

/* The first statement of the text, which must be its only one, as on PostgreSQL. */
static bool prepare(struct sqlite *sqlite, struct str sql, sqlite3_stmt **statement, struct err *err)
{
    const char *tail = NULL;
    struct str rest;
    int code = SQLITE_TOOBIG;

    if (str_find(sql, '\0') >= 0)
        return sqlite_session_refused(sqlite, "42601", "a statement cannot hold a NUL byte", "", err);
    if (sql.len < INT32_MAX)
        code = sqlite3_prepare_v2(sqlite->connection, sql.len == 0 ? "" : sql.ptr, (int)sql.len, statement,
                                  &tail);
    if (code != SQLITE_OK)
        return sqlite_session_failed(sqlite, code, err);
    rest = tail == NULL ? (struct str){NULL, 0} : str_slice(sql, (size_t)(tail - sql.ptr), sql.len);
    if (statement_next(rest, SQL_SQLITE).text.len == 0)
        return true;
    return sqlite_session_refused(sqlite, "42601", "there are several statements, and one was expected",
                                  "run them one by one", err);
}

static int bind_value(sqlite3_stmt *statement, int place, const struct value *value)
{
    const char *bytes = value->bytes.len == 0 ? "" : value->bytes.ptr;

    switch (value->kind) {
    case VALUE_INTEGER: return sqlite3_bind_int64(statement, place, value->integer);
    case VALUE_REAL: return sqlite3_bind_double(statement, place, value->real);
    case VALUE_TEXT:
        return sqlite3_bind_text64(statement, place, bytes, value->bytes.len, SQLITE_TRANSIENT, SQLITE_UTF8);
    case VALUE_BLOB: return sqlite3_bind_blob64(statement, place, bytes, value->bytes.len, SQLITE_TRANSIENT);
    case VALUE_NULL: break;
    }
    return sqlite3_bind_null(statement, place);
}

/* $2 is the second parameter, wherever it stands; to SQLite it is a name. */
static int64_t number_of(sqlite3_stmt *statement, int place)
{
    struct str name = str_from(sqlite3_bind_parameter_name(statement, place));
    int64_t number;

    if (name.len > 1 && (name.ptr[0] == '$' || name.ptr[0] == '?') &&
        str_to_int64(str_slice(name, 1, name.len), &number))
        return number;
    return name.len == 0 ? place : -1;
}

static bool bind_all(struct sqlite *sqlite, sqlite3_stmt *statement, const struct value *params, size_t count,
                     struct err *err)
{
    for (int i = 1; i <= sqlite3_bind_parameter_count(statement); i++) {
        int64_t number = number_of(statement, i);
        int code;

        if (number < 1 || (size_t)number > count)
            return sqlite_session_refused(sqlite, "42P02", "a parameter of the statement has no value",
                                          "write parameters as $1, $2 ..., and give each its value", err);
        code = bind_value(statement, i, &params[number - 1]);
        if (code != SQLITE_OK)
            return sqlite_session_failed(sqlite, code, err);
    }
    return true;
}

static bool step(struct sqlite_result *made, struct err *err)
{
    int code = made->statement == NULL ? SQLITE_DONE : sqlite3_step(made->statement);

    made->waiting = code == SQLITE_ROW;
    made->ended = !made->waiting;
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return sqlite_session_failed(made->sqlite, code, err);
    if (code == SQLITE_DONE && made->counts)
        made->result.changed = sqlite3_changes64(made->sqlite->connection);
    return true;
}

static void describe(struct sqlite_result *made)
{
    size_t width = (size_t)sqlite3_column_count(made->statement);

    made->result.width = width;
    made->result.columns = ARENA_ARRAY(made->arena, struct result_column, width + 1);
    made->result.cells = ARENA_ARRAY(made->arena, struct value, width + 1);
    for (size_t i = 0; i < width; i++) {
        const char *declared = sqlite3_column_decltype(made->statement, (int)i);

        made->result.columns[i] = (struct result_column){
            str_dup(made->arena, str_from(sqlite3_column_name(made->statement, (int)i))),
            declared == NULL ? (struct str){NULL, 0} : str_dup(made->arena, str_from(declared))};
    }
}

/* CREATE and PRAGMA leave the number of the statement before. */
static bool counts(sqlite3_stmt *statement, struct str sql)
{
    static const char *const words[] = {"insert", "replace", "update", "delete", "with"};
    struct str word = statement_word(sql, SQL_SQLITE);

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (str_is_nocase(word, words[i]))
            return sqlite3_stmt_readonly(statement) == 0;
    return false;
}

/* The words with which PostgreSQL would say it. */
static void put_tag(struct sqlite_result *made, struct str sql)
{
    struct str word = statement_word(sql, SQL_SQLITE);
    size_t length = word.len < sizeof(made->result.tag) ? word.len : sizeof(made->result.tag) - 1;

    for (size_t i = 0; i < length; i++)
        made->result.tag[i] = ascii_upper(word.ptr[i]);
}

static bool free_result(struct sqlite_result *made, bool done)
{
    (void)sqlite3_finalize(made->statement);
    made->sqlite->session->running = false;
    arena_free(made->arena);
    free(made);
    return done;
}

static bool run(struct engine *engine, struct str sql, const struct value *params, size_t param_count,
                struct result **result, struct err *err)
{
    struct sqlite *sqlite = (struct sqlite *)engine;
    struct sqlite_result *made;

    if (sqlite->session->running)
        return sqlite_session_refused(sqlite, "55000", "the result before this statement is open still",
                                      "close it first: one statement at a time", err);
    made = calloc(1, sizeof(*made));
    if (made == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for the rows of a statement");
    made->result = (struct result){.engine = engine, .changed = -1};
    made->sqlite = sqlite;
    made->arena = arena_new();
    sqlite->session->running = true;
    sqlite_session_set_limits(sqlite->session);
    if (!prepare(sqlite, sql, &made->statement, err) ||
        !bind_all(sqlite, made->statement, params, param_count, err))
        return free_result(made, false);
    made->counts = counts(made->statement, sql);
    put_tag(made, sql);
    describe(made);
    if (!step(made, err))
        return free_result(made, false);
    *result = &made->result;
    return true;
}

/* Asked for through the column, not its value: that gives a text its NUL. */
static struct value cell_of(sqlite3_stmt *statement, int column)
{
    struct value value = {.kind = VALUE_NULL};

    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
        return (struct value){.kind = VALUE_INTEGER, .integer = sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT:
        return (struct value){.kind = VALUE_REAL, .real = sqlite3_column_double(statement, column)};
    case SQLITE_TEXT:
        value.kind = VALUE_TEXT;
        value.bytes.ptr = (const char *)sqlite3_column_text(statement, column);
        break;
    case SQLITE_BLOB:
        value.kind = VALUE_BLOB;
        value.bytes.ptr = sqlite3_column_blob(statement, column);
        break;
    default: return value;
    }
    value.bytes.len = (size_t)sqlite3_column_bytes(statement, column);
    return value;
}

static bool next(struct result *result, bool *found, struct err *err)
{
    struct sqlite_result *made = (struct sqlite_result *)result;

    *found = false;
    if (!made->waiting && !made->ended && !step(made, err))
        return false;
    *found = made->waiting;
    made->waiting = false;
    for (size_t i = 0; *found && i < result->width; i++) {
        result->cells[i] = cell_of(made->statement, (int)i);
        if (result->cells[i].kind == VALUE_TEXT && result->cells[i].bytes.ptr == NULL)
            return sqlite_session_failed(made->sqlite, SQLITE_NOMEM, err);
    }
    return true;
}

/* What was to be written is written when the first row comes; so nothing is lost with the others. */
static bool close_result(struct result *result, struct err *err)
{
    (void)err;
    return free_result((struct sqlite_result *)result, true);
}

static enum session_state state(struct engine *engine)
{
    return sqlite3_get_autocommit(((struct sqlite *)engine)->connection) != 0 ? SESSION_IDLE
                                                                              : SESSION_TRANSACTION;
}

static const struct diagnosis *diagnosis(struct engine *engine)
{
    return &((struct sqlite *)engine)->session->diagnosis;
}

const struct session_ops sqlite_session_ops = {
    .run = run,
    .next = next,
    .close = close_result,
    .state = state,
    .diagnosis = diagnosis,
};
