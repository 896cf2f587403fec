/* upgrade --retry-quarantine FILE [TARGET] */
#include "cli/retry.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/connect.h"
#include "cli/json_print.h"
#include "cli/signals.h"
#include "ops/retry.h"

static void put_refusals(const struct retry_result *result, struct buf *out)
{
    for (size_t i = 0; i < result->refusal_count; i++)
        buf_printf(out, "  id %" PRId64 " of %.*s: %.*s\n", result->refusals[i].id,
                   STR_ARGS(result->refusals[i].table), STR_ARGS(result->refusals[i].reason));
}

static void report(const char *file, const struct retry_result *result, bool done)
{
    struct buf out;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    if (done)
        buf_printf(
            &out,
            "%" PRId64
            " row%s of %s %s in the tables now, every value equal, and left pgrade_record.quarantine\n",
            result->loaded, result->loaded == 1 ? "" : "s", file, result->loaded == 1 ? "is" : "are");
    else
        put_refusals(result, &out);
    (void)fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
}

static void report_json(const struct retry_result *result, const struct err *err)
{
    struct json json;
    struct buf out;

    json_print_begin(&json, &out, err == NULL ? 0 : err_exit_status(err->code));
    json_put_int(&json, "loaded_rows", result->loaded);
    json_name(&json, "refused");
    json_array(&json);
    for (size_t i = 0; i < result->refusal_count; i++) {
        json_object(&json);
        json_put_int(&json, "id", result->refusals[i].id);
        json_put_str(&json, "table", result->refusals[i].table);
        json_put_str(&json, "reason", result->refusals[i].reason);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_put_error(&json, "error", err);
    json_print_end(&json, &out);
}

/* The one argument is the target, where an upgrade has its source. */
static bool find_target(struct invocation *invocation, const char *file, struct endpoints *endpoints,
                        struct err *err)
{
    const char **arguments = ARENA_ARRAY(invocation->arena, const char *, 3);

    if (invocation->argument_count > 1) {
        err_set(err, ERR_USAGE,
                "too many arguments: pgrade upgrade --retry-quarantine FILE takes the target alone");
        return err_hint(err, "pgrade upgrade --help");
    }
    endpoints->source.path = retry_source(invocation->arena, file);
    if (invocation->argument_count == 1) {
        arguments[1] = invocation->arguments[0];
        invocation->arguments = arguments;
        invocation->argument_count = 2;
    } else if (endpoints->source.path.len == 0) {
        endpoints->source.path = str_from("app");
    }
    return connect_target(invocation, endpoints, err);
}

bool retry_quarantine(struct invocation *invocation, struct err *err)
{
    const char *file = option_value(invocation, "retry-quarantine");
    struct endpoints endpoints = {.target_typed = false};
    struct retry_options options = {.target = &endpoints.target,
                                    .file = file,
                                    .trace = option_given(invocation, "trace-sql"),
                                    .hide_values = invocation->hide_values};
    struct retry_result result = {.loaded = 0};
    bool done;

    if (!find_target(invocation, file, &endpoints, err))
        return false;
    options.interrupted = signals_catch();
    done = retry_run(invocation->arena, &options, &result, err);
    if (invocation->hide_values)
        err_hide_values(err);
    if (invocation->json)
        report_json(&result, done ? NULL : err);
    else
        report(file, &result, done);
    invocation->reported = true;
    invocation->published = done;
    return done;
}
