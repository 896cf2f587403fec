#include "tests/unit/url/fixture.h"

static void all_parts(void **state)
{
    (void)state;
    parse("postgresql://me:s3cret@db.example.com:6543/app?sslmode=require&application_name=x%20y");
    assert_int_equal(url.kind, URL_POSTGRES);
    assert_absent(url.driver);
    assert_str_equal(url.user, "me");
    assert_str_equal(url.password, "s3cret");
    assert_int_equal(url.hosts.count, 1);
    assert_host(0, "db.example.com", 6543);
    assert_str_equal(url.database, "app");
    assert_int_equal(url.parameters.count, 2);
    assert_str_equal(url.parameters.items[0].name, "sslmode");
    assert_str_equal(url.parameters.items[0].value, "require");
    assert_str_equal(url_parameter(&url, "application_name"), "x y");
    assert_int_equal(url.dropped.count, 0);
}

static void nothing_is_needed(void **state)
{
    static const char *const texts[] = {"postgres://", "postgresql:///", "postgres://?", "postgres:///?",
                                        "postgres://@/"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        parse(texts[i]);
        assert_int_equal(url.kind, URL_POSTGRES);
        assert_absent(url.user);
        assert_absent(url.password);
        assert_absent(url.database);
        assert_int_equal(url.hosts.count, 0);
        assert_int_equal(url.parameters.count, 0);
        assert_true(url_is_local(&url));
    }
}

static void absent_is_not_empty(void **state)
{
    (void)state;
    parse("postgres://me@host/");
    assert_absent(url.password);
    assert_absent(url.database);
    parse("postgres://me:@host");
    assert_non_null(url.password.ptr);
    assert_int_equal(url.password.len, 0);
    parse("postgres://:pw@host");
    assert_absent(url.user);
    assert_str_equal(url.password, "pw");
}

static void every_scheme(void **state)
{
    static const struct {
        const char *scheme;
        const char *driver;
    } cases[] = {
        {"postgres", NULL},
        {"postgresql", NULL},
        {"POSTGRESQL", NULL},
        {"pgsql", NULL},
        {"psql", NULL},
        {"postgis", NULL},
        {"postgresql+psycopg2", "psycopg2"},
        {"postgresql+psycopg", "psycopg"},
        {"postgresql+asyncpg", "asyncpg"},
        {"postgresql+pg8000", "pg8000"},
        {"postgresql+x-y.z", "x-y.z"},
        {"postgres+psycopg2", "psycopg2"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        parse(str_printf(arena, "%s://u@h/d", cases[i].scheme).ptr);
        assert_int_equal(url.kind, URL_POSTGRES);
        assert_str_equal(url.user, "u");
        assert_str_equal(url.database, "d");
        if (cases[i].driver == NULL)
            assert_absent(url.driver);
        else
            assert_str_equal(url.driver, cases[i].driver);
    }
}

static void percent_is_decoded_everywhere(void **state)
{
    (void)state;
    parse("postgres://m%65%40x:p%3A%2f%25%c3%A9@h%6fst/d%20b%3F?application_n%61me=%26%3D");
    assert_str_equal(url.user, "me@x");
    assert_str_equal(url.password, "p:/%\xc3\xa9");
    assert_host(0, "host", 0);
    assert_str_equal(url.database, "d b?");
    assert_str_equal(url_parameter(&url, "application_name"), "&=");
}

static void percent_without_digits_is_literal(void **state)
{
    (void)state;
    parse("postgres://u:100%@h/%zz%4");
    assert_str_equal(url.password, "100%");
    assert_str_equal(url.database, "%zz%4");
    parse("postgres://u:%@h");
    assert_str_equal(url.password, "%");
    parse("postgres://u:%%41@h");
    assert_str_equal(url.password, "%A");
}

static void nul_is_refused(void **state)
{
    (void)state;
    refuse("postgres://u:secret%00@h/d", "NUL");
    refuse("postgres://u%00:secret@h/d", "NUL");
    refuse("postgres://u:secret@h%00/d", "NUL");
    refuse("postgres://u:secret@h/d%00", "NUL");
    refuse("postgres://u:secret@h/d?options=%00", "NUL");
}

/* libpq takes '+' as it is, SQLAlchemy reads parameters as a form does. */
static void plus_is_a_space_only_in_parameters_of_a_driver(void **state)
{
    (void)state;
    parse("postgres://a+b:c+d@h/e+f?application_name=g+h");
    assert_str_equal(url.user, "a+b");
    assert_str_equal(url.password, "c+d");
    assert_str_equal(url.database, "e+f");
    assert_str_equal(url_parameter(&url, "application_name"), "g+h");
    parse("postgresql+psycopg2://a+b:c+d@h/e+f?application_name=g+h%2B");
    assert_str_equal(url.user, "a+b");
    assert_str_equal(url.password, "c+d");
    assert_str_equal(url.database, "e+f");
    assert_str_equal(url_parameter(&url, "application_name"), "g h+");
}

/* As libpq does: it would be strange to refuse a name that the server may have. */
static void slashes_stay_in_the_database(void **state)
{
    (void)state;
    parse("postgres://h/a/b");
    assert_str_equal(url.database, "a/b");
    parse("postgres://h/a/");
    assert_str_equal(url.database, "a/");
}

static void space_around_the_url_is_ignored(void **state)
{
    (void)state;
    parse(" postgres://u:p@h/d\r\n");
    assert_str_equal(url.user, "u");
    assert_str_equal(url.database, "d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_parts),
        TEST(nothing_is_needed),
        TEST(absent_is_not_empty),
        TEST(every_scheme),
        TEST(percent_is_decoded_everywhere),
        TEST(percent_without_digits_is_literal),
        TEST(nul_is_refused),
        TEST(plus_is_a_space_only_in_parameters_of_a_driver),
        TEST(slashes_stay_in_the_database),
        TEST(space_around_the_url_is_ignored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
