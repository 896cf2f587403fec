/* The local instance with programs that only seem to be PostgreSQL: how they are called, and what is told
 * when they fail. */
#include "tests/unit.h"

#include <signal.h>

#include "ops/local_intern.h"
#include "tests/unit/ops/local_place.h"

/* Programs that only seem to be PostgreSQL: they write down how they were called. */
static void make_programs(struct place *place, const char *initdb, const char *pg_ctl)
{
    place_write(place, "bin/postgres", 0755, "#!/bin/sh\necho 'postgres (PostgreSQL) 17.1'\n");
    place_write(place, "bin/initdb", 0755, initdb);
    place_write(place, "bin/pg_ctl", 0755, pg_ctl);
    place->options.programs = place_path(place, "bin");
}

static int enter_with_programs(void **state)
{
    int done = place_enter(state);
    struct place *place = *state;

    assert_true(fs_make_directory(place_path(place, "bin"), 0755, &place->err));
    assert_true(fs_make_directory(place_path(place, "calls"), 0755, &place->err));
    assert_int_equal(chmod(place_path(place, "calls"), 0777), 0);
    return done;
}

static const char *initdb_script(struct place *place, const char *refuse)
{
    return arena_printf(place->arena,
                        "#!/bin/sh\n"
                        "echo \"$@\" >>%s/calls/initdb\n"
                        "case \"$*\" in %s) echo 'initdb: error: invalid locale name' >&2; exit 1;; esac\n"
                        "while [ $# -gt 0 ]; do case $1 in\n"
                        "    -D) data=$2;;\n"
                        "    --pwfile) cp $2 %s/calls/password; stat -c '%%a %%U' $2 >%s/calls/mode;;\n"
                        "esac; shift; done\n"
                        "echo 17 >$data/PG_VERSION\n"
                        ": >$data/postgresql.conf\n"
                        "env >%s/calls/environment\n",
                        place->path, refuse, place->path, place->path, place->path);
}

static const char failing_pg_ctl[] = "#!/bin/sh\n"
                                     "while [ $# -gt 0 ]; do case $1 in -l) log=$2;; esac; shift; done\n"
                                     "echo 'LOG:  starting' >>$log\n"
                                     "echo 'FATAL:  out of stars' >>$log\n"
                                     "exit 1\n";

static void failing_server_is_told_in_its_own_words(void **state)
{
    struct place *place = *state;

    make_programs(place, initdb_script(place, "never"), failing_pg_ctl);
    for (int i = 0; i < 2; i++) {
        err_clear(&place->err);
        assert_false(local_start(place->arena, &place->options, &place->info, &place->err));
        assert_int_equal(place->err.code, ERR_FAILED);
        assert_string_equal(
            place->err.primary,
            arena_printf(place->arena, "PostgreSQL 17.1 did not start in %s", place->options.directory));
        assert_string_equal(place->err.detail, "LOG:  starting | FATAL:  out of stars");
        assert_string_equal(place->err.hint,
                            arena_printf(place->arena, "the server's log is %s/one/server.log", place->path));
    }
    /* The data are made once. */
    assert_int_equal(str_find(place_read(place, "calls/initdb"), '\n'),
                     (ptrdiff_t)place_read(place, "calls/initdb").len - 1);
    err_clear(&place->err);
    assert_true(local_status(place->arena, &place->options, &place->info, &place->err));
    assert_int_equal(place->info.state, LOCAL_STOPPED);
    assert_string_equal(place->info.version, "17.1");
    assert_string_equal(place->info.programs, place->options.programs);
    assert_true(str_starts_with(str_from(place->info.url_redacted), "postgresql://pgrade:***@127.0.0.1:2"));
}

/* The first time, a listener takes the port between our look at it and the server's start. */
static const char racing_pg_ctl[] = "#!/bin/sh\n"
                                    "calls=$(dirname $0)/../calls\n"
                                    "port=$(sed -n 's/^port = //p' $3/../pgrade.conf)\n"
                                    "echo $port >>$calls/ports\n"
                                    "[ -e $calls/listener ] && exit 1\n"
                                    "python3 -c 'import os, socket, sys, time\n"
                                    "s = socket.create_server((\"127.0.0.1\", int(sys.argv[1])))\n"
                                    "open(sys.argv[2], \"w\").write(str(os.getpid()))\n"
                                    "time.sleep(60)' $port $calls/listener >/dev/null 2>&1 &\n"
                                    "until [ -s $calls/listener ]; do sleep 0.05; done\n"
                                    "exit 1\n";

static void lost_race_for_a_port_is_run_again(void **state)
{
    struct place *place = *state;
    const char *ports;
    int64_t listener_pid;
    int first;

    make_programs(place, initdb_script(place, "never"), racing_pg_ctl);
    assert_false(local_start(place->arena, &place->options, &place->info, &place->err));
    err_clear(&place->err);
    assert_true(str_to_int64(str_trim(place_read(place, "calls/listener")), &listener_pid));
    kill((pid_t)listener_pid, SIGKILL);
    ports = place_read(place, "calls/ports").ptr;
    first = atoi(ports);
    assert_true(first >= local_instance_first_port(place->options.directory));
    assert_true(atoi(strchr(ports, '\n') + 1) > first);
    assert_true(local_status(place->arena, &place->options, &place->info, &place->err));
    assert_int_equal(place->info.port, atoi(strchr(ports, '\n') + 1));
}

