#include "ops/local.h"

#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/fs.h"
#include "ops/local_intern.h"

enum {
    TIMEOUT_DEFAULT_S = 60,
    ORPHANS_WAIT_S = 10, /* for processes of a server that was killed to notice that */
    PORT_ATTEMPTS = 8,   /* a port that was free may be taken when the server asks for it */
    CLAIM_ATTEMPTS = 10, /* against a `destroy` that removes the directory while we enter it */
    LOG_MAXIMUM = 16 * 1024,
    LOG_LINES = 3
};

static const char *const state_names[] = {
    [LOCAL_ABSENT] = "absent",
    [LOCAL_STOPPED] = "stopped",
    [LOCAL_STARTING] = "starting",
    [LOCAL_RUNNING] = "running",
};

const char *local_state_name(enum local_state state)
{
    return state_names[state];
}

static int timeout_of(const struct local_options *options)
{
    return options->timeout_s > 0 ? options->timeout_s : TIMEOUT_DEFAULT_S;
}

static const char *url_of(struct arena *arena, const char *password, int port)
{
    return arena_printf(arena, "postgresql://" LOCAL_ROLE ":%s@127.0.0.1:%d/postgres", password, port);
}

static struct local_server fill_info(struct arena *arena, const struct local_instance *instance,
                                     struct local_info *info)
{
    struct local_server server = {.pid = 0};
    int port = instance->port;

    *info = (struct local_info){.state = LOCAL_ABSENT, .directory = instance->directory};
    if (!instance->exists)
        return server;
    server = local_server_look(arena, instance->data);
    if (server.pid != 0 && server.port != 0)
        port = server.port; /* somebody may have set another by ALTER SYSTEM */
    *info = (struct local_info){
        .state = server.pid == 0 ? LOCAL_STOPPED
                 : server.ready  ? LOCAL_RUNNING
                                 : LOCAL_STARTING,
        .directory = instance->directory,
        .data = instance->data,
        .log = instance->log,
        .user = instance->user.name,
        .programs = instance->programs,
        .version = instance->version,
        .pid = server.pid,
        .port = port,
        .sockets = server.sockets,
    };
    if (port != 0 && instance->password != NULL) {
        info->url = url_of(arena, instance->password, port);
        info->url_redacted = url_of(arena, "***", port);
    }
    return server;
}

static void pause_ms(int ms)
{
    const struct timespec pause = {.tv_nsec = (long)ms * 1000 * 1000};

    (void)nanosleep(&pause, NULL);
}

/* ------------------------------------------------------------------------------------------- the lock */

/* The claim first, since the lock is a file in the directory. */
static bool claim_and_lock(struct arena *arena, const char *directory, int wait_s, struct fs_lock *lock,
                           struct err *err)
{
    const char *path = local_instance_lock(arena, directory);

    for (int attempt = 1;; attempt++) {
        struct err failure = {0};

        if (!local_instance_claim(arena, directory, err))
            return false;
        if (fs_lock(path, wait_s * 1000, lock, &failure))
            return true;
        if (failure.code == ERR_REFUSED || attempt == CLAIM_ATTEMPTS) {
            *err = failure;
            return false;
        }
    }
}

/* ---------------------------------------------------------------------------------------------- start */

/* A server that was asked to start before, or that recovers after a crash, may need a while. */
static bool wait_until_ready(struct arena *arena, const struct local_instance *instance, int timeout_s,
                             struct local_info *info, struct err *err)
{
    int64_t until = clock_monotonic_us() + (int64_t)timeout_s * 1000000;

    for (;;) {
        (void)fill_info(arena, instance, info);
        if (info->state != LOCAL_STARTING)
            return true;
        if (clock_monotonic_us() >= until)
            break;
        pause_ms(100);
    }
    err_set(err, ERR_FAILED, "the server in %s has not become ready in %d s", instance->directory, timeout_s);
    return err_hint(err, "it may be recovering still: look at %s", instance->log);
}

/*
 * PostgreSQL itself sees that the process in postmaster.pid is gone, but not that another program of the same
 * user has its number by now.  The file also guards the data against the processes of a server that was
 * killed; so it goes only when there are none.
 */
