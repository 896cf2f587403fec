/*
 * postgres.h: the engine that speaks to PostgreSQL.  The only room that includes <libpq-fe.h>.
 *
 * Passwords are found by libpq's own means: the URL, PGPASSWORD, ~/.pgpass, service files.  Every session is
 * set up so that no result depends on the settings of either side: UTF-8, UTC, ISO dates, exact floats.
 */
#ifndef PGRADE_ENGINE_POSTGRES_H
#define PGRADE_ENGINE_POSTGRES_H

#include "engine/engine.h"

bool postgres_open(const struct url *url, const struct engine_options *options, struct engine **engine,
                   struct err *err) MUST_USE;

/* Whether bytes stay on this machine: `host` is a socket, or the address in numbers is a loopback one. */
bool postgres_is_here(struct str host, struct str address);

/* The number of the server's process that works for this connection; 0 for another engine. */
int postgres_process(struct engine *engine);

/* What the server stores instead of the password (SCRAM-SHA-256), for the text of a statement: passwords
 * themselves are never sent.  Of a PostgreSQL engine. */
bool postgres_encrypt_password(struct engine *engine, struct arena *arena, const char *password,
                               const char *role, struct str *encrypted, struct err *err) MUST_USE;

/* Whether the server asked for a password, and took the one that it got. */
bool postgres_used_password(struct engine *engine);

struct pooler_settings {
    struct pooler_setting {
        struct str name;
        struct str value;
    } * items;
    size_t count;
    struct str version; /* "PgBouncer 1.18.0" */
};

/* What pgbouncer's console tells of its settings, which it does to its stats_users alone.  The console is a
 * database by name, pgbouncer, that takes no more than single statements of its own. */
bool postgres_pooler_settings(struct arena *arena, const struct url *url,
                              const volatile sig_atomic_t *interrupted, struct pooler_settings *settings,
                              struct err *err) MUST_USE;

/* 150004 for 15.4; 0 for another engine. */
int postgres_version(struct engine *engine);

/* A thread is still connecting for somebody who was interrupted and has gone on.  It may be anywhere in libpq
 * and the libraries below, which must not be torn down under it: end by _exit(). */
bool postgres_is_connecting(void);

#endif
