/* What the server says of a failure, part by part. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/postgres/session.h"

static void copy(char *to, size_t size, const char *text)
{
    struct str kept = str_utf8_clip(str_from(text), size - 1);

    if (kept.len > 0)
        memcpy(to, kept.ptr, kept.len);
    to[kept.len] = '\0';
}

static void copy_field(char *to, size_t size, const PGresult *result, int code)
{
    copy(to, size, result == NULL ? NULL : PQresultErrorField(result, code));
}

static void note(struct diagnosis *diagnosis, const PGresult *result)
{
    const char *position = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);

    copy_field(diagnosis->sqlstate, sizeof(diagnosis->sqlstate), result, PG_DIAG_SQLSTATE);
    copy_field(diagnosis->message, sizeof(diagnosis->message), result, PG_DIAG_MESSAGE_PRIMARY);
    copy_field(diagnosis->detail, sizeof(diagnosis->detail), result, PG_DIAG_MESSAGE_DETAIL);
    copy_field(diagnosis->hint, sizeof(diagnosis->hint), result, PG_DIAG_MESSAGE_HINT);
    copy_field(diagnosis->schema, sizeof(diagnosis->schema), result, PG_DIAG_SCHEMA_NAME);
    copy_field(diagnosis->table, sizeof(diagnosis->table), result, PG_DIAG_TABLE_NAME);
    copy_field(diagnosis->column, sizeof(diagnosis->column), result, PG_DIAG_COLUMN_NAME);
    copy_field(diagnosis->constraint, sizeof(diagnosis->constraint), result, PG_DIAG_CONSTRAINT_NAME);
    if (position == NULL || !str_to_int64(str_from(position), &diagnosis->position))
        diagnosis->position = 0;
}

/* The session's last words, which may be read before the connection is seen to be closed: admin_shutdown and
 * the like, and the timeouts of idle sessions. */
static bool is_lost(const struct postgres *postgres, const char *sqlstate)
{
    static const char *const last[] = {"57P01", "57P02", "57P03", "57P05", "25P03"};

    for (size_t i = 0; i < ARRAY_LENGTH(last); i++)
        if (strcmp(sqlstate, last[i]) == 0)
            return true;
    return PQstatus(postgres->connection) != CONNECTION_OK;
}

static enum err_code code_of(const char *sqlstate)
{
    if (strcmp(sqlstate, "42501") == 0) /* insufficient_privilege */
        return ERR_PERMISSION;
    return strcmp(sqlstate, "57014") == 0 ? ERR_CANCELED : ERR_DATABASE; /* query_canceled */
}

static bool tell(const struct diagnosis *diagnosis, enum err_code code, struct err *err)
{
    err_set(err, code, "%s", diagnosis->message);
    if (diagnosis->detail[0] != '\0')
        err_detail(err, "%s", diagnosis->detail);
    if (diagnosis->hint[0] != '\0')
        err_hint(err, "%s", diagnosis->hint);
    err_sqlstate(err, diagnosis->sqlstate);
    return false;
}

bool postgres_session_failed(struct postgres *postgres, const PGresult *result, struct err *err)
{
    struct postgres_session *session = postgres->session;
    struct diagnosis *diagnosis = &session->diagnosis;

    *diagnosis = (struct diagnosis){.native = 0};
    note(diagnosis, result);
    if (is_lost(postgres, diagnosis->sqlstate)) {
        struct str why =
            str_trim(str_from(postgres->out_of_step           ? POSTGRES_OUT_OF_STEP
                              : diagnosis->message[0] != '\0' ? diagnosis->message
                                                              : PQerrorMessage(postgres->connection)));
        char words[sizeof(diagnosis->detail)];

        session->ended = true;
        copy(words, sizeof(words), str_utf8_clip(why, sizeof(words) - 1).ptr);
        memcpy(diagnosis->detail, words, sizeof(words));
        copy(diagnosis->message, sizeof(diagnosis->message), "the connection to the server was lost");
        if (diagnosis->sqlstate[0] == '\0')
            copy(diagnosis->sqlstate, sizeof(diagnosis->sqlstate), "08006"); /* connection_failure */
        return tell(diagnosis, ERR_CONNECT, err);
    }
    if (diagnosis->message[0] == '\0')
        copy(diagnosis->message, sizeof(diagnosis->message), PQerrorMessage(postgres->connection));
    if (diagnosis->sqlstate[0] == '\0')
        copy(diagnosis->sqlstate, sizeof(diagnosis->sqlstate), "HY000");
    if (session->timed_out && strcmp(diagnosis->sqlstate, "57014") == 0)
        copy(diagnosis->message, sizeof(diagnosis->message), "the statement took longer than its timeout");
    return tell(diagnosis, code_of(diagnosis->sqlstate), err);
}

bool postgres_session_refused(struct postgres *postgres, const char *sqlstate, const char *message,
                              const char *hint, struct err *err)
{
    struct diagnosis *diagnosis = &postgres->session->diagnosis;

    *diagnosis = (struct diagnosis){.native = 0};
    copy(diagnosis->sqlstate, sizeof(diagnosis->sqlstate), sqlstate);
    copy(diagnosis->message, sizeof(diagnosis->message), message);
    copy(diagnosis->hint, sizeof(diagnosis->hint), hint);
    return tell(diagnosis, ERR_DATABASE, err);
}
