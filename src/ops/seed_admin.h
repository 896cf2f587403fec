/*
 * seed_admin.h: an administrator in the users table of an application.
 *
 * The table is recognised by its name and columns, or told; the hash is that of the rows that are there, else
 * that of the framework.  Runs within the transaction that is open.
 */
#ifndef PGRADE_OPS_SEED_ADMIN_H
#define PGRADE_OPS_SEED_ADMIN_H

#include "core/core.h"

struct admin_options {
    struct str user;
    struct str email;
    struct str password;
    const char *table;         /* NULL: recognised */
    const struct str *columns; /* "username=login": which column is username, email, password or admin */
    size_t column_count;
    const struct str *values; /* "column=value": what else is to be set */
    size_t value_count;
    const char *hash; /* the name of a scheme; NULL: chosen */
    bool force;       /* one that is there is updated */
};

struct admin {
    struct str table;
    const char *framework; /* "Django"; NULL: none that is known */
    const char *hash;      /* the scheme's name */
    bool created;          /* else updated */
    bool marked;           /* some column says that this is an administrator */
};

/* ERR_REFUSED where no table, or several, could be meant, and where the user is there already. */
bool seed_admin(struct arena *arena, struct pgrade_database *db, const struct admin_options *options,
                struct admin *admin, struct err *err) MUST_USE;

#endif
