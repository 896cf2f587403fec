#include "tests/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"

/* A directory of its own for each test, which is the working directory while the test runs. */
struct place {
    struct arena *arena;
    char path[64];
    int before;
};

static struct place *place_of(void **state)
{
    return *state;
}

static int enter(void **state)
{
    struct place *place = calloc(1, sizeof(*place));

    assert_non_null(place);
    place->arena = arena_new();
    memcpy(place->path, "/tmp/pgrade-fs-XXXXXX", sizeof("/tmp/pgrade-fs-XXXXXX"));
    place->before = open(".", O_RDONLY | O_DIRECTORY);
    assert_non_null(mkdtemp(place->path));
    assert_int_equal(chdir(place->path), 0);
    *state = place;
    return 0;
}

static int leave(void **state)
{
    struct place *place = place_of(state);
    struct err err = {0};

    assert_int_equal(fchdir(place->before), 0);
    close(place->before);
    assert_true(fs_remove_tree("/tmp", fs_name_of(place->path), &err));
    assert_false(fs_exists(place->path));
    arena_free(place->arena);
    free(place);
    return 0;
}

static void put(const char *path, const char *text)
{
    struct err err = {0};

    assert_true(fs_write(path, 0600, str_from(text), &err));
}

/* The directory holds nothing, not even a hidden file. */
static void assert_empty(void **state)
{
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(rmdir(place_of(state)->path), 0);
    assert_int_equal(mkdir(place_of(state)->path, 0700), 0);
    assert_int_equal(chdir(place_of(state)->path), 0);
}

static void assert_content(void **state, const char *path, const char *text)
{
    struct err err = {0};
    struct str content;

    assert_true(fs_read(place_of(state)->arena, path, 1000, &content, &err));
    assert_str_equal(content, text);
}

static void content_comes_back_with_nul_bytes(void **state)
{
    struct err err = {0};
    struct str content;
    static const char bytes[] = "a\0b\n";

    assert_true(fs_write("f", 0600, (struct str){bytes, 4}, &err));
    assert_true(fs_read(place_of(state)->arena, "f", 4, &content, &err));
    assert_int_equal(content.len, 4);
    assert_memory_equal(content.ptr, bytes, 5);
}

static void reading_more_than_the_maximum_fails(void **state)
{
    struct err err = {0};
    struct str content;

    put("f", "12345");
    assert_false(fs_read(place_of(state)->arena, "f", 4, &content, &err));
    assert_int_equal(err.code, ERR_IO);
    assert_string_equal(err.primary, "f is larger than the 4 bytes expected at most");
}

static void reading_may_begin_anywhere(void **state)
{
    struct arena *arena = place_of(state)->arena;
    struct err err = {0};
    struct str content;

    put("f", "0123456789");
    assert_true(fs_read_from(arena, "f", 3, 4, &content, &err));
    assert_str_equal(content, "3456");
    assert_int_equal(content.ptr[4], '\0');
    assert_true(fs_read_from(arena, "f", 8, 100, &content, &err));
    assert_str_equal(content, "89");
    assert_true(fs_read_from(arena, "f", 11, 100, &content, &err));
    assert_int_equal(content.len, 0);
    assert_false(fs_read_from(arena, "none", 0, 1, &content, &err));
    err_clear(&err);
    assert_false(fs_read_from(arena, "f", -1, 1, &content, &err));
    assert_string_equal(err.detail, "Invalid argument");
}

static void reading_failures_are_told(void **state)
{
    struct err err = {0};
    struct str content;

    assert_false(fs_read(place_of(state)->arena, "none", 4, &content, &err));
    assert_string_equal(err.primary, "cannot open none");
    assert_string_equal(err.detail, "No such file or directory");
    err_clear(&err);
    assert_false(fs_read(place_of(state)->arena, ".", 4, &content, &err));
    assert_string_equal(err.detail, "Is a directory");
    err_clear(&err);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_true(fs_read(place_of(state)->arena, "fifo", 4, &content, &err));
    assert_int_equal(content.len, 0);
}

static void writing_replaces_and_leaves_nothing_beside(void **state)
{
    struct err err = {0};
    struct fs_info info;

    put("f", "a longer text");
    assert_true(fs_write("f", 0640, str_from("short"), &err));
    assert_content(state, "f", "short");
    assert_true(fs_stat("f", &info, &err));
    assert_int_equal(info.mode, 0640);
    assert_int_equal(unlink("f"), 0);
    assert_empty(state);
}

