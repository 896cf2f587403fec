#include "cli/report_provision.h"

#include <stdio.h>

#include "base/log.h"
#include "base/screen.h"
#include "cli/json_print.h"

static const char *state_name(enum provision_state state)
{
    switch (state) {
    case PROVISION_WAS: return "as it should be";
    case PROVISION_MADE: return "made";
    case PROVISION_CHANGED: return "changed";
    case PROVISION_LEFT: return "left";
    case PROVISION_OTHER: break;
    }
    return "not as it should be";
}

static const char *state_word(enum provision_state state)
{
    switch (state) {
    case PROVISION_WAS: return "as_it_should_be";
    case PROVISION_MADE: return "made";
    case PROVISION_CHANGED: return "changed";
    case PROVISION_LEFT: return "left";
    case PROVISION_OTHER: break;
    }
    return "not_as_it_should_be";
}

static const char *password_word(enum provision_password password)
{
    switch (password) {
    case PROVISION_GENERATED: return "generated";
    case PROVISION_GIVEN: return "given";
    case PROVISION_KEPT: return "kept";
    case PROVISION_UNKNOWN: break;
    }
    return "unknown";
}

static bool is_known(const struct provision_result *result)
{
    return result->url.password.ptr != NULL;
}

static void tell_steps(struct arena *arena, const struct provision_result *result)
{
    for (size_t i = 0; i < result->step_count; i++) {
        const struct provision_step *step = &result->steps[i];

        log_message(step->state == PROVISION_OTHER ? LOG_WARNING : LOG_NOTICE, "%-15s  %s %.*s: %.*s",
                    state_name(step->state), step->what, STR_ARGS(screen_text(arena, step->name)),
                    STR_ARGS(screen_text(arena, step->remark)));
    }
}

static void print_statements(struct str *statements, size_t count)
{
    for (size_t i = 0; i < count; i++)
        printf("%.*s;\n", STR_ARGS(statements[i]));
}

static void tell_url(struct arena *arena, const struct provision_options *options,
                     const struct provision_result *result)
{
    if (options->env_file != NULL && is_known(result)) {
        log_message(LOG_NOTICE, "%s in %s %s: %.*s", options->key, options->env_file,
                    result->env_written ? "is now" : "stays", STR_ARGS(url_redacted(arena, &result->url)));
        return;
    }
    if (!is_known(result)) {
        log_message(LOG_NOTICE, "the URL is %.*s", STR_ARGS(url_redacted(arena, &result->url)));
        return;
    }
    log_message(LOG_NOTICE, "the URL, which is shown this once:");
    printf("%.*s\n", STR_ARGS(url_text(arena, &result->url, URL_LIBPQ)));
}

void report_provision(const struct invocation *invocation, const struct provision_options *options,
                      const struct provision_result *result, const struct err *failed)
{
    if (options->dry_run && failed == NULL) {
        print_statements(result->statements, result->statement_count);
        if (result->statement_count == 0)
            log_message(LOG_NOTICE, "nothing is to be done: all is as it should be");
        return;
    }
    tell_steps(invocation->arena, result);
    if (failed == NULL)
        tell_url(invocation->arena, options, result);
}

static void put_steps(struct json *json, const struct provision_result *result)
{
    json_name(json, "steps");
    json_array(json);
    for (size_t i = 0; i < result->step_count; i++) {
        const struct provision_step *step = &result->steps[i];

        json_object(json);
        json_put_text(json, "what", step->what);
        json_put_str(json, "name", step->name);
        json_put_text(json, "state", state_word(step->state));
        json_put_str(json, "remark", step->remark);
        json_object_end(json);
    }
    json_array_end(json);
}

/* With an env file the password is there, and nowhere else. */
static void put_url(struct json *json, struct arena *arena, const struct provision_options *options,
                    const struct provision_result *result, bool done)
{
    bool shown = done && options->env_file == NULL && !options->dry_run && is_known(result);
    struct str nothing = {NULL, 0};

    json_put_str(json, "url", shown ? url_text(arena, &result->url, URL_LIBPQ) : nothing);
    json_put_str(json, "url_redacted",
                 result->url.user.ptr != NULL ? url_redacted(arena, &result->url) : nothing);
    json_put_text(json, "password", password_word(result->password));
    json_put_str(json, "env_file", options->env_file == NULL ? nothing : str_from(options->env_file));
    json_put_bool(json, "env_written", result->env_written);
}

void report_provision_json(const struct provision_options *options, const struct provision_result *result,
                           const struct err *failed, int status)
{
    struct arena *arena = arena_new();
    struct json json;
    struct buf out;

    json_print_begin(&json, &out, status);
    json_put_str(&json, "server", result->server);
    json_put_str(&json, "version", result->version);
    json_put_str(&json, "database", options->database);
    json_put_str(&json, "role", options->role);
    json_put_bool(&json, "dry_run", options->dry_run);
    put_steps(&json, result);
    json_put_texts(&json, "statements", result->statements, result->statement_count);
    put_url(&json, arena, options, result, failed == NULL);
    json_put_error(&json, "error", failed);
    json_print_end(&json, &out);
    arena_free(arena);
}

void report_dropped(const struct invocation *invocation, const struct provision_drop *options,
                    const struct provision_dropped *dropped)
{
    struct arena *arena = invocation->arena;

    if (options->dry_run) {
        print_statements(dropped->statements, dropped->statement_count);
        return;
    }
    if (dropped->database)
        log_message(LOG_NOTICE, "dropped: the database %.*s",
                    STR_ARGS(screen_text(arena, options->database)));
    if (dropped->role)
        log_message(LOG_NOTICE, "dropped: the role %.*s", STR_ARGS(screen_text(arena, options->role)));
    if (dropped->kept.ptr != NULL)
        log_message(LOG_NOTICE, "the role %.*s stays: %.*s", STR_ARGS(screen_text(arena, options->role)),
                    STR_ARGS(dropped->kept));
    if (!dropped->database && !dropped->role)
        log_message(LOG_NOTICE, "nothing was dropped: there is no database %.*s",
                    STR_ARGS(screen_text(arena, options->database)));
}

void report_dropped_json(const struct provision_drop *options, const struct provision_dropped *dropped)
{
    struct json json;
    struct buf out;

    json_print_begin(&json, &out, 0);
    json_put_str(&json, "database", options->database);
    json_put_str(&json, "role", options->role);
    json_put_bool(&json, "dry_run", options->dry_run);
    json_put_bool(&json, "dropped_database", dropped->database && !options->dry_run);
    json_put_bool(&json, "dropped_role", dropped->role && !options->dry_run);
    json_put_str(&json, "kept", dropped->kept);
    json_put_texts(&json, "statements", dropped->statements, dropped->statement_count);
    json_print_end(&json, &out);
}
