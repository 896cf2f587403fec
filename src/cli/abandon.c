#include "cli/abandon.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/connect.h"
#include "cli/json_print.h"
#include "ops/abandon.h"

static void report(const struct abandoned *abandoned)
{
    if (!abandoned->found) {
        printf("nothing of an interrupted run is in the database %.*s\n", STR_ARGS(abandoned->database));
        return;
    }
    if (!abandoned->schema_found) {
        printf("removed the file %.*s, which a run had left; nothing of it is in the database %.*s\n",
               STR_ARGS(abandoned->file), STR_ARGS(abandoned->database));
        return;
    }
    printf("removed from the database %.*s what a run%s%.*s left: the schema %.*s with %" PRId64 " table%s",
           STR_ARGS(abandoned->database), abandoned->began.len > 0 ? " of " : "", STR_ARGS(abandoned->began),
           STR_ARGS(abandoned->schema), abandoned->tables, abandoned->tables == 1 ? "" : "s");
    if (abandoned->sessions > 0)
        printf("; ended %" PRId64 " session%s that it left on the server", abandoned->sessions,
               abandoned->sessions == 1 ? "" : "s");
    if (abandoned->file.len > 0)
        printf("; and the file %.*s", STR_ARGS(abandoned->file));
    printf("\n");
}

static void report_json(const struct abandoned *abandoned, const struct err *err)
{
    struct json json;
    struct buf out;

    json_print_begin(&json, &out, err == NULL ? 0 : err_exit_status(err->code));
    json_put_bool(&json, "found", abandoned->found);
    json_put_str(&json, "began", abandoned->began);
    json_put_str(&json, "schema", abandoned->schema);
    json_put_int(&json, "tables", abandoned->tables);
    json_put_int(&json, "sessions", abandoned->sessions);
    json_put_str(&json, "file", abandoned->file);
    json_put_error(&json, "error", err);
    json_print_end(&json, &out);
}

/* The target alone, or behind the source, as the upgrade was typed. */
static bool find_target(struct invocation *invocation, struct endpoints *endpoints, struct err *err)
{
    const char **arguments = ARENA_ARRAY(invocation->arena, const char *, 3);
    struct url first;

    endpoints->source.path = str_from("app");
    if (invocation->argument_count > 0) {
        if (!url_parse(invocation->arena, str_from(invocation->arguments[0]), &first, err))
            return false;
        if (invocation->argument_count == 1 && first.kind == URL_POSTGRES) {
            arguments[1] = invocation->arguments[0];
            invocation->arguments = arguments;
            invocation->argument_count = 2;
        } else {
            endpoints->source = first;
        }
    }
    return connect_target(invocation, endpoints, err);
}

static bool check_options(const struct invocation *invocation, struct err *err)
{
    if (!option_given(invocation, "resume"))
        return true;
    err_set(err, ERR_USAGE, "--abandon and --resume are opposites");
    return err_hint(err, "pgrade upgrade --help");
}

bool abandon(struct invocation *invocation, struct err *err)
{
    struct endpoints endpoints = {.target_typed = false};
    struct abandon_options options = {.target = &endpoints.target,
                                      .quarantine_file = option_value(invocation, "quarantine-file"),
                                      .trace = option_given(invocation, "trace-sql")};
    struct abandoned abandoned;
    bool done;

    if (!check_options(invocation, err) || !find_target(invocation, &endpoints, err))
        return false;
    done = abandon_run(invocation->arena, &options, &abandoned, err);
    if (invocation->json)
        report_json(&abandoned, done ? NULL : err);
    else if (done)
        report(&abandoned);
    invocation->reported = true;
    return done;
}