static void mode_does_not_depend_on_the_umask(void **state)
{
    struct err err = {0};
    struct fs_info info;
    mode_t before = umask(077);

    (void)state;
    assert_true(fs_write("f", 0644, str_from(""), &err));
    assert_true(fs_make_directory("d/e", 0755, &err));
    umask(before);
    assert_true(fs_stat("f", &info, &err));
    assert_int_equal(info.mode, 0644);
    assert_true(fs_stat("d", &info, &err));
    assert_int_equal(info.mode, 0755);
    assert_true(fs_stat("d/e", &info, &err));
    assert_int_equal(info.mode, 0755);
}

static void writing_through_a_link_keeps_the_link(void **state)
{
    struct stat st;

    assert_int_equal(mkdir("shared", 0700), 0);
    put("shared/env", "old");
    assert_int_equal(symlink("shared/env", "env"), 0);
    put("env", "new");
    assert_content(state, "shared/env", "new");
    assert_int_equal(lstat("env", &st), 0);
    assert_true(S_ISLNK(st.st_mode));
}

static void root_leaves_a_file_to_its_owner(void **state)
{
    struct err err = {0};
    struct fs_info info;

    (void)state;
    if (geteuid() != 0)
        skip();
    put("f", "");
    assert_int_equal(chown("f", 12345, 54321), 0);
    put("f", "new");
    assert_true(fs_stat("f", &info, &err));
    assert_int_equal(info.owner, 12345);
    assert_int_equal(info.group, 54321);
}

static void failed_write_leaves_the_old_content(void **state)
{
    struct err err = {0};

    assert_int_equal(mkdir("d", 0700), 0);
    put("d/f", "old");
    assert_false(fs_write("d", 0600, str_from("x"), &err));
    assert_string_equal(err.primary,
                        arena_printf(place_of(state)->arena, "cannot write %s/d", place_of(state)->path));
    assert_content(state, "d/f", "old");
    assert_int_equal(unlink("d/f"), 0);
    assert_int_equal(rmdir("d"), 0);
    assert_empty(state);
    err_clear(&err);
    assert_false(fs_write("none/f", 0600, str_from("x"), &err));
    assert_string_equal(err.primary, "cannot write a new file beside none/f");
}

static void stat_tells_kinds_sizes_and_times(void **state)
{
    struct err err = {0};
    struct fs_info info;

    (void)state;
    put("f", "123");
    assert_true(fs_stat("f", &info, &err));
    assert_int_equal(info.kind, FS_FILE);
    assert_int_equal(info.size, 3);
    assert_int_equal(info.owner, geteuid());
    assert_true(llabs((long long)(info.modified_us - (int64_t)time(NULL) * 1000000)) < 60 * 1000000LL);
    assert_true(fs_stat(".", &info, &err));
    assert_int_equal(info.kind, FS_DIRECTORY);
    assert_true(fs_stat("/dev/null", &info, &err));
    assert_int_equal(info.kind, FS_OTHER);
    assert_true(fs_stat("none", &info, &err));
    assert_int_equal(info.kind, FS_MISSING);
    assert_true(fs_stat("f/below", &info, &err));
    assert_int_equal(info.kind, FS_MISSING);
    assert_true(fs_exists("f"));
    assert_false(fs_exists("none"));
    assert_true(fs_is_directory("."));
    assert_false(fs_is_directory("f"));
}

static void making_a_directory_again_is_fine(void **state)
{
    struct err err = {0};

    (void)state;
    assert_true(fs_make_directory("a//b/c/", 0700, &err));
    assert_true(fs_make_directory("a/b/c", 0700, &err));
    assert_true(fs_is_directory("a/b/c"));
    put("a/f", "");
    assert_false(fs_make_directory("a/f", 0700, &err));
    assert_string_equal(err.detail, "Not a directory");
    err_clear(&err);
    assert_false(fs_make_directory("a/f/g", 0700, &err));
    err_clear(&err);
    assert_false(fs_make_directory("", 0700, &err));
}

