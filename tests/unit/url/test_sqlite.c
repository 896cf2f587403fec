#include "tests/unit/url/fixture.h"

static void every_spelling_of_a_path(void **state)
{
    static const struct {
        const char *text;
        const char *path;
    } cases[] = {
        {"app.db", "app.db"},
        {"/srv/app.db", "/srv/app.db"},
        {"./a b.db", "./a b.db"},
        {" a.db", " a.db"},
        {"100%.db", "100%.db"},
        {"a%20b.db", "a%20b.db"},
        {"a?b#c.db", "a?b#c.db"},
        {"C:\\data\\app.db", "C:\\data\\app.db"},
        {"C:/app.db", "C:/app.db"},
        {"C://app.db", "C://app.db"},
        {"C:\\me@home\\app.db", "C:\\me@home\\app.db"},
        {"a:b.db", "a:b.db"},
        {"mailto:x", "mailto:x"},
        {"./a://b@c", "./a://b@c"},
        {"/a:b@c", "/a:b@c"},
        {"dir/a:b@c", "dir/a:b@c"},
        {"me@home.db", "me@home.db"},
        {"x=y.db", "x=y.db"},
        {"./host=x", "./host=x"},
        {"sqlite:///app.db", "app.db"},
        {"sqlite:////srv/app.db", "/srv/app.db"},
        {"SQLite:///app.db", "app.db"},
        {"  sqlite:///app.db\n", "app.db"},
        {"sqlite:app.db", "app.db"},
        {"sqlite:/srv/app.db", "/srv/app.db"},
        {"sqlite3:db/development.sqlite3", "db/development.sqlite3"},
        {"sqlite3:///app.db", "app.db"},
        {"sqlite+aiosqlite:///app.db", "app.db"},
        {"sqlite:///C:/app.db", "C:/app.db"},
        {"sqlite:///a%20b%3F.db", "a b?.db"},
        {"sqlite:///100%.db", "100%.db"},
        {"sqlite:///a%2.db", "a%2.db"},
        {"sqlite:///a%zz.db", "a%zz.db"},
        {"sqlite:///a#b.db", "a#b.db"},
        {"sqlite:///a+b.db", "a+b.db"},
        {"sqlite:///file:a%20b.db?mode=ro&uri=true", "a b.db"},
        {"sqlite:///file:///srv/a.db?uri=true", "/srv/a.db"},
        {"file:app.db", "app.db"},
        {"file:./dev.db", "./dev.db"},
        {"file:/srv/app.db", "/srv/app.db"},
        {"file:///srv/app.db", "/srv/app.db"},
        {"file://localhost/srv/app.db", "/srv/app.db"},
        {"file:a%3fb.db#fragment", "a?b.db"},
        {"file:///srv/app.db?mode=ro#fragment", "/srv/app.db"},
        {"caf\xc3\xa9.db", "caf\xc3\xa9.db"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        parse(cases[i].text);
        assert_int_equal(url.kind, URL_SQLITE);
        assert_str_equal(url.path, cases[i].path);
        assert_false(url.immutable);
        assert_true(url_is_local(&url));
    }
}

static void options_are_kept(void **state)
{
    (void)state;
    parse("file:app.db?mode=ro&cache=shared&mode=rw&x=a%26b");
    assert_int_equal(url.parameters.count, 3);
    assert_str_equal(url_parameter(&url, "mode"), "rw");
    assert_str_equal(url_parameter(&url, "x"), "a&b");
    assert_absent(url_parameter(&url, "uri"));
    parse("sqlite:///app.db?uri=true&timeout=5");
    assert_int_equal(url.parameters.count, 1);
}

static void immutable_is_honoured(void **state)
{
    static const char *const yes[] = {"1", "true", "YES", "on"};
    static const char *const no[] = {"0", "false", "no", "off", ""};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(yes); i++) {
        parse(str_printf(arena, "file:app.db?immutable=%s", yes[i]).ptr);
        assert_true(url.immutable);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(no); i++) {
        parse(str_printf(arena, "file:app.db?immutable=%s", no[i]).ptr);
        assert_false(url.immutable);
    }
    parse("app.db?immutable=1");
    assert_false(url.immutable);
    assert_str_equal(url.path, "app.db?immutable=1");
}

static void drivers_are_noted(void **state)
{
    (void)state;
    parse("sqlite+aiosqlite:///app.db");
    assert_str_equal(url.driver, "aiosqlite");
    parse("sqlite:///app.db");
    assert_absent(url.driver);
}

static void what_names_no_file_is_refused(void **state)
{
    (void)state;
    refuse("", "empty");
    refuse(" \n", "empty");
    refuse(":memory:", "in memory");
    refuse("sqlite://", "in memory");
    refuse("sqlite:", "in memory");
    refuse("sqlite:///", "in memory");
    refuse("sqlite:///:memory:", "in memory");
    refuse("file::memory:", "in memory");
    refuse("file:app.db?mode=memory", "in memory");
    refuse("sqlite://app.db", "no other machine");
    refuse("sqlite://srv/app.db", "no other machine");
    refuse("file://host/app.db", "no other machine");
    refuse("file://app.db", "no other machine");
    refuse("file:app.db?mode", "name=value");
    refuse("sqlite:///a%00b.db", "NUL");
    refuse("file:a.db?x=%00", "NUL");
}

static void a_nul_byte_is_refused(void **state)
{
    (void)state;
    assert_false(url_parse(arena, (struct str)STR("app.db\0.txt"), &url, &err));
    assert_int_equal(err.code, ERR_URL);
}

static void other_schemes_are_refused(void **state)
{
    (void)state;
    refuse("mysql://user:secret@host/db", "\"mysql:\"");
    refuse("mysql+pymysql://user:secret@host/db", "\"mysql+pymysql:\"");
    refuse("http://host/app.db", "\"http:\"");
    assert_non_null(strstr(err.hint, "address of a page"));
    refuse("jdbc:postgresql://host/db?user=u&password=secret", "\"jdbc:\"");
    assert_non_null(strstr(err.hint, "leave out"));
    refuse("postgres:/user:secret@host/db", "\"//\" is missing");
    refuse("postgresql:db", "\"//\" is missing");
}

/* As paths they would be printed in the next message, with the password. */
static void addresses_that_lost_their_scheme_are_refused(void **state)
{
    (void)state;
    refuse("\"postgres://user:secret@host/db\"", "neither");
    refuse("'postgres://user:secret@host/db'", "neither");
    refuse("psql postgres://user:secret@host/db", "neither");
    refuse("DATABASE_URL=postgres://user:secret@host/db", "neither");
    refuse("user:secret@host:5432/db", "neither");
    refuse("u:secret@host", "neither");
    refuse("postgresql//user:secret@host/db", "neither");
    refuse("//user:secret@host/db", "neither");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_spelling_of_a_path),      TEST(options_are_kept),
        TEST(immutable_is_honoured),         TEST(drivers_are_noted),
        TEST(what_names_no_file_is_refused), TEST(a_nul_byte_is_refused),
        TEST(other_schemes_are_refused),     TEST(addresses_that_lost_their_scheme_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
