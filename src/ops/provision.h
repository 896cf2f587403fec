/*
 * provision.h: a role and a database for one application.
 *
 * The role may log in and nothing else; the database is UTF-8, sorts by bytes (C.UTF-8) and belongs to it,
 * its schema public too; the role's sessions have the settings that applications count on.  What is there
 * already is left alone where it is as it should be, and mended where it is not, so a second run says so and
 * one that was interrupted is finished by the next.
 *
 * Passwords are sent as what the server stores of them (postgres.h), never themselves.  Roles that pgrade
 * makes carry a comment that says so, by which they are known again; until the password has been handed out
 * it says that too.
 */
#ifndef PGRADE_OPS_PROVISION_H
#define PGRADE_OPS_PROVISION_H

#include <signal.h>

#include "base/err.h"
#include "url/url.h"

/* Where roles and databases are made. */
struct provision_server {
    struct url url;
    bool as_postgres; /* root: as the system's user postgres, whom a server of this machine trusts (peer) */
    const char *who;  /* shown in pg_stat_activity; NULL: pgrade provision */
    bool trace;
    const volatile sig_atomic_t *interrupted;
};

struct provision_options {
    struct provision_server server;
    struct str database;
    struct str role;
    const char *password; /* NULL: generated where a new one is needed */
    const char *env_file; /* where the URL goes; NULL: nowhere */
    const char *key;
    const char *locale;   /* NULL: C.UTF-8 where the server has it, else its own */
    int connection_limit; /* of the role; 0: as it is, -1: none */
    bool rotate;
    bool adopt;   /* takes over a role or a database that pgrade did not make */
    bool dry_run; /* reads only; the statements are in the result */
};

enum provision_state {
    PROVISION_WAS,     /* as it should be before */
    PROVISION_MADE,    /* that was not there */
    PROVISION_CHANGED, /* it was something else */
    PROVISION_LEFT,    /* it may be so on purpose, and stays */
    PROVISION_OTHER    /* it is not as it should be, and cannot be changed here */
};

struct provision_step {
    const char *what; /* "role", "database", ... */
    struct str name;
    enum provision_state state;
    struct str remark; /* NULL ptr: none */
};

enum provision_password {
    PROVISION_UNKNOWN, /* the role has one, which nobody told */
    PROVISION_GENERATED,
    PROVISION_GIVEN, /* in a file */
    PROVISION_KEPT   /* the env file has it */
};

struct provision_result {
    struct str server;  /* redacted */
    struct str version; /* "15.13" */
    struct provision_step *steps;
    size_t step_count;
    size_t step_capacity;
    struct str *statements; /* that were run, or with dry_run would be; no password is in them */
    size_t statement_count;
    size_t statement_capacity;
    enum provision_password password;
    struct url url; /* of the new database, for the application; with a password unless it is unknown */
    bool env_written;
};

/* Whom a URL in the env file names, where that is another database than this one: redacted; a NULL ptr: it
 * does not.  Reads the file alone. */
bool provision_env_other(struct arena *arena, const struct provision_options *options, struct str *other,
                         struct err *err) MUST_USE;

/* ERR_REFUSED: what is there is somebody else's.  After a failure the result says how far it came. */
bool provision_run(struct arena *arena, const struct provision_options *options,
                   struct provision_result *result, struct err *err) MUST_USE;

struct provision_drop {
    struct provision_server server;
    struct str database;
    struct str role;
    bool keep_role;
    bool force; /* others who are connected are disconnected */
    bool dry_run;
};

struct provision_dropped {
    bool database; /* it is there, or was */
    bool role;
    int64_t bytes;    /* of the database */
    int64_t sessions; /* of others in it */
    struct str kept;  /* why the role stays; NULL ptr: it does not */
    struct str *statements;
    size_t statement_count;
    size_t statement_capacity;
};

/* Looks only: what there is, and ERR_REFUSED where it must not go. */
bool provision_drop_look(struct arena *arena, const struct provision_drop *options,
                         struct provision_dropped *dropped, struct err *err) MUST_USE;
/* After the look, and the answer of who was asked. */
bool provision_drop_run(struct arena *arena, const struct provision_drop *options,
                        struct provision_dropped *dropped, struct err *err) MUST_USE;

#endif
