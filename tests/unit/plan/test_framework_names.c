/*
 * test_framework_names.c: objects are called, and are of the kind, as each framework makes them on
 * PostgreSQL.  The names with hashes were read off databases that the frameworks made.
 */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "plan/plan.h"
#include "tests/unit/plan/fixture.h"

#define DJANGO                                                                                               \
    "CREATE TABLE \"django_content_type\" (\"id\" integer NOT NULL PRIMARY KEY AUTOINCREMENT, \"app_label\"" \
    " varchar(100) NOT NULL, \"model\" varchar(100) NOT NULL);"
#define RAILS                                                                                                \
    "CREATE TABLE ar_internal_metadata (key varchar, value varchar, created_at datetime(6), updated_at "     \
    "datetime(6));"
#define KNEX                                                                                                 \
    "CREATE TABLE knex_migrations (id integer, name varchar(255), batch integer, migration_time datetime);"
#define PRISMA                                                                                               \
    "CREATE TABLE _prisma_migrations (id, checksum, finished_at, migration_name, logs, rolled_back_at, "     \
    "started_at, applied_steps_count);"
#define DRIZZLE                                                                                              \
    "CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric);"
#define TYPEORM "CREATE TABLE migrations (id integer, timestamp bigint, name varchar);"
#define LARAVEL "CREATE TABLE migrations (id integer, migration varchar, batch integer);"
#define ALEMBIC "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);"

struct made {
    struct arena *arena;
    sqlite3 *db;
    struct schema schema;
    struct plan plan;
};

static void make(struct made *made, const char *sql)
{
    struct plan_options options = {.collate_c = false};
    struct err err = {.code = ERR_NONE};

    made->arena = arena_new();
    made->db = fixture_make(sql);
    made->schema = fixture_schema(made->arena, made->db);
    assert_true(plan_make(made->arena, &made->schema, NULL, &options, &made->plan, &err));
}

static void end(struct made *made)
{
    sqlite3_close(made->db);
    arena_free(made->arena);
}

static const struct plan_object *find(const struct made *made, const char *name)
{
    for (size_t i = 0; i < made->plan.object_count; i++)
        if (str_is(made->plan.objects[i].name, name))
            return &made->plan.objects[i];
    return NULL;
}

static void expect(const char *sql, enum object_class class, const char *name)
{
    struct made made;
    const struct plan_object *object;

    make(&made, sql);
    object = find(&made, name);
    if (object == NULL)
        fail_msg("%s: nothing is called %s", sql, name);
    assert_int_equal(object->class, class);
    end(&made);
}

static void expect_none(const char *sql, const char *name)
{
    struct made made;

    make(&made, sql);
    assert_null(find(&made, name));
    end(&made);
}

