/* test_process.c: a process is known again by its name, and by no other. */
#include "tests/unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process.h"

static void this_one_lives(void **state)
{
    struct arena *arena = arena_new();
    struct process_name self = process_self(arena);

    (void)state;
    assert_true(self.place.len > 0 && self.process.len > 0);
    assert_int_equal(process_look(&self), PROCESS_LIVES);
    arena_free(arena);
}

static void a_later_one_of_its_number_is_another(void **state)
{
    struct arena *arena = arena_new();
    struct process_name other = process_self(arena);

    (void)state;
    other.process = str_printf(arena, "%d since 1", (int)getpid());
    assert_int_equal(process_look(&other), PROCESS_ENDED);
    arena_free(arena);
}

static void of_another_place_nothing_is_known(void **state)
{
    struct arena *arena = arena_new();
    struct process_name other = process_self(arena);

    (void)state;
    other.place = str_from("another machine");
    assert_int_equal(process_look(&other), PROCESS_UNKNOWN);
    other = (struct process_name){.place = {NULL, 0}};
    assert_int_equal(process_look(&other), PROCESS_UNKNOWN);
    arena_free(arena);
}

/* Tells its name, and waits. */
static pid_t start_child(int told[2])
{
    pid_t child = fork();

    if (child == 0) {
        struct arena *arena = arena_new();
        struct str name = process_self(arena).process;

        if (write(told[1], name.ptr, name.len) == (ssize_t)name.len)
            (void)pause();
        _exit(0);
    }
    return child;
}

static void one_that_was_killed_has_ended(void **state)
{
    struct arena *arena = arena_new();
    struct process_name name = process_self(arena);
    char text[100];
    siginfo_t info;
    int told[2];
    pid_t child;
    ssize_t size;

    (void)state;
    assert_int_equal(pipe(told), 0);
    child = start_child(told);
    assert_true(child > 0);
    size = read(told[0], text, sizeof(text));
    assert_true(size > 0);
    name.process = (struct str){text, (size_t)size};
    assert_int_equal(process_look(&name), PROCESS_LIVES);
    assert_int_equal(kill(child, SIGKILL), 0);
    /* Ended, and not yet taken away. */
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    assert_int_equal(process_look(&name), PROCESS_ENDED);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(process_look(&name), PROCESS_ENDED);
    (void)close(told[0]);
    (void)close(told[1]);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(this_one_lives),
        cmocka_unit_test(a_later_one_of_its_number_is_another),
        cmocka_unit_test(of_another_place_nothing_is_known),
        cmocka_unit_test(one_that_was_killed_has_ended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
