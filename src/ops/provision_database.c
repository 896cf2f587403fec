/* The database: made for the role, or what of an existing one has to be mended. */
#include <string.h>

#include "base/log.h"
#include "ops/provision_intern.h"
#include "ops/sql_text.h"

#define BYTE_ORDER "C.UTF-8"

/* What is tried one after the other, as long as the server does not know the locale. */
struct locale {
    const char *clauses;
    const char *shown;
};

static bool is_unknown_locale(const struct err *failure)
{
    return strcmp(failure->sqlstate, "42809") == 0 || strcmp(failure->sqlstate, "22023") == 0 ||
           str_contains_nocase(str_from(failure->detail), "locale");
}

static struct str create_text(const struct provision_job *job, struct str clauses)
{
    return sql_text(job->arena, "CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING 'UTF8'%S",
                    job->options->database, job->options->role, clauses);
}

static struct str libc_clauses(const struct provision_job *job, struct str locale)
{
    return sql_text(job->arena, "%S LC_COLLATE %L LC_CTYPE %L",
                    str_from(job->admin.version >= 150000 ? " LOCALE_PROVIDER libc" : ""), locale, locale);
}

/* The statement that failed for its locale only was not run: it is not among those that were. */
static bool try_create(struct provision_job *job, struct str clauses, bool *unknown, struct err *err)
{
    struct err failure = {.code = ERR_NONE};

    *unknown = false;
    if (provision_do(job, job->engine, create_text(job, clauses), &failure))
        return true;
    *unknown = is_unknown_locale(&failure);
    if (*unknown)
        job->result->statement_count--;
    *err = failure;
    return false;
}

static bool create_in(struct provision_job *job, const char *wanted, struct err *err)
{
    bool unknown;

    if (try_create(job, libc_clauses(job, str_from(wanted)), &unknown, err)) {
        provision_step(job, "database", job->options->database, PROVISION_MADE, "UTF8, %s; belongs to %.*s",
                       wanted, STR_ARGS(job->options->role));
        return true;
    }
    return unknown && err_hint(err, "name a locale that the server's system has, or leave --locale out");
}

/* The server's own locale comes after the two ways to sort by bytes; one that is not UTF-8's leaves C. */
static bool create_anyhow(struct provision_job *job, struct err *err)
{
    const struct locale ways[] = {
        {libc_clauses(job, (struct str)STR(BYTE_ORDER)).ptr, "UTF8, " BYTE_ORDER},
        {job->admin.version >= 170000 ? " LOCALE_PROVIDER builtin BUILTIN_LOCALE '" BYTE_ORDER
                                        "' LC_COLLATE 'C' LC_CTYPE 'C'"
                                      : NULL,
         "UTF8, " BYTE_ORDER " of PostgreSQL itself"},
        {"", "UTF8; the server has no " BYTE_ORDER ", so text sorts by the server's own locale"},
        {libc_clauses(job, (struct str)STR("C")).ptr,
         "UTF8, C: the server has no " BYTE_ORDER ", and its own locale is not UTF-8's"},
    };
    struct err failure = {.code = ERR_NONE};

    for (size_t i = 0; i < ARRAY_LENGTH(ways); i++) {
        bool unknown;

        if (ways[i].clauses == NULL)
            continue;
        err_clear(&failure);
        if (try_create(job, str_from(ways[i].clauses), &unknown, &failure)) {
            provision_step(job, "database", job->options->database, PROVISION_MADE, "%s; belongs to %.*s",
                           ways[i].shown, STR_ARGS(job->options->role));
            return true;
        }
        if (!unknown)
            break;
    }
    *err = failure;
    return false;
}

static bool mend_owner(struct provision_job *job, struct err *err)
{
    const struct provision_options *options = job->options;
    bool mine = str_equal(job->database.owner, options->role);

    if (!mine &&
        !provision_do(job, job->engine,
                      sql_text(job->arena, "ALTER DATABASE %I OWNER TO %I", options->database, options->role),
                      err))
        return false;
    provision_step(job, "database", options->database, mine ? PROVISION_WAS : PROVISION_CHANGED,
                   mine ? "%.*s, %.*s; belongs to %.*s" : "%.*s, %.*s; belongs to %.*s now, before to %.*s",
                   STR_ARGS(job->database.encoding), STR_ARGS(job->database.collation),
                   STR_ARGS(options->role), STR_ARGS(job->database.owner));
    if (!str_is(job->database.encoding, "UTF8"))
        provision_step(job, "encoding", options->database, PROVISION_OTHER,
                       "%.*s, which is fixed when a database is made: move its rows into one with UTF8",
                       STR_ARGS(job->database.encoding));
    return true;
}

static struct str close_text(const struct provision_job *job)
{
    return sql_text(job->arena, "REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC",
                    job->options->database);
}

/* Every role of a server may connect to every new database, and make temporary tables there: other
 * applications have no business in this one.  One that was open for long may be so on purpose. */
static bool close_to_others(struct provision_job *job, struct err *err)
{
    const struct provision_options *options = job->options;
    bool mend = job->made_database || job->role.begun;

    if (!mend || (job->database.there && !job->database.open)) {
        if (job->database.open)
            provision_step(job, "access", options->database, PROVISION_LEFT,
                           "every role of the server may connect; to end that: %.*s",
                           STR_ARGS(close_text(job)));
        else
            provision_step(job, "access", options->database, PROVISION_WAS,
                           "only %.*s may connect, and superusers", STR_ARGS(options->role));
        return true;
    }
    if (!provision_do(job, job->engine, close_text(job), err))
        return false;
    provision_step(job, "access", options->database, PROVISION_MADE, "only %.*s may connect, and superusers",
                   STR_ARGS(options->role));
    return true;
}

bool provision_make_database(struct provision_job *job, struct err *err)
{
    const struct provision_options *options = job->options;

    job->made_database = !job->database.there;
    if (job->database.there       ? !mend_owner(job, err)
        : options->locale != NULL ? !create_in(job, options->locale, err)
                                  : !create_anyhow(job, err))
        return false;
    return close_to_others(job, err);
}
