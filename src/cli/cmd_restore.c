#include "cli/commands.h"
#include "cli/connect.h"
#include "cli/report_backup.h"
#include "cli/signals.h"

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
    if (invocation->json)
        report_restore_json(options, result, failed, failed == NULL ? 0 : err_exit_status(failed->code));
    else
        report_restore(options, result);
    invocation->reported = true;
}

static bool run(struct invocation *invocation, struct err *err)
{
    struct restore_options options = {.from = invocation->arguments[0],
                                      .clean = option_given(invocation, "clean"),
                                      .owner = option_value(invocation, "owner"),
                                      .trace = option_given(invocation, "trace-sql")};
    struct restore_result result;
    struct url target;
    bool done;

    if (!url_parse(invocation->arena, str_from(invocation->arguments[1]), &target, err))
        return false;
    options.target = &target;
    options.interrupted = signals_catch();
    if (!restore_look(invocation->arena, &options, &result, err) || !ask(invocation, &options, err))
        return false;
    done = restore_run(invocation->arena, &options, &result, err);
    if (done || result.difference_count > 0)
        tell(invocation, &options, &result, done ? NULL : err);
    return done;
}

static const struct option options[] = {
    {"clean", 0, NULL, "drop first what the backup holds and the target has too; asks"},
    {"owner", 0, "ROLE", "PostgreSQL: everything will belong to this role, not to who connects"},
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
        "when it fails, the target is as it was.",
    .options = options,
    .run = run,
};
