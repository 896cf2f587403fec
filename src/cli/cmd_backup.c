#include "base/log.h"
#include "base/screen.h"
#include "cli/backup_timer.h"
#include "cli/commands.h"
#include "cli/database.h"
#include "cli/meter.h"
#include "cli/report_backup.h"
#include "cli/signals.h"
#include "ops/backup_prove.h"
#include "ops/bundle.h"

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

/* Before older ones go: a backup that could not be proven replaces none, nor does one that lacks a database.
 */
static bool tell(const struct invocation *invocation, const struct backup_result *result,
                 const struct backup_keep *keep, struct err *err)
{
    struct backup_report report = {.result = result, .verified = option_given(invocation, "verify")};
    struct str *removed = NULL;
    bool lacks = bundle_missing(&result->manifest.bundle) > 0;
    bool done = keep == NULL || lacks ||
                backup_rotate(invocation->arena, result, keep, &removed, &report.removed_count, err);

    if (keep != NULL && lacks)
        log_message(LOG_WARNING, "no older backup was removed: this one lacks databases that they may have");
    report.removed = removed;
    if (invocation->json)
        report_backup_json(&report, invocation->status);
    else
        report_backup(&report);
    return done;
}

/* DIR, or --to. */
static const char *directory_at(const struct invocation *invocation, int place)
{
    const char *to = option_value(invocation, "to");

    if (invocation->argument_count > place)
        return invocation->arguments[place];
    return to != NULL ? to : default_directory;
}

struct work {
    struct invocation *invocation;
    struct bundle_options options;
    struct backup_result result;
};

/* Is done while the main thread shows how far it is. */
static bool work(void *context, size_t worker, struct err *err)
{
    struct work *work = context;
    const struct invocation *invocation = work->invocation;
    struct arena *arena = invocation->arena;
    bool done = option_given(invocation, "all")
                    ? bundle_run(arena, &work->options, &work->result, err)
                    : backup_run(arena, &work->options.backup, &work->result, err);

    (void)worker;
    tell_leftovers(arena, &work->result);
    return done && (!option_given(invocation, "verify") ||
                    backup_prove(arena, &work->options.backup, &work->result, err));
}

static bool make(struct invocation *invocation, const struct backup_keep *keep, struct err *err)
{
    struct work job = {.invocation = invocation,
                       .options.backup = {.directory = directory_at(invocation, 1),
                                          .trace = option_given(invocation, "trace-sql")}};
    struct backup_options *options = &job.options.backup;
    struct stage stage;
    const char *from;
    struct url url;
    long jobs;
    bool done;

    if (!option_number(invocation, "jobs", 1, JOBS_MOST, 0, &jobs, err) ||
        !database_url(invocation, 0, &url, &from, err))
        return false;
    options->url = &url;
    options->jobs = (int)jobs;
    options->interrupted = signals_catch();
    options->stage = &stage;
    job.options.exclude = option_values(invocation, "exclude", &job.options.exclude_count);
    stage_init(&stage);
    done = meter_watch(invocation->quiet, &stage, work, &job, err);
    stage_end(&stage);
    if (done && bundle_missing(&job.result.manifest.bundle) > 0)
        invocation->status = err_exit_status(ERR_SHORTFALL);
    return done && tell(invocation, &job.result, keep, err);
}

static bool show_list(struct invocation *invocation, struct err *err)
{
    const char *directory = directory_at(invocation, 0);
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

/* Words that do not belong together. */
static bool check_options(const struct invocation *invocation, struct err *err)
{
    static const char *const of_making[] = {"keep", "jobs", "verify", "all", "exclude"};
    bool list = option_given(invocation, "list");

    for (size_t i = 0; list && i < ARRAY_LENGTH(of_making); i++)
        if (option_given(invocation, of_making[i]))
            return err_set(err, ERR_USAGE, "--list makes no backup: --%s does not belong to it",
                           of_making[i]);
    if (option_given(invocation, "timer") && (list || invocation->argument_count > 0))
        return err_set(err, ERR_USAGE,
                       "--timer takes no argument: the URL is read from a file, for its "
                       "password; --to DIR says where backups go");
    if (option_given(invocation, "exclude") && !option_given(invocation, "all"))
        return err_set(err, ERR_USAGE, "--exclude belongs to --all: it names databases");
    if (option_given(invocation, "to") && invocation->argument_count > (list ? 0 : 1))
        return err_set(err, ERR_USAGE, "two directories were given, one of them by --to");
    return true;
}

static bool run(struct invocation *invocation, struct err *err)
{
    const char *text = option_value(invocation, "keep");
    struct backup_keep keep;

    if (!check_options(invocation, err) || (text != NULL && !backup_keep_parse(str_from(text), &keep, err)))
        return false;
    if (option_given(invocation, "timer"))
        return backup_timer(invocation, err);
    if (option_given(invocation, "list"))
        return show_list(invocation, err);
    return make(invocation, text == NULL ? NULL : &keep, err);
}

static const struct option options[] = {
    {"list", 0, NULL, "list the backups in DIR (the only argument), and check every file"},
    {"all", 0, NULL, "all databases of the server, as one bundle"},
    {"exclude", 0, "NAME", "with --all: not this database; may be repeated"},
    {"keep", 0, "KEEP", "afterwards remove older ones of it: 7, or daily=7,weekly=4,monthly=6"},
    {"verify", 0, NULL, "restore it into a scratch database and compare; needs CREATEDB"},
    {"to", 0, "DIR", "the same as the argument DIR, where the URL is from the environment"},
    {"timer", 0, NULL, "print what makes such a backup every night, for systemd and cron"},
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
                   "when it is complete. `pgrade restore` brings it back and compares. With --all it is a "
                   "bundle: a backup\n"
                   "of each database of the server, with one manifest over all.\n\n"
                   "The exit status of --list is 6 when one is damaged.",
    .options = options,
    .run = run,
};
