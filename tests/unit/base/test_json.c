#include "tests/unit.h"

#include "base/json.h"

static void nests_and_escapes(void **state)
{
    struct buf out;
    struct json json;

    (void)state;
    buf_init(&out, BUF_TEXT_MAXIMUM);
    json_begin(&json, &out);
    json_object(&json);
    json_put_text(&json, "name", "a\"b\\\n\x01");
    json_put_int(&json, "big", INT64_MIN);
    json_name(&json, "list");
    json_array(&json);
    json_null(&json);
    json_bool(&json, true);
    json_array_end(&json);
    json_name(&json, "empty");
    json_object(&json);
    json_object_end(&json);
    json_put_str(&json, "bad", (struct str){"x\xff", 2});
    json_object_end(&json);
    assert_string_equal(out.ptr, "{\n"
                                 "  \"name\": \"a\\\"b\\\\\\n\\u0001\",\n"
                                 "  \"big\": -9223372036854775808,\n"
                                 "  \"list\": [\n"
                                 "    null,\n"
                                 "    true\n"
                                 "  ],\n"
                                 "  \"empty\": {},\n"
                                 "  \"bad\": \"x\xef\xbf\xbd\"\n"
                                 "}\n");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nests_and_escapes)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
