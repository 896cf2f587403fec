#include "tests/unit/url/fixture.h"

static void assert_text(const char *from, enum url_style style, const char *to)
{
    parse(from);
    assert_str_equal(url_text(arena, &url, style), to);
}

static void libpq_style(void **state)
{
    (void)state;
    assert_text("postgres://u:p@h:5432/d?sslmode=require", URL_LIBPQ,
                "postgresql://u:p@h:5432/d?sslmode=require");
    assert_text("postgresql+asyncpg://u:p@h/d?ssl=require", URL_LIBPQ,
                "postgresql://u:p@h/d?sslmode=require");
    assert_text("user=u password='@:/?#[]% +&=' dbname='a b/c'", URL_LIBPQ,
                "postgresql://u:%40%3A%2F%3F%23%5B%5D%25%20%2B%26%3D@/a%20b%2Fc");
    assert_text("postgres://[::1]:5433/d", URL_LIBPQ, "postgresql://[::1]:5433/d");
    assert_text("postgres://h1:1,h2/d", URL_LIBPQ, "postgresql://h1:1,h2/d");
    assert_text("postgres://u@%2Fvar%2Frun:5433/d", URL_LIBPQ, "postgresql://u@/d?host=/var/run&port=5433");
    assert_text("postgres://h1,%2Ftmp:2/d", URL_LIBPQ, "postgresql:///d?host=h1,/tmp&port=,2");
    assert_text("postgres://[fe80::1%25eth0]/d", URL_LIBPQ, "postgresql:///d?host=fe80::1%25eth0");
    assert_text("service=x", URL_LIBPQ, "postgresql://?service=x");
    assert_text("postgres://", URL_LIBPQ, "postgresql://");
    assert_text("postgres://u:@h", URL_LIBPQ, "postgresql://u:@h");
    assert_text("postgres://h?options=-c%20a=b&sslrootcert=/etc/x.pem", URL_LIBPQ,
                "postgresql://h?options=-c%20a%3Db&sslrootcert=/etc/x.pem");
    assert_text("a b.db", URL_LIBPQ, "sqlite:///a%20b.db");
    assert_text("file:/srv/a.db?mode=ro", URL_LIBPQ, "sqlite:////srv/a.db?mode=ro");
}

/* SQLAlchemy decodes users, passwords and parameters; hosts, databases and paths it takes as they are. */
static void sqlalchemy_style(void **state)
{
    (void)state;
    assert_text("postgres://u:p%40@h:5432/d", URL_SQLALCHEMY, "postgresql+psycopg2://u:p%40@h:5432/d");
    assert_text("postgres://u:p@h/a%20b", URL_SQLALCHEMY, "postgresql+psycopg2://u:p@h?dbname=a%20b");
    assert_text("postgres://u:p@%2Ftmp:1/d", URL_SQLALCHEMY, "postgresql+psycopg2://u:p@/d?host=/tmp&port=1");
    assert_text("postgres://h1:1,h2:2/d", URL_SQLALCHEMY, "postgresql+psycopg2:///d?host=h1,h2&port=1,2");
    assert_text("postgres://h/d?application_name=a%2Bb%20c", URL_SQLALCHEMY,
                "postgresql+psycopg2://h/d?application_name=a%2Bb%20c");
    assert_text("a b#c.db", URL_SQLALCHEMY, "sqlite:///a b#c.db");
    assert_text("/srv/a.db", URL_SQLALCHEMY, "sqlite:////srv/a.db");
    assert_text("a%20b.db", URL_SQLALCHEMY, "sqlite:///file:a%2520b.db?uri=true");
    assert_text("/srv/a?.db", URL_SQLALCHEMY, "sqlite:///file:///srv/a%3F.db?uri=true");
    assert_text("file:a.db?mode=ro", URL_SQLALCHEMY, "sqlite:///file:a.db?mode=ro&uri=true");
}

static void redacted(void **state)
{
    static const struct {
        const char *text;
        const char *shown;
    } cases[] = {
        {"postgres://user:secret@host:5432/db?sslmode=require",
         "postgresql://user:***@host:5432/db?sslmode=require"},
        {"postgres://user@host/db", "postgresql://user@host/db"},
        {"postgres://:secret@host/db", "postgresql://:***@host/db"},
        {"postgres://user:@host/db", "postgresql://user:@host/db"},
        {"postgres://host/db?user=me&password=secret", "postgresql://me:***@host/db"},
        {"postgres://host/db?sslpassword=secret&sslkey=k", "postgresql://host/db?sslpassword=***&sslkey=k"},
        {"host=h scram_client_key=secret", "postgresql://h?scram_client_key=***"},
        {"postgresql+asyncpg://u:secret@h/d", "postgresql://u:***@h/d"},
        {"postgres://u:sec/ret@secret@h/d", "postgresql://u:***@h/d"},
        {"postgres://h/d?charset=secret", "postgresql://h/d"},
        {"postgres://h/d%0a%1b[31m", "postgresql://h/d%0A%1B%5B31m"},
        {"postgres:///d?host=/var/run/postgresql", "postgresql:///d?host=/var/run/postgresql"},
        {"app.db", "app.db"},
        {"sqlite:////srv/a%20b.db?mode=ro", "/srv/a b.db"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        parse(cases[i].text);
        assert_str_equal(url_redacted(arena, &url), cases[i].shown);
    }
}

static void conninfo_holds_all_and_nothing_else(void **state)
{
    static const char *const keywords[] = {"user",   "password", "host",   "port",
                                           "dbname", "sslmode",  "options"};
    static const char *const values[] = {"u", "p@", "h1,::1", ",2", "d b", "require", "-c x"};
    struct url_conninfo info;
    size_t i;

    (void)state;
    parse("postgres://u:p%40@h1,[::1]:2/d%20b?sslmode=require&charset=x&options=-c%20x");
    info = url_conninfo(arena, &url);
    for (i = 0; i < ARRAY_LENGTH(keywords); i++) {
        assert_string_equal(info.keywords[i], keywords[i]);
        assert_string_equal(info.values[i], values[i]);
    }
    assert_null(info.keywords[i]);
    assert_null(info.values[i]);
    parse("postgres://");
    info = url_conninfo(arena, &url);
    assert_null(info.keywords[0]);
    assert_null(info.values[0]);
    parse("postgres://:5433");
    info = url_conninfo(arena, &url);
    assert_string_equal(info.keywords[0], "port");
    assert_string_equal(info.values[0], "5433");
    assert_null(info.keywords[1]);
}

static uint64_t random_state;

static uint32_t random_below(uint32_t bound)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % bound;
}

