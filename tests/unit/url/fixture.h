/* fixture.h: an arena, a url and an err for each test of the room. */
#ifndef PGRADE_TESTS_URL_FIXTURE_H
#define PGRADE_TESTS_URL_FIXTURE_H

#include "tests/unit.h"

#include <string.h>

#include "url/url.h"

static struct arena *arena;
static struct url url;
static struct err err;

static int arena_setup(void **state)
{
    (void)state;
    arena = arena_new();
    memset(&err, 0, sizeof(err));
    return 0;
}

static int arena_teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, arena_setup, arena_teardown)

static inline void parse(const char *text)
{
    memset(&err, 0, sizeof(err));
    if (!url_parse(arena, str_from(text), &url, &err))
        fail_msg("%s: %s", text, err.primary);
    assert_int_equal(err.code, ERR_NONE);
}

/* The primary message says `part`; the hint is there; neither shows "secret". */
static inline void refuse(const char *text, const char *part)
{
    memset(&err, 0, sizeof(err));
    if (url_parse(arena, str_from(text), &url, &err))
        fail_msg("%s is taken", text);
    assert_int_equal(err.code, ERR_URL);
    if (strstr(err.primary, part) == NULL)
        fail_msg("%s: %s", text, err.primary);
    assert_true(strlen(err.hint) > 0);
    assert_null(strstr(err.primary, "secret"));
    assert_null(strstr(err.detail, "secret"));
    assert_null(strstr(err.hint, "secret"));
}

static inline void assert_absent(struct str s)
{
    assert_null(s.ptr);
}

static inline void assert_host(size_t i, const char *name, int port)
{
    assert_true(i < url.hosts.count);
    assert_str_equal(url.hosts.items[i].name, name);
    assert_int_equal(url.hosts.items[i].port, port);
}

#endif
