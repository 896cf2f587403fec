/*
 * reset.h: a database made empty again.
 *
 * PostgreSQL, where the role may make databases: a new database with the owner, encoding, collation,
 * settings, rights and extensions of the old one is made under another name; then, in one transaction, both
 * are renamed, and the old one is dropped.  Whoever looks finds the old database or the new one, both whole.
 *
 * Else the database is emptied where it is, in one transaction: all that the role may drop goes, extensions
 * stay, and what belongs to others is named.  Where the server has not locks enough for that, in several: a
 * table then says that it was begun, until the last of them.
 *
 * SQLite: an empty file with the same settings takes the place of the old one.
 */
#ifndef PGRADE_OPS_RESET_H
#define PGRADE_OPS_RESET_H

#include "ops/provision.h"

enum reset_way {
    RESET_ANEW,   /* a new database in its place */
    RESET_INSIDE, /* emptied where it is */
    RESET_FILE    /* a new file in its place */
};

struct reset_options {
    const struct url *url;
    const struct provision_server *server; /* who makes databases; NULL: the URL's own role */
    bool in_place;                         /* RESET_INSIDE, even where the other way is open */
    bool force;                            /* others who are connected are disconnected */
    bool trace;
    const volatile sig_atomic_t *interrupted;
};

struct reset_result {
    enum reset_way way;
    struct str why;      /* RESET_INSIDE: why not anew */
    struct str database; /* its name; of SQLite the file's, without directories */
    struct str shown;    /* the URL, redacted; the path */
    int64_t tables;
    int64_t bytes;
    int64_t sessions;       /* of others */
    struct str sessions_of; /* who they are: "flask (app) from 10.0.0.5, ..." */
    struct str *leftovers;  /* of a reset that was interrupted: databases, which are dropped */
    size_t leftover_count;
    size_t leftover_capacity;
    bool half_emptied;   /* an earlier one was interrupted inside */
    struct str *remains; /* that could not be kept, or could not be dropped: each a line */
    size_t remain_count;
    size_t remain_capacity;
};

/* What would be done, and whether it may be; changes nothing. */
bool reset_look(struct arena *arena, const struct reset_options *options, struct reset_result *result,
                struct err *err) MUST_USE;

/* ERR_REFUSED while others are connected, unless they are to be disconnected. */
bool reset_check(const struct reset_options *options, const struct reset_result *result,
                 struct err *err) MUST_USE;

/* After reset_look(), and the answer of who was asked.  After a failure the database is as it was, unless the
 * error says otherwise. */
bool reset_run(struct arena *arena, const struct reset_options *options, struct reset_result *result,
               struct err *err) MUST_USE;

#endif
