/*
 * pgrade.h: libpgrade, one way to talk to a SQLite file or a PostgreSQL server; and the exit statuses of the
 * program pgrade.
 *
 *     struct pgrade_database *db;
 *     struct pgrade_rows *rows;
 *     struct pgrade_error error;
 *     struct pgrade_value who[] = {pgrade_text("ada")};
 *     bool found;
 *
 *     if (!pgrade_open(getenv("DATABASE_URL"), NULL, &db, &error))
 *         ...
 *     if (pgrade_run(db, "SELECT id, name FROM people WHERE name = $1", who, 1, &rows, &error)) {
 *         while (pgrade_next(rows, &found, &error) && found)
 *             printf("%lld\n", (long long)pgrade_cell(rows, 0)->integer);
 *         pgrade_rows_close(rows, NULL);
 *     }
 *     pgrade_close(db);
 *
 * Calls.  Those that can fail return false and then fill `error`, which belongs to the caller and may be NULL
 * where nobody wants to know.  Nothing is printed.
 *
 * Ownership.  What a call opens its _close() closes; NULL is allowed there.  Texts and bytes that a call
 * gives belong to the handle, and last as long as said at the call.  What is passed in is copied.
 *
 * Texts are UTF-8, sizes are bytes, columns count from 0, parameters from 1.
 *
 * Threads.  A database and its rows belong to one thread at a time; only pgrade_cancel() may be called from
 * another.  Different databases are independent.
 *
 * Memory.  When there is none for something small, the process ends with status 1; for rows and values it is
 * an error like others.
 */
#ifndef PGRADE_H
#define PGRADE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The exit statuses of the program, which are also the classes of its errors ("status" in --json).  They are
 * a contract: numbers are never reused. */
enum pgrade_status {
    PGRADE_DONE = 0,     /* done, and verified where the command verifies */
    PGRADE_FAILED = 1,   /* failed; what was and was not done is said */
    PGRADE_USAGE = 2,    /* wrong usage; nothing was touched */
    PGRADE_DECISION = 3, /* stopped before anything was published: a decision is needed */
    PGRADE_REFUSED =
        4, /* the target is not empty, the confirmation is missing, the source was being written */
    PGRADE_UNREACHABLE = 5, /* cannot reach or may not use a database */
    PGRADE_SHORTFALL = 6    /* done and published, with accepted shortfalls */
};

#if defined(__GNUC__)
#define PGRADE_API __attribute__((visibility("default")))
#else
#define PGRADE_API
#endif

/* What a failure means to a program, the same for both engines.  Numbers are never reused. */
enum pgrade_kind {
    PGRADE_KIND_NONE = 0,
    PGRADE_KIND_OTHER = 1,
    PGRADE_KIND_MISUSE = 2,      /* calls out of order, a parameter without a value */
    PGRADE_KIND_URL = 3,         /* the URL or path could not be understood */
    PGRADE_KIND_CONNECTION = 4,  /* the database cannot be reached, or the connection was lost */
    PGRADE_KIND_PERMISSION = 5,  /* wrong password, no such role, not allowed */
    PGRADE_KIND_STATEMENT = 6,   /* the statement is wrong: its syntax, a table that does not exist */
    PGRADE_KIND_DATA = 7,        /* a value is not of the type, or out of its range */
    PGRADE_KIND_UNIQUE = 8,      /* a key is there already */
    PGRADE_KIND_FOREIGN_KEY = 9, /* the row referred to is missing, or a row is referred to */
    PGRADE_KIND_NOT_NULL = 10,
    PGRADE_KIND_CHECK = 11,
    PGRADE_KIND_CONSTRAINT = 12, /* another one */
    PGRADE_KIND_RETRY = 13,      /* somebody else was in the way: the same transaction may succeed now */
    PGRADE_KIND_CANCELED = 14,   /* by pgrade_cancel(), or by the timeout */
    PGRADE_KIND_READ_ONLY = 15,
    PGRADE_KIND_TRANSACTION = 16, /* begun twice, or to be ended where none was begun, or failed before */
    PGRADE_KIND_RESOURCES = 17,   /* disk full, no memory, too many connections */
    PGRADE_KIND_DAMAGED = 18      /* the file is no database, or is damaged */
};

