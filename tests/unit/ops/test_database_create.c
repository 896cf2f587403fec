/* test_database_create.c: the statement that makes a database as another one was, and what of it a bundle
 * keeps. */
#include "tests/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ops/database_create.h"
#include "ops/manifest.h"

static const struct database_facts libc_facts = {.name = STR("old"),
                                                 .owner = STR("app"),
                                                 .encoding = STR("UTF8"),
                                                 .collate = STR("de_DE.UTF-8"),
                                                 .ctype = STR("C"),
                                                 .provider = STR("c"),
                                                 .connection_limit = -1};

static struct database_facts with_provider(const char *provider, const char *locale, const char *rules)
{
    struct database_facts facts = libc_facts;

    facts.provider = str_from(provider);
    facts.locale = str_from(locale);
    facts.icu_rules = str_from(rules);
    return facts;
}

static void check_text(struct database_facts facts, int major, const char *expected)
{
    struct arena *arena = arena_new();
    struct database_wish wish = {.facts = &facts, .name = STR("new"), .major = major};

    assert_str_equal(database_create_text(arena, &wish), expected);
    arena_free(arena);
}

#define UTF8   "CREATE DATABASE \"new\" TEMPLATE template0 ENCODING 'UTF8'"
#define GERMAN UTF8 " LC_COLLATE 'de_DE.UTF-8' LC_CTYPE 'C'"

static void collation_is_said_as_each_version_knows_it(void **state)
{
    (void)state;
    check_text(libc_facts, 14, GERMAN);
    check_text(libc_facts, 15, GERMAN " LOCALE_PROVIDER libc");
    check_text(libc_facts, 18, GERMAN " LOCALE_PROVIDER libc");
    check_text(with_provider("i", "de", NULL), 15, GERMAN " LOCALE_PROVIDER icu ICU_LOCALE 'de'");
    check_text(with_provider("i", "de", "&a < b"), 16,
               GERMAN " LOCALE_PROVIDER icu ICU_LOCALE 'de' ICU_RULES '&a < b'");
    check_text(with_provider("i", "de", "&a < '"), 18,
               GERMAN " LOCALE_PROVIDER icu ICU_LOCALE 'de' ICU_RULES '&a < '''");
    check_text(with_provider("b", "C.UTF-8", NULL), 17,
               GERMAN " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'");
}

static void owner_tablespace_and_locale_are_as_wished(void **state)
{
    struct arena *arena = arena_new();
    struct database_wish wish = {.facts = &libc_facts,
                                 .name = STR("a \"b"),
                                 .owner = STR("Some one"),
                                 .locale = STR("C.UTF-8"),
                                 .tablespace = STR("fast"),
                                 .major = 14};

    (void)state;
    assert_str_equal(database_create_text(arena, &wish),
                     "CREATE DATABASE \"a \"\"b\" OWNER \"Some one\" TEMPLATE template0 ENCODING 'UTF8'"
                     " LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' TABLESPACE \"fast\"");
    arena_free(arena);
}

static void check_hindrance(struct database_facts facts, int least)
{
    struct arena *arena = arena_new();

    assert_non_null(database_hindrance(arena, &facts, least - 1).ptr);
    assert_null(database_hindrance(arena, &facts, least).ptr);
    arena_free(arena);
}

/* An older server would take the statement without those words, and sort in another order. */
static void collation_that_a_server_does_not_have_is_not_left_out(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    check_hindrance(with_provider("i", "de", NULL), 15);
    check_hindrance(with_provider("i", "de", "&a < b"), 16);
    check_hindrance(with_provider("b", "C", NULL), 17);
    assert_null(database_hindrance(arena, &libc_facts, 14).ptr);
    arena_free(arena);
}

static struct bundle_database kept(struct arena *arena, const char *folder, struct database_facts facts)
{
    struct bundle_database database = {.facts = facts, .folder = STR("databases/old")};
    struct manifest manifest = {.pgrade = STR("1"),
                                .engine = STR("postgres"),
                                .source = STR("postgresql:///"),
                                .database = STR("*"),
                                .server = STR("18.1"),
                                .format = STR("bundle"),
                                .data = STR("databases"),
                                .bundle = {.databases = &database, .database_count = 1}};
    struct manifest read;
    struct err err = {.code = ERR_NONE};

    manifest.file_count = 1;
    manifest.files = &(struct manifest_file){STR("databases/old/dump"), 1, STR("00")};
    assert_true(manifest_write(folder, &manifest, &err));
    assert_true(manifest_read(arena, folder, &read, &err));
    assert_int_equal(read.bundle.database_count, 1);
    return read.bundle.databases[0];
}

/* A bundle of an earlier version has no member for rules: it reads as one that has none. */
static void manifest_keeps_the_rules_of_a_collation(void **state)
{
    struct arena *arena = arena_new();
    char folder[] = "/tmp/pgrade-unit-XXXXXX";
    char path[64];

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_str_equal(kept(arena, folder, with_provider("i", "de", "&a < b")).facts.icu_rules, "&a < b");
    assert_null(kept(arena, folder, libc_facts).facts.icu_rules.ptr);
    (void)snprintf(path, sizeof(path), "%s/" MANIFEST_NAME, folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collation_is_said_as_each_version_knows_it),
        cmocka_unit_test(owner_tablespace_and_locale_are_as_wished),
        cmocka_unit_test(collation_that_a_server_does_not_have_is_not_left_out),
        cmocka_unit_test(manifest_keeps_the_rules_of_a_collation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
