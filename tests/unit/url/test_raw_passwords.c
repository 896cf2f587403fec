#include "tests/unit/url/fixture.h"

static void assert_parts(const char *text, const char *user, const char *password, const char *host,
                         const char *database)
{
    parse(text);
    assert_str_equal(url.user, user);
    assert_str_equal(url.password, password);
    assert_host(0, host, 0);
    if (database == NULL)
        assert_absent(url.database);
    else
        assert_str_equal(url.database, database);
}

static void each_character_alone(void **state)
{
    static const char characters[] = "@:/#?$[]& !\"'()*+,;<=>\\^`{|}~-._%";

    (void)state;
    for (const char *c = characters; *c != '\0'; c++) {
        const char *password = str_printf(arena, "p%cw", *c).ptr;

        assert_parts(str_printf(arena, "postgres://me:%s@host/db", password).ptr, "me", password, "host",
                     "db");
        assert_parts(str_printf(arena, "postgres://me:%s@host", password).ptr, "me", password, "host", NULL);
        password = str_printf(arena, "%cw", *c).ptr;
        assert_parts(str_printf(arena, "postgres://me:%s@host/db", password).ptr, "me", password, "host",
                     "db");
        password = str_printf(arena, "w%c", *c).ptr;
        assert_parts(str_printf(arena, "postgres://me:%s@host/db", password).ptr, "me", password, "host",
                     "db");
    }
}

static void several_characters(void **state)
{
    static const char *const passwords[] = {
        "a@b@c",   "p/a@b",   "a@b/c", "a/b/c",      "12/34",      "5432/x",  "a?b=c/d",     "a#b@c#d",
        "[a]",     "a:b:c",   "a@@",   "//",         "://",        "?",       "?/@",         "@/?",
        "a b@c d", "99999/x", "$PATH", "a%b/c@d",    "x@y?z",      "x@y:1/z", "x@y:70000/z", "@host/",
        "a&b=c@",  "::1",     "[::1",  "[::1]:5432", "\xc3\xa9@/",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(passwords); i++)
        assert_parts(str_printf(arena, "postgres://me:%s@host/db", passwords[i]).ptr, "me", passwords[i],
                     "host", "db");
}

static void what_follows_the_password_may_hold_the_same_characters(void **state)
{
    (void)state;
    assert_parts("postgres://me:a/b@host/db?application_name=me@here", "me", "a/b", "host", "db");
    assert_str_equal(url_parameter(&url, "application_name"), "me@here");
    assert_parts("postgres://me:a@b@host/db?application_name=me@here&options=-c%20x=/@", "me", "a@b", "host",
                 "db");
    assert_str_equal(url_parameter(&url, "options"), "-c x=/@");
    assert_parts("postgres://me:a#b@[::1]/db", "me", "a#b", "::1", "db");
    parse("postgres://me:a/b@h1:1,h2:2/db");
    assert_int_equal(url.hosts.count, 2);
    parse("postgres://me:a/b@/db?host=/var/run/postgresql");
    assert_str_equal(url.password, "a/b");
    assert_host(0, "/var/run/postgresql", 0);
}

/* Where a whole address can be read without, a '@' later on ends no userinfo. */
static void an_at_sign_elsewhere_makes_no_userinfo(void **state)
{
    (void)state;
    parse("postgres://host:5432/db?application_name=me@here");
    assert_absent(url.user);
    assert_host(0, "host", 5432);
    assert_str_equal(url_parameter(&url, "application_name"), "me@here");
    parse("postgres://host/a@b");
    assert_absent(url.user);
    assert_host(0, "host", 0);
    assert_str_equal(url.database, "a@b");
    parse("postgres://host/db?user=me@server&password=x@y");
    assert_str_equal(url.user, "me@server");
    assert_str_equal(url.password, "x@y");
    assert_host(0, "host", 0);
}

/* The documented limit: this password goes on like an address. */
static void an_address_in_the_password_wins(void **state)
{
    (void)state;
    parse("postgres://u:5432/db?options=b@host");
    assert_absent(url.user);
    assert_host(0, "u", 5432);
    assert_str_equal(url_parameter(&url, "options"), "b@host");
}

/* Whatever is wrong, the message shows nothing that may be a password. */
static void errors_show_no_password(void **state)
{
    (void)state;
    refuse("postgres://user:secret", "port");
    refuse("postgres://user:secret/db", "port");
    refuse("postgres://user:secret@host:port/db", "port");
    refuse("postgres://user:secret@host:99999/db", "port");
    refuse("postgres://user:secret:secret", "several colons");
    refuse("postgres://user:secret@ho st/db", "character");
    refuse("postgres://user:secret@[::1/db", "'['");
    refuse("postgres://user:secret@host/db?secret", "name=value");
    refuse("postgres://user:secret@host/db?sec ret=x", "name=value");
    refuse("postgres://user:secret@host/db?sslmode=secret", "sslmode");
    refuse("postgres://user:x@host/db?password=secret&sslmod=x", "sslmod");
    refuse("host=x password='secret", "closing quote");
    refuse("host=x password=my secret", "'=' is missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_character_alone),
        TEST(several_characters),
        TEST(what_follows_the_password_may_hold_the_same_characters),
        TEST(an_at_sign_elsewhere_makes_no_userinfo),
        TEST(an_address_in_the_password_wins),
        TEST(errors_show_no_password),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