static void password_is_secret(void **state)
{
    struct place *place = *state;
    const char *password;
    struct fs_info info;
    struct str line;

    setenv("PGPORT", "1", 1);
    setenv("PGOPTIONS", "-c nonsense=1", 1);
    make_programs(place, initdb_script(place, "never"), failing_pg_ctl);
    assert_false(local_start(place->arena, &place->options, &place->info, &place->err));
    password = str_cstr(place->arena, str_trim(place_read(place, "one/password")));
    assert_int_equal(strlen(password), 32);
    line = place_read(place, "calls/password");
    assert_true(str_equal(str_trim(line), str_from(password)));
    assert_true(str_starts_with(place_read(place, "calls/mode"), "600 "));
    assert_null(strstr(place_read(place, "calls/initdb").ptr, password));
    assert_null(strstr(place_read(place, "calls/environment").ptr, password));
    assert_null(strstr(place_read(place, "calls/environment").ptr, "PGPORT"));
    assert_null(strstr(place_read(place, "calls/environment").ptr, "PGOPTIONS"));
    assert_non_null(strstr(place_read(place, "calls/environment").ptr, "LC_ALL=C\n"));
    assert_null(strstr(place_read(place, "one/pgrade.instance").ptr, password));
    assert_null(strstr(place->err.primary, password));
    assert_false(fs_exists(place_path(place, "one/password.new")));
    err_clear(&place->err);
    assert_true(fs_stat(place_path(place, "one/password"), &info, &place->err));
    assert_int_equal(info.mode, 0600);
    assert_int_equal(info.owner, geteuid());
    assert_str_equal(place_read(place, "one/.gitignore"), "*\n");
    unsetenv("PGPORT");
    unsetenv("PGOPTIONS");
}

static void locales_are_tried_in_order(void **state)
{
    struct place *place = *state;
    const char *calls;
    const char *first;
    const char *second;

    make_programs(place, initdb_script(place, "*--locale=C.UTF-8*"), failing_pg_ctl);
    assert_false(local_start(place->arena, &place->options, &place->info, &place->err));
    assert_true(str_starts_with(str_from(place->err.primary), "PostgreSQL 17.1 did not start"));
    err_clear(&place->err);
    calls = place_read(place, "calls/initdb").ptr;
    first = strstr(calls, " --locale=C.UTF-8 --locale-provider=builtin --builtin-locale=C.UTF-8\n");
    second = strstr(calls, " --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8\n");
    assert_non_null(first);
    assert_non_null(second);
    assert_true(first < second);
    assert_null(strstr(second + 2, "--locale="));
    assert_non_null(strstr(calls, "--encoding=UTF8 --data-checksums"));
    assert_non_null(
        strstr(place_read(place, "one/data/postgresql.conf").ptr, "include_if_exists = '../pgrade.conf'"));
}

static void failed_first_start_leaves_nothing(void **state)
{
    struct place *place = *state;

    make_programs(place, "#!/bin/sh\n: >$2/half\necho 'initdb: error: no space left' >&2\nexit 1\n",
                  failing_pg_ctl);
    assert_false(local_start(place->arena, &place->options, &place->info, &place->err));
    assert_string_equal(place->err.primary, "initdb failed with status 1");
    assert_string_equal(place->err.detail, "initdb: error: no space left");
    assert_false(fs_exists(place->options.directory));
}

static void root_cannot_use_what_its_server_cannot_enter(void **state)
{
    struct place *place = *state;

    if (geteuid() != 0)
        skip();
    make_programs(place, initdb_script(place, "never"), failing_pg_ctl);
    assert_true(fs_make_directory(place_path(place, "home"), 0700, &place->err));
    place->options.directory = place_path(place, "home/one");
    assert_false(local_start(place->arena, &place->options, &place->info, &place->err));
    assert_string_equal(place->err.primary,
                        arena_printf(place->arena,
                                     "cannot run %s/bin/initdb: cannot enter the working directory "
                                     "%s/home/one",
                                     place->path, place->path));
    assert_non_null(strstr(place->err.hint, "who must be able to enter"));
    assert_false(fs_exists(place->options.directory));
    err_clear(&place->err);
    place->options.directory = place_path(place, "one");
    assert_int_equal(chmod(place_path(place, "bin"), 0700), 0);
    assert_false(local_start(place->arena, &place->options, &place->info, &place->err));
    assert_non_null(strstr(place->err.hint, "root may not run PostgreSQL"));
    assert_false(fs_exists(place->options.directory));
}

