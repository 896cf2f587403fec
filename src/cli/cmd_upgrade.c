#include <string.h>

#include "base/log.h"
#include "cli/abandon.h"
#include "cli/commands.h"
#include "cli/config.h"
#include "cli/connect.h"
#include "cli/meter.h"
#include "cli/not_carried.h"
#include "cli/page.h"
#include "cli/report.h"
#include "cli/retry.h"
#include "cli/settings.h"
#include "cli/signals.h"

static bool has_shortfalls(const struct upgrade_result *result)
{
    for (size_t i = 0; result->tables != NULL && i < result->prepared.plan.table_count; i++)
        if (result->tables[i].excluded_rows > 0)
            return true;
    return result->prepared.plan.not_carried_count > 0 || result->contradiction_count > 0 ||
           result->load.misfits.change_count > 0 || result->aside_rows > 0;
}

/* What was done stays done whether or not the page can be written. */
static void write_page(const struct report *report, const struct err *failed)
{
    const char *path = option_value(report->invocation, "report");
    struct err failure = {.code = ERR_NONE};

    if (path != NULL && !report_upgrade_page(report, failed, path, &failure))
        log_message(LOG_WARNING, "the report was not written: %s: %s", failure.primary, failure.detail);
}

static void tell(struct report *report, bool done, struct err *err)
{
    struct invocation *invocation = report->invocation;

    if (!done)
        config_blame(invocation, err);
    if (invocation->hide_values)
        err_hide_values(err);
    if (report->result->published)
        report->not_carried_file = not_carried_write(report);
    invocation->status = done && has_shortfalls(report->result) ? err_exit_status(ERR_SHORTFALL) : 0;
    if (invocation->json)
        report_upgrade_json(report, done ? NULL : err,
                            done ? invocation->status : err_exit_status(err->code));
    else if (done || err_exit_status(err->code) == err_exit_status(ERR_DECISION) ||
             err->code == ERR_DIFFERENT)
        report_upgrade(report, done ? NULL : err);
    if (!report->result->already)
        write_page(report, done ? NULL : err);
}

/* The settings first: what they lack is told before any database is looked at. */
static bool prepare(struct invocation *invocation, struct endpoints *endpoints,
                    struct upgrade_options *options, struct err *err)
{
    if (!settings_upgrade(invocation, options, err) || !not_carried_check(invocation, err) ||
        !page_may_write(option_value(invocation, "report"), err) ||
        !connect_source(invocation, endpoints, err) || !connect_target(invocation, endpoints, err))
        return false;
    options->planned = invocation->planned;
    return true;
}

static bool run(struct invocation *invocation, struct err *err)
{
    struct endpoints endpoints = {.target_typed = false};
    struct upgrade_options options = {
        .source = &endpoints.source, .target = &endpoints.target, .progress = meter_show};
    struct upgrade_result result = {.published = false};
    struct report report = {invocation, &endpoints, &options, &result};
    struct meter meter;
    bool done;

    if (option_given(invocation, "retry-quarantine"))
        return retry_quarantine(invocation, err);
    if (option_given(invocation, "abandon"))
        return abandon(invocation, err);
    if (!prepare(invocation, &endpoints, &options, err))
        return false;
    options.interrupted = signals_catch();
    meter_init(&meter, invocation->quiet);
    options.progress_context = &meter;
    done = upgrade_run(invocation->arena, &options, &result, err);
    meter_end(&meter);
    tell(&report, done, err);
    invocation->reported = true;
    invocation->published = result.published;
    upgrade_close(&result);
    return done;
}

static const struct option options[] = {
    SETTINGS_PLAN,
    SETTINGS_MISFITS,
    {"orphans", 0, "POLICY", "rows without a parent: stop (default), not-valid (the key), quarantine"},
    {"quarantine-file", 0, "FILE", "where rows that are set aside are written too, as CSV"},
    {"not-carried", 0, "FILE", "where the SQL of what was not carried is written; `-` writes none"},
    {"retry-quarantine", 0, "FILE", "give the rows of such a file back, corrected; takes TARGET alone"},
    {"mode", 0, "MODE", "fresh, fill (tables that the application made), auto (default)"},
    {"replace", 0, NULL, "swap the tables that an earlier run of pgrade published"},
    {"discard-changes", 0, NULL, "with --replace: lose what was changed in those tables since"},
    {"snapshot", 0, NULL, "publish the state at the start even if the source is written meanwhile"},
    {"resume", 0, NULL, "go on with an interrupted run, as runs do; say where none was"},
    {"abandon", 0, NULL, "remove what an interrupted run left on TARGET, and do no more"},
    {"workers", 0, "N", "connections that load at once (2)"},
    {"no-verify", 0, NULL, "do not read the rows back; saves time and proves nothing"},
    {"owner", 0, "ROLE", "give all that is published to that role"},
    {"view-limit", 0, "SECONDS", "how long either database may take for the rows of a view (60)"},
    {"report", 0, "FILE", "write the proof as one HTML page, with charts"},
    {"plan", 0, "FILE", "go by a plan that `plan --out FILE` saved"},
    CONFIG_OPTIONS,
    {NULL, 0, NULL, NULL},
};

const struct command command_upgrade = {
    .name = "upgrade",
    .group = "upgrade",
    .arguments = "[SOURCE [TARGET]]",
    .arguments_least = 0,
    .arguments_most = 2,
    .summary = "Move a SQLite database to PostgreSQL, verified value by value",
    .description =
        "SOURCE is a SQLite file or sqlite: URL, TARGET a postgresql: URL.  Left out, they come from\n"
        "DATABASE_URL or DB_URI in the environment or .env; without a target the local instance is used,\n"
        "with a database named after the file.\n\n"
        "The source is only read.  The tables are loaded in a schema of their own and become visible in\n"
        "one transaction, after every value was compared; until then, and if anything fails, the target\n"
        "is as it was.",
    .options = options,
    .run = run,
};