/*
 * A failure.  Texts end with a NUL, and are "" where nothing is known.
 *
 * sqlstate: PostgreSQL's own code; for SQLite the code that PostgreSQL gives for the same mistake: 23505 for
 * a key that is there already, 42P01 for a table that does not exist, HY000 where there is none. native:
 * SQLite's extended result code, 0 on PostgreSQL. schema ... constraint: as the server names them.  SQLite
 * tells table and column of NOT NULL, of PRIMARY KEY and of UNIQUE (the column where there is one only), and
 * the name of a CHECK; of a foreign key nothing. position: the character of the statement at which the
 * mistake was seen, from 1; 0: not known.
 */
struct pgrade_error {
    enum pgrade_kind kind;
    char sqlstate[6];
    int native;
    int64_t position;
    char message[1024]; /* what failed */
    char detail[2048];  /* why, in the server's words */
    char hint[1024];    /* what to try */
    char schema[256];
    char table[256];
    char column[256];
    char constraint[256];
};

/* Zero is the default of each. */
struct pgrade_options {
    bool read_only;               /* nothing is written, also behind a pooler; see pgrade_open() */
    bool create;                  /* SQLite: a file that is not there is made; not with read_only */
    const char *application_name; /* PostgreSQL: in pg_stat_activity; NULL: pgrade */
    int timeout_ms;               /* milliseconds, of connecting (rounded up to seconds), of waiting for
                                     SQLite's lock, and of each statement; 0: 15 s, 5 s and no limit */
    void (*notice)(void *context, const char *text); /* PostgreSQL's remarks; NULL: they are dropped */
    void *notice_context;
};

struct pgrade_database;

/*
 * Opens what the URL or path names: app.db, sqlite:///app.db, postgresql://user:password@host/name,
 * host=... dbname=...; passwords are also found by libpq's means (PGPASSWORD, ~/.pgpass).  The database is
 * closed with pgrade_close().
 *
 * PostgreSQL must be 12 or newer.  The session keeps the settings of its role but for DateStyle (ISO),
 * client_encoding (UTF8), extra_float_digits (exact) and standard_conforming_strings (on).  read_only runs
 * each statement in a READ ONLY transaction.
 *
 * A SQLite file must exist, unless `create` is set.  Settings are SQLite's own: foreign keys are enforced
 * after `PRAGMA foreign_keys = on` only.  read_only opens the file so that SQLite itself cannot write it.
 * The file must not be opened, read and closed by other means in the same process: that drops SQLite's locks.
 */
PGRADE_API bool pgrade_open(const char *url, const struct pgrade_options *options,
                            struct pgrade_database **database, struct pgrade_error *error);

/* A transaction that was not committed is rolled back.  Rows must be closed before. */
PGRADE_API void pgrade_close(struct pgrade_database *database);

/* "sqlite" or "postgres". */
PGRADE_API const char *pgrade_engine(const struct pgrade_database *database);

/* The version of SQLite, or of the server: 34001 for 3.40.1, 150004 for 15.4. */
PGRADE_API int pgrade_version(struct pgrade_database *database);

/* Makes the statement under way fail soon, with PGRADE_KIND_CANCELED.  From any thread. */
PGRADE_API void pgrade_cancel(struct pgrade_database *database);

/* ------------------------------------------------------------------------------------------ values -- */

enum pgrade_type {
    PGRADE_NULL,
    PGRADE_INTEGER,
    PGRADE_REAL,
    PGRADE_TEXT, /* bytes, followed by a NUL that size does not count; SQLite does not check that it is UTF-8
                  */
    PGRADE_BLOB
};

/*
 * A parameter, or a cell of a row.  From PostgreSQL come
 *
 *     boolean                                 PGRADE_INTEGER, 1 or 0
 *     smallint, integer, bigint, oid          PGRADE_INTEGER
 *     real, double precision                  PGRADE_REAL, NaN and infinities included
 *     bytea                                   PGRADE_BLOB
 *     numeric                                 PGRADE_TEXT, exact: "12.30"
 *     date, time, timestamp                   PGRADE_TEXT, ISO 8601: "2026-03-01 12:00:00.5"; with a zone in
 *                                             the session's: "2026-03-01 12:00:00+00"
 *     all others                              PGRADE_TEXT, as the server writes them
 *
 * and from SQLite what the cell holds, whatever its column was declared as.
 */
struct pgrade_value {
    enum pgrade_type type;
    int64_t integer;
    double real;
    const char *bytes; /* PGRADE_TEXT and PGRADE_BLOB */
    size_t size;
};

static inline struct pgrade_value pgrade_null(void)
{
    struct pgrade_value value = {PGRADE_NULL, 0, 0, NULL, 0};

    return value;
}