/* Up to 12 characters of 0x20..0x7e, and some that UTF-8 writes in two to four bytes. */
static struct str random_text(void)
{
    static const char *const wide[] = {"\xc3\xa9", "\xc2\x85", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    struct str text = str_dup(arena, (struct str)STR(""));
    uint32_t length = random_below(13);

    for (uint32_t i = 0; i < length; i++) {
        if (random_below(8) == 0)
            text = str_printf(arena, "%.*s%s", STR_ARGS(text), wide[random_below(4)]);
        else
            text = str_printf(arena, "%.*s%c", STR_ARGS(text), (int)(0x20 + random_below(0x5f)));
    }
    return text;
}

static struct str random_name(void)
{
    struct str text = random_text();

    return text.len == 0 || random_below(5) == 0 ? (struct str){NULL, 0} : text;
}

static void random_url(struct url *made)
{
    static const char *const hosts[] = {"db.example.com", "::1",   "/var/run/my pg",
                                        "fe80::1%eth0",   "h-1_x", "@x"};
    size_t host_count = random_below(4);

    *made = (struct url){.kind = URL_POSTGRES, .user = random_name(), .database = random_name()};
    if (random_below(5) > 0)
        made->password = random_text();
    for (size_t i = 0; i < host_count; i++)
        ARENA_PUSH(arena, made->hosts.items, made->hosts.count, made->hosts.capacity) =
            (struct url_host){str_from(hosts[random_below(6)]), (uint16_t)random_below(65536)};
    if (random_below(2) == 0)
        ARENA_PUSH(arena, made->parameters.items, made->parameters.count, made->parameters.capacity) =
            (struct url_parameter){STR("application_name"), random_text()};
    if (random_below(2) == 0)
        ARENA_PUSH(arena, made->parameters.items, made->parameters.count, made->parameters.capacity) =
            (struct url_parameter){STR("options"), random_text()};
}

static bool same(struct str a, struct str b)
{
    return str_equal(a, b) && (a.ptr == NULL) == (b.ptr == NULL);
}

static bool same_url(const struct url *a, const struct url *b)
{
    if (!same(a->user, b->user) || !same(a->password, b->password) || !same(a->database, b->database) ||
        a->hosts.count != b->hosts.count || a->parameters.count != b->parameters.count ||
        b->dropped.count != 0)
        return false;
    for (size_t i = 0; i < a->hosts.count; i++)
        if (!str_equal(a->hosts.items[i].name, b->hosts.items[i].name) ||
            a->hosts.items[i].port != b->hosts.items[i].port)
            return false;
    for (size_t i = 0; i < a->parameters.count; i++)
        if (!same(a->parameters.items[i].name, b->parameters.items[i].name) ||
            !same(a->parameters.items[i].value, b->parameters.items[i].value))
            return false;
    return true;
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    random_state = 1;
    for (int i = 0; i < 1000; i++) {
        for (enum url_style style = URL_LIBPQ; style <= URL_SQLALCHEMY; style++) {
            struct url made;
            struct str text;

            random_url(&made);
            text = url_text(arena, &made, style);
            parse(text.ptr);
            if (!same_url(&made, &url))
                fail_msg("%s", text.ptr);
        }
        arena_reset(arena);
    }
}

static void paths_read_back(void **state)
{
    (void)state;
    random_state = 2;
    for (int i = 0; i < 1000; i++) {
        for (enum url_style style = URL_LIBPQ; style <= URL_SQLALCHEMY; style++) {
            struct url made = {.kind = URL_SQLITE, .path = random_text()};
            struct str text;

            if (made.path.len == 0)
                continue;
            if (random_below(2) == 0)
                made.path = str_printf(arena, "/%.*s", STR_ARGS(made.path));
            text = url_text(arena, &made, style);
            parse(text.ptr);
            if (url.kind != URL_SQLITE || !str_equal(url.path, made.path))
                fail_msg("%s", text.ptr);
        }
        arena_reset(arena);
    }
}

/* A secret of any characters never shows, and the rest stays the same. */
static void redaction_hides_only_the_password(void **state)
{
    (void)state;
    random_state = 3;
    for (int i = 0; i < 500; i++) {
        struct url made;
        struct str hidden;

        random_url(&made);
        made.password = (struct str)STR("***");
        hidden = url_redacted(arena, &made);
        made.password = random_text();
        if (made.password.len == 0)
            continue;
        assert_str_equal(url_redacted(arena, &made), hidden.ptr);
        parse(hidden.ptr);
        made.password = (struct str)STR("***");
        assert_true(same_url(&made, &url));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(libpq_style),
        TEST(sqlalchemy_style),
        TEST(redacted),
        TEST(conninfo_holds_all_and_nothing_else),
        TEST(what_is_written_reads_back),
        TEST(paths_read_back),
        TEST(redaction_hides_only_the_password),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
