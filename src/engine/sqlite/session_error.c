/*
 * SQLite's failures as SQLSTATEs, so that a program need not know which engine it speaks to.
 *
 * By the extended result code where that tells enough ("Result and Error Codes"); of the plain SQLITE_ERROR
 * by the words of the message, which SQLite has kept for decades.  The codes are those that PostgreSQL gives
 * for the same mistake (documentation: "PostgreSQL Error Codes").
 */
#include <stdio.h>
#include <string.h>

#include "engine/sqlite/session.h"

static const struct code {
    int code;
    const char *sqlstate;
    const char *hint;
} codes[] = {
    {SQLITE_CONSTRAINT_UNIQUE, "23505", ""},
    {SQLITE_CONSTRAINT_PRIMARYKEY, "23505", ""},
    {SQLITE_CONSTRAINT_ROWID, "23505", ""},
    {SQLITE_CONSTRAINT_FOREIGNKEY, "23503", ""},
    {SQLITE_CONSTRAINT_NOTNULL, "23502", ""},
    {SQLITE_CONSTRAINT_CHECK, "23514", ""},
    {SQLITE_CONSTRAINT_TRIGGER, "P0001", ""},
    {SQLITE_CONSTRAINT_DATATYPE, "22P02", ""},
    {SQLITE_BUSY_SNAPSHOT, "40001", "begin the transaction again"},
    {SQLITE_CONSTRAINT, "23000", ""},
    {SQLITE_MISMATCH, "22P02", ""},
    {SQLITE_BUSY, "55P03", "another program writes; try again, or give a longer timeout"},
    {SQLITE_LOCKED, "55P03", "another statement of this program reads or writes the table"},
    {SQLITE_INTERRUPT, "57014", ""},
    {SQLITE_READONLY, "25006", ""},
    {SQLITE_AUTH, "42501", ""},
    {SQLITE_PERM, "42501", ""},
    {SQLITE_CANTOPEN, "58P01", ""},
    {SQLITE_FULL, "53100", "make room on the disk"},
    {SQLITE_NOMEM, "53200", ""},
    {SQLITE_TOOBIG, "54000", ""},
    {SQLITE_RANGE, "42P02", ""},
    {SQLITE_IOERR, "58030", "look at the disk and the system's log"},
    {SQLITE_CORRUPT, "XX001", "PRAGMA integrity_check tells more; restore a backup"},
    {SQLITE_NOTADB, "XX001", ""},
    {SQLITE_SCHEMA, "0A000", "the schema was changed meanwhile; try again"},
};

static const struct words {
    const char *part;
    const char *sqlstate;
} words[] = {
    {"syntax error", "42601"},
    {"incomplete input", "42601"},
    {"unrecognized token", "42601"},
    {"values for", "42601"},
    {"columns but", "42601"},
    {"no such table", "42P01"},
    {"no such view", "42P01"},
    {"no such column", "42703"},
    {"has no column named", "42703"},
    {"no such function", "42883"},
    {"wrong number of arguments", "42883"},
    {"ambiguous column", "42702"},
    {"already exists", "42P07"},
    {"there is already", "42P07"},
    {"already another table", "42P07"},
    {"duplicate column name", "42701"},
    {"no such index", "42704"},
    {"no such trigger", "42704"},
    {"no such collation", "42704"},
    {"no such savepoint", "3B001"},
    {"misuse of aggregate", "42803"},
    {"integer overflow", "22003"},
    {"malformed json", "22032"},
    {"within a transaction", "25001"},
    {"no transaction is active", "25P01"},
    {"readonly database", "25006"},
    {"may not be modified", "42809"},
    {"cannot modify", "42809"},
    {"foreign key mismatch", "42830"},
    {"too many", "54000"},
    {"too large", "54000"},
};

static void copy(char *to, size_t size, struct str text)
{
    struct str kept = str_utf8_clip(text, size - 1);

    if (kept.len > 0)
        memcpy(to, kept.ptr, kept.len);
    to[kept.len] = '\0';
}

