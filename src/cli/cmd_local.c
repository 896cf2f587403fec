#include <stdio.h>

#include "base/log.h"
#include "cli/commands.h"
#include "cli/connect.h"
#include "cli/json_print.h"
#include "engine/engine.h"
#include "ops/local.h"
#include "url/url.h"

static struct local_options options_of(const struct invocation *invocation)
{
    return (struct local_options){.directory = option_value(invocation, "dir")};
}

static void print_json(const struct local_info *info)
{
    struct json json;
    struct buf out;

    json_print_begin(&json, &out, 0);
    json_put_text(&json, "state", local_state_name(info->state));
    json_put_text(&json, "directory", info->directory);
    json_put_text(&json, "version", info->version);
    json_put_int(&json, "pid", info->pid);
    json_put_int(&json, "port", info->port);
    json_put_text(&json, "user", info->user);
    json_put_text(&json, "data", info->data);
    json_put_text(&json, "log", info->log);
    json_put_text(&json, "url", info->url_redacted);
    json_print_end(&json, &out);
}

static void print_info(const struct local_info *info)
{
    printf("state      %s\ndirectory  %s\n", local_state_name(info->state), info->directory);
    if (info->state == LOCAL_ABSENT)
        return;
    printf("version    %s\n", info->version == NULL ? "?" : info->version);
    if (info->pid != 0)
        printf("process    %d, as %s\nport       %d on 127.0.0.1\n", (int)info->pid, info->user, info->port);
    if (info->sockets != NULL)
        printf("socket     %s\n", info->sockets);
    printf("log        %s\n", info->log);
    if (info->url_redacted != NULL)
        printf("url        %s  (pgrade local url shows the password)\n", info->url_redacted);
}

static bool show(const struct invocation *invocation, const struct local_info *info)
{
    if (invocation->json)
        print_json(info);
    else if (!invocation->quiet)
        print_info(info);
    return true;
}

static bool run_start(struct invocation *invocation, struct err *err)
{
    struct local_options options = options_of(invocation);
    struct local_info info;

    if (!local_start(invocation->arena, &options, &info, err))
        return false;
    if (info.already)
        log_message(LOG_NOTICE, "it runs already");
    return show(invocation, &info);
}

static bool run_stop(struct invocation *invocation, struct err *err)
{
    struct local_options options = options_of(invocation);
    struct local_info info;

    if (!local_stop(invocation->arena, &options, &info, err))
        return false;
    log_message(LOG_NOTICE, info.already ? "it does not run" : "stopped");
    return !invocation->json || show(invocation, &info);
}

static bool run_status(struct invocation *invocation, struct err *err)
{
    struct local_options options = options_of(invocation);
    struct local_info info;

    return local_status(invocation->arena, &options, &info, err) && show(invocation, &info);
}

/* A database that is not there would be told by the application alone. */
static bool check_database(struct arena *arena, const struct url *url, const char *database, struct err *err)
{
    struct engine_options engine = {.trace = false};
    struct engine *server = NULL;
    struct str name = str_from(database);
    struct value count;
    bool done =
        engine_open(url, &engine, &server, err) &&
        engine_value(server, arena, (struct str)STR("SELECT count(*) FROM pg_database WHERE datname = $1"),
                     &name, 1, &count, err);

    engine_close(server);
    if (!done || count.integer > 0)
        return done;
    err_set(err, ERR_REFUSED, "the local instance has no database %s", database);
    return err_hint(err, "`pgrade upgrade FILE.db` makes one that is named after the file");
}

static bool run_url(struct invocation *invocation, struct err *err)
{
    struct local_options options = options_of(invocation);
    const char *database = option_value(invocation, "database");
    struct local_info info;
    struct url url;

    if (!local_status(invocation->arena, &options, &info, err))
        return false;
    if (info.url == NULL) {
        err_set(err, ERR_REFUSED, "there is no local instance in %s", info.directory);
        return err_hint(err, "pgrade local start");
    }
    if (info.state != LOCAL_RUNNING)
        log_message(LOG_WARNING, "the instance does not run; pgrade local start");
    if (!url_parse(invocation->arena, str_from(info.url), &url, err))
        return false;
    if (database != NULL && info.state == LOCAL_RUNNING &&
        !check_database(invocation->arena, &url, database, err))
        return false;
    if (database != NULL)
        url.database = str_from(database);
    printf("%.*s\n", STR_ARGS(url_text(invocation->arena, &url, URL_LIBPQ)));
    return true;
}

static bool run_destroy(struct invocation *invocation, struct err *err)
{
    struct local_options options = options_of(invocation);
    struct local_info info;
    struct str question;

    if (!local_status(invocation->arena, &options, &info, err))
        return false;
    question = str_printf(invocation->arena, "destroy the local instance %s with all of its databases?",
                          info.directory);
    if (info.state != LOCAL_ABSENT && !confirm(invocation, question.ptr, err))
        return false;
    if (!local_destroy(invocation->arena, &options, &info, err))
        return false;
    log_message(LOG_NOTICE, "destroyed");
    return true;
}

static const struct option options[] = {
    {"dir", 0, "DIR", "the instance's directory (this project's)"},
    {NULL, 0, NULL, NULL},
};

static const struct option url_options[] = {
    {"dir", 0, "DIR", "the instance's directory (this project's)"},
    {"database", 0, "NAME", "the URL of this database (postgres)"},
    {NULL, 0, NULL, NULL},
};

#define LOCAL_COMMAND(verb, does, more, list)                                                                \
    const struct command command_local_##verb = {.name = "local " #verb,                                     \
                                                 .group = "database",                                        \
                                                 .arguments = "",                                            \
                                                 .summary = does,                                            \
                                                 .description = more,                                        \
                                                 .options = list,                                            \
                                                 .run = run_##verb}

LOCAL_COMMAND(
    start, "Start a private PostgreSQL on this machine, for this project",
    "Made at the first start: UTF-8, C.UTF-8, checksums, a generated password, 127.0.0.1 and a socket only.",
    options);
LOCAL_COMMAND(stop, "Stop it; nothing is lost", "", options);
LOCAL_COMMAND(status, "Show whether it runs, and where", "", options);
LOCAL_COMMAND(url, "Print its URL, with the password", "", url_options);
LOCAL_COMMAND(destroy, "Remove it with all of its databases, after asking", "", options);
