#include "tests/unit/url/fixture.h"

#include <libpq-fe.h>

#include "url/url_intern.h"

static const char *libpq_value(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val;
    return NULL;
}

/* Every value of the url must be libpq's, and every value of libpq ours.  libpq forgets empty ones. */
static void compare(const char *text, const PQconninfoOption *options)
{
    struct url_conninfo info = url_conninfo(arena, &url);
    size_t ours = 0;
    size_t theirs = 0;

    for (size_t i = 0; info.keywords[i] != NULL; i++) {
        const char *value = libpq_value(options, info.keywords[i]);

        ours += info.values[i][0] != '\0';
        if (info.values[i][0] != '\0' && (value == NULL || strcmp(value, info.values[i]) != 0))
            fail_msg("%s: %s is '%s' here and '%s' in libpq", text, info.keywords[i], info.values[i],
                     value == NULL ? "" : value);
    }
    for (; options->keyword != NULL; options++)
        theirs += options->val != NULL && options->val[0] != '\0';
    if (ours != theirs)
        fail_msg("%s: %zu values here and %zu in libpq", text, ours, theirs);
}

/* `text` is given to us, `theirs` to libpq. */
static void assert_like_libpq(const char *text, const char *theirs)
{
    char *message = NULL;
    PQconninfoOption *options = PQconninfoParse(theirs, &message);

    if (options == NULL)
        fail_msg("libpq: %s", message);
    parse(text);
    compare(text, options);
    PQconninfoFree(options);
}

/* The examples of the manual, and what libpq's own tests (uri-regress) read without an error. */
static void well_formed_ones_are_read_alike(void **state)
{
    static const char *const texts[] = {
        "postgresql://",
        "postgresql://localhost",
        "postgresql://localhost:5433",
        "postgresql://localhost/mydb",
        "postgresql://user@localhost",
        "postgresql://user:secret@localhost",
        "postgresql://other@localhost/otherdb?connect_timeout=10&application_name=myapp",
        "postgresql://host1:123,host2:456/somedb?target_session_attrs=any&application_name=myapp",
        "postgresql:///mydb?host=localhost&port=5433",
        "postgresql://[2001:db8::1234]/database",
        "postgresql://%2Fvar%2Flib%2Fpostgresql/dbname",
        "postgresql://user@localhost:5433/mydb?options=-c%20synchronous_commit%3Doff",
        "postgresql://uri-user:secret@host:12345/db",
        "postgresql://uri-user@host:12345/db",
        "postgresql://uri-user@host/",
        "postgresql://uri-user@",
        "postgresql://uri-user:secret@",
        "postgresql://host:12345/",
        "postgresql://host:12345",
        "postgresql://host/db?user=uri-user",
        "postgresql://host/db?user=uri-user&port=12345",
        "postgresql:///db?user=uri-user&password=pw&host=/tmp",
        "postgresql://?host=/path/to/socket/dir",
        "postgres://@host",
        "postgres://:@host",
        "postgres://host:/",
        "postgres://:12345/",
        "postgres://otheruser@?host=/no/such/directory",
        "postgres://otheruser@/?host=/no/such/directory",
        "postgres://otheruser@:12345?host=/no/such/socket/path",
        "postgres://otheruser@:12345/db?host=/path/to/socket",
        "postgres://:12345/db?host=/path/to/socket",
        "postgres://:12345?host=/path/to/socket",
        "postgres://%2Fvar%2Flib%2Fpostgresql/dbname",
        "postgres://[::1]:5432,h2,%2Ftmp:5434/db",
        "postgres://h1:1/db?host=h2",
        "postgres://h1/db?port=6543",
        "postgres://u%2B:%C3%A9+%3d@h/d+%26?application_name=a+b",
        "postgres://h/a/b",
        "postgres://h/a@b",
        "postgres://h/db?application_name=a@b",
        "postgres://h/db?ssl=true",
        "postgres://h?service=x",
        "host=h port=1 user=u dbname='a b' password='it\\'s'",
        "service=x",
        "hostaddr=127.0.0.1 port=5433",
        "host=a,b port=1,2 user = x",
        "user='' dbname='' host=h",
        "dbname=''user=x",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        assert_like_libpq(texts[i], texts[i]);
}

static uint32_t random_below(uint64_t *seed, uint32_t bound)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % bound;
}

static struct str random_text(uint64_t *seed)
{
    struct str text = {NULL, 0};

    for (uint32_t left = 1 + random_below(seed, 12); left > 0; left--)
        text = str_printf(arena, "%.*s%c", STR_ARGS(text), (int)(0x20 + random_below(seed, 0x5f)));
    return text;
}

static void what_is_written_reads_alike(void **state)
{
    uint64_t seed = 7;

    (void)state;
    for (int i = 0; i < 500; i++) {
        struct url made = {.kind = URL_POSTGRES};
        struct url_host host = {STR("/tmp/a b"), 5433};
        struct url_parameter parameter = {STR("options"), random_text(&seed)};
        struct str text;

        made.user = random_text(&seed);
        made.password = random_text(&seed);
        made.database = random_text(&seed);
        made.hosts = (struct url_hosts){&host, random_below(&seed, 2), 1};
        made.parameters = (struct url_parameters){&parameter, random_below(&seed, 2), 1};
        text = url_text(arena, &made, URL_LIBPQ);
        assert_like_libpq(text.ptr, text.ptr);
        arena_reset(arena);
    }
}

/* A keyword that this libpq has and we do not know would be dropped. */
static void every_keyword_of_libpq_is_known(void **state)
{
    PQconninfoOption *options = PQconndefaults();

    (void)state;
    assert_non_null(options);
    for (size_t i = 0; options[i].keyword != NULL; i++) {
        if (!url_parameter_is_libpq(str_from(options[i].keyword)))
            fail_msg("%s", options[i].keyword);
        if (options[i].dispchar[0] == '*')
            assert_true(url_parameter_is_secret(str_from(options[i].keyword)));
    }
    PQconninfoFree(options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(well_formed_ones_are_read_alike),
        TEST(what_is_written_reads_alike),
        TEST(every_keyword_of_libpq_is_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
