#include "core/core.h"

static bool refused(struct pgrade_error *error, const char *sqlstate, const char *message)
{
    struct diagnosis diagnosis = {.native = 0};
    struct err err = {.code = ERR_NONE};

    for (size_t i = 0; sqlstate[i] != '\0' && i + 1 < sizeof(diagnosis.sqlstate); i++)
        diagnosis.sqlstate[i] = sqlstate[i];
    for (size_t i = 0; message[i] != '\0' && i + 1 < sizeof(diagnosis.message); i++)
        diagnosis.message[i] = message[i];
    core_error(error, &diagnosis, &err);
    return false;
}

enum pgrade_state pgrade_state(struct pgrade_database *database)
{
    static const enum pgrade_state states[] = {[SESSION_IDLE] = PGRADE_STATE_IDLE,
                                               [SESSION_TRANSACTION] = PGRADE_STATE_TRANSACTION,
                                               [SESSION_FAILED] = PGRADE_STATE_FAILED,
                                               [SESSION_LOST] = PGRADE_STATE_LOST};

    return states[session_state(core_engine(database))];
}

static bool is_sqlite(const struct pgrade_database *database)
{
    return str_is(str_from(pgrade_engine(database)), "sqlite");
}

/* PostgreSQL only warns of a second BEGIN, and the first COMMIT would end both. */
bool pgrade_begin(struct pgrade_database *database, enum pgrade_access access, struct pgrade_error *error)
{
    const char *sql = access == PGRADE_WRITE ? "BEGIN" : "BEGIN READ ONLY";

    if (pgrade_state(database) == PGRADE_STATE_TRANSACTION || pgrade_state(database) == PGRADE_STATE_FAILED)
        return refused(error, "25001", "a transaction is open already");
    if (is_sqlite(database))
        sql = access == PGRADE_WRITE ? "BEGIN IMMEDIATE" : "BEGIN";
    return pgrade_run(database, sql, NULL, 0, NULL, error);
}

static bool end(struct pgrade_database *database, const char *sql, struct pgrade_error *error)
{
    if (pgrade_state(database) == PGRADE_STATE_IDLE)
        return refused(error, "25P01", "no transaction is open");
    return pgrade_run(database, sql, NULL, 0, NULL, error);
}

bool pgrade_commit(struct pgrade_database *database, struct pgrade_error *error)
{
    return end(database, "COMMIT", error);
}

bool pgrade_rollback(struct pgrade_database *database, struct pgrade_error *error)
{
    return end(database, "ROLLBACK", error);
}
