/* provision_intern.h: what the files behind provision.h share. */
#ifndef PGRADE_OPS_PROVISION_INTERN_H
#define PGRADE_OPS_PROVISION_INTERN_H

#include "engine/engine.h"
#include "ops/provision.h"

/* The comment of a role that pgrade made; while it is being made, or its password changed, the other. */
#define PROVISION_MARK  "made by pgrade provision"
#define PROVISION_BEGUN "made by pgrade provision; its password was not handed out yet"

/* The role and the database of the connection. */
struct provision_admin {
    struct str name;
    struct str port;
    struct str sockets; /* the first directory; NULL ptr: it has none, or does not tell */
    bool superuser;
    bool creates_roles;
    bool creates_databases;
    int version; /* 150004 */
};

struct provision_role {
    bool there;
    bool logs_in;
    bool mighty;   /* may do what no application should */
    bool ours;     /* pgrade made it */
    bool begun;    /* and was not done with it */
    bool remarked; /* it has a comment of somebody else's */
    bool member;   /* we may act for it */
    int connection_limit;
    struct str others; /* databases that belong to it, but for this one; NULL ptr: none */
};

struct provision_database {
    bool there;
    struct str owner;
    struct str encoding;
    struct str collation;
    bool connectable;
    bool is_template;
    bool open; /* every role of the server may connect */
};

struct provision_job {
    struct arena *arena;
    const struct provision_options *options;
    struct provision_result *result;
    struct engine *engine;
    struct provision_admin admin;
    struct provision_role role;
    struct provision_database database;
    bool made_database;
    const char *password; /* to be set or known; NULL: unknown */
    bool new_password;    /* it has to be set */
    struct url in_env;    /* the URL of this database that the env file holds */
    bool has_env;
    bool stale_env; /* and its password is not the role's */
};

/* Connections to the server, by the URL's own database or another. */
bool provision_open(struct arena *arena, const struct provision_server *server, struct str database,
                    struct engine **engine, struct err *err) MUST_USE;
/* Refuses a pooler that stands between. */
bool provision_check_server(struct arena *arena, const struct provision_server *server,
                            struct err *err) MUST_USE;
bool provision_look_admin(struct arena *arena, struct engine *engine, struct provision_admin *admin,
                          struct err *err) MUST_USE;
bool provision_look_role(struct arena *arena, struct engine *engine, struct str name, struct str database,
                         int version, struct provision_role *role, struct err *err) MUST_USE;
bool provision_look_database(struct arena *arena, struct engine *engine, struct str name,
                             struct provision_database *database, struct err *err) MUST_USE;

/* The cells of the first row, as texts; a NULL ptr is NULL.  *found: there was one. */
bool provision_row(struct arena *arena, struct engine *engine, const char *sql, const struct str *params,
                   size_t param_count, struct str *cells, size_t width, bool *found,
                   struct err *err) MUST_USE;

/* Notes the statement, and runs it unless only the statements are wanted. */
bool provision_do(struct provision_job *job, struct engine *engine, struct str sql, struct err *err) MUST_USE;
/* The same of one that holds a secret: `shown` is what is noted, and told of a failure. */
bool provision_do_secret(struct provision_job *job, struct engine *engine, struct str sql, struct str shown,
                         struct err *err) MUST_USE;
void provision_step(struct provision_job *job, const char *what, struct str name, enum provision_state state,
                    const char *remark, ...) PRINTF_LIKE(5, 6);

/* The parts, in their order.  Each looks, and changes what is not as it should be. */
bool provision_check(const struct provision_job *job, struct err *err) MUST_USE;
bool provision_make_role(struct provision_job *job, struct err *err) MUST_USE;
bool provision_make_database(struct provision_job *job, struct err *err) MUST_USE;
bool provision_give_schema(struct provision_job *job, struct err *err) MUST_USE;
/* Finds the password that is to be, before anything is made. */
bool provision_choose_password(struct provision_job *job, struct err *err) MUST_USE;
/* job->in_env: what the env file has for this role and database. */
bool provision_look_env(struct provision_job *job, struct err *err) MUST_USE;
/* The URL with the password, where it is known, into the env file. */
bool provision_write_env(struct provision_job *job, struct err *err) MUST_USE;
bool provision_set_password(struct provision_job *job, struct err *err) MUST_USE;
/* Logs in as the role, where the password is known. */
bool provision_try(struct provision_job *job, struct err *err) MUST_USE;
/* The URL for the application, by the `which`th way to the server; false: there is no such. */
bool provision_url(const struct provision_job *job, size_t which, struct url *url);

#endif
