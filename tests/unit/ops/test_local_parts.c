/* The local instance without a server: what is refused, what is told, what is left behind. */
#include "tests/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "ops/local_intern.h"
#include "tests/unit/ops/local_place.h"

static void versions_are_read(void **state)
{
    static const struct {
        const char *text;
        int major;
        const char *version;
    } cases[] = {
        {"postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)\n", 15, "15.13"},
        {"postgres (PostgreSQL) 18.4\n", 18, "18.4"},
        {"postgres (PostgreSQL) 19devel\n", 19, "19devel"},
        {"postgres (PostgreSQL) 9.6.24\n", 9, "9.6.24"},
        {"postgres (PostgreSQL) \n", 0, NULL},
        {"postgres (PostgreSQL) x\n", 0, NULL},
        {"postgres (EnterpriseDB) 15.1\n", 0, NULL},
        {"", 0, NULL},
    };
    struct place *place = *state;

    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct local_programs programs = {0};
        bool done = local_programs_version(place->arena, str_from(cases[i].text), &programs);

        assert_int_equal(done, cases[i].version != NULL);
        assert_int_equal(programs.major, cases[i].major);
        if (done)
            assert_string_equal(programs.version, cases[i].version);
    }
}

static int listener(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof(address);
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(descriptor, (const struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(descriptor, 1), 0);
    assert_int_equal(getsockname(descriptor, (struct sockaddr *)&address, &length), 0);
    *port = ntohs(address.sin_port);
    return descriptor;
}

static void taken_port_is_passed_over(void **state)
{
    int port;
    int descriptor = listener(&port);
    int first = local_instance_first_port("/some/directory");
    int chosen = local_port_choose(first);

    (void)state;
    assert_false(local_port_is_free(port));
    close(descriptor);
    assert_true(local_port_is_free(port));
    assert_true(first >= 20000 && first < 30000);
    assert_true(chosen >= first && chosen < 32768);
    assert_int_equal(local_port_choose(40000), 0);
    assert_int_not_equal(first, local_instance_first_port("/some/directory2"));
}

static void write_pid_file(struct place *place, int pid)
{
    place_write(place, "postmaster.pid", 0600,
                arena_printf(place->arena,
                             "%d\n%s\n1700000000\n23456\n/run/sockets\n127.0.0.1\n  1 2\nready   \n", pid,
                             place->path));
}

static void pid_file_is_not_believed_alone(void **state)
{
    struct place *place = *state;
    struct local_server server = local_server_look(place->arena, place->path);
    pid_t dead = fork();

    if (dead == 0)
        _exit(0);
    assert_int_equal(waitpid(dead, NULL, 0), dead);
    assert_int_equal(server.pid, 0);
    assert_false(server.stale);
    write_pid_file(place, (int)dead);
    server = local_server_look(place->arena, place->path);
    assert_int_equal(server.pid, 0);
    assert_false(server.stale);
    write_pid_file(place, (int)getpid());
    server = local_server_look(place->arena, place->path);
    assert_int_equal(server.pid, 0);
    assert_true(server.stale);
    place_write(place, "postmaster.pid", 0600, "");
    assert_false(local_server_look(place->arena, place->path).stale);
    place_write(place, "postmaster.pid", 0600, "no number\n");
    assert_false(local_server_look(place->arena, place->path).stale);
    place_write(place, "postmaster.pid", 0600, "-1\n");
    assert_false(local_server_look(place->arena, place->path).stale);
    assert_int_equal(local_server_processes(place->arena, place->path), 0);
}

/* A process that is called postgres and is in that directory, as far as anybody can see a server. */
static void process_in_the_data_directory_is_the_server(void **state)
{
    struct place *place = *state;
    const char *program = place_path(place, "postgres");
    const char *elsewhere = place_path(place, "elsewhere");
    struct local_server server = {.pid = 0};
    siginfo_t ended;
    pid_t pid;

    assert_true(fs_make_directory(elsewhere, 0755, &place->err));
    assert_int_equal(symlink("/bin/sleep", program), 0);
    pid = fork();
    if (pid == 0) {
        if (chdir(place->path) == 0)
            execl(program, "postgres", "60", (char *)NULL);
        _exit(1);
    }
    write_pid_file(place, (int)pid);
    for (int i = 0; i < 500 && server.pid == 0; i++) {
        usleep(10000);
        server = local_server_look(place->arena, place->path);
    }
    assert_int_equal(server.pid, pid);
    assert_true(server.ready);
    assert_int_equal(server.port, 23456);
    assert_string_equal(server.sockets, "/run/sockets");
    assert_int_equal(local_server_processes(place->arena, place->path), 1);
    assert_int_equal(local_server_processes(place->arena, elsewhere), 0);
    assert_int_equal(
        rename(place_path(place, "postmaster.pid"), fs_join(place->arena, elsewhere, "postmaster.pid")), 0);
    server = local_server_look(place->arena, elsewhere);
    assert_int_equal(server.pid, 0);
    assert_true(server.stale);

    /* One that has ended and whose parent has not asked yet is no server, wherever it was. */
    kill(pid, SIGKILL);
    assert_int_equal(waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOWAIT), 0);
    write_pid_file(place, (int)pid);
    assert_int_equal(kill(pid, 0), 0);
    server = local_server_look(place->arena, place->path);
    assert_int_equal(server.pid, 0);
    assert_true(server.stale);
    assert_int_equal(local_server_processes(place->arena, place->path), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void each_project_has_its_own_directory(void **state)
{
    struct place *place = *state;
    const char *one;
    const char *two;
    const char *again;

    assert_true(fs_make_directory(place_path(place, "a/my app"), 0755, &place->err));
    assert_true(fs_make_directory(place_path(place, "b/my app"), 0755, &place->err));
    assert_int_equal(chdir(place_path(place, "a/my app")), 0);
    assert_true(local_directory(place->arena, NULL, &one, &place->err));
    assert_true(local_directory(place->arena, NULL, &again, &place->err));
    assert_string_equal(one, again);
    assert_int_equal(chdir(place_path(place, "b/my app")), 0);
    assert_true(local_directory(place->arena, NULL, &two, &place->err));
    assert_string_not_equal(one, two);
    if (geteuid() == 0) {
        assert_true(str_starts_with(str_from(one), "/var/lib/pgrade/my_app-"));
        assert_int_equal(strlen(one), strlen("/var/lib/pgrade/my_app-") + 8);
    } else {
        assert_string_equal(one, place_path(place, "a/my app/.pgrade"));
    }
    assert_true(local_directory(place->arena, "x", &one, &place->err));
    assert_string_equal(one, place_path(place, "b/my app/x"));
    assert_int_equal(chdir("/"), 0);
    assert_true(local_directory(place->arena, NULL, &one, &place->err));
}

static void nothing_there_is_absent(void **state)
{
    struct place *place = *state;

    assert_true(local_status(place->arena, &place->options, &place->info, &place->err));
    assert_int_equal(place->info.state, LOCAL_ABSENT);
    assert_string_equal(place->info.directory, place->options.directory);
    assert_null(place->info.url);
    assert_true(local_stop(place->arena, &place->options, &place->info, &place->err));
    assert_true(place->info.already);
    assert_false(local_destroy(place->arena, &place->options, &place->info, &place->err));
    assert_int_equal(place->err.code, ERR_REFUSED);
    assert_false(fs_exists(place->options.directory));
}

static void foreign_directory_is_refused(void **state)
{
    struct place *place = *state;

    assert_true(fs_make_directory(place->options.directory, 0755, &place->err));
    place_write(place, "one/data", 0644, "mine");
    assert_false(local_start(place->arena, &place->options, &place->info, &place->err));
    assert_int_equal(place->err.code, ERR_REFUSED);
    assert_string_equal(
        place->err.primary,
        arena_printf(place->arena, "%s holds files and is no local instance", place->options.directory));
    err_clear(&place->err);
    assert_false(local_destroy(place->arena, &place->options, &place->info, &place->err));
    assert_int_equal(place->err.code, ERR_REFUSED);
    err_clear(&place->err);
    assert_str_equal(place_read(place, "one/data"), "mine");
    assert_false(fs_exists(place_path(place, "one/lock")));

    place->options.directory = place_path(place, "one/data");
    assert_false(local_start(place->arena, &place->options, &place->info, &place->err));
    assert_int_equal(place->err.code, ERR_REFUSED);
}

static void directory_of_another_user_is_refused(void **state)
{
    struct place *place = *state;

    if (geteuid() != 0)
        skip();
    assert_true(fs_make_directory(place->options.directory, 0755, &place->err));
    place_write(place, "one/pgrade.instance", 0644, "programs=/home/mallory/bin\n");
    assert_int_equal(chown(place->options.directory, 12345, 12345), 0);
    assert_false(local_start(place->arena, &place->options, &place->info, &place->err));
    assert_int_equal(place->err.code, ERR_REFUSED);
    assert_string_equal(place->err.primary,
                        arena_printf(place->arena, "%s belongs to another user", place->options.directory));
}

int main(void)
{
#define IN_PLACE(name) cmocka_unit_test_setup_teardown(name, place_enter, place_leave)
    const struct CMUnitTest tests[] = {
        IN_PLACE(versions_are_read),
        IN_PLACE(taken_port_is_passed_over),
        IN_PLACE(pid_file_is_not_believed_alone),
        IN_PLACE(process_in_the_data_directory_is_the_server),
        IN_PLACE(each_project_has_its_own_directory),
        IN_PLACE(nothing_there_is_absent),
        IN_PLACE(foreign_directory_is_refused),
        IN_PLACE(directory_of_another_user_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
