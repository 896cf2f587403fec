#include "schema/parse.h"

#include "schema/table_builder.h"

/* A constraint follows a comma; between constraints SQLite does not insist on one. */
static bool parse_constraints(struct table_builder *builder)
{
    do {
        builder->constraint = (struct name){0};
        do {
            if (!table_builder_constraint(builder))
                return false;
        } while (table_builder_at_constraint(builder));
    } while (parser_accept(&builder->parser, TOKEN_COMMA));
    return true;
}

static bool parse_body(struct table_builder *builder)
{
    if (!parser_expect(&builder->parser, TOKEN_OPEN))
        return false;
    do {
        if (table_builder_at_constraint(builder) && builder->table.column_count > 0)
            return parse_constraints(builder) && parser_expect(&builder->parser, TOKEN_CLOSE);
        if (!table_builder_column(builder))
            return false;
    } while (parser_accept(&builder->parser, TOKEN_COMMA));
    return parser_expect(&builder->parser, TOKEN_CLOSE);
}

/* WITHOUT ROWID, STRICT, in any number; in quotes they are neither to SQLite.  A comma may come first. */
static bool parse_options(struct table_builder *builder)
{
    struct parser *parser = &builder->parser;

    if (parser_at(parser, TOKEN_END) || parser_at(parser, TOKEN_SEMICOLON))
        return true;
    (void)parser_accept(parser, TOKEN_COMMA);
    do {
        bool without = parser_accept(parser, KEYWORD_WITHOUT);
        struct str word = parser_peek(parser, 0)->text;

        if (!str_is_nocase(word, without ? "ROWID" : "STRICT"))
            return parser_expected(parser, without ? "ROWID" : "WITHOUT ROWID or STRICT");
        *(without ? &builder->table.without_rowid : &builder->table.strict) = true;
        (void)parser_take(parser);
    } while (parser_accept(parser, TOKEN_COMMA));
    return true;
}

static void fill_collations(const struct table *table, struct key *key)
{
    for (size_t i = 0; i < key->part_count; i++)
        if (key->parts[i].collation.ptr == NULL)
            key->parts[i].collation = table->columns[key->parts[i].column].collation;
}

/* What the whole statement decides about its parts. */
static void finish_keys(struct table *table)
{
    for (size_t i = 0; i < table->unique_count; i++)
        fill_collations(table, &table->uniques[i]);
    if (table->without_rowid)
        table->rowid_column = -1;
    if (table->primary == NULL)
        return;
    fill_collations(table, table->primary);
    for (size_t i = 0; i < table->primary->part_count; i++) {
        int position = table->primary->parts[i].column;
        struct column *column = &table->columns[position];

        if (column->key_position == 0)
            column->key_position = (int)i + 1;
        /* Elsewhere SQLite allows NULL in a primary key ("Quirks, Caveats, and Gotchas", section 5). */
        if (table->without_rowid || (table->strict && position != table->rowid_column))
            column->not_null = true;
    }
}

static void finish_columns(struct table_builder *builder)
{
    struct table *table = &builder->table;

    /* "STRICT Tables": ANY keeps each value as it is given. */
    for (size_t i = 0; table->strict && i < table->column_count; i++)
        if (str_is_nocase(table->columns[i].declared, "ANY"))
            table->columns[i].affinity = AFFINITY_BLOB;
    for (size_t i = 0; i < builder->parser.booleans.count; i++) {
        struct expr *boolean = builder->parser.booleans.items[i];

        if (table_column(table, boolean->name) >= 0) {
            boolean->kind = EXPR_COLUMN;
            boolean->integer = 0;
        }
    }
}

bool parse_table(struct arena *arena, struct str sql, struct table *table, struct err *err)
{
    struct table_builder builder = {.table = *table};
    bool temporary;

    builder.table.rowid_column = -1;
    builder.table.sql = sql;
    parser_begin(&builder.parser, arena, sql, err);
    if (!parser_head(&builder.parser, KEYWORD_TEMP, KEYWORD_TABLE, &temporary, &builder.table.name) ||
        !parse_body(&builder) || !parse_options(&builder) || !parser_expect_end(&builder.parser))
        return false;
    finish_keys(&builder.table);
    finish_columns(&builder);
    *table = builder.table;
    return true;
}
