/* Rows of a real server. */
#include "tests/unit.h"

#include "engine/engine.h"
#include "url/url.h"

static const char *server;

/* A damaged answer may have fewer columns than were asked for. */
static void behind_the_columns_there_are_nulls(void **state)
{
    struct arena *arena = arena_new();
    struct engine_options options = {.interrupted = NULL};
    struct err err = {.code = ERR_NONE};
    struct engine *engine;
    struct rows *rows;
    struct url url;
    bool found;

    (void)state;
    assert_true(url_parse(arena, str_from(server), &url, &err));
    assert_true(engine_open(&url, &options, &engine, &err));
    assert_true(engine_query(engine, str_from("SELECT 7::bigint"), NULL, 0, &rows, &err));
    assert_true(rows_next(rows, &found, &err) && found);
    assert_int_equal(rows->width, 1);
    assert_int_equal(rows->cells[0].integer, 7);
    for (size_t i = 1; i < 40; i++)
        assert_true(rows->cells[i].kind == VALUE_NULL && rows->cells[i].bytes.ptr == NULL);
    rows_close(rows);
    engine_close(engine);
    arena_free(arena);
}

int main(int count, char **words)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(behind_the_columns_there_are_nulls),
    };

    if (count < 2)
        return 2;
    server = words[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
