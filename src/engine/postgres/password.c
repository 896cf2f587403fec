/*
 * Passwords, before they are sent.
 *
 * ALTER ROLE ... PASSWORD with the password itself shows it to the server's log, to pg_stat_activity and to
 * extensions that keep statements.  What is sent instead is what the server would store: salted and hashed
 * here, by libpq ("PQencryptPasswordConn").
 */
#include "engine/postgres/private.h"

bool postgres_encrypt_password(struct engine *engine, struct arena *arena, const char *password,
                               const char *role, struct str *encrypted, struct err *err)
{
    struct postgres *postgres = (struct postgres *)engine_unwrap(engine);
    char *text = PQencryptPasswordConn(postgres->connection, password, role, "scram-sha-256");

    if (text == NULL) {
        err_set(err, ERR_FAILED, "the password could not be encrypted");
        return err_detail(err, "%s", PQerrorMessage(postgres->connection));
    }
    *encrypted = str_dup(arena, str_from(text));
    PQfreemem(text);
    return true;
}

bool postgres_used_password(struct engine *engine)
{
    return PQconnectionUsedPassword(((struct postgres *)engine_unwrap(engine))->connection) != 0;
}
