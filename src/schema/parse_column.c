/* A column of CREATE TABLE: its name, its type, its constraints in any order. */
#include "schema/table_builder.h"

static struct column *current(struct table_builder *builder)
{
    return &builder->table.columns[builder->table.column_count - 1];
}

/* A key of the column at hand alone. */
static struct key key_of_column(struct table_builder *builder)
{
    struct key key = {.name = table_builder_name(builder), .part_count = 1};

    key.parts = ARENA_NEW(builder->parser.arena, struct key_part);
    key.parts[0].column = (int)builder->table.column_count - 1;
    return key;
}

/* DEFAULT name: the name is a text, but for TRUE and FALSE. */
static bool parse_default_name(struct parser *parser, struct expr **value)
{
    const char *start = parser_start(parser);
    struct name name = parser_take_name(parser);
    bool is_true = str_is_nocase(name.text, "TRUE");

    *value = parser_new_expr(parser, EXPR_TEXT);
    (*value)->quote = name.quote;
    if (name.quote == QUOTE_NONE && (is_true || str_is_nocase(name.text, "FALSE"))) {
        (*value)->kind = EXPR_BOOLEAN;
        (*value)->integer = is_true;
        (*value)->name = name.text;
    } else {
        (*value)->text = name.text;
    }
    return parser_finish_expr(parser, *value, start);
}

static bool parse_default(struct table_builder *builder)
{
    struct parser *parser = &builder->parser;
    struct expr **value = &current(builder)->default_value;
    size_t booleans = parser->booleans.count;

    (void)parser_take(parser);
    (void)table_builder_name(builder);
    if (parser_at(parser, TOKEN_OPEN)) {
        if (!parser_bracketed_expr(parser, value))
            return false;
        (*value)->parenthesised = true;
        /* A default cannot name a column, so TRUE in it is no column. */
        parser->booleans.count = booleans;
        return true;
    }
    if (parser_at_literal(parser))
        return parser_literal(parser, value);
    if (parser_at(parser, TOKEN_PLUS) || parser_at(parser, TOKEN_MINUS))
        return parser_operand(parser, value);
    if (!parser_at_name(parser, NAME_ID))
        return parser_expected(parser, "a default value");
    return parse_default_name(parser, value);
}

static bool parse_null(struct table_builder *builder)
{
    (void)parser_take(&builder->parser);
    (void)table_builder_name(builder);
    return table_builder_on_conflict(builder);
}

static bool parse_not(struct table_builder *builder)
{
    if (!parser_accept_pair(&builder->parser, KEYWORD_NOT, KEYWORD_NULL))
        return table_builder_defer(builder);
    current(builder)->not_null = true;
    current(builder)->not_null_name = table_builder_name(builder).text;
    return table_builder_on_conflict(builder);
}

/* PRIMARY KEY [ASC|DESC] [ON CONFLICT ...] [AUTOINCREMENT].  With DESC an INTEGER PRIMARY KEY is not the
 * rowid: a mistake of early versions of SQLite that their files keep alive (lang_createtable, "ROWIDs and the
 * INTEGER PRIMARY KEY"). */
static bool parse_primary(struct table_builder *builder)
{
    struct parser *parser = &builder->parser;
    const char *place = parser_start(parser);
    struct key key = key_of_column(builder);
    bool is_rowid;

    if (!parser_expect_pair(parser, KEYWORD_PRIMARY, KEYWORD_KEY))
        return false;
    key.parts[0].descending = parser_accept(parser, KEYWORD_DESC);
    if (!key.parts[0].descending)
        (void)parser_accept(parser, KEYWORD_ASC);
    is_rowid = builder->is_integer[key.parts[0].column] && !key.parts[0].descending;
    return table_builder_on_conflict(builder) &&
           table_builder_primary(builder, key, parser_accept(parser, KEYWORD_AUTOINCREMENT), is_rowid, place);
}

static bool parse_unique(struct table_builder *builder)
{
    (void)parser_take(&builder->parser);
    table_builder_unique(builder, key_of_column(builder));
    return table_builder_on_conflict(builder);
}

static bool parse_references(struct table_builder *builder)
{
    int *column = ARENA_NEW(builder->parser.arena, int);

    *column = (int)builder->table.column_count - 1;
    return table_builder_references(builder, column, 1);
}

static bool parse_collate(struct table_builder *builder)
{
    struct name name;

    (void)parser_take(&builder->parser);
    (void)table_builder_name(builder);
    if (!parser_expect_name(&builder->parser, NAME_ALIAS, "the name of a collation", &name))
        return false;
    current(builder)->collation = name.text;
    return true;
}

/* [GENERATED ALWAYS] AS (expr) [STORED|VIRTUAL] */
static bool parse_generated(struct table_builder *builder)
{
    struct parser *parser = &builder->parser;
    struct token storage;

    (void)table_builder_name(builder);
    if (parser_accept(parser, KEYWORD_GENERATED) && !parser_expect(parser, KEYWORD_ALWAYS))
        return false;
    if (!parser_expect(parser, KEYWORD_AS) || !parser_bracketed_expr(parser, &current(builder)->generated_as))
        return false;
    current(builder)->generated = GENERATED_VIRTUAL;
    storage = *parser_peek(parser, 0);
    if (parser_accept(parser, KEYWORD_VIRTUAL) || storage.kind != TOKEN_ID)
        return true;
    if (!str_is_nocase(storage.text, "STORED"))
        return parser_expected(parser, "STORED or VIRTUAL");
    current(builder)->generated = GENERATED_STORED;
    (void)parser_take(parser);
    return true;
}

static const struct {
    enum token_kind token;
    bool (*parse)(struct table_builder *builder);
} constraints[] = {
    {KEYWORD_CONSTRAINT, table_builder_name_constraint},
    {KEYWORD_DEFAULT, parse_default},
    {KEYWORD_NULL, parse_null},
    {KEYWORD_NOT, parse_not},
    {KEYWORD_PRIMARY, parse_primary},
    {KEYWORD_UNIQUE, parse_unique},
    {KEYWORD_CHECK, table_builder_check},
    {KEYWORD_REFERENCES, parse_references},
    {KEYWORD_DEFERRABLE, table_builder_defer},
    {KEYWORD_COLLATE, parse_collate},
    {KEYWORD_GENERATED, parse_generated},
    {KEYWORD_AS, parse_generated},
};

static bool parse_constraints(struct table_builder *builder)
{
    for (size_t i = 0; i < ARRAY_LENGTH(constraints);) {
        if (!parser_at(&builder->parser, constraints[i].token)) {
            i++;
            continue;
        }
        if (!constraints[i].parse(builder))
            return false;
        i = 0;
    }
    return true;
}

bool table_builder_column(struct table_builder *builder)
{
    struct parser *parser = &builder->parser;
    struct column column = {0};
    struct parsed_type type;

    builder->constraint = (struct name){0};
    if (!parser_expect_name(parser, NAME_ANY, "the name of a column", &column.name) ||
        !parser_type(parser, &type))
        return false;
    column.declared = type.declared;
    column.affinity = affinity_of(type.raw);
    ARENA_PUSH(parser->arena, builder->table.columns, builder->table.column_count, builder->column_capacity) =
        column;
    ARENA_PUSH(parser->arena, builder->is_integer, builder->is_integer_count, builder->is_integer_capacity) =
        type.is_integer;
    return parse_constraints(builder);
}