static bool clear_remains(struct arena *arena, const struct local_instance *instance, struct err *err)
{
    int64_t until = clock_monotonic_us() + ORPHANS_WAIT_S * 1000000LL;
    size_t left;

    while ((left = local_server_processes(arena, instance->data)) > 0) {
        if (clock_monotonic_us() >= until)
            return err_set(err, ERR_FAILED, "%zu processes of a server that was killed still use %s", left,
                           instance->data);
        pause_ms(50);
    }
    return !local_server_look(arena, instance->data).stale ||
           fs_remove_tree(instance->data, "postmaster.pid", err);
}

/* The end of what the server said since the log was this long. */
static struct str log_since(struct arena *arena, const char *path, int64_t size)
{
    struct err ignored = {0};
    struct fs_info now;
    struct str text;

    if (!fs_stat(path, &now, &ignored) ||
        !fs_read_from(arena, path, now.size - size > LOG_MAXIMUM ? now.size - LOG_MAXIMUM : size, LOG_MAXIMUM,
                      &text, &ignored))
        return (struct str){NULL, 0};
    return proc_last_lines(arena, text, LOG_LINES);
}

static bool pg_ctl_start(struct arena *arena, const struct local_instance *instance, int timeout_s,
                         struct err *err)
{
    const char *seconds = arena_printf(arena, "%d", timeout_s);
    const char *argv[] = {fs_join(arena, instance->programs, "pg_ctl"),
                          "start",
                          "-D",
                          instance->data,
                          "-l",
                          instance->log,
                          "-w",
                          "-t",
                          seconds,
                          "-s",
                          NULL};
    struct proc_result result;
    struct fs_info log;
    struct err failure = {0};
    struct str said;

    if (!fs_stat(instance->log, &log, err))
        return false;
    if (local_instance_run(arena, instance, argv, (timeout_s + 30) * 1000, &result, &failure))
        return true;
    said = log_since(arena, instance->log, log.size);
    err_set(err, ERR_FAILED, "PostgreSQL %s did not start in %s", instance->version, instance->directory);
    err_detail(err, "%.*s", STR_ARGS(said.len > 0 ? said : str_from(failure.detail)));
    return err_hint(err, "the server's log is %s", instance->log);
}

/* The port of the last time if it can be, so that URLs that were written down stay true. */
static bool start_on_some_port(struct arena *arena, struct local_instance *instance,
                               const struct local_programs *programs, int timeout_s, struct err *err)
{
    int port = instance->port;

    if (port == 0 || !local_port_is_free(port))
        port = local_port_choose(local_instance_first_port(instance->directory));
    for (int attempt = 1; port != 0; attempt++) {
        struct err failure = {0};

        if (!local_instance_prepare(arena, instance, programs, port, err))
            return false;
        if (pg_ctl_start(arena, instance, timeout_s, &failure))
            return true;
        /* When it runs, it is our own server that has the port and only needs longer. */
        if (local_server_look(arena, instance->data).pid != 0 || local_port_is_free(port) ||
            attempt == PORT_ATTEMPTS) {
            *err = failure;
            return false;
        }
        port = local_port_choose(port + 1);
    }
    return err_set(err, ERR_FAILED, "there is no free port for the server on 127.0.0.1");
}

static bool start_stopped(struct arena *arena, const struct local_options *options,
                          struct local_instance *instance, struct local_info *info, struct err *err)
{
    const struct local_programs_wanted wanted = {.given = options->programs,
                                                 .recorded = instance->programs,
                                                 .major = instance->major,
                                                 .user = instance->as};
    struct local_programs programs;

    if (!local_programs_find(arena, &wanted, &programs, err) ||
        !local_instance_create(arena, instance, &programs, err) || !clear_remains(arena, instance, err) ||
        !start_on_some_port(arena, instance, &programs, timeout_of(options), err))
        return false;
    return wait_until_ready(arena, instance, timeout_of(options), info, err);
}

static bool start_locked(struct arena *arena, const struct local_options *options, const char *directory,
                         struct local_info *info, struct err *err)
{
    struct local_instance instance;

    if (!local_instance_open(arena, directory, &instance, err) ||
        !wait_until_ready(arena, &instance, timeout_of(options), info, err))
        return false;
    if (info->state == LOCAL_RUNNING) {
        info->already = true;
        return true;
    }
    if (start_stopped(arena, options, &instance, info, err)) {
        if (info->state == LOCAL_RUNNING)
            return true;
        err_set(err, ERR_FAILED, "the server in %s ended right after its start", directory);
        err_hint(err, "the server's log is %s", instance.log);
    }
    /* The error is told already; the remains of a first attempt would only look like an instance. */
    if (!instance.has_data) {
        struct err ignored = {0};

        (void)!local_instance_remove(arena, directory, &ignored);
    }
    return false;
}

