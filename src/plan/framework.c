#include "plan/framework.h"

#include <string.h>

static const char *const framework_names[FRAMEWORK_COUNT] = {
    [FRAMEWORK_NONE] = "no framework", [FRAMEWORK_SQLALCHEMY] = "SQLAlchemy", [FRAMEWORK_DJANGO] = "Django",
    [FRAMEWORK_RAILS] = "Rails",       [FRAMEWORK_SEQUELIZE] = "Sequelize",   [FRAMEWORK_KNEX] = "Knex",
    [FRAMEWORK_LARAVEL] = "Laravel",   [FRAMEWORK_TYPEORM] = "TypeORM",       [FRAMEWORK_PRISMA] = "Prisma",
    [FRAMEWORK_DRIZZLE] = "Drizzle",   [FRAMEWORK_PEEWEE] = "Peewee",
};

/* A bookkeeping table is known by its name and exactly these columns: several frameworks call theirs
 * "migrations". */
struct witness {
    enum framework_id id;
    const char *table;
    const char *columns[9];
    const char *ledger; /* where the versions are kept; NULL: nowhere in this file */
};

static const struct witness witnesses[] = {
    /* Alembic, Flask-Migrate */
    {FRAMEWORK_SQLALCHEMY, "alembic_version", {"version_num"}, "alembic_version"},
    {FRAMEWORK_DJANGO, "django_migrations", {"id", "app", "name", "applied"}, "django_migrations"},
    /* left where somebody dropped the ledger to start their migrations anew */
    {FRAMEWORK_DJANGO, "django_content_type", {"id", "app_label", "model"}, NULL},
    /* Ecto, dbmate and golang-migrate have a schema_migrations too; only Rails (from 5.0) has the other
       table. */
    {FRAMEWORK_RAILS,
     "ar_internal_metadata",
     {"key", "value", "created_at", "updated_at"},
     "schema_migrations"},
    {FRAMEWORK_SEQUELIZE, "SequelizeMeta", {"name"}, "SequelizeMeta"},
    {FRAMEWORK_KNEX, "knex_migrations", {"id", "name", "batch", "migration_time"}, "knex_migrations"},
    {FRAMEWORK_LARAVEL, "migrations", {"id", "migration", "batch"}, "migrations"},
    {FRAMEWORK_TYPEORM, "migrations", {"id", "timestamp", "name"}, "migrations"},
    /* made for generated columns and views, also where the schema is synchronised without migrations */
    {FRAMEWORK_TYPEORM, "typeorm_metadata", {"type", "database", "schema", "table", "name", "value"}, NULL},
    {FRAMEWORK_PRISMA,
     "_prisma_migrations",
     {"id", "checksum", "finished_at", "migration_name", "logs", "rolled_back_at", "started_at",
      "applied_steps_count"},
     "_prisma_migrations"},
    {FRAMEWORK_DRIZZLE, "__drizzle_migrations", {"id", "hash", "created_at"}, "__drizzle_migrations"},
};

enum letters {
    LETTERS_LOWER,
    LETTERS_UPPER
};

/*
 * How a framework writes CREATE TABLE.  A table is of the style when its text holds `opening`, `separator`
 * between at least half of its columns (ALTER TABLE appends columns in another way), not `never`, and types
 * in that case.  A schema is of the style when three tables of four are, and one of the marks stands in a
 * table or an index.
 */
struct style {
    enum framework_id id;
    const char *opening;
    const char *separator;
    const char *never;
    enum letters types;
    const char *each; /* stands in the table at least as often as there are columns; NULL: nothing */
    const char *marks[5];
};

static const struct style styles[] = {
    {FRAMEWORK_SQLALCHEMY, "(\n\t", ", \n\t", ",\n", LETTERS_UPPER, NULL, {", \n\t"}},
    {FRAMEWORK_DJANGO,
     " (\"",
     ", \"",
     "\n",
     LETTERS_LOWER,
     " NULL",
     {"DEFERRABLE INITIALLY DEFERRED", " integer NOT NULL PRIMARY KEY AUTOINCREMENT"}},
    {FRAMEWORK_RAILS,
     " (\"",
     ", \"",
     ",\n",
     LETTERS_LOWER,
     NULL,
     {"CONSTRAINT \"fk_rails_", " INDEX \"index_", " datetime(6) NOT NULL"}},
    {FRAMEWORK_SEQUELIZE, " (`", ", `", "\n", LETTERS_UPPER, NULL, {"At` DATETIME", "_at` DATETIME"}},
    {FRAMEWORK_KNEX,
     " (`",
     ", `",
     "\n",
     LETTERS_LOWER,
     NULL,
     {" integer not null primary key autoincrement", " primary key (`"}},
    {FRAMEWORK_LARAVEL,
     " (\"",
     ", \"",
     "\n",
     LETTERS_LOWER,
     NULL,
     {" integer not null primary key autoincrement"}},
    {FRAMEWORK_TYPEORM,
     " (\"",
     ", \"",
     "\n",
     LETTERS_LOWER,
     NULL,
     {"CONSTRAINT \"UQ_", "CONSTRAINT \"FK_", "CONSTRAINT \"REL_", "CONSTRAINT \"PK_", " INDEX \"IDX_"}},
    {FRAMEWORK_PRISMA,
     " (\n    \"",
     ",\n    \"",
     "\t",
     LETTERS_UPPER,
     NULL,
     {"_fkey\" FOREIGN KEY (", "_key\" ON \"", "_idx\" ON \""}},
    {FRAMEWORK_DRIZZLE,
     " (\n\t`",
     ",\n\t`",
     "\n ",
     LETTERS_LOWER,
     NULL,
     {" PRIMARY KEY NOT NULL", " PRIMARY KEY AUTOINCREMENT NOT NULL", "ON UPDATE no action ON DELETE",
      "PRIMARY KEY(`"}},
    {FRAMEWORK_PEEWEE, " (\"", ", \"", "\n", LETTERS_UPPER, NULL, {"\"id\" INTEGER NOT NULL PRIMARY KEY"}},
};

