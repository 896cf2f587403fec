#include "tests/unit/url/fixture.h"

static void ipv6_stands_in_brackets(void **state)
{
    (void)state;
    parse("postgres://u@[2001:db8::1]:5433/d");
    assert_host(0, "2001:db8::1", 5433);
    parse("postgres://[::1]");
    assert_host(0, "::1", 0);
    parse("postgres://[fe80::1%25eth0]/d");
    assert_host(0, "fe80::1%eth0", 0);
    refuse("postgres://[::1/d", "'['");
    refuse("postgres://[]/d", "'['");
    refuse("postgres://[secret pass]/d", "'['");
    refuse("postgres://[::1%2C::2]/d", "character");
    refuse("postgres://[::1]5432/d", "'['");
    refuse("postgres://::1/d", "several colons");
    refuse("postgres://fe80::1:5432/d", "several colons");
}

static void sockets(void **state)
{
    (void)state;
    parse("postgres://%2Fvar%2Frun%2Fpostgresql:5433/d");
    assert_host(0, "/var/run/postgresql", 5433);
    parse("postgres:///d?host=/var/run/postgresql");
    assert_host(0, "/var/run/postgresql", 0);
    parse("postgres://u:p@:5433/d?host=/tmp");
    assert_host(0, "/tmp", 5433);
    parse("postgres://:5433/d");
    assert_host(0, "", 5433);
    parse("postgresql+psycopg2:///d?host=/cloudsql/p:r:i");
    assert_host(0, "/cloudsql/p:r:i", 0);
    parse("postgresql+pg8000:///d?unix_sock=/tmp/a/.s.PGSQL.5433");
    assert_host(0, "/tmp/a", 5433);
    refuse("postgresql+pg8000:///d?unix_sock=/tmp/a", "unix_sock");
    refuse("postgresql+pg8000:///d?unix_sock=", "unix_sock");
    refuse("postgresql+pg8000:///d?unix_sock=/tmp/.s.PGSQL.", "unix_sock");
}

static void several_hosts(void **state)
{
    (void)state;
    parse("postgres://u@h1:5432,h2,[::1]:5434/d");
    assert_int_equal(url.hosts.count, 3);
    assert_host(0, "h1", 5432);
    assert_host(1, "h2", 0);
    assert_host(2, "::1", 5434);
    parse("postgres:///d?host=h1,h2&port=5433");
    assert_int_equal(url.hosts.count, 2);
    assert_host(0, "h1", 5433);
    assert_host(1, "h2", 5433);
    parse("postgres:///d?port=1,2&host=h1,/tmp");
    assert_host(0, "h1", 1);
    assert_host(1, "/tmp", 2);
    parse("postgres://,/d");
    assert_int_equal(url.hosts.count, 2);
    refuse("postgres://h1,h2/d?port=1,2,3", "3 ports for 2 hosts");
    refuse("postgres:///d?port=1,2", "2 ports for 1 hosts");
}

static void parameters_override_the_address(void **state)
{
    (void)state;
    parse("postgres://u:p@h1:1/d?host=h2&port=2&user=v&password=q&dbname=e");
    assert_int_equal(url.hosts.count, 1);
    assert_host(0, "h2", 2);
    assert_str_equal(url.user, "v");
    assert_str_equal(url.password, "q");
    assert_str_equal(url.database, "e");
    assert_int_equal(url.parameters.count, 0);
    parse("postgres:///d?host=h1&host=h2");
    assert_int_equal(url.hosts.count, 1);
    assert_host(0, "h2", 0);
}

/* docs.sqlalchemy.org, "Specifying multiple fallback hosts". */
static void several_hosts_of_sqlalchemy(void **state)
{
    (void)state;
    parse("postgresql+psycopg2://u:p@/d?host=h1:1&host=h2&host=h3:3");
    assert_int_equal(url.hosts.count, 3);
    assert_host(0, "h1", 1);
    assert_host(1, "h2", 0);
    assert_host(2, "h3", 3);
    parse("postgresql+psycopg2://u:p@/d?host=h1,h2&port=1,2");
    assert_int_equal(url.hosts.count, 2);
    assert_host(1, "h2", 2);
    parse("postgresql+psycopg2://u:p@h0/d?host=h1");
    assert_int_equal(url.hosts.count, 1);
    assert_host(0, "h1", 0);
}

