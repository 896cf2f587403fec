#include "plan/framework_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "schema/ident.h"

enum {
    PARTS_MAXIMUM = 32 /* INDEX_MAX_KEYS of PostgreSQL: no constraint has more columns */
};

static struct str joined(struct arena *arena, const struct columns *columns)
{
    struct buf text;
    struct str all;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < columns->count; i++) {
        if (i > 0)
            buf_byte(&text, '_');
        buf_str(&text, columns->table->columns[columns->places[i]].name);
    }
    all = buf_to_str(arena, &text);
    buf_free(&text);
    return all;
}

/* A slice of at most `limit` bytes, as Python's s[:limit] for names of ASCII. */
static struct str first(struct str text, size_t limit)
{
    return str_utf8_clip(text, limit);
}

/*
 * Django: BaseDatabaseSchemaEditor._create_index_name(), django/db/backends/base/schema.py.  `hash_part` is
 * the digest with its suffix; SQLite has no limit for names (200 there), PostgreSQL one of 63.
 */
static struct str django_compose(struct arena *arena, struct str table, struct str columns,
                                 struct str hash_part)
{
    struct str name =
        str_printf(arena, "%.*s_%.*s_%.*s", STR_ARGS(table), STR_ARGS(columns), STR_ARGS(hash_part));
    size_t others;

    if (name.len <= IDENT_MAXIMUM)
        return name;
    if (hash_part.len > IDENT_MAXIMUM / 3)
        hash_part = first(hash_part, IDENT_MAXIMUM / 3);
    others = (IDENT_MAXIMUM - hash_part.len) / 2 - 1;
    name = str_printf(arena, "%.*s_%.*s_%.*s", STR_ARGS(first(table, others)),
                      STR_ARGS(first(columns, others)), STR_ARGS(hash_part));
    if (name.ptr[0] == '_' || ascii_is_digit(name.ptr[0]))
        name = str_printf(arena, "D%.*s", STR_ARGS(first(name, name.len - 1)));
    return name;
}

/* Django: names_digest(table, *columns, length=8), django/db/backends/utils.py. */
static struct str django_digest(struct arena *arena, const struct columns *columns)
{
    struct buf text;
    struct str digest;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    buf_str(&text, columns->table->name);
    for (size_t i = 0; i < columns->count; i++)
        buf_str(&text, columns->table->columns[columns->places[i]].name);
    digest = hash_hex(arena, HASH_MD5, buf_view(&text), 8);
    buf_free(&text);
    return digest;
}

static struct str django_name(struct arena *arena, const struct columns *columns, struct str suffix)
{
    struct str digest = django_digest(arena, columns);

    return django_compose(arena, columns->table->name, joined(arena, columns),
                          str_printf(arena, "%.*s%.*s", STR_ARGS(digest), STR_ARGS(suffix)));
}

/* Django: _fk_constraint_name() with the suffix "_fk_%(to_table)s_%(to_column)s". */
static struct str django_foreign(struct arena *arena, const struct columns *child,
                                 const struct columns *parent)
{
    struct str columns = joined(arena, parent);

    return django_name(arena, child,
                       str_printf(arena, "_fk_%.*s_%.*s", STR_ARGS(parent->table->name), STR_ARGS(columns)));
}

/*
 * Knex: TableCompiler._indexCommand(), lib/schema/tablecompiler.js.  Laravel: Blueprint::createIndexName(),
 * Illuminate/Database/Schema/Blueprint.php.  Both put an underscore for a dash and a dot: Knex in the table's
 * name only.
 */
static struct str lower_name(struct arena *arena, const struct columns *columns, const char *type,
                             bool everywhere)
{
    struct str table = columns->table->name;
    struct str all = joined(arena, columns);
    struct str name =
        str_lower(arena, str_printf(arena, "%.*s_%.*s_%s", STR_ARGS(table), STR_ARGS(all), type));
    struct buf text;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < name.len; i++) {
        bool replaced = (name.ptr[i] == '-' || name.ptr[i] == '.') && (everywhere || i < table.len);

        buf_byte(&text, replaced ? '_' : name.ptr[i]);
    }
    name = buf_to_str(arena, &text);
    buf_free(&text);
    return name;
}

/* Drizzle: ForeignKey.getName(), drizzle-orm/src/pg-core/foreign-keys.ts. */
static struct str drizzle_foreign(struct arena *arena, const struct columns *child,
                                  const struct columns *parent)
{
    return str_printf(arena, "%.*s_%.*s_%.*s_%.*s_fk", STR_ARGS(child->table->name),
                      STR_ARGS(joined(arena, child)), STR_ARGS(parent->table->name),
                      STR_ARGS(joined(arena, parent)));
}

/* Rails: foreign_key_name(), activerecord/lib/active_record/connection_adapters/abstract/schema_statements.rb
 */
static struct str rails_foreign(struct arena *arena, const struct columns *child)
{
    struct str identifier =
        str_printf(arena, "%.*s_%.*s_fk", STR_ARGS(child->table->name), STR_ARGS(joined(arena, child)));

    return str_printf(arena, "fk_rails_%.*s", STR_ARGS(hash_hex(arena, HASH_SHA256, identifier, 10)));
}