static bool has_exactly(const struct table *table, const char *const *columns)
{
    size_t count = 0;

    for (; columns[count] != NULL; count++)
        if (table_column(table, str_from(columns[count])) < 0)
            return false;
    return count == table->column_count;
}

static const struct witness *find_witness(const struct schema *schema)
{
    for (size_t i = 0; i < ARRAY_LENGTH(witnesses); i++) {
        const struct table *table = schema_table(schema, str_from(witnesses[i].table));

        if (table != NULL && table->kind == TABLE_ORDINARY && has_exactly(table, witnesses[i].columns))
            return &witnesses[i];
    }
    return NULL;
}

static size_t occurrences(struct str text, const char *part)
{
    const char *rest = text.ptr;
    size_t len = text.len;
    size_t count = 0;

    while (len > 0) {
        const char *found = memmem(rest, len, part, strlen(part));

        if (found == NULL)
            break;
        count++;
        len -= (size_t)(found - rest) + strlen(part);
        rest = found + strlen(part);
    }
    return count;
}

/* Names in a modifier, enum('a'), have a case of their own. */
static bool is_in_letters(struct str declared, enum letters letters)
{
    for (size_t i = 0; i < declared.len && declared.ptr[i] != '('; i++) {
        char c = declared.ptr[i];

        if (c != (letters == LETTERS_LOWER ? ascii_lower(c) : ascii_upper(c)))
            return false;
    }
    return declared.len > 0;
}

static bool is_of_style(const struct table *table, const struct style *style)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (!is_in_letters(table->columns[i].declared, style->types))
            return false;
    return occurrences(table->sql, style->opening) > 0 && occurrences(table->sql, style->never) == 0 &&
           occurrences(table->sql, style->separator) >= table->column_count / 2 &&
           (style->each == NULL || occurrences(table->sql, style->each) >= table->column_count);
}

static bool has_mark(const struct table *table, const struct style *style)
{
    for (size_t i = 0; i < ARRAY_LENGTH(style->marks) && style->marks[i] != NULL; i++) {
        if (occurrences(table->sql, style->marks[i]) > 0)
            return true;
        for (size_t j = 0; j < table->index_count; j++)
            if (occurrences(table->indexes[j].sql, style->marks[i]) > 0)
                return true;
    }
    return false;
}

/* How many tables are of the style, or 0 when the schema as a whole is not. */
static size_t score_style(const struct schema *schema, const struct style *style)
{
    size_t considered = 0;
    size_t matching = 0;
    bool marked = false;

    for (size_t i = 0; i < schema->table_count; i++) {
        const struct table *table = &schema->tables[i];

        if (table->kind != TABLE_ORDINARY || table->virtual != NULL ||
            str_starts_with_nocase(table->name.text, "sqlite_"))
            continue;
        considered++;
        if (!is_of_style(table, style))
            continue;
        matching++;
        marked = marked || has_mark(table, style);
    }
    return marked && matching * 4 >= considered * 3 ? matching : 0;
}

static const struct style *find_style(const struct schema *schema)
{
    const struct style *best = NULL;
    size_t best_score = 0;

    for (size_t i = 0; i < ARRAY_LENGTH(styles); i++) {
        size_t score = score_style(schema, &styles[i]);

        if (score > best_score) {
            best = &styles[i];
            best_score = score;
        }
    }
    return best;
}

static struct framework framework_of(enum framework_id id, const struct schema *schema)
{
    return (struct framework){.id = id, .name = framework_names[id], .schema = schema};
}

struct framework framework_detect(struct arena *arena, const struct schema *schema)
{
    const struct witness *witness = find_witness(schema);
    const struct style *style = witness == NULL ? find_style(schema) : NULL;
    struct framework framework = framework_of(FRAMEWORK_NONE, schema);

    if (witness != NULL) {
        framework = framework_of(witness->id, schema);
        framework.evidence = str_printf(arena, "table %s", witness->table);
        if (witness->ledger != NULL && schema_table(schema, str_from(witness->ledger)) != NULL)
            framework.ledger = str_from(witness->ledger);
    } else if (style != NULL) {
        framework = framework_of(style->id, schema);
        framework.evidence = str_from("the style of its CREATE TABLE statements");
    }
    return framework;
}