static void foreign_keys_without_a_name_get_the_one_of_the_framework(void **state)
{
    static const char users[] = "CREATE TABLE users (id integer primary key);";
    static const struct {
        const char *framework;
        const char *sql;
        const char *name;
    } cases[] = {
        {DJANGO,
         "CREATE TABLE auth_permission (id integer PRIMARY KEY, content_type_id integer REFERENCES "
         "django_content_type (id))",
         "auth_permission_content_type_id_2f476e4b_fk_django_co"},
        {RAILS,
         "CREATE TABLE active_storage_attachments (id integer PRIMARY KEY, blob_id integer REFERENCES "
         "users (id))",
         "fk_rails_c3b3935057"},
        {KNEX, "CREATE TABLE \"Or-der\" (id integer primary key, \"user-Id\" int REFERENCES users (id))",
         "or_der_user-id_foreign"},
        {LARAVEL, "CREATE TABLE \"Or-der\" (id integer primary key, \"user-Id\" int REFERENCES users (id))",
         "or_der_user_id_foreign"},
        {DRIZZLE, "CREATE TABLE post (id integer primary key, user_id int REFERENCES users (id))",
         "post_user_id_users_id_fk"},
        {ALEMBIC, "CREATE TABLE post (id integer primary key, user_id int REFERENCES users (id))",
         "post_user_id_fkey"},
        {"", "CREATE TABLE post (id integer primary key, user_id int REFERENCES users (id))",
         "post_user_id_fkey"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char sql[2048];

        (void)snprintf(sql, sizeof(sql), "%s%s%s", cases[i].framework, users, cases[i].sql);
        expect(sql, OBJECT_FOREIGN_KEY, cases[i].name);
    }
}

static void a_name_in_the_file_is_kept(void **state)
{
    (void)state;
    expect(KNEX "CREATE TABLE a (id integer primary key, b int, CONSTRAINT mine FOREIGN KEY (b) REFERENCES a "
                "(id))",
           OBJECT_FOREIGN_KEY, "mine");
}

static void primary_keys_have_the_name_of_the_framework(void **state)
{
    (void)state;
    expect(TYPEORM "CREATE TABLE \"user\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL)",
           OBJECT_PRIMARY_KEY, "PK_cace4a159ff9f2512dd42373760");
    expect(DRIZZLE "CREATE TABLE comp (a integer, b integer, PRIMARY KEY(a, b))", OBJECT_PRIMARY_KEY,
           "comp_a_b_pk");
    expect(DRIZZLE "CREATE TABLE one (a integer primary key)", OBJECT_PRIMARY_KEY, "one_pkey");
    expect(RAILS "CREATE TABLE one (a integer primary key)", OBJECT_PRIMARY_KEY, "one_pkey");
}

static void unique_indexes_are_constraints_where_the_framework_makes_them(void **state)
{
    static const char table[] = "CREATE TABLE t (id integer primary key, a int NOT NULL, b int NOT NULL);";
    static const struct {
        const char *framework;
        enum object_class class;
    } cases[] = {
        {KNEX, OBJECT_UNIQUE},    {LARAVEL, OBJECT_UNIQUE}, {DJANGO, OBJECT_UNIQUE},
        {DRIZZLE, OBJECT_UNIQUE}, {RAILS, OBJECT_INDEX},    {PRISMA, OBJECT_INDEX},
        {TYPEORM, OBJECT_INDEX},  {ALEMBIC, OBJECT_INDEX},  {"", OBJECT_INDEX},
    };
    char sql[2048];

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        (void)snprintf(sql, sizeof(sql), "%s%sCREATE UNIQUE INDEX t_a_unique ON t (a, b)", cases[i].framework,
                       table);
        expect(sql, cases[i].class, "t_a_unique");
        /* What no constraint can say stays an index. */
        (void)snprintf(sql, sizeof(sql), "%s%sCREATE UNIQUE INDEX x ON t (a) WHERE b > 1", cases[i].framework,
                       table);
        expect(sql, OBJECT_INDEX, "x");
        (void)snprintf(sql, sizeof(sql), "%s%sCREATE UNIQUE INDEX x ON t (a DESC)", cases[i].framework,
                       table);
        expect(sql, OBJECT_INDEX, "x");
        (void)snprintf(sql, sizeof(sql), "%s%sCREATE UNIQUE INDEX x ON t (a + 1)", cases[i].framework, table);
        expect(sql, OBJECT_INDEX, "x");
    }
    expect(DRIZZLE "CREATE TABLE u (e text); CREATE UNIQUE INDEX u_e_idx ON u (e)", OBJECT_INDEX, "u_e_idx");
    expect(KNEX "CREATE TABLE u (e text); CREATE UNIQUE INDEX x ON u (e COLLATE NOCASE)", OBJECT_INDEX, "x");
}

static void relations_of_prisma_have_a_primary_key(void **state)
{
    (void)state;
    expect(PRISMA "CREATE TABLE \"_AToB\" (\"A\" INTEGER NOT NULL, \"B\" INTEGER NOT NULL);"
                  "CREATE UNIQUE INDEX \"_AToB_AB_unique\" ON \"_AToB\"(\"A\", \"B\")",
           OBJECT_PRIMARY_KEY, "_AToB_AB_pkey");
    expect(PRISMA "CREATE TABLE \"_AToB\" (\"A\" INTEGER NOT NULL, \"B\" INTEGER);"
                  "CREATE UNIQUE INDEX \"_AToB_AB_unique\" ON \"_AToB\"(\"A\", \"B\")",
           OBJECT_INDEX, "_AToB_AB_unique");
}

