#include "tests/unit.h"

#include <string.h>

#include "base/buf.h"

static void is_always_terminated(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 100);
    assert_string_equal(buf.ptr, "");
    buf_text(&buf, "ab");
    buf_printf(&buf, "%d", 12);
    buf_byte(&buf, '!');
    assert_string_equal(buf.ptr, "ab12!");
    assert_int_equal(buf.len, 5);
    buf_clear(&buf);
    assert_string_equal(buf.ptr, "");
    buf_free(&buf);
    assert_string_equal(buf.ptr, "");
}

static void maximum_is_kept_and_failure_sticks(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, 4);
    buf_text(&buf, "abcd");
    assert_false(buf.failed);
    buf_byte(&buf, 'e');
    assert_true(buf.failed);
    assert_string_equal(buf.ptr, "abcd");
    buf_text(&buf, "");
    assert_true(buf.failed);
    buf_clear(&buf);
    assert_false(buf.failed);
    buf_printf(&buf, "%s", "12345");
    assert_true(buf.failed);
    assert_int_equal(buf.len, 0);
    buf_free(&buf);
}

static void nul_bytes_pass(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, BUF_TEXT_MAXIMUM);
    buf_put(&buf, "a\0b", 3);
    assert_int_equal(buf.len, 3);
    assert_memory_equal(buf.ptr, "a\0b", 4);
    buf_free(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_always_terminated),
        cmocka_unit_test(maximum_is_kept_and_failure_sticks),
        cmocka_unit_test(nul_bytes_pass),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