static void removing_follows_no_link(void **state)
{
    struct err err = {0};

    assert_true(fs_make_directory("outside", 0700, &err));
    put("outside/f", "kept");
    assert_true(fs_make_directory("tree/a/b", 0700, &err));
    for (int i = 0; i < 300; i++)
        put(arena_printf(place_of(state)->arena, "tree/a/%d", i), "");
    assert_int_equal(symlink("../../outside", "tree/a/link"), 0);
    assert_true(fs_remove_tree(".", "tree", &err));
    assert_false(fs_exists("tree"));
    assert_content(state, "outside/f", "kept");

    /* a link on the way */
    assert_int_equal(symlink("outside", "way"), 0);
    assert_false(fs_remove_tree(".", "way/f", &err));
    assert_content(state, "outside/f", "kept");
    /* the link itself */
    err_clear(&err);
    assert_true(fs_remove_tree(".", "way", &err));
    assert_content(state, "outside/f", "kept");
}

static void removing_stays_below(void **state)
{
    static const char *const names[] = {"..", ".", "", "a/..", "../x", "/etc", "a/../../x", "a/."};
    struct err err = {0};

    (void)state;
    assert_int_equal(mkdir("a", 0700), 0);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        err_clear(&err);
        assert_false(fs_remove_tree(".", names[i], &err));
        assert_int_equal(err.code, ERR_REFUSED);
    }
    assert_true(fs_is_directory("a"));
    err_clear(&err);
    assert_true(fs_remove_tree(".", "none", &err));
    assert_true(fs_remove_tree(".", "none/below", &err));
    assert_true(fs_remove_tree("nowhere", "none", &err));
    assert_true(fs_remove_tree(".", "a/", &err));
    assert_false(fs_exists("a"));
}

static void removing_stops_at_a_depth(void **state)
{
    struct err err = {0};
    char path[1024] = "d";

    (void)state;
    for (int i = 0; i < 140; i++)
        memcpy(path + 1 + 2 * i, "/d", 3);
    assert_true(fs_make_directory(path, 0700, &err));
    assert_false(fs_remove_tree(".", "d", &err));
    assert_string_equal(err.primary, "cannot remove d");
    err_clear(&err);
    path[2 * 100 + 1] = '\0';
    assert_true(fs_remove_tree(".", path, &err));
    assert_true(fs_remove_tree(".", "d", &err));
}

static void paths_are_taken_apart(void **state)
{
    struct arena *arena = place_of(state)->arena;

    assert_string_equal(fs_join(arena, "a", "b"), "a/b");
    assert_string_equal(fs_join(arena, "/", "b"), "/b");
    assert_string_equal(fs_join(arena, "", "b"), "b");
    assert_string_equal(fs_directory_of(arena, "a/b"), "a");
    assert_string_equal(fs_directory_of(arena, "/b"), "/");
    assert_string_equal(fs_directory_of(arena, "b"), ".");
    assert_string_equal(fs_name_of("a/b"), "b");
    assert_string_equal(fs_name_of("b"), "b");
    assert_string_equal(fs_name_of("a/"), "");
}

static void absolute_paths_need_not_exist(void **state)
{
    struct arena *arena = place_of(state)->arena;
    struct err err = {0};
    const char *path;

    assert_int_equal(mkdir("real", 0700), 0);
    assert_int_equal(symlink("real", "link"), 0);
    assert_true(fs_absolute(arena, "link/../link", &path, &err));
    assert_string_equal(path, fs_join(arena, place_of(state)->path, "real"));
    assert_true(fs_absolute(arena, "link/new/newer/", &path, &err));
    assert_string_equal(path, fs_join(arena, place_of(state)->path, "real/new/newer"));
    assert_true(fs_absolute(arena, "new", &path, &err));
    assert_string_equal(path, fs_join(arena, place_of(state)->path, "new"));
    assert_true(fs_absolute(arena, "/none", &path, &err));
    assert_string_equal(path, "/none");
    assert_false(fs_absolute(arena, "none/../new", &path, &err));
    err_clear(&err);
    assert_false(fs_absolute(arena, "", &path, &err));
}

