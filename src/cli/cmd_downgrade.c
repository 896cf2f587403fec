#include "cli/commands.h"
#include "cli/meter.h"
#include "cli/report_downgrade.h"
#include "cli/settings.h"
#include "cli/signals.h"

struct places {
    struct url source;
    struct url target;
    struct url like;
};

static bool wrong(const struct invocation *invocation, struct err *err)
{
    return err_hint(err, "pgrade %s postgresql://... app.db [--like old.db]", invocation->command->name);
}

static bool read_file(struct invocation *invocation, const char *text, const char *what, struct url *url,
                      struct err *err)
{
    if (!url_parse(invocation->arena, str_from(text), url, err))
        return false;
    if (url->kind == URL_SQLITE)
        return true;
    err_set(err, ERR_USAGE, "%s must be a SQLite file, and %.*s is a PostgreSQL database", what,
            STR_ARGS(url_redacted(invocation->arena, url)));
    return wrong(invocation, err);
}

/* What only says how the old file is read. */
static bool check_alone(struct invocation *invocation, struct err *err)
{
    static const char *const names[] = {"names", "rename", "unit"};

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (option_given(invocation, names[i])) {
            err_set(err, ERR_USAGE, "--%s says how an old file was upgraded, and none is given", names[i]);
            return wrong(invocation, err);
        }
    return true;
}

static bool read_places(struct invocation *invocation, struct places *places, struct err *err)
{
    const char *like = option_value(invocation, "like");

    if (!url_parse(invocation->arena, str_from(invocation->arguments[0]), &places->source, err))
        return false;
    if (places->source.kind != URL_POSTGRES) {
        err_set(err, ERR_USAGE, "the source must be a PostgreSQL database, and %.*s is a file",
                STR_ARGS(places->source.path));
        return wrong(invocation, err);
    }
    if (!read_file(invocation, invocation->arguments[1], "the target", &places->target, err))
        return false;
    if (like == NULL)
        return check_alone(invocation, err);
    return read_file(invocation, like, "--like", &places->like, err) &&
           sqlite_check(invocation->arena, &places->like, err);
}

static void tell(const struct downgrade_report *report, bool done, struct err *err)
{
    struct invocation *invocation = report->invocation;
    bool shortfalls = report->result->prepared.plan.not_carried_count > 0;

    if (invocation->hide_values)
        err_hide_values(err);
    invocation->status = done && shortfalls ? err_exit_status(ERR_SHORTFALL) : 0;
    if (invocation->json)
        report_downgrade_json(report, done ? NULL : err,
                              done ? invocation->status : err_exit_status(err->code));
    else if (done || err->code == ERR_DECISION || err->code == ERR_DIFFERENT || report->result->left != NULL)
        report_downgrade(report, done ? NULL : err);
}

static bool run(struct invocation *invocation, struct err *err)
{
    struct places places = {.source = {.kind = URL_POSTGRES}};
    struct upgrade_options settings = {.trace = false};
    struct downgrade_options options = {.source = &places.source,
                                        .target = &places.target,
                                        .like =
                                            option_value(invocation, "like") == NULL ? NULL : &places.like,
                                        .replace = option_given(invocation, "replace"),
                                        .settings = &settings,
                                        .progress = meter_show};
    struct downgrade_result result = {.published = false};
    struct downgrade_report report = {invocation, &options, &result};
    struct meter meter;
    bool done;

    if (!settings_plan(invocation, &settings, err) || !read_places(invocation, &places, err))
        return false;
    options.interrupted = signals_catch();
    meter_init(&meter, invocation->quiet);
    options.progress_context = &meter;
    done = downgrade_run(invocation->arena, &options, &result, err);
    meter_end(&meter);
    tell(&report, done, err);
    invocation->reported = true;
    invocation->published = result.published;
    downgrade_close(&result);
    return done;
}

static const struct option options[] = {
    {"like", 0, "FILE", "the old file: its schema to the letter, and its rows where they are the same"},
    {"replace", 0, NULL, "put the new file in the place of one that is there, once it is proven"},
    {"schema", 0, "NAME", "schema of the PostgreSQL tables (public)"},
    {"names", 0, "RULE", "how names were made by the upgrade: as-written, preserve, lower or snake"},
    {"rename", 0, "OLD=NEW", "NEW on PostgreSQL is OLD in the file, or T.C=NEW for a column"},
    {"unit", 0, "T.C=UNIT", "what its numbers count: s, ms, us, julian, coredata, webkit or ticks"},
    {"accept", 0, "WHAT", "go on without: all, a class (table, column, ...) or a name; may be repeated"},
    {NULL, 0, NULL, NULL},
};

const struct command command_downgrade = {
    .name = "downgrade",
    .group = "upgrade",
    .arguments = "SOURCE TARGET",
    .arguments_least = 2,
    .arguments_most = 2,
    .summary = "Bring PostgreSQL's rows back into a SQLite file, verified value by value",
    .description =
        "SOURCE is a postgresql: URL, TARGET the SQLite file to be made; --like names the old one, without\n"
        "which the schema is made of PostgreSQL's catalog.\n\n"
        "The file is made beside its place and renamed when every value was compared.  Values that are\n"
        "still the same keep the bytes that the old file has; new ones are written as its column's others\n"
        "are.  What the file cannot take is named, and nothing is made unless it is accepted.",
    .options = options,
    .run = run,
};