bool local_start(struct arena *arena, const struct local_options *options, struct local_info *info,
                 struct err *err)
{
    struct local_instance instance;
    const char *directory;
    struct fs_lock lock;
    bool done;

    *info = (struct local_info){.state = LOCAL_ABSENT};
    if (!local_directory(arena, options->directory, &directory, err))
        return false;
    info->directory = directory;
    /* Refusals come before anything is written. */
    if (!local_instance_open(arena, directory, &instance, err) ||
        !claim_and_lock(arena, directory, timeout_of(options), &lock, err))
        return false;
    done = start_locked(arena, options, directory, info, err);
    fs_unlock(&lock);
    return done;
}

/* ----------------------------------------------------------------------------------------------- stop */

static bool wait_until_stopped(struct arena *arena, const struct local_instance *instance, int timeout_s,
                               struct local_info *info, struct err *err)
{
    int64_t until = clock_monotonic_us() + (int64_t)timeout_s * 1000000;

    while (fill_info(arena, instance, info).pid != 0) {
        if (clock_monotonic_us() >= until) {
            err_set(err, ERR_FAILED, "the server in %s, process %d, has not stopped in %d s",
                    instance->directory, (int)info->pid, timeout_s);
            return err_hint(err, "the server's log is %s", instance->log);
        }
        pause_ms(20);
    }
    return true;
}

static bool stop_locked(struct arena *arena, const struct local_options *options,
                        const struct local_instance *instance, struct local_info *info, struct err *err)
{
    struct local_server server = fill_info(arena, instance, info);

    if (server.pid == 0) {
        info->already = true;
        return true;
    }
    /* A fast shutdown.  The programs are not needed for it: whoever removed them can stop the server still.
     */
    (void)kill(server.pid, SIGINT);
    return wait_until_stopped(arena, instance, timeout_of(options), info, err);
}

/* Opens an instance that exists, and locks it.  Without one it is not locked and `exists` is false. */
static bool open_locked(struct arena *arena, const struct local_options *options,
                        struct local_instance *instance, struct fs_lock *lock, struct err *err)
{
    const char *directory;

    lock->descriptor = -1;
    if (!local_directory(arena, options->directory, &directory, err) ||
        !local_instance_open(arena, directory, instance, err))
        return false;
    if (!instance->exists)
        return true;
    if (!fs_lock(local_instance_lock(arena, directory), timeout_of(options) * 1000, lock, err))
        return false;
    /* As it is now: whoever held the lock may have changed it. */
    if (local_instance_open(arena, directory, instance, err))
        return true;
    fs_unlock(lock);
    return false;
}

bool local_stop(struct arena *arena, const struct local_options *options, struct local_info *info,
                struct err *err)
{
    struct local_instance instance;
    struct fs_lock lock;
    bool done;

    if (!open_locked(arena, options, &instance, &lock, err))
        return false;
    done = stop_locked(arena, options, &instance, info, err);
    fs_unlock(&lock);
    return done;
}

/* -------------------------------------------------------------------------------- status and destroy */

bool local_status(struct arena *arena, const struct local_options *options, struct local_info *info,
                  struct err *err)
{
    struct local_instance instance;
    const char *directory;

    if (!local_directory(arena, options->directory, &directory, err) ||
        !local_instance_open(arena, directory, &instance, err))
        return false;
    (void)fill_info(arena, &instance, info);
    return true;
}

bool local_destroy(struct arena *arena, const struct local_options *options, struct local_info *info,
                   struct err *err)
{
    struct local_instance instance;
    struct fs_lock lock;
    bool done;

    if (!open_locked(arena, options, &instance, &lock, err))
        return false;
    if (!instance.exists) {
        fs_unlock(&lock);
        return err_set(err, ERR_REFUSED, "there is no local instance in %s", instance.directory);
    }
    done = stop_locked(arena, options, &instance, info, err) &&
           local_instance_remove(arena, instance.directory, err);
    if (done)
        *info = (struct local_info){.state = LOCAL_ABSENT, .directory = instance.directory};
    fs_unlock(&lock);
    return done;
}
