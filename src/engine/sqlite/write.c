#include "engine/sqlite/write.h"
#include "base/flag.h"

#include <stdlib.h>
#include <string.h>

#include "engine/sqlite/private.h"

enum {
    PAGES_AT_ONCE = 4096 /* between two looks at the flag */
};

struct sqlite_write {
    struct sqlite *sqlite;
    sqlite3_stmt *statement;
};

static bool copy_all(struct sqlite *source, struct sqlite *made, const volatile sig_atomic_t *interrupted,
                     struct err *err)
{
    sqlite3_backup *backup = sqlite3_backup_init(made->connection, "main", source->connection, "main");
    int code = backup == NULL ? sqlite3_errcode(made->connection) : SQLITE_OK;

    while (code == SQLITE_OK && !flag_is_set(interrupted))
        code = sqlite3_backup_step(backup, PAGES_AT_ONCE);
    (void)sqlite3_backup_finish(backup);
    if (code == SQLITE_OK)
        return err_set(err, ERR_CANCELED, "interrupted");
    return code == SQLITE_DONE || sqlite_error(made, code, (struct str)STR("copy"), err);
}

bool sqlite_copy_pages(struct engine *reader, const char *path, const volatile sig_atomic_t *interrupted,
                       struct err *err)
{
    struct engine *made;
    bool done;

    if (!sqlite_open_write(path, false, &made, err))
        return false;
    done = copy_all((struct sqlite *)engine_unwrap(reader), (struct sqlite *)made, interrupted, err);
    engine_close(made);
    return done;
}

bool sqlite_replace_pages(struct engine *reader, const char *path, const volatile sig_atomic_t *interrupted,
                          struct err *err)
{
    struct sqlite *made = sqlite_new(path);
    bool done = false;
    int code;

    if (made == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for a connection");
    code = sqlite3_open_v2(path, &made->connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK) {
        (void)sqlite_error(made, code, (struct str)STR("open"), err);
    } else {
        (void)sqlite3_busy_timeout(made->connection, SQLITE_BUSY_MS);
        done = copy_all((struct sqlite *)engine_unwrap(reader), made, interrupted, err);
    }
    engine_close(&made->engine);
    return done;
}

static bool configure(struct sqlite *sqlite, struct err *err)
{
    /* A view that this SQLite cannot parse must not make the tables unreadable. */
    static const struct {
        int setting;
        int value;
    } settings[] = {
        {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1}, {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_FKEY, 0},     {SQLITE_DBCONFIG_DQS_DDL, 1},
        {SQLITE_DBCONFIG_DQS_DML, 0},
    };

    (void)sqlite3_extended_result_codes(sqlite->connection, 1);
    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++)
        (void)sqlite3_db_config(sqlite->connection, settings[i].setting, settings[i].value, (int *)NULL);
    return sqlite_exec(
        &sqlite->engine,
        (struct str)STR(
            "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF;"
            "PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; PRAGMA ignore_check_constraints = 1"),
        err);
}

bool sqlite_open_write(const char *path, bool trace, struct engine **engine, struct err *err)
{
    struct sqlite *sqlite = sqlite_new(path);
    int code;

    if (sqlite == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for a connection");
    code = sqlite3_open_v2(path, &sqlite->connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK || !configure(sqlite, err)) {
        if (code != SQLITE_OK)
            sqlite_error(sqlite, code, (struct str)STR("open"), err);
        engine_close(&sqlite->engine);
        return false;
    }
    *engine = trace ? engine_trace(&sqlite->engine) : &sqlite->engine;
    return true;
}

bool sqlite_write_new(struct engine *engine, struct str sql, struct sqlite_write **write, struct err *err)
{
    struct sqlite *sqlite = (struct sqlite *)engine_unwrap(engine);
    struct sqlite_write *made = calloc(1, sizeof(*made));
    int code;

    *write = NULL;
    if (made == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for a statement");
    code = sqlite3_prepare_v3(sqlite->connection, sql.ptr, (int)sql.len, SQLITE_PREPARE_PERSISTENT,
                              &made->statement, NULL);
    if (code != SQLITE_OK) {
        free(made);
        return sqlite_error(sqlite, code, sql, err);
    }
    made->sqlite = sqlite;
    *write = made;
    return true;
}

void sqlite_write_free(struct sqlite_write *write)
{
    if (write == NULL)
        return;
    (void)sqlite3_finalize(write->statement);
    free(write);
}

/* The bytes stay where they are until the statement has run. */
static int bind_value(sqlite3_stmt *statement, int place, const struct value *value)
{
    const char *bytes = value->bytes.len == 0 ? "" : value->bytes.ptr;

    switch (value->kind) {
    case VALUE_INTEGER: return sqlite3_bind_int64(statement, place, value->integer);
    case VALUE_REAL: return sqlite3_bind_double(statement, place, value->real);
    case VALUE_TEXT:
        return sqlite3_bind_text64(statement, place, bytes, value->bytes.len, SQLITE_STATIC, SQLITE_UTF8);
    case VALUE_BLOB: return sqlite3_bind_blob64(statement, place, bytes, value->bytes.len, SQLITE_STATIC);
    case VALUE_NULL: break;
    }
    return sqlite3_bind_null(statement, place);
}

static int bind_values(sqlite3_stmt *statement, const struct value *values, size_t count)
{
    int code = SQLITE_OK;

    for (size_t i = 0; code == SQLITE_OK && i < count; i++)
        code = bind_value(statement, (int)i + 1, &values[i]);
    return code;
}

static bool is_taken(int code)
{
    return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
           code == SQLITE_CONSTRAINT_ROWID;
}

/* NOT NULL, the type of a STRICT table's column: nothing that another row could give up. */
static bool refused(const struct sqlite_write *write, struct err *err)
{
    err_set(err, ERR_DECISION, "a row of PostgreSQL contradicts the file's schema");
    err_detail(err, "%s; no file was made", sqlite3_errmsg(write->sqlite->connection));
    return err_hint(err, "change the row in PostgreSQL and try again");
}

bool sqlite_write_run(struct sqlite_write *write, const struct value *values, size_t count, bool *taken,
                      struct err *err)
{
    int code = bind_values(write->statement, values, count);

    if (code == SQLITE_OK)
        code = sqlite3_step(write->statement);
    *taken = is_taken(code);
    if (code == SQLITE_DONE) {
        (void)sqlite3_reset(write->statement);
        return true;
    }
    if (!*taken && (code & 0xff) == SQLITE_CONSTRAINT)
        (void)refused(write, err);
    else if (!*taken)
        sqlite_error(write->sqlite, code, str_from(sqlite3_sql(write->statement)), err);
    (void)sqlite3_reset(write->statement);
    return *taken;
}

int64_t sqlite_write_count(const struct sqlite_write *write)
{
    return sqlite3_changes(write->sqlite->connection);
}

bool sqlite_rows_again(struct rows *rows, const struct value *params, size_t count, struct err *err)
{
    sqlite3_stmt *statement = sqlite_rows_statement(rows);
    int code;

    (void)sqlite3_reset(statement);
    code = bind_values(statement, params, count);
    return code == SQLITE_OK ||
           sqlite_error((struct sqlite *)rows->engine, code, str_from(sqlite3_sql(statement)), err);
}
