#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/connect.h"
#include "cli/database.h"
#include "cli/json_print.h"
#include "cli/report_check.h"
#include "cli/table.h"
#include "ops/unit.h"
#include "url/dotenv.h"

enum {
    ANSWER_MS = 15000, /* to connect, and for each statement */
    USUAL_WAIT = 60,
    LONGEST_WAIT = 7 * 24 * 3600,
    LONGEST = 1000000000
};

/* What the unit gives its program: the database of a service is that which it uses. */
static bool find_in_unit(const struct invocation *invocation, struct str *text)
{
    static const char *const names[] = {"DATABASE_URL", "DB_URI"};
    const char *name = option_value(invocation, "unit");
    struct err ignored = {.code = ERR_NONE};
    struct unit unit;

    if (name == NULL || !unit_load(invocation->arena, name, &unit, &ignored))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        const struct unit_variable *variable = unit_variable(&unit, names[i]);

        if (variable == NULL || variable->passed_over)
            continue;
        *text = variable->value;
        log_message(LOG_NOTICE, "the URL is %s of %s (%s)", names[i], unit.name, variable->from);
        return true;
    }
    return false;
}

/* The text as it was typed, or as the variable has it: its form is looked at too. */
static bool find_text(struct invocation *invocation, struct str *text, struct err *err)
{
    struct dotenv dotenv = {.items = NULL};
    struct url url;
    const char *from;
    struct str name;

    if (invocation->argument_count > 0) {
        *text = str_from(invocation->arguments[0]);
        return true;
    }
    if (find_in_unit(invocation, text))
        return true;
    if (!database_url(invocation, 0, &url, &from, err))
        return false;
    log_message(LOG_NOTICE, "%.*s, from %s", STR_ARGS(url_redacted(invocation->arena, &url)), from);
    name = str_from(from);
    if (!str_ends_with(name, " in .env")) {
        *text = str_from(getenv(from));
        return true;
    }
    name = str_dup(invocation->arena, str_slice(name, 0, (size_t)str_find(name, ' ')));
    if (!dotenv_load(invocation->arena, ".env", &dotenv, err))
        return false;
    *text = dotenv_get(&dotenv, name.ptr);
    return true;
}

/* `--wait 5` alone, where `--wait=5` is meant. */
static bool check_seconds(const struct invocation *invocation, struct err *err)
{
    const char *word = invocation->argument_count > 0 ? invocation->arguments[0] : "";
    int64_t seconds;

    if (option_value(invocation, "wait") != NULL || !str_to_int64(str_from(word), &seconds) ||
        fs_exists(word))
        return true;
    err_set(err, ERR_USAGE, "there is no file %s", word);
    return err_hint(err, "to wait for so many seconds write --wait=%s", word);
}

static bool wait_until_ready(struct invocation *invocation, struct str text, struct core_options *options,
                             struct err *err)
{
    long seconds = USUAL_WAIT;
    int64_t waited_us;
    struct url url;

    if (!check_seconds(invocation, err) ||
        (option_value(invocation, "wait") != NULL &&
         !option_number(invocation, "wait", 0, LONGEST_WAIT, USUAL_WAIT, &seconds, err)) ||
        !url_parse(invocation->arena, text, &url, err) ||
        !check_wait(&url, options, seconds, &waited_us, err))
        return false;
    if (invocation->json) {
        struct json json;
        struct buf out;

        json_print_begin(&json, &out, PGRADE_DONE);
        json_put_str(&json, "database", url_redacted(invocation->arena, &url));
        json_put_int(&json, "waited_us", waited_us);
        json_print_end(&json, &out);
    } else {
        printf("%.*s answers, after %.*s\n", STR_ARGS(url_redacted(invocation->arena, &url)),
               STR_ARGS(show_seconds(invocation->arena, waited_us)));
    }
    return true;
}

static bool explain(struct invocation *invocation, const char *name, struct err *err)
{
    const struct check_group *group;
    const struct check_entry *check = check_find(str_from(name), &group);

    if (check == NULL) {
        err_set(err, ERR_USAGE, "there is no check %s", name);
        return err_hint(err, "pgrade check --list names them all");
    }
    if (invocation->json)
        report_check_list_json(check);
    else
        report_check_page(invocation, group, check);
    return true;
}

struct fixing {
    struct invocation *invocation;
    struct check_fixes fixes;
};

static void take_fix(void *context, struct str sql, const struct err *failed)
{
    struct fixing *fixing = context;
    struct arena *arena = fixing->invocation->arena;
    struct check_fix_done done = {.sql = str_dup(arena, sql)};

    if (failed != NULL)
        done.error = str_printf(arena, "%s%s%s", failed->primary, failed->detail[0] != '\0' ? ": " : "",
                                failed->detail);
    ARENA_PUSH(arena, fixing->fixes.items, fixing->fixes.count, fixing->fixes.capacity) = done;
    log_message(failed == NULL ? LOG_NOTICE : LOG_WARNING, "%s: %.*s%s%.*s",
                failed == NULL ? "done" : "failed", STR_ARGS(sql), failed == NULL ? "" : ": ",
                STR_ARGS(done.error));
}

/* Shows, asks, mends, and looks again. */
static bool fix(struct invocation *invocation, const struct check_request *request,
                struct check_report *report, struct fixing *fixing, struct err *err)
{
    size_t count = check_count_fixes(report);

