/*
 * test_score.c: the chosen types against those that the frameworks themselves make on PostgreSQL.
 *
 * $PGRADE_TESTDATA/orm/NAME/ holds sqlite.db and columns.txt, in which each column of the former has the type
 * that the same model gets on PostgreSQL.  Columns whose type the file cannot tell are listed, each with the
 * reason, in tests/data/underivable.txt; without the variable the test is skipped.
 */
#include "tests/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/typemap.h"
#include "tests/unit/plan/fixture.h"

struct orm {
    const char *name;
    enum framework_id framework;
    bool complete; /* every derivable column must be right */
};

static const struct orm orms[] = {
    {"sqlalchemy", FRAMEWORK_SQLALCHEMY, true},
    {"flask_migrate", FRAMEWORK_SQLALCHEMY, true},
    {"flask_migrate_conv", FRAMEWORK_SQLALCHEMY, true},
    {"django", FRAMEWORK_DJANGO, true},
    {"rails", FRAMEWORK_RAILS, true},
    {"sequelize", FRAMEWORK_SEQUELIZE, true},
    {"knex", FRAMEWORK_KNEX, true},
    {"laravel", FRAMEWORK_LARAVEL, true},
    {"prisma", FRAMEWORK_PRISMA, true},
    {"drizzle", FRAMEWORK_DRIZZLE, true},
};

struct score {
    const struct orm *orm;
    struct arena *arena;
    sqlite3 *db;
    struct schema schema;
    struct framework framework;
    int right;
    int derivable;
    int underivable;
    int wrong_reasons; /* listed as underivable, and right all the same */
};

/* Whether the list has a line "ORM<tab>type<tab>TABLE.COLUMN<tab>REASON". */
static bool is_underivable(const struct score *score, const char *column)
{
    char wanted[640];
    char line[1024];
    bool found = false;
    FILE *file = fopen(UNDERIVABLE, "r");

    assert_non_null(file);
    (void)snprintf(wanted, sizeof(wanted), "%s\ttype\t%s\t", score->orm->name, column);
    while (!found && fgets(line, sizeof(line), file) != NULL)
        found = strncmp(line, wanted, strlen(wanted)) == 0;
    (void)fclose(file);
    return found;
}

static struct type_choice choose(struct score *score, const struct table *table, const struct column *column)
{
    struct type_options options = {.integers_declared = false};
    struct type_choice choice = type_choose(score->arena, &score->framework, table, column, NULL, &options);
    struct column_facts facts;

    if (choice.need == SURVEY_NOT_NEEDED)
        return choice;
    facts = fixture_facts(score->db, table, column);
    choice = type_choose(score->arena, &score->framework, table, column, &facts, &options);
    assert_int_equal(choice.need, SURVEY_NOT_NEEDED);
    return choice;
}

/* The column that this one references, or NULL. */
static const struct column *parent_of(const struct score *score, const struct table *table,
                                      const struct column *column, const struct table **parent)
{
    for (size_t i = 0; i < table->foreign_key_count; i++) {
        const struct foreign_key *key = &table->foreign_keys[i];

        for (size_t j = 0; j < key->column_count; j++) {
            int place;

            if (&table->columns[key->columns[j]] != column)
                continue;
            *parent = schema_table(&score->schema, key->parent.text);
            if (*parent == NULL || key->parent_columns == NULL)
                return NULL;
            place = table_column(*parent, key->parent_columns[j].text);
            return place < 0 ? NULL : &(*parent)->columns[place];
        }
    }
    return NULL;
}

/* A foreign key takes the type of what it references, as the plan does it. */
static struct type_choice choose_with_keys(struct score *score, const struct table *table,
                                           const struct column *column)
{
    const struct column *next = column;

    for (int steps = 0; next != NULL && steps < 10; steps++) {
        column = next;
        next = parent_of(score, table, column, &table);
        if (next == column)
            break;
    }
    return choose(score, table, column);
}

