/*
 * database_create.h: a database made as another one was: encoding, collation, comment, settings.
 *
 * Names and values come from a catalog or a manifest of others: all of them are quoted, none is run.
 */
#ifndef PGRADE_OPS_DATABASE_CREATE_H
#define PGRADE_OPS_DATABASE_CREATE_H

#include "base/buf.h"
#include "ops/instance.h"

struct database_wish {
    const struct database_facts *facts;
    struct str name;       /* that it gets */
    struct str owner;      /* NULL ptr: who connects */
    struct str locale;     /* instead of its own, of the system's; NULL ptr: its own */
    struct str tablespace; /* NULL ptr: the server's */
    int major;             /* of the server that makes it */
};

/* Why a server of that version cannot make one with its collation; NULL ptr: as far as is known it can. */
struct str database_hindrance(struct arena *arena, const struct database_facts *facts, int major);

/* CREATE DATABASE, with all that has to be said at once: encoding, collation, tablespace. */
struct str database_create_text(struct arena *arena, const struct database_wish *wish);

/* `engine` is connected to any database of the server, with no transaction open. */
bool database_create(struct arena *arena, struct engine *engine, const struct database_wish *wish,
                     struct err *err) MUST_USE;

/* Comment, connection limit and settings; what the server refuses is put into `refused`, one line each, with
 * the names of settings and without their values. */
bool database_dress(struct arena *arena, struct engine *engine, const struct database_wish *wish,
                    struct str **refused, size_t *count, struct err *err) MUST_USE;

bool database_drop(struct engine *engine, struct str name, struct err *err) MUST_USE;

/* "SET name TO ..." of what pg_db_role_setting holds: name=value; ERR_FAILED where it has no '='. */
bool database_put_setting(struct buf *out, struct str text, struct err *err) MUST_USE;

/* Whether the server has that locale of the system's, in whatever spelling (en_US.UTF-8, en_US.utf8). */
bool database_has_locale(struct arena *arena, struct engine *engine, struct str locale, bool *has,
                         struct err *err) MUST_USE;

#endif
