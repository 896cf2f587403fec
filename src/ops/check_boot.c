/* Whether the server that was asked starts with this machine: its process, the service that has it, systemd.
 */
#include <inttypes.h>

#include "base/fs.h"
#include "base/proc.h"
#include "ops/check_intern.h"

enum {
    ANSWER_MS = 20000,
    PROC_MAXIMUM = 64 * 1024
};

static struct str read_proc(struct check_run *run, int64_t process, const char *name)
{
    struct err ignored = {.code = ERR_NONE};
    struct str text;

    return fs_read_from(run->arena, arena_printf(run->arena, "/proc/%" PRId64 "/%s", process, name), 0,
                        PROC_MAXIMUM, &text, &ignored)
               ? text
               : (struct str){NULL, 0};
}

static struct str next_line(struct str *text)
{
    ptrdiff_t end = str_find(*text, '\n');
    struct str line = str_slice(*text, 0, end < 0 ? text->len : (size_t)end);

    *text = str_slice(*text, end < 0 ? text->len : (size_t)end + 1, text->len);
    return line;
}

/* Of /proc/NUMBER/status. */
static struct str status_of(struct str text, const char *name)
{
    while (text.len > 0) {
        struct str line = next_line(&text);

        if (str_starts_with(line, name))
            return str_trim(str_slice(line, str_from(name).len, line.len));
    }
    return (struct str){NULL, 0};
}

/*
 * The process behind this session tells its parent, the server itself.  A server in a container has numbers
 * of its own, and what has the number here is another process, which does not name the database.  0: it is
 * not seen.
 */
static int64_t find_server(struct check_run *run)
{
    struct str number = check_value(run, "SELECT pg_catalog.pg_backend_pid()::text", NULL);
    struct str database = check_value(run, "SELECT pg_catalog.current_database()::text", NULL);
    struct str status;
    int64_t session;
    int64_t server;

    if (!str_to_int64(number, &session))
        return 0;
    status = read_proc(run, session, "status");
    if (!str_starts_with(status_of(status, "Name:"), "postgres") ||
        !str_contains_nocase(read_proc(run, session, "cmdline"), str_cstr(run->arena, database)) ||
        !str_to_int64(status_of(status, "PPid:"), &server))
        return 0;
    return server;
}

/* "0::/system.slice/system-postgresql.slice/postgresql@15-main.service": the last service of the path, in the
 * hierarchy of systemd (cgroups(7)). */
struct str check_service_of(struct str cgroups)
{
    struct str service = {NULL, 0};

    while (cgroups.len > 0) {
        struct str line = next_line(&cgroups);

        if (!str_starts_with(line, "0::") && !str_contains_nocase(line, ":name=systemd:"))
            continue;
        for (ptrdiff_t slash; (slash = str_find(line, '/')) >= 0;) {
            struct str part;
            ptrdiff_t end;

            line = str_slice(line, (size_t)slash + 1, line.len);
            end = str_find(line, '/');
            part = str_slice(line, 0, end < 0 ? line.len : (size_t)end);
            if (str_ends_with(part, ".service"))
                service = part;
        }
        if (service.len > 0 && !str_starts_with(service, "user@"))
            return service;
    }
    return (struct str){NULL, 0};
}

/* Debian's services of single clusters come with the one that stands for all of them. */
static bool is_of_debian(struct str service)
{
    return str_starts_with(service, "postgresql@");
}

static struct str ask_systemd(struct check_run *run, const char *service, struct err *err)
{
    const char *argv[] = {"systemctl", "is-enabled", "--", service, NULL};
    struct proc_options options = {.argv = argv, .timeout_ms = ANSWER_MS};
    struct proc_result result;

    if (!proc_run(run->arena, &options, &result, err))
        return (struct str){NULL, 0};
    if (str_trim(result.output).len == 0)
        err_detail(err, "%.*s", STR_ARGS(proc_last_lines(run->arena, result.errors, 1)));
    return str_trim(result.output);
}

/* False: it was told that it does not start, or that it cannot be known. */
static bool is_enabled(struct check_run *run, const char *service, struct str mend)
{
    struct err failure = {.code = ERR_NONE};
    struct str state = ask_systemd(run, service, &failure);

    if (str_starts_with(state, "enabled"))
        return true;
    if (str_is(state, "disabled"))
        check_found(run, CHECK_PROBLEM, mend, "%s is disabled: the server does not start with the machine",
                    service);
    else
        check_skip(run, "%s%s%.*s", service, state.len > 0 ? " is " : ": ",
                   STR_ARGS(state.len > 0 ? state : str_from(failure.detail)));
    return false;
}

static void look_at_service(struct check_run *run, struct str name)
{
    const char *service = str_cstr(run->arena, name);

    if (is_of_debian(name) &&
        !is_enabled(run, "postgresql.service", (struct str)STR("sudo systemctl enable postgresql")))
        return;
    if (is_enabled(run, service,
                   is_of_debian(name)
                       ? (struct str)STR(
                             "write auto into start.conf of that cluster, below /etc/postgresql; then sudo "
                             "systemctl daemon-reload")
                       : str_printf(run->arena, "sudo systemctl enable %s", check_word(run, name))))
        check_ok(run, "%s has the server of this URL, and is enabled", service);
}

void check_server_enabled(struct check_run *run)
{
    struct str service;
    int64_t server;

    if (!url_is_local(&run->report->url)) {
        check_skip(run, "the server is on another machine, and its owner's business");
        return;
    }
    server = find_server(run);
    service = server == 0 ? (struct str){NULL, 0} : check_service_of(read_proc(run, server, "cgroup"));
    if (server == 0)
        check_skip(run,
                   "the server's process is not seen from here: it is in a container, or behind a tunnel");
    else if (service.len == 0)
        check_skip(run,
                   "the server, process %" PRId64
                   ", is in no service of systemd: what starts it with the machine is "
                   "not known",
                   server);
    else
        look_at_service(run, service);
}
