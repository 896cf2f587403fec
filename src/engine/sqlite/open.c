/* Opening read-only, and saying why not. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "engine/sqlite/session.h"

/* What SQLite's result codes mean for somebody who wants to read a file.  Extended codes first. */
static const struct failure {
    int code;
    enum err_code err;
    const char *what;
    const char *hint;
} failures[] = {
    {SQLITE_READONLY_ROLLBACK, ERR_SOURCE_LOCKED,
     "a program crashed while writing it, and its journal must be rolled back",
     "start and stop the application once, or run: sqlite3 FILE 'SELECT 1'"},
    {SQLITE_READONLY_RECOVERY, ERR_SOURCE_LOCKED,
     "its write-ahead log must be recovered by a program that may write",
     "start and stop the application once, or run: sqlite3 FILE 'SELECT 1'"},
    {SQLITE_READONLY_CANTINIT, ERR_PERMISSION,
     "the file is in WAL mode and SQLite may not make its -shm file beside it",
     "make the folder writable for this user, or copy the file together with its -wal to a folder that is; "
     "if there is "
     "no -wal and nobody writes: 'sqlite:///FILE?immutable=1'"},
    {SQLITE_READONLY_DIRECTORY, ERR_PERMISSION, "its folder may not be written",
     "make the folder writable for this user, or copy the file together with its -wal to a folder that is; "
     "if there is "
     "no -wal and nobody writes: 'sqlite:///FILE?immutable=1'"},
    {SQLITE_CANTOPEN, ERR_PERMISSION, "SQLite cannot open it, or the -wal and -shm files beside it",
     "for a file in WAL mode the folder must be writable; copy it together with its -wal; if there is no "
     "-wal and nobody "
     "writes: 'sqlite:///FILE?immutable=1'"},
    {SQLITE_BUSY, ERR_SOURCE_LOCKED, "another program keeps it locked", "stop the application, or try again"},
    {SQLITE_LOCKED, ERR_SOURCE_LOCKED, "another program keeps it locked",
     "stop the application, or try again"},
    {SQLITE_NOTADB, ERR_SOURCE_KIND, "not a SQLite database, or an encrypted one", "check the path"},
    {SQLITE_CORRUPT, ERR_SOURCE_CORRUPT, "the file is damaged", NULL}, /* sqlite_hint_recover() */
    {SQLITE_FULL, ERR_IO, "there is no room left on its disk", "free some, or name another folder"},
    {SQLITE_IOERR_WRITE, ERR_IO, "writing it failed", "look at the disk and the system's log"},
    {SQLITE_IOERR, ERR_IO, "reading it failed", "look at the disk and the system's log"},
    {SQLITE_NOMEM, ERR_OUT_OF_MEMORY, "SQLite has no memory", "free memory"},
    {SQLITE_INTERRUPT, ERR_CANCELED, "interrupted", ""},
};

bool sqlite_error(struct sqlite *sqlite, int code, struct str sql, struct err *err)
{
    const char *message =
        sqlite->connection == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(sqlite->connection);
    struct str shown = str_utf8_clip(str_trim(sql), 200);

    for (size_t i = 0; i < ARRAY_LENGTH(failures); i++) {
        if (failures[i].code != code && failures[i].code != (code & 0xff))
            continue;
        err_set(err, failures[i].err, "%s: %s", sqlite->path, failures[i].what);
        err_detail(err, "%s (SQLite result %d)", message, code);
        if (failures[i].hint == NULL)
            sqlite_hint_recover(sqlite->path, err);
        else
            err_hint(err, "%s", failures[i].hint);
        return false;
    }
    err_set(err, ERR_DATABASE, "%s: a statement failed: %.*s", sqlite->path, STR_ARGS(shown));
    err_detail(err, "%s (SQLite result %d)", message, code);
    return false;
}

bool sqlite_lock_error(const char *path, enum lock_outcome outcome, struct err *err)
{
    int number = errno;

    if (outcome == LOCK_BUSY) {
        err_set(err, ERR_SOURCE_LOCKED, "%s: another program keeps it locked", path);
        err_detail(err, "database is locked");
        return err_hint(err, "stop the application, or try again");
    }
    err_set(err, ERR_IO, "%s: cannot be locked, so nothing keeps writers out while it is read", path);
    err_detail(err, "%s", strerror(number));
    return err_hint(err, "stop the application, and name the file so: 'sqlite:///FILE?immutable=1'");
}

/* The path percent-encoded, so that no byte of it is read as syntax; behind an authority, empty, where it
 * begins with a slash, since a second slash would begin one. */
void sqlite_put_uri(struct buf *uri, const char *path, const char *parameters)
{
    buf_text(uri, path[0] == '/' ? "file://" : "file:");
    for (const unsigned char *p = (const unsigned char *)path; *p != '\0'; p++) {
        if (ascii_is_alpha((char)*p) || ascii_is_digit((char)*p) || strchr("/-_.", *p) != NULL)
            buf_byte(uri, (char)*p);
        else
            buf_printf(uri, "%%%02X", *p);
    }
    buf_text(uri, parameters);
}

/* `immutable` makes SQLite ignore a -wal, so it is refused when there is one. */
bool sqlite_check_immutable(const char *path, struct err *err)
{
    struct arena *arena = arena_new();
    bool there = access(arena_printf(arena, "%s-wal", path), F_OK) == 0;

    arena_free(arena);
    if (!there)
        return true;
    err_set(err, ERR_REFUSED, "%s: immutable=1 was asked for, and there is a -wal file", path);
    err_detail(err, "SQLite would ignore it, and with it the newest rows");
    err_hint(err, "copy both files to a folder that is writable and read them there");
    return false;
}

