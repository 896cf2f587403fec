/* Files with secrets, as they are written and refused; on a real file system. */
#include "tests/unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "ops/env_file.h"

enum {
    WRITERS = 4,
    KEYS_EACH = 8
};

static struct arena *arena;
static struct err err;
static char folder[64];
static const char *path;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    err = (struct err){.code = ERR_NONE};
    (void)snprintf(folder, sizeof(folder), "/tmp/pgrade-env-XXXXXX");
    assert_non_null(mkdtemp(folder));
    path = fs_join(arena, folder, ".env");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assert_true(fs_remove_tree("/tmp", folder + strlen("/tmp/"), &err));
    arena_free(arena);
    return 0;
}

static void put(const char *text, mode_t mode)
{
    assert_true(fs_write(path, mode, str_from(text), &err));
}

static struct str content(void)
{
    struct str text;

    assert_true(fs_read(arena, path, 1 << 20, &text, &err));
    return text;
}

static mode_t mode_of(const char *name)
{
    struct stat st;

    assert_int_equal(stat(name, &st), 0);
    return st.st_mode & 07777;
}

static void set(const char *key, const char *value)
{
    if (!env_file_set(path, key, str_from(value), false, &err))
        fail_msg("%s: %s", err.primary, err.detail);
}

static void refused(const char *says, const char *hint)
{
    struct env_file file;

    assert_false(env_file_read(arena, path, &file, &err));
    assert_int_equal(err.code, ERR_REFUSED);
    if (strstr(err.primary, says) == NULL || strstr(err.hint, hint) == NULL)
        fail_msg("%s / %s", err.primary, err.hint);
    err_clear(&err);
    assert_false(env_file_set(path, "K", (struct str)STR("v"), false, &err));
    assert_int_equal(err.code, ERR_REFUSED);
    err_clear(&err);
}

static void a_new_file_is_its_owners_alone(void **state)
{
    mode_t before = umask(0);

    (void)state;
    set("K", "a b");
    (void)umask(before);
    assert_int_equal(mode_of(path), 0600);
    assert_str_equal(content(), "K='a b'\n");
}

static void the_rest_and_the_mode_stay(void **state)
{
    (void)state;
    put("# head\r\nexport A = 1 # why\r\nnot understood? =\r\nB=\"2\"\r\n", 0400);
    set("B", "x");
    set("K", "v");
    assert_str_equal(content(), "# head\r\nexport A = 1 # why\r\nnot understood? =\r\nB='x'\r\nK=v\r\n");
    assert_int_equal(mode_of(path), 0400);
}

static void an_equal_value_is_not_written(void **state)
{
    struct stat before;
    struct stat after;

    (void)state;
    put("K=\"v\" # c\n", 0600);
    assert_int_equal(stat(path, &before), 0);
    assert_true(env_file_set(path, "K", (struct str)STR("v"), true, &err));
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
}

static void the_old_value_may_stay_as_a_comment(void **state)
{
    (void)state;
    put("A=1\nK='old'\n", 0600);
    assert_true(env_file_set(path, "K", (struct str)STR("new"), true, &err));
    assert_true(env_file_set(path, "L", (struct str)STR("l"), true, &err));
    assert_str_equal(content(), "A=1\n# K='old'\nK='new'\nL=l\n");
}

static void a_key_is_removed(void **state)
{
    bool found;

    (void)state;
    put("A=1\nK=1\nK=2\n", 0600);
    assert_true(env_file_unset(path, "K", &found, &err) && found);
    assert_str_equal(content(), "A=1\n");
    assert_true(env_file_unset(path, "K", &found, &err) && !found);
}

static void a_file_for_other_eyes_is_refused(void **state)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0666};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(modes); i++) {
        put("K=old\n", modes[i]);
        refused("others may read or write it", "chmod 600 '");
        assert_str_equal(content(), "K=old\n");
    }
}

static void a_quote_that_is_never_closed_is_refused(void **state)
{
    (void)state;
    put("A=1\nB='x\nK=secret\n", 0600);
    assert_false(env_file_set(path, "K", (struct str)STR("v"), false, &err));
    assert_int_equal(err.code, ERR_SYNTAX);
    assert_non_null(strstr(err.primary, ".env:2: "));
}

static void a_link_is_followed_to_ones_own_file(void **state)
{
    const char *target = fs_join(arena, folder, "shared");

    (void)state;
    assert_true(fs_write(target, 0600, (struct str)STR("K=1\n"), &err));
    assert_int_equal(symlink("shared", path), 0);
    set("K", "2");
    assert_non_null(fs_link_target(arena, path));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("nowhere", path), 0);
    refused("leads nowhere", "");
    assert_false(fs_exists(fs_join(arena, folder, "nowhere")));
}

/* Only root can make a link or a file of somebody else. */
static void what_others_made_is_refused(void **state)
{
    const char *target = fs_join(arena, folder, "of-root");

    (void)state;
    if (geteuid() != 0)
        skip();
    assert_true(fs_write(target, 0600, (struct str)STR("K=1\n"), &err));
    assert_int_equal(symlink("of-root", path), 0);
    assert_int_equal(lchown(path, 65534, 65534), 0);
    refused("symbolic link that nobody made", "name the file");
    assert_int_equal(unlink(path), 0);
    put("K=1\n", 0600);
    assert_int_equal(chown(folder, 65534, 65534), 0);
    assert_int_equal(seteuid(65534), 0);
    refused("belongs to root", "run this as root");
    assert_int_equal(seteuid(0), 0);
}

static void what_is_no_file_is_refused(void **state)
{
    (void)state;
    assert_int_equal(mkdir(path, 0700), 0);
    refused("a directory", "");
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    refused("no ordinary file", "");
}

static void *write_keys(void *context)
{
    int number = *(int *)context;
    struct err own = {.code = ERR_NONE};

    for (int i = 0; i < KEYS_EACH; i++) {
        char key[16];

        (void)snprintf(key, sizeof(key), "K%d_%d", number, i);
        if (!env_file_set(path, key, str_from(key), false, &own))
            return context;
    }
    return NULL;
}

static void none_of_several_writers_is_lost(void **state)
{
    pthread_t threads[WRITERS];
    int numbers[WRITERS];
    struct env_file file;

    (void)state;
    for (int i = 0; i < WRITERS; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, write_keys, &numbers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        void *failed;

        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_true(env_file_read(arena, path, &file, &err));
    assert_int_equal(file.dotenv.count, WRITERS * KEYS_EACH);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_file_is_its_owners_alone),
        TEST(the_rest_and_the_mode_stay),
        TEST(an_equal_value_is_not_written),
        TEST(the_old_value_may_stay_as_a_comment),
        TEST(a_key_is_removed),
        TEST(a_file_for_other_eyes_is_refused),
        TEST(a_quote_that_is_never_closed_is_refused),
        TEST(a_link_is_followed_to_ones_own_file),
        TEST(what_others_made_is_refused),
        TEST(what_is_no_file_is_refused),
        TEST(none_of_several_writers_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