/* columns.txt has what stands in CREATE TABLE: the type, then NOT NULL, DEFAULT, GENERATED or IDENTITY. */
static struct str type_in(const char *line)
{
    static const char *const ends[] = {" NOT NULL", " DEFAULT ", " GENERATED", " IDENTITY("};
    struct str type = str_trim(str_from(line));

    for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
        const char *found = memmem(type.ptr, type.len, ends[i], strlen(ends[i]));

        if (found != NULL)
            type = str_slice(type, 0, (size_t)(found - type.ptr));
    }
    return type;
}

/* An enum stands there without quotes where it needs none. */
static bool is_same_type(struct score *score, const struct pg_type *type, struct str expected)
{
    if (type->kind == PG_ENUM && str_equal(type->name, expected))
        return true;
    return str_equal(pg_type_text(score->arena, type), expected);
}

static void judge(struct score *score, const char *table_name, const char *column_name, const char *line)
{
    const struct table *table = schema_table(&score->schema, str_from(table_name));
    struct str expected = type_in(line);
    char path[512];
    struct type_choice choice;
    int place;

    if (str_starts_with_nocase(str_from(table_name), "sqlite_"))
        return;
    assert_non_null(table);
    place = table_column(table, str_from(column_name));
    assert_true(place >= 0);
    (void)snprintf(path, sizeof(path), "%s.%s", table_name, column_name);
    choice = choose_with_keys(score, table, &table->columns[place]);
    if (is_underivable(score, path)) {
        score->underivable++;
        if (is_same_type(score, &choice.type, expected)) {
            score->wrong_reasons++;
            print_message("  %s is derived, against the list\n", path);
        }
        return;
    }
    score->derivable++;
    if (is_same_type(score, &choice.type, expected)) {
        score->right++;
        return;
    }
    print_message("  %s: %.*s, and %s itself makes it %.*s (%.*s)\n", path,
                  STR_ARGS(pg_type_text(score->arena, &choice.type)), score->orm->name, STR_ARGS(expected),
                  STR_ARGS(choice.reason));
}

/* A column's name is the line before "   sqlite:"; values may hold line ends. */
static void judge_all(struct score *score, FILE *file)
{
    char line[65536];
    char previous[65536] = "";
    char table[256] = "";
    char column[256] = "";

    while (fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "## ", 3) == 0)
            (void)snprintf(table, sizeof(table), "%.255s", line + 3);
        else if (strncmp(line, "   sqlite:", 10) == 0)
            (void)snprintf(column, sizeof(column), "%.255s", previous);
        else if (strncmp(line, "   pg: ", 7) == 0)
            judge(score, table, column, line + 7);
        memcpy(previous, line, sizeof(line));
    }
}

static void score_orm(const struct orm *orm, const char *folder)
{
    struct score score = {.orm = orm, .arena = arena_new()};
    char path[4096];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/orm/%s/sqlite.db", folder, orm->name);
    score.db = fixture_open(path);
    assert_non_null(score.db);
    score.schema = fixture_schema(score.arena, score.db);
    score.framework = framework_detect(score.arena, &score.schema);
    (void)snprintf(path, sizeof(path), "%s/orm/%s/columns.txt", folder, orm->name);
    file = fopen(path, "r");
    assert_non_null(file);
    judge_all(&score, file);
    (void)fclose(file);
    print_message("%s %d/%d, and %d that the file cannot tell\n", orm->name, score.right, score.derivable,
                  score.underivable);
    sqlite3_close(score.db);
    arena_free(score.arena);
    assert_int_equal(score.framework.id, orm->framework);
    assert_int_equal(score.wrong_reasons, 0);
    assert_true(score.derivable > 0);
    if (orm->complete)
        assert_int_equal(score.right, score.derivable);
}

static void types_are_those_that_the_frameworks_make(void **state)
{
    const char *folder = getenv("PGRADE_TESTDATA");

    (void)state;
    if (folder == NULL)
        skip();
    for (size_t i = 0; i < ARRAY_LENGTH(orms); i++)
        score_orm(&orms[i], folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_those_that_the_frameworks_make),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