static bool configure(struct sqlite *sqlite, int busy_ms, struct err *err)
{
    (void)sqlite3_extended_result_codes(sqlite->connection, 1);
    (void)sqlite3_busy_timeout(sqlite->connection, busy_ms > 0 ? busy_ms : SQLITE_BUSY_MS);
    /* The last connection to a WAL file would checkpoint it on closing. */
    (void)sqlite3_db_config(sqlite->connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
    /* A view or trigger that this SQLite cannot parse would make every table unreadable; with this it is
     * passed over and found again by reading the schema table.  Nothing can be written: the file is open
     * read-only. */
    (void)sqlite3_db_config(sqlite->connection, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, (int *)NULL);
    (void)sqlite3_db_config(sqlite->connection, SQLITE_DBCONFIG_DQS_DDL, 1, (int *)NULL);
    (void)sqlite3_db_config(sqlite->connection, SQLITE_DBCONFIG_DQS_DML, 0, (int *)NULL);
    return sqlite_exec(&sqlite->engine,
                       (struct str)STR("PRAGMA query_only = 1; SELECT count(*) FROM sqlite_schema"), err);
}

bool sqlite_read_encoding(struct sqlite *sqlite, struct err *err)
{
    static const struct str question = STR("PRAGMA encoding");
    struct rows *rows;
    bool found = false;
    bool done;

    if (!sqlite_query(&sqlite->engine, question, NULL, 0, &rows, err))
        return false;
    done = sqlite_rows_next(rows, &found, err);
    sqlite->utf16 = done && found && str_starts_with(rows->cells[0].bytes, "UTF-16");
    sqlite_rows_close(rows);
    return done;
}

void sqlite_take_strings(struct engine *engine, bool taken)
{
    struct sqlite *sqlite = (struct sqlite *)engine_unwrap(engine);

    (void)sqlite3_db_config(sqlite->connection, SQLITE_DBCONFIG_DQS_DML, (int)taken, (int *)NULL);
}

bool sqlite_check(struct arena *arena, const struct url *url, struct err *err)
{
    return sqlite_examine(str_cstr(arena, url->path), err);
}

static bool connect_to(struct sqlite *sqlite, const char *path, bool immutable, const char *vfs,
                       struct err *err)
{
    struct buf uri;
    int code = SQLITE_NOMEM;

    buf_init(&uri, BUF_TEXT_MAXIMUM);
    sqlite_put_uri(&uri, path, immutable ? "?mode=ro&immutable=1" : "?mode=ro");
    if (!uri.failed)
        code = sqlite3_open_v2(uri.ptr, &sqlite->connection,
                               SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, vfs);
    buf_free(&uri);
    return code == SQLITE_OK || sqlite_error(sqlite, code, (struct str)STR("open"), err);
}

struct sqlite *sqlite_new(const char *path)
{
    struct sqlite *sqlite = calloc(1, sizeof(*sqlite));

    if (sqlite == NULL || (sqlite->path = strdup(path)) == NULL) {
        free(sqlite);
        return NULL;
    }
    sqlite->engine.ops = sqlite_ops();
    return sqlite;
}

bool sqlite_open(const struct url *url, const struct engine_options *options, struct engine **engine,
                 struct err *err)
{
    struct arena *arena;
    struct sqlite *sqlite;
    const char *path;
    bool done;

    if (options->session != NULL)
        return sqlite_session_open(url, options, engine, err);
    arena = arena_new();
    path = str_cstr(arena, url->path);
    sqlite = sqlite_new(options->named != NULL ? options->named : path);
    if (sqlite == NULL) {
        arena_free(arena);
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for a connection");
    }
    done = (options->opened_before || sqlite_examine(path, err)) &&
           (!url->immutable || sqlite_check_immutable(path, err)) &&
           connect_to(sqlite, path, url->immutable, options->vfs, err) &&
           configure(sqlite, options->busy_ms, err) && sqlite_read_encoding(sqlite, err);
    arena_free(arena);
    if (done)
        *engine = &sqlite->engine;
    else
        engine_close(&sqlite->engine);
    return done;
}

int sqlite_version(void)
{
    int version = sqlite3_libversion_number(); /* 3040001 */

    return version / 1000000 * 10000 + version / 1000 % 1000 * 100 + version % 1000;
}

void sqlite_tidy(const char *path)
{
    sqlite3 *connection = NULL;
    char wal[PATH_MAX];
    struct stat status;

    if (snprintf(wal, sizeof(wal), "%s-wal", path) >= (int)sizeof(wal) || stat(wal, &status) != 0 ||
        status.st_size > 0)
        return;
    if (sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
        (void)sqlite3_exec(connection, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
    (void)sqlite3_close(connection);
}

static void sqlite_close(struct engine *engine)
{
    struct sqlite *sqlite = (struct sqlite *)engine;

    (void)sqlite3_close(sqlite->connection);
    sqlite_session_end(sqlite);
    free(sqlite->path);
    free(sqlite);
}

static void sqlite_cancel(struct engine *engine)
{
    sqlite3_interrupt(((struct sqlite *)engine)->connection);
}

const struct engine_ops *sqlite_ops(void)
{
    static const struct engine_ops ops = {
        .name = "sqlite",
        .close = sqlite_close,
        .exec = sqlite_exec,
        .query = sqlite_query,
        .rows_next = sqlite_rows_next,
        .rows_close = sqlite_rows_close,
        .cancel = sqlite_cancel,
        .read_schema = sqlite_read_schema,
        .session = &sqlite_session_ops,
    };

    return &ops;
}
