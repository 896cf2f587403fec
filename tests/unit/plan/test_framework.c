#include "tests/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/framework.h"
#include "tests/unit/plan/fixture.h"

struct expectation {
    enum framework_id id;
    const char *ledger; /* NULL: none */
    const char *sql;
};

static void check(const struct expectation *expected)
{
    struct arena *arena = arena_new();
    sqlite3 *db = fixture_make(expected->sql);
    struct schema schema = fixture_schema(arena, db);
    struct framework found = framework_detect(arena, &schema);

    if (found.id != expected->id)
        fail_msg("%s is taken for %s: %s", expected->sql, found.name, found.evidence.ptr);
    assert_str_equal(found.ledger, expected->ledger == NULL ? "" : expected->ledger);
    assert_true((found.evidence.len > 0) == (found.id != FRAMEWORK_NONE));
    assert_true(found.schema == &schema);
    sqlite3_close(db);
    arena_free(arena);
}

static void ledgers_are_known_by_their_columns(void **state)
{
    static const struct expectation cases[] = {
        {FRAMEWORK_SQLALCHEMY, "alembic_version",
         "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"},
        {FRAMEWORK_DJANGO, "django_migrations",
         "CREATE TABLE \"django_migrations\" (\"id\" integer NOT NULL PRIMARY KEY AUTOINCREMENT, \"app\" "
         "varchar(255) NOT NULL, \"name\" varchar(255) NOT NULL, \"applied\" datetime NOT NULL)"},
        {FRAMEWORK_DJANGO, NULL, "CREATE TABLE django_content_type (id, app_label, model)"},
        {FRAMEWORK_RAILS, "schema_migrations",
         "CREATE TABLE schema_migrations (version varchar NOT NULL PRIMARY KEY);"
         "CREATE TABLE ar_internal_metadata (key varchar, value varchar, created_at datetime(6), updated_at "
         "datetime(6))"},
        {FRAMEWORK_SEQUELIZE, "SequelizeMeta", "CREATE TABLE `SequelizeMeta` (`name` VARCHAR(255) NOT NULL)"},
        {FRAMEWORK_KNEX, "knex_migrations",
         "CREATE TABLE knex_migrations (id integer, name varchar(255), batch integer, migration_time "
         "datetime)"},
        {FRAMEWORK_LARAVEL, "migrations",
         "CREATE TABLE migrations (id integer, migration varchar, batch integer)"},
        {FRAMEWORK_TYPEORM, "migrations",
         "CREATE TABLE migrations (id integer, timestamp bigint, name varchar)"},
        {FRAMEWORK_TYPEORM, NULL,
         "CREATE TABLE typeorm_metadata (type, database, schema, \"table\", name, value)"},
        {FRAMEWORK_PRISMA, "_prisma_migrations",
         "CREATE TABLE _prisma_migrations (id, checksum, finished_at, migration_name, logs, rolled_back_at, "
         "started_at, applied_steps_count)"},
        {FRAMEWORK_DRIZZLE, "__drizzle_migrations",
         "CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)"},
        /* The names alone say nothing: CodeIgniter, dbmate, Ecto, golang-migrate, somebody's own. */
        {FRAMEWORK_NONE, NULL,
         "CREATE TABLE migrations (id, version, class, [group], namespace, time, batch)"},
        {FRAMEWORK_NONE, NULL, "CREATE TABLE migrations (id, migration)"},
        {FRAMEWORK_NONE, NULL, "CREATE TABLE schema_migrations (version varchar(128) primary key)"},
        {FRAMEWORK_NONE, NULL,
         "CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, inserted_at TEXT)"},
        {FRAMEWORK_NONE, NULL, "CREATE TABLE schema_migrations (version uint64, dirty bool)"},
        {FRAMEWORK_NONE, NULL, "CREATE TABLE alembic_version (version_num, remark)"},
        /* a virtual table is nobody's ledger */
        {FRAMEWORK_NONE, NULL, "CREATE VIRTUAL TABLE SequelizeMeta USING fts5(name)"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        check(&cases[i]);
}

static void styles_are_known_without_a_ledger(void **state)
{
    static const struct expectation cases[] = {
        {FRAMEWORK_SQLALCHEMY, NULL,
         "CREATE TABLE user (\n\tid INTEGER NOT NULL, \n\tusername VARCHAR(20) NOT NULL, \n\tPRIMARY KEY "
         "(id), "
         "\n\tUNIQUE (username)\n);"
         "CREATE TABLE tags (\n\tname VARCHAR(20)\n)"},
        /* ALTER TABLE ADD COLUMN appends in SQLite's own way */
        {FRAMEWORK_SQLALCHEMY, NULL,
         "CREATE TABLE user (\n\tid INTEGER NOT NULL, \n\tname TEXT, \n\tPRIMARY KEY (id)\n);"
         "ALTER TABLE user ADD COLUMN age BIGINT;ALTER TABLE user ADD COLUMN height FLOAT"},
        {FRAMEWORK_DJANGO, NULL,
         "CREATE TABLE \"app_tag\" (\"id\" integer NOT NULL PRIMARY KEY AUTOINCREMENT, \"name\" varchar(40) "
         "NOT "
         "NULL, \"note\" text NULL)"},
        {FRAMEWORK_RAILS, NULL,
         "CREATE TABLE \"tags\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"name\" varchar(40));"
         "CREATE UNIQUE INDEX \"index_tags_on_name\" ON \"tags\" (\"name\")"},
        {FRAMEWORK_TYPEORM, NULL,
         "CREATE TABLE \"tag\" (\"id\" integer PRIMARY KEY AUTOINCREMENT NOT NULL, \"name\" varchar NOT "
         "NULL, "
         "CONSTRAINT \"UQ_6a9775008add570dc3e5a0bab7b\" UNIQUE (\"name\"))"},
        {FRAMEWORK_SEQUELIZE, NULL,
         "CREATE TABLE `Tags` (`id` INTEGER PRIMARY KEY AUTOINCREMENT, `name` VARCHAR(40), `createdAt` "
         "DATETIME NOT "
         "NULL, `updatedAt` DATETIME NOT NULL)"},
        {FRAMEWORK_KNEX, NULL,
         "CREATE TABLE `tags` (`id` integer not null primary key autoincrement, `name` varchar(40) not "
         "null)"},
        {FRAMEWORK_LARAVEL, NULL,
         "CREATE TABLE \"tags\" (\"id\" integer not null primary key autoincrement, \"name\" varchar not "
         "null)"},
        {FRAMEWORK_PRISMA, NULL,
         "CREATE TABLE \"Tag\" (\n    \"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,\n    \"name\" TEXT "
         "NOT "
         "NULL\n);"
         "CREATE UNIQUE INDEX \"Tag_name_key\" ON \"Tag\"(\"name\")"},
        {FRAMEWORK_DRIZZLE, NULL,
         "CREATE TABLE `tag` (\n\t`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,\n\t`name` text(40) NOT "
         "NULL\n)"},
        {FRAMEWORK_PEEWEE, NULL,
         "CREATE TABLE \"tag\" (\"id\" INTEGER NOT NULL PRIMARY KEY, \"name\" VARCHAR(40) NOT NULL)"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        check(&cases[i]);
}

static void what_people_and_other_tools_write_is_no_framework(void **state)
{
    static const char *const cases[] = {
        "SELECT 1",
        "CREATE TABLE t (a)",
        "CREATE TABLE t (id integer primary key, name text)",
        /* by hand, with tabs, and spaces, and in capitals */
        "CREATE TABLE user (\n\tid INTEGER PRIMARY KEY,\n\tname TEXT NOT NULL\n)",
        "CREATE TABLE user (\n    id INTEGER PRIMARY KEY,\n    name TEXT NOT NULL\n)",
        "CREATE TABLE user (\n\tid INTEGER\n)",
        /* DB Browser for SQLite, old and new */
        "CREATE TABLE `user` (\n\t`id`\tINTEGER PRIMARY KEY AUTOINCREMENT,\n\t`name`\tTEXT\n)",
        "CREATE TABLE \"user\" (\n\t\"id\"\tINTEGER,\n\t\"name\"\tTEXT,\n\tPRIMARY KEY(\"id\")\n)",
        /* sqlite-utils */
        "CREATE TABLE [user] (\n   [id] INTEGER PRIMARY KEY,\n   [name] TEXT\n)",
        /* GORM */
        "CREATE TABLE `users` (`id` integer PRIMARY KEY AUTOINCREMENT,`created_at` datetime,`name` text)",
        /* Entity Framework Core */
        "CREATE TABLE \"Blogs\" (\n    \"BlogId\" INTEGER NOT NULL CONSTRAINT \"PK_Blogs\" PRIMARY KEY "
        "AUTOINCREMENT,\n    \"Url\" TEXT NULL\n);"
        "CREATE TABLE \"Posts\" (\n    \"PostId\" INTEGER NOT NULL CONSTRAINT \"PK_Posts\" PRIMARY KEY "
        "AUTOINCREMENT,\n    \"BlogId\" INTEGER NOT NULL,\n    CONSTRAINT \"FK_Posts_Blogs_BlogId\" FOREIGN "
        "KEY "
        "(\"BlogId\") REFERENCES \"Blogs\" (\"BlogId\") ON DELETE CASCADE\n);"
        "CREATE INDEX \"IX_Posts_BlogId\" ON \"Posts\" (\"BlogId\")",
        /* one table of four in the style of a framework */
        ("CREATE TABLE \"tag\" (\"id\" INTEGER NOT NULL PRIMARY KEY, \"name\" TEXT);"
         "CREATE TABLE a (x int); CREATE TABLE b (x int); CREATE TABLE c (x int)"),
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        check(&(struct expectation){FRAMEWORK_NONE, NULL, cases[i]});
}

/* Databases of real applications; the folder is in $PGRADE_TESTDATA. */
static void real_files(void **state)
{
    static const struct {
        const char *file;
        enum framework_id id;
    } cases[] = {
        {"apps/flask_blog.db", FRAMEWORK_SQLALCHEMY},
        {"apps/flask_posts.db", FRAMEWORK_SQLALCHEMY},
        {"apps/flask_inventory.db", FRAMEWORK_SQLALCHEMY},
        {"classic/superset.db", FRAMEWORK_SQLALCHEMY},
        {"apps/django_blog.sqlite3", FRAMEWORK_DJANGO},
        {"apps/android_turbo.db", FRAMEWORK_NONE},
        {"apps/firefox_places.sqlite", FRAMEWORK_NONE},
        {"apps/sqlite_MyVideos107.db", FRAMEWORK_NONE},
        {"apps/sqlite_zeitgeist_activity.sqlite", FRAMEWORK_NONE},
        {"apps/windows_wpndatabase.db", FRAMEWORK_NONE},
        {"classic/chinook.sqlite", FRAMEWORK_NONE},
        {"classic/chinook_autoinc.sqlite", FRAMEWORK_NONE},
        {"classic/northwind.db", FRAMEWORK_NONE},
        {"classic/proj.db", FRAMEWORK_NONE},
        {"classic/survey.db", FRAMEWORK_NONE},
        {"oddities/datasette_spatialite.db", FRAMEWORK_NONE},
        {"oddities/pgl_sqlite.db", FRAMEWORK_NONE},
        {"oddities/pgl_storage.sqlite", FRAMEWORK_NONE},
        {"oddities/sf_nc.gpkg", FRAMEWORK_NONE},
        {"oddities/sf_nospatial.gpkg", FRAMEWORK_NONE},
        {"oddities/sf_meuse.sqlite", FRAMEWORK_NONE},
        {"cases/t01_features.db", FRAMEWORK_NONE},
        {"cases/t06_names.db", FRAMEWORK_NONE},
        {"cases/t09_many_tables.db", FRAMEWORK_NONE},
        {"cases/t12_zero_tables.db", FRAMEWORK_NONE},
    };
    const char *folder = getenv("PGRADE_TESTDATA");

    (void)state;
    if (folder == NULL)
        skip();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        char path[4096];
        struct schema schema;
        struct framework found;
        sqlite3 *db;

        (void)snprintf(path, sizeof(path), "%s/data/%s", folder, cases[i].file);
        db = fixture_open(path);
        assert_non_null(db);
        schema = fixture_schema(arena, db);
        found = framework_detect(arena, &schema);
        if (found.id != cases[i].id)
            fail_msg("%s is taken for %s: %s", path, found.name, found.evidence.ptr);
        sqlite3_close(db);
        arena_free(arena);
    }
}

/* The styles alone: the same files without their ledgers. */
static void real_files_without_their_ledgers(void **state)
{
    static const struct {
        const char *orm;
        enum framework_id id;
    } cases[] = {
        {"sqlalchemy", FRAMEWORK_SQLALCHEMY}, {"flask_migrate", FRAMEWORK_SQLALCHEMY},
        {"django", FRAMEWORK_DJANGO},         {"rails", FRAMEWORK_RAILS},
        {"sequelize", FRAMEWORK_SEQUELIZE},   {"knex", FRAMEWORK_KNEX},
        {"laravel", FRAMEWORK_LARAVEL},       {"prisma", FRAMEWORK_PRISMA},
        {"drizzle", FRAMEWORK_DRIZZLE},
    };
    static const char *const ledgers[] = {
        "alembic_version",      "django_migrations",  "django_content_type",
        "ar_internal_metadata", "SequelizeMeta",      "knex_migrations",
        "migrations",           "_prisma_migrations", "__drizzle_migrations"};
    const char *folder = getenv("PGRADE_TESTDATA");

    (void)state;
    if (folder == NULL)
        skip();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new();
        char path[4096];
        struct schema schema;
        sqlite3 *db;

        (void)snprintf(path, sizeof(path), "%s/orm/%s/sqlite.db", folder, cases[i].orm);
        db = fixture_open(path);
        assert_non_null(db);
        schema = fixture_schema(arena, db);
        for (size_t j = 0; j < ARRAY_LENGTH(ledgers); j++) {
            struct table *table = schema_table(&schema, str_from(ledgers[j]));

            if (table != NULL)
                table->kind = TABLE_SHADOW;
        }
        if (framework_detect(arena, &schema).id != cases[i].id)
            fail_msg("%s is taken for %s", cases[i].orm, framework_detect(arena, &schema).name);
        sqlite3_close(db);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ledgers_are_known_by_their_columns),
        cmocka_unit_test(styles_are_known_without_a_ledger),
        cmocka_unit_test(what_people_and_other_tools_write_is_no_framework),
        cmocka_unit_test(real_files),
        cmocka_unit_test(real_files_without_their_ledgers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
