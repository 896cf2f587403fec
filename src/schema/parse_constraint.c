/* Constraints of CREATE TABLE. */
#include "schema/table_builder.h"

struct name table_builder_name(struct table_builder *builder)
{
    struct name name = builder->constraint;

    builder->constraint = (struct name){0};
    return name;
}

/* CONSTRAINT name; no constraint need follow, and then the name is lost. */
bool table_builder_name_constraint(struct table_builder *builder)
{
    return parser_expect(&builder->parser, KEYWORD_CONSTRAINT) &&
           parser_expect_name(&builder->parser, NAME_ANY, "the name of a constraint", &builder->constraint);
}

/* What SQLite does at a conflict when the statement does not say.  ABORT is what it does anyway. */
bool table_builder_on_conflict(struct table_builder *builder)
{
    static const enum token_kind resolutions[] = {
        KEYWORD_ROLLBACK, KEYWORD_ABORT, KEYWORD_FAIL, KEYWORD_IGNORE, KEYWORD_REPLACE,
    };
    struct parser *parser = &builder->parser;

    if (!parser_accept_pair(parser, KEYWORD_ON, KEYWORD_CONFLICT))
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(resolutions); i++)
        if (parser_accept(parser, resolutions[i])) {
            builder->table.on_conflict |= resolutions[i] != KEYWORD_ABORT;
            return true;
        }
    return parser_expected(parser, "ROLLBACK, ABORT, FAIL, IGNORE or REPLACE");
}

bool table_builder_check(struct table_builder *builder)
{
    struct check check = {.name = table_builder_name(builder)};

    (void)parser_take(&builder->parser);
    if (!parser_bracketed_expr(&builder->parser, &check.expr))
        return false;
    ARENA_PUSH(builder->parser.arena, builder->table.checks, builder->table.check_count,
               builder->check_capacity) = check;
    return true;
}

bool table_builder_primary(struct table_builder *builder, struct key key, bool autoincrement, bool is_rowid,
                           const char *place)
{
    struct table *table = &builder->table;

    if (table->primary != NULL)
        return parser_error(&builder->parser, place, "a second PRIMARY KEY");
    if (autoincrement && !is_rowid)
        return parser_error(&builder->parser, place, "AUTOINCREMENT without an INTEGER PRIMARY KEY");
    table->primary = ARENA_NEW(builder->parser.arena, struct key);
    *table->primary = key;
    table->autoincrement = autoincrement;
    table->rowid_column = is_rowid ? key.parts[0].column : -1;
    return true;
}

void table_builder_unique(struct table_builder *builder, struct key key)
{
    ARENA_PUSH(builder->parser.arena, builder->table.uniques, builder->table.unique_count,
               builder->unique_capacity) = key;
}

static bool find_column(struct table_builder *builder, const char *place, struct name name, int *column)
{
    *column = table_column(&builder->table, name.text);
    if (*column < 0)
        return parser_error(&builder->parser, place, "there is no column %.*s", STR_ARGS(name.text));
    return true;
}

/* A column that is named twice adds nothing to a key, and other databases refuse it. */
static bool has_part(const struct key *key, const struct key_part *part)
{
    for (size_t i = 0; i < key->part_count; i++)
        if (key->parts[i].column == part->column &&
            str_equal_nocase(key->parts[i].collation, part->collation))
            return true;
    return false;
}

/* (column [COLLATE name] [ASC|DESC], ... [AUTOINCREMENT]); `written` counts the parts as SQLite does. */
static bool parse_key(struct table_builder *builder, struct key *key, size_t *written, bool *autoincrement)
{
    struct parser *parser = &builder->parser;
    size_t capacity = 0;

    *key = (struct key){.name = table_builder_name(builder)};
    *written = 0;
    if (!parser_expect(parser, TOKEN_OPEN))
        return false;
    do {
        const char *place = parser_start(parser);
        struct key_part part;
        struct name name;

        if (!parser_key_part(parser, &part, &name))
            return false;
        if (part.expr != NULL)
            return parser_error(parser, place, "a key may not contain an expression");
        if (!find_column(builder, place, name, &part.column))
            return false;
        ++*written;
        if (!has_part(key, &part))
            ARENA_PUSH(parser->arena, key->parts, key->part_count, capacity) = part;
    } while (parser_accept(parser, TOKEN_COMMA));
    *autoincrement = parser_accept(parser, KEYWORD_AUTOINCREMENT);
    return parser_expect(parser, TOKEN_CLOSE) && table_builder_on_conflict(builder);
}

static bool parse_primary(struct table_builder *builder)
{
    const char *place = parser_start(&builder->parser);
    struct key key;
    size_t written;
    bool autoincrement;

    if (!parser_expect_pair(&builder->parser, KEYWORD_PRIMARY, KEYWORD_KEY) ||
        !parse_key(builder, &key, &written, &autoincrement))
        return false;
    return table_builder_primary(builder, key, autoincrement,
                                 written == 1 && builder->is_integer[key.parts[0].column], place);
}

static bool parse_unique(struct table_builder *builder)
{
    const char *place = parser_start(&builder->parser);
    struct key key;
    size_t written;
    bool autoincrement;

    (void)parser_take(&builder->parser);
    if (!parse_key(builder, &key, &written, &autoincrement))
        return false;
    if (autoincrement)
        return parser_error(&builder->parser, place, "AUTOINCREMENT without an INTEGER PRIMARY KEY");
    table_builder_unique(builder, key);
    return true;
}

static bool parse_check(struct table_builder *builder)
{
    return table_builder_check(builder) && table_builder_on_conflict(builder);
}

/* FOREIGN KEY (columns) REFERENCES ... [[NOT] DEFERRABLE ...] */
static bool parse_foreign(struct table_builder *builder)
{
    struct parser *parser = &builder->parser;
    const char *place;
    struct name *names;
    size_t count;
    int *columns;

    if (!parser_expect_pair(parser, KEYWORD_FOREIGN, KEYWORD_KEY))
        return false;
    place = parser_start(parser);
    if (!parser_name_list(parser, "the name of a column", &names, &count))
        return false;
    columns = ARENA_ARRAY(parser->arena, int, count);
    for (size_t i = 0; i < count; i++)
        if (!find_column(builder, place, names[i], &columns[i]))
            return false;
    if (!table_builder_references(builder, columns, count))
        return false;
    if (parser_at(parser, KEYWORD_DEFERRABLE) || parser_at(parser, KEYWORD_NOT))
        return table_builder_defer(builder);
    return true;
}

static const struct {
    enum token_kind token;
    bool (*parse)(struct table_builder *builder);
} constraints[] = {
    {KEYWORD_CONSTRAINT, table_builder_name_constraint},
    {KEYWORD_PRIMARY, parse_primary},
    {KEYWORD_UNIQUE, parse_unique},
    {KEYWORD_CHECK, parse_check},
    {KEYWORD_FOREIGN, parse_foreign},
};

bool table_builder_at_constraint(struct table_builder *builder)
{
    for (size_t i = 0; i < ARRAY_LENGTH(constraints); i++)
        if (parser_at(&builder->parser, constraints[i].token))
            return true;
    return false;
}

bool table_builder_constraint(struct table_builder *builder)
{
    for (size_t i = 0; i < ARRAY_LENGTH(constraints); i++)
        if (parser_at(&builder->parser, constraints[i].token))
            return constraints[i].parse(builder);
    return parser_expected(&builder->parser, "a constraint of the table");
}
