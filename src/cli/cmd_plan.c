#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/config.h"
#include "cli/connect.h"
#include "cli/report.h"
#include "cli/saved_plan.h"
#include "cli/settings.h"
#include "cli/write_config.h"
#include "ops/generated.h"
#include "ops/policy.h"
#include "ops/preview.h"

/* Reads and checks every value, as a load without a target: what the plan cannot hold is known before it is
 * run. */
static bool check_values(struct invocation *invocation, const struct upgrade_options *options,
                         struct upgrade_result *result, struct err *err)
{
    const struct plan *plan = &result->prepared.plan;
    struct load_range whole = {.bounded = false};

    load_init(&result->load, invocation->arena, plan);
    policies_apply(invocation->arena, options, plan, &result->policies);
    result->load.policies = &result->policies;
    result->loaded = true;
    for (size_t i = 0; i < plan->table_count; i++)
        if (!load_chunk(&result->load, 0, result->prepared.snapshot.readers[0], NULL, i, &whole, err))
            return false;
    return true;
}

static bool make_again(struct invocation *invocation, const struct upgrade_options *options,
                       struct prepare_options *prepare, struct upgrade_result *result, struct err *err)
{
    load_free(&result->load);
    result->loaded = false;
    return prepare_plan(invocation->arena, prepare, &result->prepared, err) &&
           check_values(invocation, options, result, err);
}

/* As `upgrade` does: a plan whose misfits come from a sample is made again from the whole columns, and one
 * whose generated columns cannot hold SQLite's values with ordinary ones. */
static bool make(struct invocation *invocation, const struct upgrade_options *options,
                 struct prepare_options *prepare, bool check, struct upgrade_result *result, struct err *err)
{
    const struct misfits *misfits = &result->load.misfits;

    if (!prepare_plan(invocation->arena, prepare, &result->prepared, err) ||
        (options->target != NULL && !preview_target(invocation->arena, options, prepare, result, err)))
        return false;
    if (!check)
        return true;
    if (!check_values(invocation, options, result, err))
        return false;
    /* The target's tables are what they are. */
    if (result->filled)
        return true;
    if ((misfits->total > 0 || misfits->change_count > 0) && result->prepared.sampled) {
        prepare->survey_whole = true;
        if (!make_again(invocation, options, prepare, result, err))
            return false;
    }
    return !generated_check(invocation->arena, options, result, &prepare->plan) ||
           make_again(invocation, options, prepare, result, err);
}

static void print_sql(const struct plan *plan)
{
    struct buf out;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    plan_write_sql(&out, plan);
    (void)fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
}

static void print(const struct report *report, bool sql)
{
    if (sql)
        print_sql(&report->result->prepared.plan);
    else if (report->invocation->json)
        report_plan_json(report);
    else
        report_plan(report);
}

static const char *config_path(const struct invocation *invocation)
{
    const char *path = option_value(invocation, "write-config");

    return path != NULL || !option_given(invocation, "write-config") ? path : CONFIG_FILE;
}

/* Before any work is done for a file that may not be written. */
static bool may_save(const struct invocation *invocation, struct err *err)
{
    const char *out = option_value(invocation, "out");
    const char *config = config_path(invocation);

    return (out == NULL || saved_plan_may_write(invocation, out, err)) &&
           (config == NULL || saved_plan_may_write(invocation, config, err));
}

static bool save(const struct report *report, struct err *err)
{
    const char *out = option_value(report->invocation, "out");
    const char *config = config_path(report->invocation);

    return (out == NULL || saved_plan_write(report->invocation, &report->result->prepared, out, err)) &&
           (config == NULL || write_config(report, config, err));
}

/* What was asked for, and of what. */
static bool settle(struct invocation *invocation, struct endpoints *endpoints,
                   struct upgrade_options *options, struct err *err)
{
    if (!settings_plan(invocation, options, err) || !settings_misfits(invocation, options, err) ||
        !settings_mode(invocation, options, err) || !may_save(invocation, err) ||
        !connect_source(invocation, endpoints, err))
        return false;
    if (invocation->argument_count < 2)
        return true;
    options->target = &endpoints->target;
    return connect_target(invocation, endpoints, err);
}

static bool run(struct invocation *invocation, struct err *err)
{
    struct endpoints endpoints = {.target_typed = false};
    struct upgrade_options options = {.source = &endpoints.source};
    struct upgrade_result result = {.published = false};
    struct report report = {invocation, &endpoints, &options, &result};
    bool sql = option_given(invocation, "sql");
    struct prepare_options prepare;
    bool done;

    if (sql && invocation->json) {
        err_set(err, ERR_USAGE, "--sql prints SQL and --json prints JSON");
        return err_hint(err, "give one of the two");
    }
    if (!settle(invocation, &endpoints, &options, err))
        return false;
    /* What is printed is what will be there, under its final names. */
    options.plan.load_schema =
        options.plan.target_schema.len > 0 ? options.plan.target_schema : str_from("public");
    prepare = (struct prepare_options){.source = &endpoints.source,
                                       .readers = 1,
                                       .trace = options.trace,
                                       .plan = options.plan,
                                       .check_source = options.check_source,
                                       .work_directory = options.work_directory,
                                       .in_place = options.in_place};
    done = prepare_source(invocation->arena, &prepare, &result.prepared, err) &&
           policies_check(&options, &result.prepared.schema, err) &&
           make(invocation, &options, &prepare, !sql, &result, err);
    snapshot_look(&result.prepared.snapshot);
    done = done && save(&report, err);
    if (done)
        print(&report, sql);
    if (result.loaded)
        load_free(&result.load);
    upgrade_close(&result);
    return done;
}

static const struct option options[] = {
    SETTINGS_PLAN,
    SETTINGS_MISFITS,
    {"mode", 0, "MODE", "with TARGET: fresh, fill, auto (default), as for upgrade"},
    {"replace", 0, NULL, "with TARGET: as for upgrade"},
    {"sql", 0, NULL, "print the whole DDL instead"},
    {"out", 0, "FILE", "save the plan, for upgrade --plan FILE"},
    {"write-config", 0, "[FILE]", "write settings to begin with; pgrade.ini unless =FILE is said"},
    {"force", 0, NULL, "write these files although they exist"},
    CONFIG_OPTIONS,
    {NULL, 0, NULL, NULL},
};

const struct command command_plan = {
    .name = "plan",
    .group = "upgrade",
    .arguments = "[SOURCE [TARGET]]",
    .arguments_least = 0,
    .arguments_most = 2,
    .summary = "Show every decision of an upgrade, with its reason; write nothing",
    .description =
        "Reads the whole source and checks every value, so that what does not fit and what cannot be\n"
        "carried is known beforehand.  With TARGET it reads that database's catalog too, says whether\n"
        "upgrade would make the tables or fill those that are there, and compares; a role that may only\n"
        "SELECT is enough.",
    .options = options,
    .run = run,
};
