#include "tests/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/proc.h"

static int begin(void **state)
{
    *state = arena_new();
    return 0;
}

static int end(void **state)
{
    arena_free(*state);
    return 0;
}

#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Runs and expects that the program could be started. */
static struct proc_result run(void **state, struct proc_options options)
{
    struct proc_result result;
    struct err err = {0};

    assert_true(proc_run(*state, &options, &result, &err));
    assert_int_equal(err.code, ERR_NONE);
    return result;
}

static struct proc_result shell(void **state, const char *script)
{
    return run(state, (struct proc_options){.argv = ARGV("sh", "-c", script)});
}

static void arguments_pass_unchanged(void **state)
{
    struct proc_result result =
        run(state, (struct proc_options){.argv = ARGV("printf", "[%s]", "a b", "$HOME;`id`", "", "'\"\\")});

    assert_true(result.exited);
    assert_int_equal(result.status, 0);
    assert_str_equal(result.output, "[a b][$HOME;`id`][]['\"\\]");
}

static void outputs_are_told_apart(void **state)
{
    struct proc_result result = shell(state, "echo out; echo err >&2; exit 3");

    assert_str_equal(result.output, "out\n");
    assert_str_equal(result.errors, "err\n");
    assert_true(result.exited);
    assert_int_equal(result.status, 3);
    result = run(state, (struct proc_options){.argv = ARGV("sh", "-c", "echo out; echo err >&2"),
                                              .output = PROC_DISCARD,
                                              .errors = PROC_DISCARD});
    assert_int_equal(result.output.len, 0);
    assert_int_equal(result.errors.len, 0);
}

static void signal_is_no_status(void **state)
{
    struct proc_result result = shell(state, "kill -9 $$");

    assert_false(result.exited);
    assert_int_equal(result.signal, SIGKILL);
    assert_int_equal(result.status, 0);
}

static void input_arrives_whole(void **state)
{
    size_t size = 300 * 1000; /* more than a pipe holds, both ways */
    char *bytes = arena_alloc(*state, size);
    struct proc_result result;

    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i * 7);
    result = run(state, (struct proc_options){.argv = ARGV("cat"), .input = {bytes, size}});
    assert_int_equal(result.output.len, size);
    assert_memory_equal(result.output.ptr, bytes, size);
    result = run(state, (struct proc_options){.argv = ARGV("true"), .input = {bytes, size}});
    assert_int_equal(result.status, 0);
}

static void without_input_there_is_none(void **state)
{
    struct proc_result result = shell(state, "cat; readlink /proc/self/fd/0");

    assert_str_equal(result.output, "/dev/null\n");
}

static void outputs_are_bounded(void **state)
{
    const char *script = "i=0; while [ $i -lt 3000 ]; do echo line $i; echo line $i >&2; i=$((i+1)); done";
    struct proc_result result =
        run(state, (struct proc_options){.argv = ARGV("sh", "-c", script), .maximum = 100});

    assert_true(result.output_cut);
    assert_int_equal(result.output.len, 100);
    assert_true(str_starts_with(result.output, "line 0\nline 1\n"));
    assert_true(result.errors.len <= 100 && result.errors.len >= 50);
    assert_true(str_ends_with(result.errors, "line 2998\nline 2999\n"));
    result = run(state, (struct proc_options){.argv = ARGV("printf", "12345"), .maximum = 5});
    assert_false(result.output_cut);
}

static void environment_is_changed_by_name(void **state)
{
    static const char *const changes[] = {"PGRADE_B=old", "PGRADE_B=x=y", "PGRADE_A", "PGRADE_C=", NULL};
    struct proc_result result;

    setenv("PGRADE_A", "a", 1);
    setenv("PGRADE_B", "b", 1);
    setenv("PGRADE_AA", "kept", 1);
    result = run(state, (struct proc_options){.argv = ARGV("sh", "-c",
                                                           "echo ${PGRADE_A-none} $PGRADE_B ${PGRADE_C-none} "
                                                           "$PGRADE_AA; env | grep -c PGRADE_B"),
                                              .environment = changes});
    assert_str_equal(result.output, "none x=y kept\n1\n");
    assert_string_equal(getenv("PGRADE_B"), "b");
    result = run(state, (struct proc_options){.argv = ARGV("sh", "-c", "echo $PGRADE_A")});
    assert_str_equal(result.output, "a\n");
}

static void other_descriptors_are_closed(void **state)
{
    int low = open("/dev/null", O_RDONLY); /* without O_CLOEXEC, as libraries do */
    int high = fcntl(low, F_DUPFD, 200);
    struct proc_result result = run(state, (struct proc_options){.argv = ARGV("ls", "/proc/self/fd")});

    assert_str_equal(result.output, "0\n1\n2\n3\n"); /* 3 is the directory that ls reads */
    close(low);
    close(high);
}

