/* What the server says of a statement that failed. */
#include <string.h>

#include "engine/postgres/private.h"

static const char *field(const PGresult *result, int code)
{
    const char *text = result == NULL ? NULL : PQresultErrorField(result, code);

    return text == NULL ? "" : text;
}

/* What to try, where the server has no hint of its own.  A class of two characters stands for all of it. */
static const struct {
    const char *sqlstate; /* PostgreSQL's appendix A */
    const char *hint;
} hints[] = {
    {"25006", "the server takes no writes: it is a standby, or default_transaction_read_only is on; give the "
              "primary's address"},
    {"40001", "another session wrote the same; run the same command again"},
    {"40P01", "another session waits for the same locks; run the same command again"},
    {"42501", "grant that right to this role, or connect as the owner"},
    {"42", "this server does not take what pgrade sent; --trace-sql shows the statements before it"},
    {"0A", "this server cannot do what pgrade asked for; is it PostgreSQL itself?"},
    {"53100", "free space on the server's disk; `pgrade plan` estimates what is needed"},
    {"53200", "the server has no memory left: give it more, or take --workers 1"},
    {"53300", "the server has no connection left: close other programs, or take --workers 1"},
    {"53", "the server lacks what it needs; see its log"},
    {"55P03", "another session holds a lock on the same: pg_locks names it; end it, or try again"},
    {"57014", "it was canceled on the server, by an administrator or a limit; run the same command again"},
    {"58", "the server could not read or write its files; see its log"},
    {"XX", "the server found a fault in itself or its files; see its log"},
};

static void set_hint(const char *sqlstate, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LENGTH(hints); i++)
        if (strncmp(sqlstate, hints[i].sqlstate, strlen(hints[i].sqlstate)) == 0) {
            err_hint(err, "%s", hints[i].hint);
            return;
        }
}

static void set_detail(struct postgres *postgres, const PGresult *result, struct err *err)
{
    const char *primary = field(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *sqlstate = field(result, PG_DIAG_SQLSTATE);
    const char *detail = field(result, PG_DIAG_MESSAGE_DETAIL);
    const char *hint = field(result, PG_DIAG_MESSAGE_HINT);

    if (postgres->out_of_step)
        primary = POSTGRES_OUT_OF_STEP;
    else if (primary[0] == '\0')
        primary = PQerrorMessage(postgres->connection);
    if (sqlstate[0] == '\0')
        err_detail(err, "%s", primary);
    else
        err_detail(err, "%s%s%s (SQLSTATE %s)", primary, detail[0] == '\0' ? "" : "; ", detail, sqlstate);
    if (hint[0] != '\0')
        err_hint(err, "%s", hint);
    set_hint(sqlstate, err);
    err_sqlstate(err, sqlstate);
}

/* admin_shutdown, crash_shutdown, cannot_connect_now: the session's last words, read before the connection is
 * seen to be closed. */
static bool is_last_word(const char *sqlstate)
{
    return strcmp(sqlstate, "57P01") == 0 || strcmp(sqlstate, "57P02") == 0 || strcmp(sqlstate, "57P03") == 0;
}

bool postgres_error(struct postgres *postgres, PGresult *result, struct str sql, struct err *err)
{
    struct str shown = str_utf8_clip(str_trim(sql), 200);
    const char *sqlstate = field(result, PG_DIAG_SQLSTATE);
    bool refused = strcmp(sqlstate, "42501") == 0; /* insufficient_privilege */

    if (PQstatus(postgres->connection) == CONNECTION_OK && !is_last_word(sqlstate))
        err_set(err, refused ? ERR_PERMISSION : ERR_DATABASE, "a statement failed on the server: %.*s%s",
                STR_ARGS(shown), shown.len < sql.len ? "..." : "");
    else
        err_set(err, ERR_CONNECT, "the connection to the server was lost");
    set_detail(postgres, result, err);
    if (err->code == ERR_CONNECT)
        err_hint(err, ENGINE_LOST_HINT);
    PQclear(result);
    return false;
}
