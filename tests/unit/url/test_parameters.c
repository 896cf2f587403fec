#include "tests/unit/url/fixture.h"

static void order_is_kept_and_the_last_one_wins(void **state)
{
    (void)state;
    parse("postgres://h/d?sslmode=allow&options=-c%20a=b&sslmode=require&connect_timeout=5");
    assert_int_equal(url.parameters.count, 3);
    assert_str_equal(url.parameters.items[0].name, "sslmode");
    assert_str_equal(url.parameters.items[0].value, "require");
    assert_str_equal(url.parameters.items[1].name, "options");
    assert_str_equal(url.parameters.items[1].value, "-c a=b");
    assert_str_equal(url.parameters.items[2].name, "connect_timeout");
}

static void empty_pairs_are_skipped(void **state)
{
    (void)state;
    parse("postgres://h/d?&sslmode=allow&&connect_timeout=&");
    assert_int_equal(url.parameters.count, 2);
    assert_int_equal(url_parameter(&url, "connect_timeout").len, 0);
    assert_non_null(url_parameter(&url, "connect_timeout").ptr);
    assert_absent(url_parameter(&url, "options"));
}

static void ssl_becomes_sslmode(void **state)
{
    static const struct {
        const char *written;
        const char *mode;
    } cases[] = {
        {"ssl=require", "require"},       {"ssl=verify-full", "verify-full"},
        {"ssl=true", "require"},          {"ssl=1", "require"},
        {"ssl=false", "disable"},         {"ssl=no-verify", "require"},
        {"sslmode=no-verify", "require"}, {"sslmode=Require", "require"},
        {"sslmode=prefer", "prefer"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        parse(str_printf(arena, "postgresql+asyncpg://h/d?%s", cases[i].written).ptr);
        assert_int_equal(url.parameters.count, 1);
        assert_str_equal(url_parameter(&url, "sslmode"), cases[i].mode);
        assert_int_equal(url.dropped.count, 0);
    }
    refuse("postgres://h/d?ssl=maybe", "ssl");
    refuse("postgres://h/d?sslmode=", "sslmode");
}

static void options_of_one_driver_are_dropped_and_listed(void **state)
{
    (void)state;
    parse("postgres://h/d?charset=utf8&schema=app&sslmode=require&pgbouncer=true&connection_limit=1&pool=5&"
          "sslaccept=strict&prepared_statement_cache_size=0&timeout=5&charset=x");
    assert_int_equal(url.parameters.count, 1);
    assert_int_equal(url.dropped.count, 8);
    assert_str_equal(url.dropped.items[0].name, "charset");
    assert_str_equal(url.dropped.items[0].value, "x");
    assert_str_equal(url.dropped.items[1].name, "schema");
    assert_str_equal(url.dropped.items[1].value, "app");
}

/* To drop `sslmod=verify-full` would be to connect without any check. */
static void misspelt_parameters_are_refused(void **state)
{
    static const struct {
        const char *written;
        const char *meant;
    } cases[] = {
        {"sslmod=verify-full", "sslmode"},
        {"ssl_mode=require", "sslmode"},
        {"SSLMODE=require", "sslmode"},
        {"sslMode=require", "sslmode"},
        {"sslfoo=x", "sslmode"},
        {"passwd=x", "password"},
        {"ports=5432", "port"},
        {"aplication_name=x", "application_name"},
        {"chanel_bindin=x", "channel_binding"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        refuse(str_printf(arena, "postgres://h/d?%s", cases[i].written).ptr, "knows no connection parameter");
        assert_non_null(strstr(err.hint, cases[i].meant));
    }
    parse("postgres://h/d?a_name_that_is_much_longer_than_any_that_libpq_knows=x");
    assert_int_equal(url.dropped.count, 1);
}

static void a_url_is_no_name_of_a_database(void **state)
{
    (void)state;
    refuse("dbname=postgres://u:secret@h/d", "is a URL itself");
    refuse("postgresql:///?dbname=postgresql://u:secret@h/d", "is a URL itself");
    refuse("postgresql://h/postgresql://u:secret/d", "is a URL itself");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(order_is_kept_and_the_last_one_wins),
        TEST(empty_pairs_are_skipped),
        TEST(ssl_becomes_sslmode),
        TEST(options_of_one_driver_are_dropped_and_listed),
        TEST(misspelt_parameters_are_refused),
        TEST(a_url_is_no_name_of_a_database),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