    if (count == 0)
        return true;
    if (!invocation->json)
        report_check(invocation, report);
    return confirm(invocation,
                   arena_printf(invocation->arena, "run %zu of the statements, those that mend without risk?",
                                count),
                   err) &&
           check_fix(request, report, take_fix, fixing, err) && check_make(request, report, err);
}

static bool take_date(const struct invocation *invocation, const char **date, struct err *err)
{
    int64_t day;

    *date = option_value(invocation, "expires");
    if (*date == NULL || check_day(*date, &day))
        return true;
    err_set(err, ERR_USAGE, "--expires %s: not a day", *date);
    return err_hint(err, "write it as 2026-12-31");
}

static bool diagnose(struct invocation *invocation, struct str text, const struct core_options *options,
                     struct err *err)
{
    struct check_request request = {.arena = invocation->arena, .text = text, .options = options};
    struct fixing fixing = {.invocation = invocation};
    struct check_report report;

    request.unit = option_value(invocation, "unit");
    request.app = option_value(invocation, "app");
    request.backups = option_value(invocation, "backups");
    request.production = option_given(invocation, "production");
    request.venv = option_value(invocation, "venv");
    request.env_file = option_value(invocation, "env-file");
    request.only = option_values(invocation, "only", &request.only_count);
    request.skip = option_values(invocation, "skip", &request.skip_count);
    if (!option_number(invocation, "long", 0, LONGEST, 300, &request.long_seconds, err) ||
        !option_number(invocation, "slow", 0, LONGEST, 1000, &request.slow_ms, err) ||
        !option_number(invocation, "process", 0, LONGEST, 0, &request.process, err) ||
        !option_number(invocation, "settle", 0, LONGEST, 7, &request.settle_days, err) ||
        !option_number(invocation, "idle", 1, LONGEST_WAIT, 0, &request.idle_seconds, err) ||
        !take_date(invocation, &request.expires, err) || !check_make(&request, &report, err) ||
        (option_given(invocation, "fix") && !fix(invocation, &request, &report, &fixing, err)))
        return false;
    invocation->status = report_check_status(&report);
    if (invocation->json)
        report_check_json(invocation, &report, &fixing.fixes);
    else if (request.production && report.parsed && report.url.kind == URL_POSTGRES)
        report_production(invocation, &report);
    else
        report_check(invocation, &report);
    return true;
}

static bool run(struct invocation *invocation, struct err *err)
{
    struct core_options options;
    struct str text;

    if (option_given(invocation, "list")) {
        if (invocation->json)
            report_check_list_json(NULL);
        else
            report_check_list(invocation);
        return true;
    }
    if (option_given(invocation, "explain"))
        return explain(invocation, option_value(invocation, "explain"), err);
    if (!find_text(invocation, &text, err))
        return false;
    options = database_options(invocation);
    options.public.notice = NULL;
    options.public.read_only = true;
    options.public.timeout_ms = ANSWER_MS;
    if (option_given(invocation, "wait"))
        return wait_until_ready(invocation, text, &options, err);
    return diagnose(invocation, text, &options, err);
}

static const struct option options[] = {
    {"wait", 0, "[SECONDS]", "only wait until the database lets the user in; 60 seconds unless said"},
    {"list", 0, NULL, "name the checks"},
    {"explain", 0, "NAME", "what a check looks at, why, and how it is mended"},
    {"only", 0, "NAMES", "these checks, or groups of them; may be repeated"},
    {"skip", 0, "NAMES", "all but these checks, or groups; may be repeated"},
    {"fix", 0, NULL, "run the statements that mend without risk, after asking"},
    {"env-file", 0, "FILE", "compare the URL with that of this file instead of .env"},
    {"production", 0, NULL, "look at all that an application needs, as a list to be ticked off"},
    {"unit", 0, "NAME", "look at a systemd unit, or its file, and at the URL that it gives"},
    {"app", 0, "DIR", "the application's folder; the unit's, or this one, unless said"},
    {"venv", 0, "DIR", "the application's virtual environment of Python; looked for unless said"},
    {"backups", 0, "DIR", "look for a recent backup of the database in this folder"},
    {"process", 0, "NUMBER", "compare the URL with that in the environment of a process"},
    {"expires", 0, "DATE", "the server's last day, as 2026-12-31"},
    {"idle", 0, "SECONDS", "leave a connection alone for so long, and see whether it is cut"},
    {"long", 0, "SECONDS", "a transaction is long from then on; 300 unless said"},
    {"slow", 0, "MILLISECONDS", "a statement is slow from then on, on average; 1000 unless said"},
    {"settle", 0, "DAYS", "statistics are too young before; 7 unless said"},
    {NULL, 0, NULL, NULL},
};

const struct command command_check = {
    .name = "check",
    .group = "database",
    .arguments = "[URL]",
    .arguments_most = 1,
    .summary = "Say what is wrong with a database, and how to mend it",
    .description =
        "Goes step by step from the URL's form to the database's health, and stops at the first step without "
        "which no later one can be made. What a role may not see is skipped, never called good. Nothing is "
        "written "
        "without --fix. Exit status: 0 nothing was found, 6 something was, 5 the database cannot be reached.",
    .options = options,
    .run = run,
};