static const struct code *by_code(int code)
{
    for (size_t i = 0; i < ARRAY_LENGTH(codes); i++)
        if (codes[i].code == code)
            return &codes[i];
    for (size_t i = 0; i < ARRAY_LENGTH(codes); i++)
        if (codes[i].code == (code & 0xff))
            return &codes[i];
    return NULL;
}

static const char *by_words(struct str message)
{
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (str_contains_nocase(message, words[i].part))
            return words[i].sqlstate;
    return "HY000";
}

/* "UNIQUE constraint failed: t.a, t.b", "NOT NULL constraint failed: t.c", "CHECK constraint failed: name".
 */
static void note_place(struct diagnosis *diagnosis)
{
    static const char mark[] = "constraint failed: ";
    const char *found = strstr(diagnosis->message, mark);
    struct str place;
    ptrdiff_t dot;

    if (found == NULL)
        return;
    place = str_from(found + strlen(mark));
    if (strcmp(diagnosis->sqlstate, "23514") == 0) {
        copy(diagnosis->constraint, sizeof(diagnosis->constraint), place);
        return;
    }
    dot = str_find(place, '.');
    if (dot < 0)
        return;
    copy(diagnosis->table, sizeof(diagnosis->table), str_slice(place, 0, (size_t)dot));
    place = str_slice(place, (size_t)dot + 1, place.len);
    if (str_find(place, ',') < 0) /* of several columns none is the one */
        copy(diagnosis->column, sizeof(diagnosis->column), place);
}

static enum err_code err_code_of(const char *sqlstate)
{
    if (strcmp(sqlstate, "57014") == 0)
        return ERR_CANCELED;
    if (strcmp(sqlstate, "XX001") == 0)
        return ERR_SOURCE_CORRUPT;
    return strcmp(sqlstate, "42501") == 0 ? ERR_PERMISSION : ERR_DATABASE;
}

static bool tell(const struct diagnosis *diagnosis, struct err *err)
{
    err_set(err, err_code_of(diagnosis->sqlstate), "%s", diagnosis->message);
    if (diagnosis->hint[0] != '\0')
        err_hint(err, "%s", diagnosis->hint);
    err_sqlstate(err, diagnosis->sqlstate);
    return false;
}

/* Characters before the byte at which SQLite stopped. */
static int64_t position_of(struct sqlite *sqlite)
{
    int offset = sqlite3_error_offset(sqlite->connection);

    return offset < 0 ? 0 : (int64_t)offset + 1;
}

bool sqlite_session_failed(struct sqlite *sqlite, int code, struct err *err)
{
    struct sqlite_session *session = sqlite->session;
    struct diagnosis *diagnosis = &session->diagnosis;
    const struct code *known = by_code(code);
    struct str message = str_from(sqlite3_errmsg(sqlite->connection));

    *diagnosis = (struct diagnosis){.native = code, .position = position_of(sqlite)};
    if (session->timed_out && (code & 0xff) == SQLITE_INTERRUPT)
        message = str_from("the statement took longer than its timeout");
    copy(diagnosis->message, sizeof(diagnosis->message), message);
    copy(diagnosis->sqlstate, sizeof(diagnosis->sqlstate),
         str_from(known != NULL ? known->sqlstate : by_words(message)));
    copy(diagnosis->hint, sizeof(diagnosis->hint), str_from(known != NULL ? known->hint : ""));
    note_place(diagnosis);
    return tell(diagnosis, err);
}

bool sqlite_session_refused(struct sqlite *sqlite, const char *sqlstate, const char *message,
                            const char *hint, struct err *err)
{
    struct diagnosis *diagnosis = &sqlite->session->diagnosis;

    *diagnosis = (struct diagnosis){.native = 0};
    copy(diagnosis->sqlstate, sizeof(diagnosis->sqlstate), str_from(sqlstate));
    copy(diagnosis->message, sizeof(diagnosis->message), str_from(message));
    copy(diagnosis->hint, sizeof(diagnosis->hint), str_from(hint));
    return tell(diagnosis, err);
}