static void works_when_the_standard_descriptors_are_closed(void **state)
{
    int saved[3];
    struct proc_result result;
    struct err err = {0};
    struct proc_options options = {.argv = ARGV("sh", "-c", "cat; echo err >&2"), .input = STR("in")};
    bool done;

    for (int i = 0; i < 3; i++) {
        saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 100);
        close(i);
    }
    done = proc_run(*state, &options, &result, &err);
    for (int i = 0; i < 3; i++) {
        dup2(saved[i], i);
        close(saved[i]);
    }
    assert_true(done);
    assert_str_equal(result.output, "in");
    assert_str_equal(result.errors, "err\n");
}

static void signals_are_as_programs_expect_them(void **state)
{
    // What nohup asked for, or a shell for what it runs behind, is kept.
    void (*hangup)(int) = signal(SIGHUP, SIG_IGN);
    void (*quit)(int) = signal(SIGQUIT, SIG_DFL);
    void (*interrupt)(int) = signal(SIGINT, SIG_DFL);
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    sigset_t blocked;
    sigset_t old;
    struct proc_result result;

    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &blocked, &old);
    result = shell(state, "grep -E '^Sig(Blk|Ign)' /proc/self/status | cut -c8- | tr -d '\\t'");
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    signal(SIGPIPE, before);
    signal(SIGINT, interrupt);
    signal(SIGQUIT, quit);
    signal(SIGHUP, hangup);
    assert_str_equal(result.output, "0000000000000000\n0000000000000001\n");
}

static void working_directory_is_the_childs_alone(void **state)
{
    struct proc_result result = run(state, (struct proc_options){.argv = ARGV("pwd"), .directory = "/usr"});

    assert_str_equal(result.output, "/usr\n");
    result = shell(state, "pwd");
    assert_false(str_is(result.output, "/usr\n"));
}

static void failure_to_start_says_which_step(void **state)
{
    struct proc_result result;
    struct err err = {0};

    assert_false(proc_run(*state, &(struct proc_options){.argv = ARGV("no-such-program")}, &result, &err));
    assert_string_equal(err.primary, "cannot run no-such-program");
    assert_string_equal(err.detail, "no such program on $PATH");
    err_clear(&err);
    assert_false(proc_run(*state, &(struct proc_options){.argv = ARGV("/etc/passwd")}, &result, &err));
    assert_string_equal(err.detail, "no such program, or it may not be executed");
    err_clear(&err);
    assert_false(
        proc_run(*state, &(struct proc_options){.argv = ARGV("true"), .directory = "/none"}, &result, &err));
    assert_string_equal(err.primary, "cannot run true: cannot enter the working directory /none");
    assert_string_equal(err.detail, "No such file or directory");
}

static void timeout_ends_all_that_was_started(void **state)
{
    int64_t begun = clock_monotonic_us();
    struct proc_result result =
        run(state,
            (struct proc_options){.argv = ARGV("sh", "-c", "sleep 60 & echo $!; wait"), .timeout_ms = 200});
    int64_t sleeper;

    assert_true(result.timed_out);
    assert_false(result.exited);
    assert_int_equal(result.signal, SIGTERM);
    assert_true(clock_monotonic_us() - begun < 5 * 1000000);
    assert_true(str_to_int64(str_trim(result.output), &sleeper));
    for (int i = 0; i < 200 && kill((pid_t)sleeper, 0) == 0; i++)
        usleep(10000); /* until somebody has reaped it */
    /* In a container without an init it may stay as a zombie; it must not run. */
    result = run(state, (struct proc_options){
                            .argv = ARGV("sh", "-c", "! grep -q '^State:.[SR]' /proc/$0/status 2>/dev/null",
                                         arena_printf(*state, "%d", (int)sleeper))});
    assert_int_equal(result.status, 0);
}

static void flag_ends_the_program(void **state)
{
    volatile sig_atomic_t flag = 1;
    const struct proc_options options = {.argv = ARGV("sleep", "60"), .interrupted = &flag};
    struct proc_result result;
    struct err err = {0};

    assert_false(proc_check(*state, &options, &result, &err));
    assert_int_equal(err.code, ERR_CANCELED);
    assert_true(result.interrupted);
    assert_false(result.timed_out);
    assert_int_equal(result.signal, SIGTERM);
}

static void deaf_program_is_killed(void **state)
{
    struct proc_result result =
        run(state, (struct proc_options){.argv = ARGV("sh", "-c", "trap '' TERM; while :; do sleep 1; done"),
                                         .timeout_ms = 100});

    assert_true(result.timed_out);
    assert_int_equal(result.signal, SIGKILL);
}

static void timeout_not_reached_changes_nothing(void **state)
{
    struct proc_result result =
        run(state, (struct proc_options){.argv = ARGV("echo", "x"), .timeout_ms = 60000});

    assert_false(result.timed_out);
    assert_true(result.exited);
    assert_str_equal(result.output, "x\n");
}

static void what_stays_behind_is_not_waited_for(void **state)
{
    int64_t begun = clock_monotonic_us();
    struct proc_result result = shell(state, "sleep 5 & echo done");

    assert_str_equal(result.output, "done\n");
    assert_true(clock_monotonic_us() - begun < 4 * 1000000);
}

