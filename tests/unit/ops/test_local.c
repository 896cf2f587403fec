/* The local instance with real servers.  PGRADE_PG_BINDIR chooses which. */
#include "tests/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <libpq-fe.h>

#include "ops/local_intern.h"
#include "tests/unit/ops/local_place.h"

enum {
    EXIT_SKIPPED = 77 /* what meson takes for it */
};

static void start(struct place *place)
{
    bool done = local_start(place->arena, &place->options, &place->info, &place->err);

    if (!done)
        print_error("%s\n%s\n%s\n", place->err.primary, place->err.detail, place->err.hint);
    assert_true(done);
    assert_int_equal(place->info.state, LOCAL_RUNNING);
}

/* One value that the server gives for a statement, asked for by the URL. */
static const char *ask(struct place *place, const char *url, const char *sql)
{
    PGconn *connection = PQconnectdb(url);
    /* Asking without a connection would replace the reason why there is none. */
    PGresult *result = PQstatus(connection) == CONNECTION_OK ? PQexec(connection, sql) : NULL;
    const char *value = "";

    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        value = arena_printf(place->arena, "%s", PQgetvalue(result, 0, 0));
    else if (PQresultStatus(result) != PGRES_COMMAND_OK)
        value = arena_printf(place->arena, "error: %s", PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
    return value;
}

static void assert_answer(struct place *place, const char *sql, const char *answer)
{
    assert_string_equal(ask(place, place->info.url, sql), answer);
}

/*
 * A process that has ended stays in the table until its parent asks for its status, which kill() does not
 * tell from living; the parent of a server may take a second for that.
 */
static void assert_ends(struct place *place, pid_t pid)
{
    const char *path = arena_printf(place->arena, "/proc/%d/stat", (int)pid);
    bool ended = false;

    for (int i = 0; i < 500 && !ended; i++) {
        struct err ignored = {0};
        struct str stat;

        ended = !fs_read(place->arena, path, 4096, &stat, &ignored) || strstr(stat.ptr, ") Z ") != NULL;
        if (!ended)
            usleep(10000);
    }
    assert_true(ended);
}

/* The life of an instance, from nothing to nothing. */
static void lives_from_start_to_destroy(void **state)
{
    struct place *place = *state;
    struct local_info first;
    struct fs_info file;
    pid_t last;

    start(place);
    first = place->info;
    assert_false(first.already);
    assert_true(first.pid > 0);
    assert_true(first.port >= 20000 && first.port < 32768);
    assert_string_equal(first.directory, place->options.directory);
    assert_true(str_starts_with(str_from(ask(place, first.url, "SHOW server_version")), first.version));
    assert_answer(place, "SELECT current_user || current_database()", "pgradepostgres");
    assert_answer(place, "SHOW server_encoding", "UTF8");
    assert_answer(place, "SHOW data_checksums", "on");
    assert_answer(place, "SHOW fsync", "on");
    assert_answer(place, "SHOW timezone", "UTC");
    assert_answer(place, "SHOW password_encryption", "scram-sha-256");
    assert_answer(place, "SHOW listen_addresses", "127.0.0.1");
    assert_answer(place, "SELECT 'Z' < 'a' AND 'a' < '\xc3\xa4'", "t"); /* by code points */
    assert_answer(place, "SELECT upper('\xc3\xa4') = '\xc3\x84'", "t");
    assert_string_equal(place->info.sockets, fs_join(place->arena, first.directory, "socket"));
    assert_answer(place, "CREATE TABLE kept AS SELECT 1 AS n", "");
    assert_non_null(strstr(
        ask(place, arena_printf(place->arena, "postgresql://pgrade:wrong@127.0.0.1:%d/postgres", first.port),
            "SELECT 1"),
        "password authentication failed"));
    assert_non_null(
        strstr(ask(place,
                   arena_printf(place->arena, "host=%s port=%d user=pgrade dbname=postgres password=x",
                                first.sockets, first.port),
                   "SELECT 1"),
               "password authentication failed"));
    assert_true(fs_stat(first.data, &file, &place->err));
    assert_int_equal(file.mode, 0700);
    assert_int_not_equal(file.owner, 0);

    start(place);
    assert_true(place->info.already);
    assert_int_equal(place->info.pid, first.pid);
    assert_true(local_status(place->arena, &place->options, &place->info, &place->err));
    assert_int_equal(place->info.state, LOCAL_RUNNING);
    assert_int_equal(place->info.pid, first.pid);
    assert_string_equal(place->info.url, first.url);
    assert_null(strstr(place->info.url_redacted, place_read(place, "one/password").ptr));

    assert_true(local_stop(place->arena, &place->options, &place->info, &place->err));
    assert_int_equal(place->info.state, LOCAL_STOPPED);
    assert_false(place->info.already);
    assert_int_equal(place->info.pid, 0);
    assert_true(local_stop(place->arena, &place->options, &place->info, &place->err));
    assert_true(place->info.already);

    start(place);
    assert_string_equal(place->info.url, first.url);
    assert_answer(place, "SELECT n FROM kept", "1");
    last = place->info.pid;
    assert_int_not_equal(last, first.pid);

    assert_true(local_destroy(place->arena, &place->options, &place->info, &place->err));
    assert_int_equal(place->info.state, LOCAL_ABSENT);
    assert_false(fs_exists(place->options.directory));
    assert_ends(place, first.pid);
    assert_ends(place, last);
}

/* A process that lives on under the server's user, as another program with that number would. */
static pid_t stranger(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        if (geteuid() == 0) {
            struct arena *arena = arena_new();
            struct proc_user user;
            struct err err = {0};

            if (!proc_user_by_name(arena, "postgres", &user, &err) &&
                !proc_user_by_name(arena, "nobody", &user, &err))
                _exit(1);
            if (setresgid(user.gid, user.gid, user.gid) != 0 || setresuid(user.uid, user.uid, user.uid) != 0)
                _exit(1);
        }
        alarm(100); /* should the test fail before it ends us */
        for (;;)
            pause();
    }
    return pid;
}