static void names_in_parameters_are_settled(void **state)
{
    (void)state;
    parse("host=[::1] port=5433");
    assert_host(0, "::1", 5433);
    parse("postgres:///d?host=::1,[fe80::2]&port=1,2");
    assert_host(0, "::1", 1);
    assert_host(1, "fe80::2", 2);
    parse("host='/tmp/a:5'");
    assert_host(0, "/tmp/a:5", 0);
    parse("host=@a:5");
    assert_host(0, "@a:5", 0);
    refuse("host=h:5432 dbname=d", "port in its name");
    refuse("postgres:///d?host=h:5432", "port in its name");
    refuse("host=h:x dbname=d", "port");
    refuse("postgres://[ab]/d", "'['");
    refuse("postgres://[a:5]/d", "'['");
}

static void an_address_needs_no_host(void **state)
{
    (void)state;
    parse("hostaddr=127.0.0.1,10.0.0.1 port=1,2");
    assert_int_equal(url.hosts.count, 2);
    assert_host(0, "", 1);
    assert_host(1, "", 2);
    assert_false(url_is_local(&url));
}

static void ports_are_checked(void **state)
{
    static const char *const wrong[] = {"0", "65536", "99999",  "-1",  "+5",   "5432x",
                                        "x", "0x15",  "100000", "5 4", "$PORT"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        refuse(str_printf(arena, "postgres://u:p@h:%s/d", wrong[i]).ptr, "port");
        refuse(str_printf(arena, "postgres://u:p@h/d?port=%s", wrong[i]).ptr, "port");
        refuse(str_printf(arena, "host=h port='%s'", wrong[i]).ptr, "port");
    }
    refuse("postgres://h1:1,h2:0/d", "host 2");
    parse("postgres://h:1/d");
    assert_host(0, "h", 1);
    parse("postgres://h:65535/d");
    assert_host(0, "h", 65535);
    parse("postgres://h:05432/d");
    assert_host(0, "h", 5432);
    parse("postgres://h:/d");
    assert_host(0, "h", 0);
}

static void hosts_that_are_none(void **state)
{
    static const char *const wrong[] = {"a b", "<host>", "$HOST", "${HOST}", "a\"b", "a\\b", "*", "a%2Cb"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++)
        refuse(str_printf(arena, "postgres://u:p@%s/d", wrong[i]).ptr, "character");
}

static void local_ones(void **state)
{
    static const char *const local[] = {
        "postgres:///d",
        "postgres://localhost/d",
        "postgres://LocalHost:5433/d",
        "postgres://127.0.0.1/d",
        "postgres://127.8.9.10/d",
        "postgres://[::1]/d",
        "postgres://[0:0:0:0:0:0:0:1]/d",
        "postgres://[::ffff:127.0.0.1]/d",
        "postgres://%2Ftmp/d",
        "postgres:///d?host=@abstract",
        "postgres://localhost,127.0.0.1/d",
        "postgres://:5433/d",
        "postgres://example.com/d?hostaddr=127.0.0.1",
        "dbname=d",
    };
    static const char *const remote[] = {
        "postgres://example.com/d",
        "postgres://127.evil.example/d",
        "postgres://127.0.0.1.example/d",
        "postgres://localhost.example/d",
        "postgres://10.0.0.1/d",
        "postgres://[::2]/d",
        "postgres://[::ffff:10.0.0.1]/d",
        "postgres://localhost,example.com/d",
        "postgres://example.com,localhost/d",
        "postgres://localhost/d?hostaddr=10.0.0.1",
        "postgres:///d?hostaddr=127.0.0.1,10.0.0.1",
        "postgres://localhost,example.com/d?hostaddr=127.0.0.1,",
        "postgres://localhost?service=far",
        "service=far",
        "postgres://0123456789012345678901234567890123456789012345678901234567890123456789/d",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(local); i++) {
        parse(local[i]);
        if (!url_is_local(&url))
            fail_msg("%s is local", local[i]);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(remote); i++) {
        parse(remote[i]);
        if (url_is_local(&url))
            fail_msg("%s is remote", remote[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ipv6_stands_in_brackets),
        TEST(sockets),
        TEST(several_hosts),
        TEST(parameters_override_the_address),
        TEST(several_hosts_of_sqlalchemy),
        TEST(names_in_parameters_are_settled),
        TEST(an_address_needs_no_host),
        TEST(ports_are_checked),
        TEST(hosts_that_are_none),
        TEST(local_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
