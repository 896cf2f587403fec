/* What no server can be made to show: the day of the calendar, and the table of checks itself. */
#include "ops/check_intern.h"
#include "tests/unit.h"

#define DAY_US (INT64_C(24) * 3600 * 1000000)

/* 2027-11-11 12:00 UTC */
#define LAST_NOON_OF_15 (INT64_C(1825934400) * 1000000)

static void test_a_version_is_over_after_its_last_day(void **state)
{
    bool over;

    (void)state;
    assert_string_equal(check_end_of_life(15, LAST_NOON_OF_15, &over), "2027-11-11");
    assert_false(over);
    assert_string_equal(check_end_of_life(15, LAST_NOON_OF_15 + DAY_US, &over), "2027-11-11");
    assert_true(over);
    assert_null(check_end_of_life(99, LAST_NOON_OF_15, &over));
    assert_false(over);
}

static void test_the_service_of_a_process(void **state)
{
    static const struct {
        const char *cgroups;
        const char *service;
    } cases[] = {
        {"0::/system.slice/system-postgresql.slice/postgresql@15-main.service\n",
         "postgresql@15-main.service"},
        {"12:pids:/system.slice/other.service\n1:name=systemd:/system.slice/postgresql.service\n0::/\n",
         "postgresql.service"},
        {"0::/system.slice/postgresql-16.service/nested", "postgresql-16.service"},
        {"0::/user.slice/user-1000.slice/session-3.scope\n", ""},
        {"0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope\n", ""},
        {"9:name=systemd:/\n0::/\n", ""},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_true(str_is(check_service_of(str_from(cases[i].cgroups)), cases[i].service));
}

static void test_names_are_unique_and_each_check_is_whole(void **state)
{
    const struct check_group *found;

    (void)state;
    for (const struct check_group *group = check_groups; group->name != NULL; group++) {
        assert_null(check_find(str_from(group->name), &found));
        for (const struct check_entry *check = group->checks; check->name != NULL; check++) {
            assert_ptr_equal(check_find(str_from(check->name), &found), check);
            assert_ptr_equal(found, group);
            assert_true(check->looks != NULL && check->why != NULL && check->mend != NULL);
            assert_true((check->run != NULL) != (check->sql != NULL));
        }
    }
}

static void test_waiting_helps_against_what_passes(void **state)
{
    static const struct {
        const char *says;
        bool passes;
    } cases[] = {
        {"FATAL:  the database system is starting up", true},
        {"FATAL:  the database system is in recovery mode", true},
        {"connection to server at \"127.0.0.1\", port 1 failed: Connection refused", true},
        {"FATAL:  sorry, too many clients already", true},
        {"FATAL:  password authentication failed for user \"u\"", false},
        {"FATAL:  database \"d\" does not exist", false},
        {"FATAL:  no pg_hba.conf entry for host \"1.2.3.4\", user \"u\", database \"d\", no encryption",
         false},
        {"SSL error: certificate verify failed", false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct err err = {.code = ERR_NONE};

        err_set(&err, ERR_CONNECT, "cannot connect");
        err_detail(&err, "%s", cases[i].says);
        assert_int_equal(check_may_pass(&err), cases[i].passes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_version_is_over_after_its_last_day),
        cmocka_unit_test(test_the_service_of_a_process),
        cmocka_unit_test(test_names_are_unique_and_each_check_is_whole),
        cmocka_unit_test(test_waiting_helps_against_what_passes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