static void long_names_of_django_are_shortened_as_django_does_it(void **state)
{
    (void)state;
    expect(DJANGO
           "CREATE TABLE \"app_alltypes_friends\" (\"id\" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "
           "\"from_alltypes_id\" bigint NOT NULL, \"to_alltypes_id\" bigint NOT NULL);"
           "CREATE UNIQUE INDEX \"app_alltypes_friends_from_alltypes_id_to_alltypes_id_682e7aae_uniq\" "
           "ON \"app_alltypes_friends\" (\"from_alltypes_id\", \"to_alltypes_id\")",
           OBJECT_UNIQUE, "app_alltypes_friends_from_alltypes_id_to_allt_682e7aae_uniq");
}

static void django_has_a_second_index_for_like(void **state)
{
    static const char tag[] = DJANGO
        "CREATE TABLE \"app_tag\" (\"id\" integer NOT NULL PRIMARY KEY AUTOINCREMENT, \"name\" varchar(40) "
        "NOT NULL UNIQUE, \"number\" integer NOT NULL UNIQUE, \"a\" varchar(9) NOT NULL, CONSTRAINT \"mine\" "
        "UNIQUE (\"a\"))";
    static const char indexed[] =
        DJANGO "CREATE TABLE \"app_alltypes\" (\"id\" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "
               "\"char_idx\" varchar(30) NULL, \"x\" varchar(30) NULL);"
               "CREATE INDEX \"app_alltypes_char_idx_437575d3\" ON \"app_alltypes\" (\"char_idx\");"
               "CREATE INDEX \"mine\" ON \"app_alltypes\" (\"x\")";
    struct made made;

    (void)state;
    expect(tag, OBJECT_INDEX, "app_tag_name_749da597_like");
    expect(indexed, OBJECT_INDEX, "app_alltypes_char_idx_437575d3_like");
    make(&made, indexed);
    assert_int_equal(made.plan.object_count, 5); /* two keys, two indexes, and the one for LIKE */
    end(&made);
    make(&made, tag);
    assert_int_equal(made.plan.object_count, 6); /* two keys, three unique constraints, and that one */
    end(&made);
    expect_none("CREATE TABLE app_tag (name varchar(40) UNIQUE)", "app_tag_name_749da597_like");
}

static void keys_are_serial_with_a_framework_and_identity_without(void **state)
{
    static const struct {
        const char *sql;
        enum identity identity;
    } cases[] = {
        {"CREATE TABLE t (id INTEGER PRIMARY KEY)", IDENTITY_BY_DEFAULT},
        {KNEX "CREATE TABLE t (id INTEGER PRIMARY KEY)", IDENTITY_SERIAL},
        /* serial would name its sequence otherwise: the table's name is first */
        {KNEX "CREATE TABLE t (id INTEGER PRIMARY KEY); CREATE TABLE t_id_seq (a)", IDENTITY_BY_DEFAULT},
        /* the numbers of the row that it references */
        {KNEX "CREATE TABLE p (id INTEGER PRIMARY KEY);"
              "CREATE TABLE t (id INTEGER PRIMARY KEY REFERENCES p (id))",
         IDENTITY_NO},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct made made;
        size_t seen = 0;

        make(&made, cases[i].sql);
        for (size_t j = 0; j < made.plan.table_count; j++) {
            if (!str_is(made.plan.tables[j].name, "t"))
                continue;
            seen++;
            assert_int_equal(made.plan.tables[j].columns[0].identity, cases[i].identity);
        }
        assert_int_equal(seen, 1);
        end(&made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(foreign_keys_without_a_name_get_the_one_of_the_framework),
        cmocka_unit_test(a_name_in_the_file_is_kept),
        cmocka_unit_test(primary_keys_have_the_name_of_the_framework),
        cmocka_unit_test(unique_indexes_are_constraints_where_the_framework_makes_them),
        cmocka_unit_test(relations_of_prisma_have_a_primary_key),
        cmocka_unit_test(long_names_of_django_are_shortened_as_django_does_it),
        cmocka_unit_test(django_has_a_second_index_for_like),
        cmocka_unit_test(keys_are_serial_with_a_framework_and_identity_without),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