static int by_name(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

/* TypeORM: DefaultNamingStrategy, src/naming-strategy/DefaultNamingStrategy.ts: the columns sorted. */
static struct str typeorm_name(struct arena *arena, const char *prefix, const struct columns *columns)
{
    struct str names[PARTS_MAXIMUM];
    struct buf text;
    struct str digest;

    if (columns->count > PARTS_MAXIMUM)
        return (struct str){NULL, 0};
    for (size_t i = 0; i < columns->count; i++)
        names[i] = columns->table->columns[columns->places[i]].name;
    qsort(names, columns->count, sizeof(*names), by_name);
    buf_init(&text, BUF_TEXT_MAXIMUM);
    buf_str(&text, columns->table->name);
    for (size_t i = 0; i < columns->count; i++)
        buf_printf(&text, "_%.*s", STR_ARGS(names[i]));
    digest = hash_hex(arena, HASH_SHA1, buf_view(&text), 27);
    buf_free(&text);
    return str_printf(arena, "%s%.*s", prefix, STR_ARGS(digest));
}

/* Drizzle: PrimaryKey.getName(), drizzle-orm/src/pg-core/primary-keys.ts; of one column it leaves to
 * PostgreSQL. */
static struct str drizzle_primary(struct arena *arena, const struct columns *key)
{
    if (key->count < 2)
        return (struct str){NULL, 0};
    return str_printf(arena, "%.*s_%.*s_pk", STR_ARGS(key->table->name), STR_ARGS(joined(arena, key)));
}

struct str framework_primary_name(struct arena *arena, enum framework_id id, const struct columns *key)
{
    if (id == FRAMEWORK_TYPEORM)
        return typeorm_name(arena, "PK_", key);
    if (id == FRAMEWORK_DRIZZLE)
        return drizzle_primary(arena, key);
    return (struct str){NULL, 0};
}

struct str framework_foreign_name(struct arena *arena, enum framework_id id, const struct columns *child,
                                  const struct columns *parent)
{
    switch (id) {
    case FRAMEWORK_DJANGO: return django_foreign(arena, child, parent);
    case FRAMEWORK_RAILS: return rails_foreign(arena, child);
    case FRAMEWORK_KNEX: return lower_name(arena, child, "foreign", false);
    case FRAMEWORK_LARAVEL: return lower_name(arena, child, "foreign", true);
    case FRAMEWORK_DRIZZLE: return drizzle_foreign(arena, child, parent);
    case FRAMEWORK_TYPEORM: return typeorm_name(arena, "FK_", child);
    default: return (struct str){NULL, 0};
    }
}

/* Prisma's implicit relation of many to many: _AToB with the columns A and B, whose unique index is a primary
 * key on PostgreSQL since Prisma 6. */
static bool is_relation_of_prisma(const struct columns *columns, struct str name)
{
    const struct plan_table *table = columns->table;

    return table->column_count == 2 && columns->count == 2 && table->name.len > 0 &&
           table->name.ptr[0] == '_' && str_ends_with(name, "_AB_unique");
}

enum unique_kind framework_unique_kind(enum framework_id id, const struct columns *columns, struct str name)
{
    switch (id) {
    case FRAMEWORK_DJANGO:
    case FRAMEWORK_KNEX:
    case FRAMEWORK_LARAVEL: return UNIQUE_IS_CONSTRAINT;
    case FRAMEWORK_DRIZZLE:
        /* unique() and uniqueIndex() are the same on SQLite, but for the names that people give them. */
        return str_contains_nocase(name, "idx") || str_contains_nocase(name, "index") ? UNIQUE_IS_INDEX
                                                                                      : UNIQUE_IS_CONSTRAINT;
    case FRAMEWORK_PRISMA:
        return is_relation_of_prisma(columns, name) ? UNIQUE_IS_PRIMARY_KEY : UNIQUE_IS_INDEX;
    default: return UNIQUE_IS_INDEX;
    }
}

/* What follows table_columns_ in a name that Django composed; NULL ptr: it did not. */
static struct str django_hash_part(struct arena *arena, const struct columns *columns, struct str name)
{
    struct str start =
        str_printf(arena, "%.*s_%.*s_", STR_ARGS(columns->table->name), STR_ARGS(joined(arena, columns)));

    if (columns->count == 0 || !str_starts_with(name, str_cstr(arena, start)) || name.len < start.len + 8)
        return (struct str){NULL, 0};
    return str_slice(name, start.len, name.len);
}

struct str framework_index_name(struct arena *arena, enum framework_id id, const struct columns *columns,
                                struct str name)
{
    if (id == FRAMEWORK_DJANGO) {
        struct str hash_part = django_hash_part(arena, columns, name);

        if (hash_part.ptr != NULL)
            name = django_compose(arena, columns->table->name, joined(arena, columns), hash_part);
    } else if (id == FRAMEWORK_PRISMA && is_relation_of_prisma(columns, name)) {
        name = str_printf(arena, "%.*s_AB_pkey", STR_ARGS(columns->table->name));
    }
    return name;
}

struct str framework_like_name(struct arena *arena, enum framework_id id, const struct columns *columns,
                               struct str index, const char **operators)
{
    const struct plan_column *column = &columns->table->columns[columns->places[0]];
    bool is_text = column->type.kind == PG_TEXT || column->type.kind == PG_VARCHAR;

    if (id != FRAMEWORK_DJANGO || columns->count != 1 || !is_text || column->source->collation.ptr != NULL)
        return (struct str){NULL, 0};
    /* Django: _create_like_index_sql(), django/db/backends/postgresql/schema.py: of fields with db_index or
     * unique, not of those in Meta.indexes, which have names of another kind. */
    if (index.len > 0 && !str_equal(index, django_name(arena, columns, (struct str){NULL, 0})))
        return (struct str){NULL, 0};
    *operators = column->type.kind == PG_TEXT ? "text_pattern_ops" : "varchar_pattern_ops";
    return django_name(arena, columns, str_from("_like"));
}
