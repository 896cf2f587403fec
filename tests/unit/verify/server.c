#include "tests/unit/verify/server.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/proc.h"

enum {
    READY_TRIES = 600,
    READY_PAUSE_NS = 50 * 1000 * 1000,
    OUTPUT_MAXIMUM = 256 * 1024 * 1024
};

static bool has_programs(struct arena *arena, const char *directory)
{
    return access(arena_printf(arena, "%s/initdb", directory), X_OK) == 0 &&
           access(arena_printf(arena, "%s/postgres", directory), X_OK) == 0;
}

const char *server_programs(struct arena *arena)
{
    static const char *const patterns[] = {"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/bin",
                                           "/usr/bin"};
    const char *named = getenv("PGRADE_PG_BINDIR");
    const char *found = NULL;

    if (named != NULL)
        return has_programs(arena, named) ? named : NULL;
    for (size_t i = 0; found == NULL && i < ARRAY_LENGTH(patterns); i++) {
        glob_t paths;

        if (glob(patterns[i], 0, NULL, &paths) != 0)
            continue;
        for (size_t j = 0; j < paths.gl_pathc; j++)
            if (has_programs(arena, paths.gl_pathv[j]))
                found = arena_printf(arena, "%s", paths.gl_pathv[j]);
        globfree(&paths);
    }
    return found;
}

/* A server refuses to run as root. */
static bool owner_of_server(struct arena *arena, struct proc_user **owner, struct err *err)
{
    *owner = NULL;
    if (geteuid() != 0)
        return true;
    *owner = ARENA_NEW(arena, struct proc_user);
    return proc_user_by_name(arena, "postgres", *owner, err);
}

static NORETURN void become_server(const struct server *server, const struct proc_user *owner, pid_t parent)
{
    const char *program = arena_printf(server->arena, "%s/postgres", server->programs);
    const char *data = arena_printf(server->arena, "%s/data", server->directory);
    const char *sockets = arena_printf(server->arena, "unix_socket_directories=%s", server->directory);
    int log = open(arena_printf(server->arena, "%s/log", server->directory), O_WRONLY | O_CREAT, 0666);

    if (log < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
        _exit(1);
    if (owner != NULL && (setgroups(owner->group_count, owner->groups) != 0 || setgid(owner->gid) != 0 ||
                          setuid(owner->uid) != 0))
        _exit(1);
    /* After the change of user, which clears it. */
    if (prctl(PR_SET_PDEATHSIG, SIGQUIT) != 0 || getppid() != parent)
        _exit(1);
    /* The settings that change how a value is written must not matter. */
    execl(program, program, "-D", data, "-c", sockets, "-c", "listen_addresses=", "-c", "fsync=off", "-c",
          "timezone=Asia/Kathmandu", "-c", "datestyle=SQL, DMY", "-c", "bytea_output=escape", "-c",
          "extra_float_digits=0", (char *)NULL);
    _exit(1);
}

static bool wait_until_ready(struct server *server, struct err *err)
{
    const struct timespec pause = {0, READY_PAUSE_NS};

    for (int i = 0; i < READY_TRIES; i++) {
        struct arena *arena = arena_new();
        struct err ignored = {.code = ERR_NONE};
        struct str output;
        bool ready = server_run(server, arena, str_from("SELECT 1"), &output, &ignored);

        arena_free(arena);
        if (ready)
            return true;
        if (waitpid(server->pid, NULL, WNOHANG) == server->pid) {
            server->pid = 0;
            break;
        }
        (void)nanosleep(&pause, NULL);
    }
    return err_set(err, ERR_FAILED, "the server in %s did not start", server->directory);
}

bool server_start(struct server *server, struct arena *arena, const char *programs, struct err *err)
{
    char directory[] = "/tmp/pgrade-verify-XXXXXX";
    struct proc_user *owner;
    struct proc_result result;
    pid_t parent = getpid();

    *server = (struct server){.arena = arena, .programs = programs};
    if (!owner_of_server(arena, &owner, err))
        return false;
    if (mkdtemp(directory) == NULL)
        return err_set(err, ERR_IO, "no directory for the server: %s", strerror(errno));
    server->directory = arena_printf(arena, "%s", directory);
    if (chmod(directory, 0755) != 0 || (owner != NULL && chown(directory, owner->uid, owner->gid) != 0))
        return err_set(err, ERR_IO, "%s: %s", directory, strerror(errno));
    const struct proc_options initdb = {
        .argv = (const char *const[]){arena_printf(arena, "%s/initdb", programs), "-D",
                                      arena_printf(arena, "%s/data", directory), "-U", "pgrade", "-A",
                                      "trust", "-E", "UTF8", "--locale=C", "--no-sync", NULL},
        .user = owner,
        .directory = directory,
    };
    if (!proc_check(arena, &initdb, &result, err))
        return false;
    server->pid = fork();
    if (server->pid == 0)
        become_server(server, owner, parent);
    if (server->pid < 0)
        return err_set(err, ERR_FAILED, "fork: %s", strerror(errno));
    return wait_until_ready(server, err);
}

void server_stop(struct server *server)
{
    struct err err = {.code = ERR_NONE};
    struct proc_result result;

    if (server->pid > 0 && kill(server->pid, SIGQUIT) == 0)
        (void)waitpid(server->pid, NULL, 0);
    if (server->directory != NULL) {
        const struct proc_options remove = {
            .argv = (const char *const[]){"rm", "-rf", "--", server->directory, NULL}};

        (void)!proc_run(server->arena, &remove, &result, &err);
    }
}

bool server_run(const struct server *server, struct arena *arena, struct str sql, struct str *output,
                struct err *err)
{
    const struct proc_options psql = {
        .argv = (const char *const[]){"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", server->directory,
                                      "-U", "pgrade", "-d", "postgres", "-f", "-", NULL},
        .environment = (const char *const[]){"PGOPTIONS", "PGSERVICE", "PGPASSFILE=/dev/null",
                                             "PGCLIENTENCODING=UTF8", NULL},
        .input = sql,
        .maximum = OUTPUT_MAXIMUM,
    };
    struct proc_result result;

    if (!proc_check(arena, &psql, &result, err))
        return false;
    *output = result.output;
    return true;
}
