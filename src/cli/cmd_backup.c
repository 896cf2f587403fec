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

static bool tell(const struct invocation *invocation, const struct backup_result *result,
                 const struct backup_keep *keep, struct err *err)
{
    struct backup_report report = {.result = result};
    struct str *removed = NULL;
    bool done =
        keep == NULL || backup_rotate(invocation->arena, result, keep, &removed, &report.removed_count, err);

    report.removed = removed;
    if (invocation->json)
        report_backup_json(&report);
    else
        report_backup(&report);
    return done;
}

static bool make(struct invocation *invocation, const struct backup_keep *keep, struct err *err)
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
    return done && tell(invocation, &result, keep, err);
}

static bool show_list(struct invocation *invocation, struct err *err)
{
    const char *directory = invocation->argument_count > 0 ? invocation->arguments[0] : default_directory;
    struct backup_list list;

    if (invocation->argument_count > 1)
        return err_set(err, ERR_USAGE, "--list takes the directory alone");
    if (!backup_list(invocation->arena, directory, true, signals_catch(), &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++)
        if (!list.items[i].whole)
            invocation->status = err_exit_status(ERR_SHORTFALL);
    if (invocation->json)
        report_backups_json(directory, &list, invocation->status);
    else
        report_backups(invocation, directory, &list);
    return true;
}

static bool run(struct invocation *invocation, struct err *err)
{
    const char *text = option_value(invocation, "keep");
    struct backup_keep keep;

    if (text != NULL && !backup_keep_parse(str_from(text), &keep, err))
        return false;
    if (!option_given(invocation, "list"))
        return make(invocation, text == NULL ? NULL : &keep, err);
    if (text != NULL || option_given(invocation, "jobs"))
        return err_set(err, ERR_USAGE, "--list makes no backup: neither --keep nor --jobs belong to it");
    return show_list(invocation, err);
}

static const struct option options[] = {
    {"list", 0, NULL, "list the backups in DIR (the only argument), and check every file"},
    {"keep", 0, "KEEP", "afterwards remove older ones of it: 7, or daily=7,weekly=4,monthly=6"},
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
                   "when it is complete. `pgrade restore` brings it back and compares.\n\n"
                   "The exit status of --list is 6 when one is damaged.",
    .options = options,
    .run = run,
};
