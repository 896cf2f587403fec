/* Why the transaction that publishes failed, and what to do about it. */
#include <inttypes.h>
#include <string.h>

#include "transfer/target.h"

/* SQLSTATE: duplicate_table, duplicate_object, duplicate_function, duplicate_schema. */
static bool is_duplicate(const struct err *failure)
{
    static const char *const states[] = {"42P07", "42710", "42723", "42P06"};

    for (size_t i = 0; i < ARRAY_LENGTH(states); i++)
        if (strcmp(failure->sqlstate, states[i]) == 0)
            return true;
    return false;
}

/* How many locks a transaction must be allowed so that all that comes and goes can be locked at once, the
 * TOAST tables too; 0: it is not known. */
static int64_t locks_needed(const struct target *target, int64_t *now)
{
    static const struct str question =
        STR("SELECT current_setting('max_locks_per_transaction'),"
            " (greatest(2 * current_setting('max_locks_per_transaction')::bigint, 2 * (SELECT count(*) FROM "
            "pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ($1, $2))"
            " / (current_setting('max_connections')::bigint"
            " + current_setting('max_prepared_transactions')::bigint) + 1))::text");
    const struct str names[] = {target->schema, target->load_schema};
    struct err ignored = {.code = ERR_NONE};
    struct rows *rows = NULL;
    bool found = false;
    int64_t needed = 0;

    if (!engine_query(target->control, question, names, ARRAY_LENGTH(names), &rows, &ignored))
        return 0;
    if (!rows_next(rows, &found, &ignored) || !found || !str_to_int64(rows->cells[0].bytes, now) ||
        !str_to_int64(rows->cells[1].bytes, &needed))
        needed = 0;
    rows_close(rows);
    return needed;
}

/* out_of_memory 53200: of what the servers share, which is the table of locks. */
static bool hint_locks(const struct target *target, struct err *err)
{
    int64_t now = 0;
    int64_t needed = locks_needed(target, &now);

    if (needed == 0)
        return err_hint(err, "raise max_locks_per_transaction on the server and restart it, then run the "
                             "same command again");
    return err_hint(err,
                    "publishing locks all tables that come and go at once, and the server has no room for so "
                    "many: set max_locks_per_transaction, now %" PRId64 ", to %" PRId64
                    " (ALTER SYSTEM SET max_locks_per_transaction = %" PRId64
                    "; or the provider's settings), restart the server, and run the same command again",
                    now, needed, needed);
}

/* The statement that failed is all of publishing: what the server says about it is the reason. */
static bool explain_statement(const struct target *target, const struct err *failure, struct err *err)
{
    if (is_duplicate(failure))
        err_set(err, ERR_REFUSED, "publishing: somebody made an object in schema %.*s during the run",
                STR_ARGS(target->schema));
    else
        err_set(err, failure->code, "publishing: the server refused to put the tables in their place");
    err_detail(err, "%s; nothing was published", failure->detail);
    err_sqlstate(err, failure->sqlstate);
    if (strcmp(failure->sqlstate, "53200") == 0)
        return hint_locks(target, err);
    return err_hint(err, is_duplicate(failure)
                             ? "drop or rename that object, and run the same command again; or give another "
                               "schema: --schema NAME"
                             : "mend that on the server, and run the same command again; --trace-sql shows "
                               "the statements");
}

/* What somebody built on the tables of the earlier run is not ours to drop. */
bool target_explain_publishing(const struct target *target, struct err *failure, struct err *err)
{
    if (strcmp(failure->sqlstate, "2BP01") == 0) { /* dependent_objects_still_exist */
        err_set(err, ERR_REFUSED,
                "the tables of the earlier run cannot be replaced: other objects depend on them");
        err_detail(err, "%s", failure->detail);
        err_sqlstate(err, failure->sqlstate);
        return err_hint(err,
                        "drop those, and make them again afterwards; or give another schema: --schema NAME");
    }
    if (failure->sqlstate[0] != '\0' && failure->code != ERR_CONNECT && failure->code != ERR_REFUSED &&
        failure->code != ERR_CANCELED && failure->code != ERR_UNCERTAIN)
        return explain_statement(target, failure, err);
    *err = *failure;
    return err->code == ERR_REFUSED || err->code == ERR_UNCERTAIN ? false : err_prefix(err, "publishing");
}
