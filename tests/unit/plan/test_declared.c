#include "tests/unit.h"

#include <string.h>

#include "plan/declared.h"

static void types_come_apart(void **state)
{
    static const struct {
        const char *text;
        const char *name;
        int count;
        int modifiers[2];
        bool is_unsigned;
        bool is_array;
    } cases[] = {
        {"", "", 0, {0, 0}, false, false},
        {"INTEGER", "integer", 0, {0, 0}, false, false},
        {"  Character \t Varying ( 50 ) ", "character varying", 1, {50, 0}, false, false},
        {"NUMERIC(10, 2)", "numeric", 2, {10, 2}, false, false},
        {"DECIMAL(10,-2)", "decimal", 2, {10, -2}, false, false},
        {"DECIMAL(+10)", "decimal", 1, {10, 0}, false, false},
        {"VARCHAR BINARY(255)", "varchar binary", 1, {255, 0}, false, false},
        {"time (6) with time zone", "time with time zone", 1, {6, 0}, false, false},
        {"UNSIGNED BIG INT", "big int", 0, {0, 0}, true, false},
        {"bigint(20) unsigned zerofill", "bigint", 1, {20, 0}, true, false},
        {"unsigned", "unsigned", 0, {0, 0}, true, false},
        {"NATIVE CHARACTER(70)", "character", 1, {70, 0}, false, false},
        {"varchar(255) CHARACTER SET utf8 COLLATE utf8_bin", "varchar", 1, {255, 0}, false, false},
        {"enum('a','b')", "enum", 0, {0, 0}, false, false},
        {"enum('a)','1, \"(')", "enum", 0, {0, 0}, false, false},
        {"int[]", "int", 0, {0, 0}, false, true},
        {"varchar(5)[3]", "varchar", 1, {5, 0}, false, true},
        {"varchar(99999999999999999999)", "varchar", 0, {0, 0}, false, false},
        {"varchar(3000000000)", "varchar", 0, {0, 0}, false, false},
        {"odd(1,2,3", "odd", 2, {1, 2}, false, false},
        {"odd('", "odd", 0, {0, 0}, false, false},
        {"(5)", "", 1, {5, 0}, false, false},
        {"na\xc3\xafve", "na\xc3\xafve", 0, {0, 0}, false, false},
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct declared found = declared_parse(arena, str_from(cases[i].text));

        if (!str_is(found.name, cases[i].name))
            fail_msg("%s is named %.*s", cases[i].text, STR_ARGS(found.name));
        assert_int_equal(found.modifier_count, cases[i].count);
        assert_int_equal(found.modifiers[0], cases[i].modifiers[0]);
        assert_int_equal(found.modifiers[1], cases[i].modifiers[1]);
        assert_int_equal(found.is_unsigned, cases[i].is_unsigned);
        assert_int_equal(found.is_array, cases[i].is_array);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_come_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