static void check_turns_a_status_into_an_error(void **state)
{
    struct proc_result result;
    struct err err = {0};
    struct proc_options options = {
        .argv = ARGV("sh", "-c", "printf 'one\\n\\ntwo  \\nthree\\nfour\\n' >&2; exit 2")};

    assert_false(proc_check(*state, &options, &result, &err));
    assert_int_equal(err.code, ERR_FAILED);
    assert_string_equal(err.primary, "sh failed with status 2");
    assert_string_equal(err.detail, "two | three | four");
    assert_int_equal(result.status, 2);
    err_clear(&err);
    options.argv = ARGV("/bin/sh", "-c", "kill -TERM $$");
    assert_false(proc_check(*state, &options, &result, &err));
    assert_string_equal(err.primary, "sh was ended by signal 15 (Terminated)");
    assert_string_equal(err.detail, "");
    err_clear(&err);
    options.argv = ARGV("sleep", "60");
    options.timeout_ms = 50;
    assert_false(proc_check(*state, &options, &result, &err));
    assert_string_equal(err.primary, "sleep took longer than 50 ms and was ended");
    err_clear(&err);
    options.argv = ARGV("true");
    assert_true(proc_check(*state, &options, &result, &err));
}

static void last_lines_are_put_on_one(void **state)
{
    struct arena *arena = *state;

    assert_str_equal(proc_last_lines(arena, str_from(""), 3), "");
    assert_str_equal(proc_last_lines(arena, str_from("\n \n"), 3), "");
    assert_str_equal(proc_last_lines(arena, str_from("a"), 3), "a");
    assert_str_equal(proc_last_lines(arena, str_from("a\nb\n"), 1), "b");
    assert_str_equal(proc_last_lines(arena, str_from("a\n\nb\r\n\n"), 2), "a | b");
    assert_str_equal(proc_last_lines(arena, str_from("a\nb"), 0), "");
}

static void other_user_has_no_rights_left(void **state)
{
    struct proc_user user;
    struct proc_result result;
    struct err err = {0};

    if (geteuid() != 0)
        skip();
    assert_true(proc_user_by_name(*state, "nobody", &user, &err));
    result = run(state, (struct proc_options){.argv = ARGV("sh", "-c",
                                                           "grep -E '^(Uid|Gid|Groups|CapEff)' "
                                                           "/proc/self/status | tr -s '\\t\\n ' ' '"),
                                              .user = &user});
    assert_str_equal(result.output,
                     arena_printf(*state, "Uid: %u %u %u %u Gid: %u %u %u %u Groups: %u CapEff: %016d ",
                                  user.uid, user.uid, user.uid, user.uid, user.gid, user.gid, user.gid,
                                  user.gid, user.gid, 0));
    assert_false(proc_run(
        *state, &(struct proc_options){.argv = ARGV("true"), .user = &user, .directory = "/proc/1/fd"},
        &result, &err));
    assert_string_equal(err.detail, "Permission denied");
}

static void users_are_looked_up(void **state)
{
    struct proc_user user;
    struct err err = {0};

    assert_true(proc_user_by_id(*state, 0, &user, &err));
    assert_string_equal(user.name, "root");
    assert_string_equal(user.home, "/root");
    assert_false(proc_user_by_name(*state, "no-such-user", &user, &err));
    assert_string_equal(err.primary, "there is no user no-such-user on this machine");
    err_clear(&err);
    assert_false(proc_user_by_id(*state, 3999999999U, &user, &err));
    assert_string_equal(err.primary, "there is no user with the id 3999999999 on this machine");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_pass_unchanged),
        cmocka_unit_test(outputs_are_told_apart),
        cmocka_unit_test(signal_is_no_status),
        cmocka_unit_test(input_arrives_whole),
        cmocka_unit_test(without_input_there_is_none),
        cmocka_unit_test(outputs_are_bounded),
        cmocka_unit_test(environment_is_changed_by_name),
        cmocka_unit_test(other_descriptors_are_closed),
        cmocka_unit_test(works_when_the_standard_descriptors_are_closed),
        cmocka_unit_test(signals_are_as_programs_expect_them),
        cmocka_unit_test(working_directory_is_the_childs_alone),
        cmocka_unit_test(failure_to_start_says_which_step),
        cmocka_unit_test(timeout_ends_all_that_was_started),
        cmocka_unit_test(flag_ends_the_program),
        cmocka_unit_test(deaf_program_is_killed),
        cmocka_unit_test(timeout_not_reached_changes_nothing),
        cmocka_unit_test(what_stays_behind_is_not_waited_for),
        cmocka_unit_test(check_turns_a_status_into_an_error),
        cmocka_unit_test(last_lines_are_put_on_one),
        cmocka_unit_test(other_user_has_no_rights_left),
        cmocka_unit_test(users_are_looked_up),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
