/*
 * core.h: the public library, for the rooms of this program.
 *
 * They talk to databases by pgrade.h as anybody does; what is here is what only they have: a URL that was
 * parsed already, an engine for the schema model, and struct err.
 */
#ifndef PGRADE_CORE_CORE_H
#define PGRADE_CORE_CORE_H

#include "engine/session.h"
#include "pgrade.h"
#include "url/url.h"

struct core_options {
    struct pgrade_options public;
    bool trace;
    const volatile sig_atomic_t *interrupted; /* ends connecting, and each statement; NULL: never */
};

/* The database is closed with pgrade_close().  Nothing else in this process may have a SQLite file open. */
bool core_open(const struct url *url, const struct core_options *options, struct pgrade_database **database,
               struct err *err) MUST_USE;

/* The connection beneath, while no rows are open. */
struct engine *core_engine(struct pgrade_database *database);

/* What PostgreSQL says was done: "INSERT 0 1"; of SQLite the statement's first word. */
const char *core_tag(const struct pgrade_rows *rows);

/* Sets the err of a failure.  Always false. */
bool core_failed(const struct pgrade_error *error, struct err *err);

/* Fills the error of a failure: from the engine's diagnosis (NULL: there is none), else from the err. */
void core_error(struct pgrade_error *error, const struct diagnosis *diagnosis, const struct err *err);

#endif
