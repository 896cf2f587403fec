#include "tests/unit/url/fixture.h"

static void all_parts(void **state)
{
    (void)state;
    parse("  host = db.example.com port=5433 user=me password='my \\'pass\\\\word' dbname=app "
          "sslmode=require ");
    assert_int_equal(url.kind, URL_POSTGRES);
    assert_str_equal(url.user, "me");
    assert_str_equal(url.password, "my 'pass\\word");
    assert_host(0, "db.example.com", 5433);
    assert_str_equal(url.database, "app");
    assert_str_equal(url_parameter(&url, "sslmode"), "require");
}

static void a_service(void **state)
{
    (void)state;
    parse("service=production");
    assert_str_equal(url_parameter(&url, "service"), "production");
    assert_int_equal(url.hosts.count, 0);
    assert_false(url_is_local(&url));
}

static void values_are_literal(void **state)
{
    (void)state;
    parse("user=a%40b password=a\\ b\\'c@/?#%41+x dbname='' host=''");
    assert_str_equal(url.user, "a%40b");
    assert_str_equal(url.password, "a b'c@/?#%41+x");
    assert_absent(url.database);
    assert_int_equal(url.hosts.count, 0);
    parse("dbname=''password=''");
    assert_non_null(url.password.ptr);
    assert_int_equal(url.password.len, 0);
}

static void malformed_ones_are_refused(void **state)
{
    (void)state;
    refuse("host=x secret", "'=' is missing");
    refuse("host=x =secret", "'=' is missing");
    refuse("host=x password='secret", "closing quote");
    refuse("host=x password='secret\\", "closing quote");
    refuse("host=x passwort=secret", "passwort");
    parse("host=x password=a\\");
    assert_str_equal(url.password, "a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_parts),
        TEST(a_service),
        TEST(values_are_literal),
        TEST(malformed_ones_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
