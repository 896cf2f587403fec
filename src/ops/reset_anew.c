/*
 * A new database in the place of the old one.
 *
 * It is made complete under another name.  Then both are renamed in one transaction: ALTER DATABASE ...
 * RENAME keeps others out from the moment it begins, and waits up to five seconds for those inside to leave.
 * Until its COMMIT the old one is untouched; after it the new one has its name, and the old one is only
 * waste.
 */
#include <string.h>

#include "base/flag.h"
#include "ops/database_create.h"
#include "ops/reset_intern.h"
#include "ops/sql_text.h"

enum {
    ATTEMPTS = 5 /* against programs that connect again as soon as they are disconnected */
};

static bool drop(struct reset_job *job, struct str name, struct err *err)
{
    bool by_force = job->admin.version >= 130000;

    return engine_exec(job->beside,
                       sql_text(job->arena, "DROP DATABASE IF EXISTS %I%S", name,
                                by_force ? (struct str)STR(" WITH (FORCE)") : (struct str){NULL, 0}),
                       err);
}

static bool drop_leftovers(struct reset_job *job, struct err *err)
{
    for (size_t i = 0; i < job->result->leftover_count; i++)
        if (!drop(job, job->result->leftovers[i], err))
            return err_prefix(err, "what an interrupted reset left could not be dropped");
    return true;
}

static bool make(struct reset_job *job, struct err *err)
{
    struct database_wish wish = {.name = job->next};
    struct instance instance;

    if (!instance_read_database(job->arena, job->beside, job->result->database, &instance, err))
        return false;
    job->facts = wish.facts = &instance.databases[0];
    wish.major = instance.major;
    wish.owner = job->facts->owner;
    wish.tablespace = job->facts->tablespace;
    return database_create(job->arena, job->beside, &wish, err) &&
           engine_exec(job->beside,
                       sql_text(job->arena, "COMMENT ON DATABASE %I IS %L", job->next,
                                sql_text(job->arena, "pgrade reset: will be %S", job->result->database)),
                       err);
}

static bool furnish(struct reset_job *job, struct err *err)
{
    struct engine *made = NULL;
    bool done = provision_open(job->arena, &job->server, job->next, &made, err) &&
                reset_make_inside_like(job, made, err);

    engine_close(made);
    return done && reset_make_like(job, err);
}

static bool is_in_use(const struct err *failure)
{
    return strcmp(failure->sqlstate, "55006") == 0;
}

static bool swap_once(struct reset_job *job, struct err *err)
{
    struct str name = job->result->database;
    struct str comment = job->facts->comment;
    struct str end = sql_text(
        job->arena, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %L; ", name);
    bool done = engine_exec(
        job->beside,
        sql_text(job->arena,
                 "BEGIN; %SALTER DATABASE %I RENAME TO %I; ALTER DATABASE %I RENAME TO %I;"
                 " COMMENT ON DATABASE %I IS %L; COMMENT ON DATABASE %I IS %S; COMMIT",
                 job->options->force ? end : (struct str){NULL, 0}, name, job->last, job->next, name,
                 job->last, sql_text(job->arena, "pgrade reset: was %S", name), name,
                 comment.ptr == NULL ? (struct str)STR("NULL") : sql_text(job->arena, "%L", comment)),
        err);

    return done || reset_roll_back(job->beside);
}

static bool swap(struct reset_job *job, struct err *err)
{
    struct err failure = {.code = ERR_NONE};

    engine_close(job->inside);
    job->inside = NULL;
    for (int i = 0; i < ATTEMPTS; i++) {
        err_clear(&failure);
        if (swap_once(job, &failure))
            return true;
        if (!is_in_use(&failure) || !job->options->force)
            break;
    }
    if (!is_in_use(&failure)) {
        *err = failure;
        return false;
    }
    err_set(err, ERR_REFUSED, "others are connected to %.*s, and do not leave",
            STR_ARGS(job->result->database));
    err_detail(err, "%s", failure.detail);
    return err_hint(err, "stop what connects to it%s", job->options->force ? "" : "; or --force");
}

/* The connection may be gone, and nobody knows how far the server came. */
static void tell_state(struct err *err)
{
    err_prefix(err, err->code == ERR_CONNECT ? "the database is whole, as it was or empty"
                                             : "the database is as it was");
}

static bool may_go_on(const struct reset_job *job, struct err *err)
{
    return !flag_is_set(job->options->interrupted) || err_set(err, ERR_CANCELED, "interrupted");
}

static bool replace(struct reset_job *job, struct err *err)
{
    struct err failure = {.code = ERR_NONE};

    if (may_go_on(job, err) && furnish(job, err) && may_go_on(job, err) && swap(job, err))
        return true;
    if (!drop(job, job->next, &failure))
        err_hint(err, "the same command drops what is left over, the database %.*s", STR_ARGS(job->next));
    tell_state(err);
    return false;
}

/* What a server forbids to this role beyond PostgreSQL's own rules shows when it is tried. */
static bool make_or_go_inside(struct reset_job *job, bool *inside, struct err *err)
{
    struct err failure = {.code = ERR_NONE};

    if (make(job, &failure))
        return true;
    *inside = failure.code == ERR_PERMISSION;
    if (*inside) {
        job->result->way = RESET_INSIDE;
        job->result->why = str_dup(job->arena, str_from(failure.detail));
        return true;
    }
    *err = failure;
    tell_state(err);
    return false;
}

bool reset_anew(struct reset_job *job, struct err *err)
{
    struct err failure = {.code = ERR_NONE};
    bool inside = false;

    if (!drop_leftovers(job, err) || !make_or_go_inside(job, &inside, err))
        return false;
    if (inside)
        return reset_inside(job, err);
    if (!replace(job, err))
        return false;
    if (!drop(job, job->last, &failure))
        reset_remains(job, "the old database could not be dropped, and lies there as %.*s: %s",
                      STR_ARGS(job->last), failure.detail);
    return true;
}
