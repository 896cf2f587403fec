#include "cli/server.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/signals.h"
#include "ops/local.h"

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);

    return value != NULL && value[0] != '\0';
}

/* Of this machine, by a socket, as nobody that was named: there root is no role, and `postgres` is one. */
static bool is_for_postgres(const struct url *url)
{
    const char *host = getenv("PGHOST");
    bool socket = url->hosts.count > 0
                      ? url->hosts.items[0].name.len == 0 || url->hosts.items[0].name.ptr[0] == '/'
                      : host == NULL || host[0] == '\0' || host[0] == '/';

    return geteuid() == 0 && socket && url->user.ptr == NULL && !is_set("PGUSER") && !is_set("PGSERVICE") &&
           url_parameter(url, "service").ptr == NULL;
}

static bool use_given(struct invocation *invocation, const char *text, struct provision_server *server,
                      struct err *err)
{
    if (!url_parse(invocation->arena, str_from(text), &server->url, err))
        return err_prefix(err, "--server");
    if (server->url.kind == URL_POSTGRES)
        return true;
    err_set(err, ERR_USAGE, "--server is for a PostgreSQL server, and %.*s is a file",
            STR_ARGS(server->url.path));
    return err_hint(err, "a SQLite file has no roles and needs none of this: the application makes it");
}

/* The project's own, where there is one: it is what pgrade takes elsewhere too. */
static bool use_instance(struct invocation *invocation, bool *used, struct provision_server *server,
                         struct err *err)
{
    struct local_options options = {.timeout_s = 0};
    bool wanted = option_given(invocation, "local");
    bool only_looks = option_given(invocation, "dry-run");
    struct local_info info;

    *used = false;
    if (!local_status(invocation->arena, &options, &info, err))
        return false;
    if (info.state == LOCAL_ABSENT && !wanted)
        return true;
    if (info.state != LOCAL_RUNNING && only_looks) {
        err_set(err, ERR_CONNECT, "the local instance %s does not run", info.directory);
        return err_hint(err, "pgrade local start");
    }
    if (info.state != LOCAL_RUNNING && !local_start(invocation->arena, &options, &info, err))
        return false;
    log_message(LOG_NOTICE, "server: the local instance %s", info.directory);
    *used = true;
    return url_parse(invocation->arena, str_from(info.url), &server->url, err);
}

bool server_find(struct invocation *invocation, struct provision_server *server, struct err *err)
{
    const char *given = option_value(invocation, "server");
    bool used = false;

    if (given != NULL && option_given(invocation, "local"))
        return err_set(err, ERR_USAGE, "--server and --local name two servers");
    *server = (struct provision_server){.trace = option_given(invocation, "trace-sql"),
                                        .interrupted = signals_catch()};
    if (given != NULL ? !use_given(invocation, given, server, err)
                      : !use_instance(invocation, &used, server, err))
        return false;
    if (given == NULL && !used)
        server->url = (struct url){.kind = URL_POSTGRES};
    server->as_postgres = is_for_postgres(&server->url);
    if (given == NULL && !used)
        log_message(LOG_NOTICE, "server: that of this machine%s",
                    server->as_postgres ? ", as its user postgres" : "");
    if (server->url.database.ptr == NULL && !is_set("PGDATABASE") && !is_set("PGSERVICE") &&
        url_parameter(&server->url, "service").ptr == NULL)
        server->url.database = str_from("postgres");
    return true;
}