static void data_directory_follows_the_specification(void **state)
{
    struct arena *arena = place_of(state)->arena;

    if (geteuid() == 0) {
        assert_string_equal(fs_data_directory(arena), "/var/lib/pgrade");
        return;
    }
    setenv("HOME", "/home/x", 1);
    setenv("XDG_DATA_HOME", "/data", 1);
    assert_string_equal(fs_data_directory(arena), "/data/pgrade");
    setenv("XDG_DATA_HOME", "relative", 1);
    assert_string_equal(fs_data_directory(arena), "/home/x/.local/share/pgrade");
    unsetenv("XDG_DATA_HOME");
    assert_string_equal(fs_data_directory(arena), "/home/x/.local/share/pgrade");
}

static void programs_are_found_in_the_order_of_the_path(void **state)
{
    struct arena *arena = place_of(state)->arena;
    const char *here = place_of(state)->path;
    const char *before = arena_printf(arena, "%s", getenv("PATH"));
    struct err err = {0};

    assert_true(fs_make_directory("one/tool", 0755, &err)); /* a directory is no program */
    assert_true(fs_make_directory("two", 0755, &err));
    assert_true(fs_make_directory("three", 0755, &err));
    assert_true(fs_write("two/tool", 0644, str_from("#!/bin/sh\n"), &err)); /* may not be executed */
    assert_true(fs_write("three/tool", 0755, str_from("#!/bin/sh\n"), &err));
    assert_true(fs_write("tool", 0755, str_from("#!/bin/sh\n"), &err));
    setenv("PATH", arena_printf(arena, ":.:%s/one:%s/two::%s/three", here, here, here), 1);
    assert_string_equal(fs_find_program(arena, "tool"), arena_printf(arena, "%s/three/tool", here));
    assert_null(fs_find_program(arena, "no-such-tool"));
    assert_string_equal(fs_find_program(arena, "./tool"), "./tool");
    assert_null(fs_find_program(arena, "two/tool"));
    setenv("PATH", before, 1);
}

/* A process that holds the lock until it is killed. */
static pid_t holder(const char *path)
{
    int ready[2];
    char byte;
    pid_t pid;

    assert_int_equal(pipe(ready), 0);
    pid = fork();
    if (pid == 0) {
        struct err err = {0};
        struct fs_lock lock;
        bool done = fs_lock(path, 0, &lock, &err);

        if (!done || write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return pid;
}

static void lock_excludes_until_its_holder_dies(void **state)
{
    pid_t pid = holder("lock");
    struct err err = {0};
    struct fs_lock lock;
    int64_t begun = clock_monotonic_us();

    (void)state;
    assert_false(fs_lock("lock", 100, &lock, &err));
    assert_int_equal(err.code, ERR_REFUSED);
    assert_true(clock_monotonic_us() - begun >= 100000);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    err_clear(&err);
    assert_true(fs_lock("lock", 0, &lock, &err));
    fs_unlock(&lock);
    fs_unlock(&lock);
    assert_true(fs_lock("lock", 0, &lock, &err));
    fs_unlock(&lock);
    assert_false(fs_lock("none/lock", 0, &lock, &err));
    assert_int_equal(err.code, ERR_IO);
}

int main(void)
{
#define IN_PLACE(name) cmocka_unit_test_setup_teardown(name, enter, leave)
    const struct CMUnitTest tests[] = {
        IN_PLACE(content_comes_back_with_nul_bytes),
        IN_PLACE(reading_more_than_the_maximum_fails),
        IN_PLACE(reading_may_begin_anywhere),
        IN_PLACE(reading_failures_are_told),
        IN_PLACE(writing_replaces_and_leaves_nothing_beside),
        IN_PLACE(mode_does_not_depend_on_the_umask),
        IN_PLACE(writing_through_a_link_keeps_the_link),
        IN_PLACE(root_leaves_a_file_to_its_owner),
        IN_PLACE(failed_write_leaves_the_old_content),
        IN_PLACE(stat_tells_kinds_sizes_and_times),
        IN_PLACE(making_a_directory_again_is_fine),
        IN_PLACE(removing_follows_no_link),
        IN_PLACE(removing_stays_below),
        IN_PLACE(removing_stops_at_a_depth),
        IN_PLACE(paths_are_taken_apart),
        IN_PLACE(absolute_paths_need_not_exist),
        IN_PLACE(data_directory_follows_the_specification),
        IN_PLACE(programs_are_found_in_the_order_of_the_path),
        IN_PLACE(lock_excludes_until_its_holder_dies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
