#include "cli/commands.h"
#include "cli/connect.h"
#include "cli/meter.h"
#include "cli/report_backup.h"
#include "cli/signals.h"

enum {
    JOBS_MOST = 64
};

static bool ask(const struct invocation *invocation, const struct restore_options *options, struct err *err)
{
    if (!options->clean)
        return true;
    return confirm(invocation,
                   arena_printf(invocation->arena, "replace what %.*s holds by what is in %s?",
                                STR_ARGS(url_redacted(invocation->arena, options->target)), options->from),
                   err);
}

/* A restore that does not agree is told as far as it went. */
static void tell(struct invocation *invocation, const struct restore_options *options,
                 const struct restore_result *result, const struct err *failed)
{
    if (failed == NULL && restore_has_shortfalls(result))
        invocation->status = err_exit_status(ERR_SHORTFALL);
    if (invocation->json)
        report_restore_json(options, result, failed,
                            failed == NULL ? invocation->status : err_exit_status(failed->code));
    else
        report_restore(options, result);
    invocation->reported = true;
}

struct work {
    struct arena *arena;
    struct restore_options options;
    struct restore_result result;
};

static bool work(void *context, size_t worker, struct err *err)
{
    struct work *work = context;

    (void)worker;
    return restore_run(work->arena, &work->options, &work->result, err);
}

static bool restore(struct invocation *invocation, struct work *job, struct err *err)
{
    struct stage stage;
    bool done;

    if (!restore_look(job->arena, &job->options, &job->result, err) || !ask(invocation, &job->options, err))
        return false;
    stage_init(&stage);
    job->options.stage = &stage;
    done = meter_watch(invocation->quiet, &stage, work, job, err);
    stage_end(&stage);
    if (done || job->result.difference_count > 0)
        tell(invocation, &job->options, &job->result, done ? NULL : err);
    return done;
}

static bool run(struct invocation *invocation, struct err *err)
{
    struct work job = {.arena = invocation->arena,
                       .options = {.from = invocation->arguments[0],
                                   .clean = option_given(invocation, "clean"),
                                   .owner = option_value(invocation, "owner"),
                                   .database = str_from(option_value(invocation, "database")),
                                   .trace = option_given(invocation, "trace-sql")}};
    struct url target;
    long jobs;

    if (!option_number(invocation, "jobs", 1, JOBS_MOST, 0, &jobs, err) ||
        !url_parse(invocation->arena, str_from(invocation->arguments[1]), &target, err))
        return false;
    job.options.jobs = (int)jobs;
    job.options.target = &target;
    job.options.interrupted = signals_catch();
    return restore(invocation, &job, err);
}

static const struct option options[] = {
    {"clean", 0, NULL, "drop first what the backup holds and the target has too; asks"},
    {"owner", 0, "ROLE", "PostgreSQL: everything will belong to this role, not to who connects"},
    {"database", 0, "NAME", "of a bundle: this database, into TARGET whatever its name"},
    {"jobs", 'j', "N", "PostgreSQL: by N connections at once; not one transaction then"},
    {NULL, 0, NULL, NULL},
};

const struct command command_restore = {
    .name = "restore",
    .group = "database",
    .arguments = "BACKUP TARGET",
    .arguments_least = 2,
    .arguments_most = 2,
    .summary = "Bring a backup back, and compare it with its manifest",
    .description =
        "BACKUP is a directory that `pgrade backup` made, or a dump of pg_dump: custom, directory, tar, "
        "SQL.\n"
        "TARGET is an empty database, or a SQLite file that is not there yet. All of it is one transaction:\n"
        "when it fails, the target is as it was.\n\n"
        "Of a bundle, each database goes into that of its name on the server of TARGET, and is made where "
        "it\n"
        "is not there; --database restores one into TARGET itself.",
    .options = options,
    .run = run,
};
