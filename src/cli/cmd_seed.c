#include <stdio.h>
#include <string.h>

#include "base/fs.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/database.h"
#include "cli/report_seed.h"

static const char default_directory[] = "db/seeds";

/* A column list has commas, which separate values elsewhere. */
static const struct str *whole_values(const struct invocation *invocation, const char *name, size_t *count)
{
    struct str *values = ARENA_ARRAY(invocation->arena, struct str, invocation->given_count + 1);

    *count = 0;
    for (size_t i = 0; i < invocation->given_count; i++)
        if (strcmp(invocation->given[i].option->name, name) == 0)
            values[(*count)++] = str_from(invocation->given[i].value);
    return values;
}

static bool read_options(struct invocation *invocation, struct seed_options *options, struct err *err)
{
    options->keys = whole_values(invocation, "key", &options->key_count);
    options->fresh = option_given(invocation, "fresh");
    options->dry_run = option_given(invocation, "dry-run");
    options->hide_values = invocation->hide_values;
    for (size_t i = 0; i < options->key_count; i++)
        if (str_find(options->keys[i], '=') <= 0)
            return err_set(err, ERR_USAGE, "--key %.*s: TABLE=COLUMN,COLUMN is meant",
                           STR_ARGS(options->keys[i]));
    return true;
}

static bool find_files(struct invocation *invocation, struct seed *seed, struct err *err)
{
    if (invocation->argument_count < 2)
        return seed_add(invocation->arena, default_directory, seed, err);
    for (int i = 1; i < invocation->argument_count; i++)
        if (!seed_add(invocation->arena, invocation->arguments[i], seed, err))
            return false;
    return true;
}

/* SQLite looks at foreign keys only where it is told to, and not within a transaction. */
static bool begin(struct pgrade_database *db, struct err *err)
{
    struct pgrade_error error;

    if (strcmp(pgrade_engine(db), "sqlite") == 0 &&
        !pgrade_run(db, "PRAGMA foreign_keys = on", NULL, 0, NULL, &error))
        return core_failed(&error, err);
    return pgrade_begin(db, PGRADE_WRITE, &error) || core_failed(&error, err);
}

static bool take_back(struct pgrade_database *db)
{
    if (pgrade_state(db) == PGRADE_STATE_TRANSACTION || pgrade_state(db) == PGRADE_STATE_FAILED)
        (void)pgrade_rollback(db, NULL);
    return false;
}

static bool finish(struct pgrade_database *db, bool dry_run, struct err *err)
{
    struct pgrade_error error;

    if (dry_run)
        return pgrade_rollback(db, &error) || core_failed(&error, err);
    if (pgrade_commit(db, &error))
        return true;
    core_failed(&error, err);
    return err_prefix(err, "at COMMIT, nothing of the files is there");
}

static bool work(struct invocation *invocation, struct pgrade_database *db, struct seed_options *options,
                 struct seed *seed, struct err *err)
{
    if (!begin(db, err))
        return false;
    if (seed_run(invocation->arena, db, options, seed, err))
        return finish(db, options->dry_run, err);
    (void)take_back(db);
    log_message(LOG_NOTICE, "nothing was changed: all files are one transaction, which was rolled back");
    return false;
}

static bool run(struct invocation *invocation, struct err *err)
{
    struct seed_options options = {.fresh = false};
    struct core_options core;
    struct pgrade_database *db;
    struct seed seed = {.files = NULL};
    struct url url;
    const char *from;
    bool done;

    if (!read_options(invocation, &options, err) || !database_url(invocation, 0, &url, &from, err) ||
        !find_files(invocation, &seed, err))
        return false;
    if (from != NULL)
        log_message(LOG_NOTICE, "%.*s, from %s", STR_ARGS(url_redacted(invocation->arena, &url)), from);
    core = database_options(invocation);
    options.interrupted = core.interrupted;
    if (!core_open(&url, &core, &db, err))
        return false;
    done = work(invocation, db, &options, &seed, err);
    pgrade_close(db);
    if (done && invocation->json)
        report_seed_json(&url, &options, &seed);
    else if (done)
        report_seed(invocation, &options, &seed);
    return done;
}

static const struct option options[] = {
    {"key", 0, "TABLE=COLUMN,...", "know rows of the table by these columns (its primary or a unique key)"},
    {"fresh", 0, NULL, "empty the tables of the files first"},
    {"dry-run", 0, NULL, "do everything, say what would change, and take it back"},
    {NULL, 0, NULL, NULL},
};

const struct command command_seed = {
    .name = "seed",
    .group = "database",
    .arguments = "[URL [PATH...]]",
    .arguments_most = 10000,
    .summary = "Put in rows from files, twice with the same result",
    .description =
        "SQL, CSV and JSON files, or those of a directory (db/seeds) in the order of their names, in one "
        "transaction. 010_users.csv is of the table users; a row whose key is there already is updated.",
    .options = options,
    .run = run,
};