static void programs_must_fit_the_data(void **state)
{
    struct place *place = *state;

    make_programs(place, initdb_script(place, "never"), failing_pg_ctl);
    assert_false(local_start(place->arena, &place->options, &place->info, &place->err));
    err_clear(&place->err);
    place_write(place, "one/data/PG_VERSION", 0644, "16\n");
    assert_false(local_start(place->arena, &place->options, &place->info, &place->err));
    assert_string_equal(place->err.primary,
                        arena_printf(place->arena,
                                     "the data are PostgreSQL 16's, and %s/bin is PostgreSQL 17.1",
                                     place->path));
    err_clear(&place->err);
    place_write(place, "bin/postgres", 0755, "#!/bin/sh\necho 'postgres (PostgreSQL) 9.6.1'\n");
    assert_false(local_start(place->arena, &place->options, &place->info, &place->err));
    assert_string_equal(place->err.primary,
                        arena_printf(place->arena,
                                     "%s/bin/postgres is PostgreSQL 9.6.1; at least 12 is "
                                     "needed",
                                     place->path));
    err_clear(&place->err);
    assert_int_equal(unlink(place_path(place, "bin/pg_ctl")), 0);
    assert_false(local_start(place->arena, &place->options, &place->info, &place->err));
    assert_string_equal(
        place->err.primary,
        arena_printf(place->arena, "%s/bin/pg_ctl is no program that can be run", place->path));
}

static void programs_are_given_by_the_environment(void **state)
{
    struct place *place = *state;
    struct local_programs programs;
    struct local_programs_wanted wanted = {.recorded = "/nowhere"};

    make_programs(place, "", "");
    setenv("PGRADE_PG_BINDIR", place->options.programs, 1);
    assert_true(local_programs_find(place->arena, &wanted, &programs, &place->err));
    unsetenv("PGRADE_PG_BINDIR");
    assert_int_equal(programs.major, 17);
    assert_string_equal(programs.directory, place->options.programs);
    wanted.recorded = place->options.programs;
    wanted.major = 17;
    assert_true(local_programs_find(place->arena, &wanted, &programs, &place->err));
    assert_string_equal(programs.directory, place->options.programs);
    wanted.major = 99;
    assert_false(local_programs_find(place->arena, &wanted, &programs, &place->err));
    assert_true(
        str_starts_with(str_from(place->err.primary), "the data are PostgreSQL 99's, and only PostgreSQL "));
    assert_string_equal(place->err.hint,
                        "install PostgreSQL 99, or name its programs: PGRADE_PG_BINDIR=DIRECTORY");
}

static void damaged_instance_can_be_destroyed(void **state)
{
    struct place *place = *state;

    make_programs(place, initdb_script(place, "never"), failing_pg_ctl);
    assert_false(local_start(place->arena, &place->options, &place->info, &place->err));
    err_clear(&place->err);
    assert_int_equal(unlink(place_path(place, "one/password")), 0);
    assert_false(local_start(place->arena, &place->options, &place->info, &place->err));
    assert_string_equal(place->err.primary,
                        arena_printf(place->arena,
                                     "the password of the instance is lost: there is no %s/one/password",
                                     place->path));
    err_clear(&place->err);
    assert_int_equal(unlink(place_path(place, "one/data/PG_VERSION")), 0);
    assert_false(local_start(place->arena, &place->options, &place->info, &place->err));
    assert_string_equal(
        place->err.primary,
        arena_printf(place->arena, "%s/one/data is damaged: it holds no readable PG_VERSION", place->path));
    err_clear(&place->err);
    assert_true(local_status(place->arena, &place->options, &place->info, &place->err));
    assert_int_equal(place->info.state, LOCAL_STOPPED);
    assert_null(place->info.url);
    place_write(place, "one/notes.txt", 0644, "the user's own");
    assert_true(local_destroy(place->arena, &place->options, &place->info, &place->err));
    assert_int_equal(place->info.state, LOCAL_ABSENT);
    assert_str_equal(place_read(place, "one/notes.txt"), "the user's own");
    assert_int_equal(unlink(place_path(place, "one/notes.txt")), 0);
    assert_int_equal(rmdir(place_path(place, "one")), 0);
}

int main(void)
{
#define WITH_PROGRAMS(name) cmocka_unit_test_setup_teardown(name, enter_with_programs, place_leave)
    const struct CMUnitTest tests[] = {
        WITH_PROGRAMS(failing_server_is_told_in_its_own_words),
        WITH_PROGRAMS(lost_race_for_a_port_is_run_again),
        WITH_PROGRAMS(password_is_secret),
        WITH_PROGRAMS(locales_are_tried_in_order),
        WITH_PROGRAMS(failed_first_start_leaves_nothing),
        WITH_PROGRAMS(root_cannot_use_what_its_server_cannot_enter),
        WITH_PROGRAMS(programs_must_fit_the_data),
        WITH_PROGRAMS(programs_are_given_by_the_environment),
        WITH_PROGRAMS(damaged_instance_can_be_destroyed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