static inline struct pgrade_value pgrade_integer(int64_t integer)
{
    struct pgrade_value value = {PGRADE_INTEGER, integer, 0, NULL, 0};

    return value;
}

static inline struct pgrade_value pgrade_real(double real)
{
    struct pgrade_value value = {PGRADE_REAL, 0, real, NULL, 0};

    return value;
}

/* NULL gives a null. */
static inline struct pgrade_value pgrade_text(const char *text)
{
    struct pgrade_value value = {PGRADE_TEXT, 0, 0, text, 0};

    if (text == NULL)
        return pgrade_null();
    value.size = strlen(text);
    return value;
}

static inline struct pgrade_value pgrade_blob(const void *bytes, size_t size)
{
    struct pgrade_value value = {PGRADE_BLOB, 0, 0, (const char *)bytes, size};

    return value;
}

/* -------------------------------------------------------------------------------------- statements -- */

struct pgrade_rows;

/*
 * Runs one statement.  Parameters are $1, $2 ... on both engines.  PostgreSQL takes the type of a parameter
 * from where it stands, as of a literal; where nothing tells it, as in SELECT $1, it is text, and $1::bigint
 * says otherwise.  A text that holds a NUL byte is refused by PostgreSQL.
 *
 * Rows come as they are read, so memory stays flat whatever their number; one statement of a database at a
 * time: another is PGRADE_KIND_MISUSE until pgrade_rows_close().  `rows` NULL: what the statement gives is
 * read and dropped.
 */
PGRADE_API bool pgrade_run(struct pgrade_database *database, const char *sql,
                           const struct pgrade_value *parameters, size_t count, struct pgrade_rows **rows,
                           struct pgrade_error *error);

/* The next row; *found is false after the last. */
PGRADE_API bool pgrade_next(struct pgrade_rows *rows, bool *found, struct pgrade_error *error);

PGRADE_API size_t pgrade_columns(const struct pgrade_rows *rows); /* 0: the statement gives no rows */

/* Until the rows are closed.  The type is PostgreSQL's name of it without modifiers ("numeric"), or as a
 * column was declared in SQLite; NULL: not known. */
PGRADE_API const char *pgrade_column_name(const struct pgrade_rows *rows, size_t column);
PGRADE_API const char *pgrade_column_type(const struct pgrade_rows *rows, size_t column);

/* A cell of the current row, until the next.  NULL: there is no such column. */
PGRADE_API const struct pgrade_value *pgrade_cell(const struct pgrade_rows *rows, size_t column);

/* After the last row: how many were inserted, updated or deleted; -1: the statement does nothing such. */
PGRADE_API int64_t pgrade_changed(const struct pgrade_rows *rows);

/* Rows that were not read are read and dropped first; pgrade_cancel() before it ends a long statement.
 * False: the statement failed after the rows that were read. */
PGRADE_API bool pgrade_rows_close(struct pgrade_rows *rows, struct pgrade_error *error);

/* ------------------------------------------------------------------------------------ transactions -- */

enum pgrade_access {
    PGRADE_WRITE, /* SQLite: takes the write lock at once, so that no statement fails for want of it later */
    PGRADE_READ   /* sees one state of the database, and cannot write on PostgreSQL */
};

/*
 * Without one, each statement is a transaction of its own.  They do not nest (SAVEPOINT does, as a
 * statement). After a failed statement PostgreSQL only lets the transaction be rolled back; on SQLite its
 * other statements hold.  Committing a transaction that failed rolls it back and is an error.
 */
PGRADE_API bool pgrade_begin(struct pgrade_database *database, enum pgrade_access access,
                             struct pgrade_error *error);
PGRADE_API bool pgrade_commit(struct pgrade_database *database, struct pgrade_error *error);
PGRADE_API bool pgrade_rollback(struct pgrade_database *database, struct pgrade_error *error);

enum pgrade_state {
    PGRADE_STATE_IDLE,        /* no transaction is open */
    PGRADE_STATE_TRANSACTION, /* one is */
    PGRADE_STATE_FAILED,      /* one is, and can only be rolled back */
    PGRADE_STATE_LOST         /* the server closed the connection; only pgrade_close() is left */
};

/* Looks without asking the server: what it closed while nobody spoke shows here. */
PGRADE_API enum pgrade_state pgrade_state(struct pgrade_database *database);

#ifdef __cplusplus
}
#endif

#endif
