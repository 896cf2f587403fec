/* local_place.h: a directory for one test, which the server's user can enter, and its options. */
#ifndef PGRADE_TESTS_UNIT_OPS_LOCAL_PLACE_H
#define PGRADE_TESTS_UNIT_OPS_LOCAL_PLACE_H

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "ops/local.h"

struct place {
    struct arena *arena;
    char path[64];
    struct local_options options; /* the instance `one` in the directory */
    struct local_info info;
    struct err err;
};

static int place_enter(void **state)
{
    static const char pattern[] = "/tmp/pgrade-local-XXXXXX";
    struct place *place = calloc(1, sizeof(*place));

    assert_non_null(place);
    place->arena = arena_new();
    memcpy(place->path, pattern, sizeof(pattern));
    assert_non_null(mkdtemp(place->path));
    assert_int_equal(chmod(place->path, 0755), 0);
    place->options.directory = fs_join(place->arena, place->path, "one");
    *state = place;
    return 0;
}

static int place_leave(void **state)
{
    struct place *place = *state;
    struct err err = {0};

    (void)!local_destroy(place->arena, &place->options, &place->info, &err);
    err_clear(&err);
    assert_true(fs_remove_tree("/tmp", fs_name_of(place->path), &err));
    arena_free(place->arena);
    free(place);
    return 0;
}

static const char *place_path(struct place *place, const char *name)
{
    return fs_join(place->arena, place->path, name);
}

static struct str place_read(struct place *place, const char *name)
{
    struct str content;

    assert_true(fs_read(place->arena, place_path(place, name), 1 << 20, &content, &place->err));
    return content;
}

static inline void place_write(struct place *place, const char *name, mode_t mode, const char *text)
{
    assert_true(fs_write(place_path(place, name), mode, str_from(text), &place->err));
}

#endif
