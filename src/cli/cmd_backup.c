#include "base/log.h"
#include "base/screen.h"
#include "cli/commands.h"
#include "cli/database.h"
#include "cli/report_backup.h"
#include "cli/signals.h"

static const char default_directory[] = "backups";

enum {
    JOBS_MOST = 64
};

static void tell_leftovers(struct arena *arena, const struct backup_result *result)
{
    for (size_t i = 0; i < result->leftover_count; i++)
        log_message(LOG_WARNING, "an earlier backup was interrupted; what it left was removed: %.*s",
                    STR_ARGS(screen_text(arena, result->leftovers[i])));
}

static bool run(struct invocation *invocation, struct err *err)
{
    struct backup_options options = {.directory = invocation->argument_count > 1 ? invocation->arguments[1]
                                                                                 : default_directory,
                                     .trace = option_given(invocation, "trace-sql")};
    struct backup_result result = {.path = NULL};
    const char *from;
    struct url url;
    long jobs;
    bool done;

    if (!option_number(invocation, "jobs", 1, JOBS_MOST, 0, &jobs, err) ||
        !database_url(invocation, 0, &url, &from, err))
        return false;
    options.url = &url;
    options.jobs = (int)jobs;
    options.interrupted = signals_catch();
    done = backup_run(invocation->arena, &options, &result, err);
    tell_leftovers(invocation->arena, &result);
    if (!done)
        return false;
    if (invocation->json)
        report_backup_json(&result);
    else
        report_backup(invocation, &result);
    return true;
}

static const struct option options[] = {
    {"jobs", 'j', "N", "PostgreSQL: dump by N connections at once, into a directory of files"},
    {NULL, 0, NULL, NULL},
};

const struct command command_backup = {
    .name = "backup",
    .group = "database",
    .arguments = "[URL [DIR]]",
    .arguments_most = 2,
    .summary = "Keep a copy of a database, with a manifest",
    .description = "Makes one directory below DIR (`backups` where none is given): the dump of a PostgreSQL "
                   "database, by\n"
                   "pg_dump, or the copy of a SQLite file, and a manifest with its tables, rows and sums. It "
                   "gets its name\n"
                   "when it is complete. `pgrade restore` brings it back and compares.",
    .options = options,
    .run = run,
};
