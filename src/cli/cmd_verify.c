#include "cli/commands.h"
#include "cli/config.h"
#include "cli/meter.h"
#include "cli/page.h"
#include "cli/report_verify.h"
#include "cli/settings.h"
#include "cli/signals.h"

static bool read_side(struct invocation *invocation, int side, struct url *url, struct err *err)
{
    return url_parse(invocation->arena, str_from(invocation->arguments[side]), url, err) &&
           (url->kind != URL_SQLITE || sqlite_check(invocation->arena, url, err));
}

static bool read_settings(struct invocation *invocation, struct verify_options *options, struct err *err)
{
    struct upgrade_options shared = {.source = NULL};
    long sample;

    if (!settings_plan(invocation, &shared, err) || !settings_misfits(invocation, &shared, err) ||
        !option_number(invocation, "sample", 1, 1000000, 1, &sample, err))
        return false;
    options->plan = shared.plan;
    options->source_schema = str_from(option_value(invocation, "source-schema"));
    options->sample = sample;
    options->trace = shared.trace;
    options->check_source = shared.check_source;
    options->work_directory = shared.work_directory;
    options->in_place = shared.in_place;
    options->planned = invocation->planned;
    return true;
}

/* What only makes sense where a SQLite file is read. */
static bool check_pair(const struct invocation *invocation, const struct url *urls, struct err *err)
{
    if (urls[0].kind == URL_SQLITE || urls[1].kind == URL_SQLITE || !option_given(invocation, "where"))
        return true;
    err_set(err, ERR_USAGE, "--where is a condition of SQLite, and neither side is a SQLite file");
    return err_hint(err, "pgrade verify --help");
}

static bool tell(const struct verify_report *report, struct err *err)
{
    struct invocation *invocation = report->invocation;
    const char *page = option_value(invocation, "report");

    invocation->status = report->result->equal ? 0 : err_exit_status(ERR_SHORTFALL);
    if (invocation->json)
        report_verify_json(report, invocation->status);
    else
        report_verify(report);
    invocation->reported = true;
    return page == NULL || report_verify_page(report, page, err);
}

static bool run(struct invocation *invocation, struct err *err)
{
    struct url urls[2];
    struct verify_options options = {.sides = {&urls[0], &urls[1]}, .progress = meter_show};
    struct verify_result result = {.equal = false};
    struct verify_report report = {invocation, &options, &result};
    struct meter meter;
    bool done;

    if (!read_settings(invocation, &options, err) || !read_side(invocation, 0, &urls[0], err) ||
        !read_side(invocation, 1, &urls[1], err) || !check_pair(invocation, urls, err) ||
        !page_may_write(option_value(invocation, "report"), err))
        return false;
    options.interrupted = signals_catch();
    meter_init(&meter, invocation->quiet);
    options.progress_context = &meter;
    done = verify_run(invocation->arena, &options, &result, err);
    meter_end(&meter);
    done = done && tell(&report, err);
    verify_close(&result);
    return done;
}

static const struct option options[] = {
    SETTINGS_PLAN,
    SETTINGS_MISFITS,
    {"source-schema", 0, "NAME", "schema of a PostgreSQL source, where it is not that of --schema"},
    {"sample", 0, "N", "compare one row of N, where the key is an integer; all are counted"},
    {"report", 0, "FILE", "write the proof as one HTML page, with charts"},
    {"plan", 0, "FILE", "go by a plan that `plan --out FILE` saved"},
    CONFIG_OPTIONS,
    {NULL, 0, NULL, NULL},
};

const struct command command_verify = {
    .name = "verify",
    .group = "upgrade",
    .arguments = "SOURCE TARGET",
    .arguments_least = 2,
    .arguments_most = 2,
    .summary = "Compare two databases value by value, and name every difference",
    .description =
        "Each side is a SQLite file or a postgresql: URL.  Tables and columns are matched by name, every\n"
        "value of both is read, and what differs is named: table, key, column, both values.  Nothing is\n"
        "written on either side.\n\n"
        "The exit status is 0 when both are equal and 6 when they are not.",
    .options = options,
    .run = run,
};