static void survives_a_crash_and_a_stranger_with_its_number(void **state)
{
    struct place *place = *state;
    struct local_info first;
    struct str pid_file;
    const char *path;
    pid_t pid;

    start(place);
    first = place->info;
    assert_answer(place, "CREATE TABLE kept AS SELECT 1 AS n", "");
    assert_int_equal(kill(first.pid, SIGKILL), 0);
    assert_ends(place, first.pid);
    assert_true(local_status(place->arena, &place->options, &place->info, &place->err));
    assert_int_equal(place->info.state, LOCAL_STOPPED);
    assert_true(fs_exists(fs_join(place->arena, first.data, "postmaster.pid")));
    start(place);
    assert_answer(place, "SELECT n FROM kept", "1");

    /* The machine restarts meanwhile, and the number is somebody else's. */
    path = fs_join(place->arena, first.data, "postmaster.pid");
    assert_true(fs_read(place->arena, path, 10000, &pid_file, &place->err));
    assert_int_equal(kill(place->info.pid, SIGKILL), 0);
    pid = stranger();
    pid_file = str_slice(pid_file, (size_t)str_find(pid_file, '\n'), pid_file.len);
    assert_true(
        fs_write(path, 0600, str_printf(place->arena, "%d%.*s", (int)pid, STR_ARGS(pid_file)), &place->err));
    assert_true(local_status(place->arena, &place->options, &place->info, &place->err));
    assert_int_equal(place->info.state, LOCAL_STOPPED);
    assert_true(local_stop(place->arena, &place->options, &place->info, &place->err));
    assert_true(place->info.already);
    assert_int_equal(waitpid(pid, NULL, WNOHANG), 0); /* it was left alone */
    start(place);
    assert_answer(place, "SELECT n FROM kept", "1");
    assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void two_run_side_by_side(void **state)
{
    struct place *place = *state;
    struct place other = *place;

    /* Of the same first port, had they the same name: the second must pass on. */
    other.options.directory = arena_printf(place->arena, "%s/%s", place->path,
                                           "a much longer path, in which "
                                           "no Unix socket has room, and "
                                           "which must be quoted/two");
    start(place);
    start(&other);
    assert_int_not_equal(place->info.port, other.info.port);
    assert_int_not_equal(place->info.pid, other.info.pid);
    assert_string_not_equal(place->info.url, other.info.url);
    assert_answer(&other, "SELECT current_user", "pgrade");
    assert_true(str_starts_with(str_from(other.info.sockets), "/tmp/pgrade-"));
    assert_true(fs_is_directory(other.info.sockets));
    assert_true(local_stop(place->arena, &place->options, &place->info, &place->err));
    assert_answer(&other, "SELECT 1", "1");
    assert_true(local_destroy(other.arena, &other.options, &other.info, &other.err));
    assert_false(fs_exists(other.options.directory));
    assert_false(fs_exists(local_instance_short_sockets(place->arena, other.options.directory)));
}

static void port_that_somebody_took_is_given_up(void **state)
{
    struct place *place = *state;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    int port;

    start(place);
    port = place->info.port;
    assert_true(local_stop(place->arena, &place->options, &place->info, &place->err));
    assert_int_equal(place->info.port, port);
    address.sin_port = htons((uint16_t)port);
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    assert_int_equal(bind(descriptor, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(descriptor, 1), 0);
    start(place);
    assert_int_not_equal(place->info.port, port);
    assert_answer(place, "SELECT 1", "1");
    close(descriptor);
}

static void concurrent_starts_make_one_server(void **state)
{
    struct place *place = *state;
    pid_t pids[3];

    for (size_t i = 0; i < ARRAY_LENGTH(pids); i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            bool done = local_start(place->arena, &place->options, &place->info, &place->err);

            if (!done)
                print_error("%s\n%s\n", place->err.primary, place->err.detail);
            _exit(done && place->info.state == LOCAL_RUNNING ? 10 + place->info.already : 1);
        }
    }
    for (size_t i = 0, made = 0; i < ARRAY_LENGTH(pids); i++) {
        int status;

        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_true(WIFEXITED(status));
        assert_in_range(WEXITSTATUS(status), 10, 11);
        made += WEXITSTATUS(status) == 10;
        if (i + 1 == ARRAY_LENGTH(pids))
            assert_int_equal(made, 1);
    }
    start(place);
    assert_true(place->info.already);
    assert_answer(place, "SELECT 1", "1");
}

static bool is_there_a_server(void)
{
    struct arena *arena = arena_new();
    struct local_programs programs;
    struct err err = {0};
    bool found = local_programs_find(arena, &(struct local_programs_wanted){.major = 0}, &programs, &err);

    print_message("%s %s\n", found ? "PostgreSQL" : "skipped:", found ? programs.version : err.primary);
    arena_free(arena);
    return found;
}

int main(void)
{
#define IN_PLACE(name) cmocka_unit_test_setup_teardown(name, place_enter, place_leave)
    const struct CMUnitTest tests[] = {
        IN_PLACE(lives_from_start_to_destroy),
        IN_PLACE(survives_a_crash_and_a_stranger_with_its_number),
        IN_PLACE(two_run_side_by_side),
        IN_PLACE(port_that_somebody_took_is_given_up),
        IN_PLACE(concurrent_starts_make_one_server),
    };

    if (!is_there_a_server())
        return EXIT_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
