/* The URL for the application, and whether it leads there. */
#include <stdlib.h>
#include <string.h>

#include "base/flag.h"
#include "ops/provision_intern.h"

/* What of the administrator's URL is the administrator's alone. */
static bool is_of_admin(struct str name)
{
    static const char *const names[] = {"user",
                                        "password",
                                        "dbname",
                                        "passfile",
                                        "sslcert",
                                        "sslkey",
                                        "options",
                                        "sslpassword",
                                        "service",
                                        "application_name",
                                        "host",
                                        "port",
                                        "connect_timeout",
                                        "fallback_application_name"};

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (str_is(name, names[i]))
            return true;
    return false;
}

static struct url_parameters parameters_of(struct arena *arena, const struct url *server)
{
    struct url_parameters kept = {.items = NULL};

    for (size_t i = 0; i < server->parameters.count; i++)
        if (!is_of_admin(server->parameters.items[i].name))
            ARENA_PUSH(arena, kept.items, kept.count, kept.capacity) = server->parameters.items[i];
    return kept;
}

static bool is_socket(struct str host)
{
    return host.len == 0 || host.ptr[0] == '/' || host.ptr[0] == '@';
}

static uint16_t port_of(const struct provision_job *job)
{
    const struct url_hosts *hosts = &job->options->server.url.hosts;
    int64_t port = 0;

    if (hosts->count > 0 && hosts->items[0].port != 0)
        return hosts->items[0].port;
    return str_to_int64(job->admin.port, &port) && port > 0 && port <= 0xffff ? (uint16_t)port : 0;
}

/* Where libpq goes when the URL names no host. */
static struct url_hosts hosts_of(const struct provision_job *job)
{
    struct url_hosts hosts = job->options->server.url.hosts;
    const char *variable = getenv("PGHOST");

    if (hosts.count > 0 || variable == NULL || variable[0] == '\0' || strchr(variable, ',') != NULL)
        return hosts;
    hosts.items = ARENA_ARRAY(job->arena, struct url_host, 1);
    hosts.items[0] = (struct url_host){.name = str_from(variable), .port = port_of(job)};
    hosts.count = 1;
    return hosts;
}

/* By a socket servers often trust the system's users and take no passwords, so TCP is tried first. */
bool provision_url(const struct provision_job *job, size_t which, struct url *url)
{
    struct url_hosts hosts = hosts_of(job);
    bool socket = hosts.count == 0 || (hosts.count == 1 && is_socket(hosts.items[0].name));
    struct url_host *host = ARENA_ARRAY(job->arena, struct url_host, 1);

    *url = (struct url){.kind = URL_POSTGRES,
                        .user = job->options->role,
                        .database = job->options->database,
                        .hosts = hosts,
                        .parameters = parameters_of(job->arena, &job->options->server.url)};
    if (!socket)
        return which == 0;
    *host = (struct url_host){.name = STR("localhost"), .port = port_of(job)};
    if (which == 1)
        host->name =
            hosts.count == 1 && hosts.items[0].name.len > 0 ? hosts.items[0].name : job->admin.sockets;
    url->hosts = (struct url_hosts){.items = host, .count = 1};
    return which == 0 || (which == 1 && host->name.len > 0);
}

/* A table that nobody sees: what the application will do first. */
static bool use(const struct provision_job *job, const struct url *url, struct err *err)
{
    struct engine_options open = {.interrupted = job->options->server.interrupted,
                                  .application_name = "pgrade provision",
                                  .trace = job->options->server.trace,
                                  .again = true};
    struct engine *engine = NULL;
    bool done =
        engine_open(url, &open, &engine, err) &&
        engine_exec(engine, (struct str)STR("BEGIN; CREATE TABLE public.pgrade_probe (id integer); ROLLBACK"),
                    err);

    engine_close(engine);
    return done;
}

static const char *words_of(const struct err *failure)
{
    return failure->detail[0] != '\0' ? failure->detail : failure->primary;
}

static bool try_ways(struct provision_job *job, struct url *found, struct err *first)
{
    struct err failure = {.code = ERR_NONE};
    struct url url;

    for (size_t i = 0; provision_url(job, i, &url); i++) {
        url.password = str_from(job->password);
        err_clear(&failure);
        if (use(job, &url, &failure)) {
            *found = url;
            return true;
        }
        if (first->code == ERR_NONE)
            *first = failure;
    }
    return false;
}

bool provision_try(struct provision_job *job, struct err *err)
{
    struct provision_result *result = job->result;
    struct err failure = {.code = ERR_NONE};
    struct url found = result->url;

    if (job->password == NULL || job->options->dry_run)
        return true;
    if (!(job->has_env ? use(job, &found, &failure) : try_ways(job, &found, &failure))) {
        if (flag_is_set(job->options->server.interrupted))
            return err_set(err, ERR_CANCELED, "interrupted: all is made, and was not tried");
        provision_step(job, "login", job->options->role, PROVISION_OTHER,
                       "as the application will, it fails: %s", words_of(&failure));
        return true;
    }
    result->url = found;
    provision_step(job, "login", job->options->role, PROVISION_WAS,
                   "tried: logs in by this URL, and makes a table");
    return true;
}
