#include "schema/parse.h"

#include "schema/parser.h"

static bool parse_parts(struct parser *parser, struct index *index)
{
    size_t part_capacity = 0;
    size_t name_capacity = 0;
    size_t name_count = 0;

    do {
        struct key_part part;
        struct name name;

        if (!parser_key_part(parser, &part, &name))
            return false;
        ARENA_PUSH(parser->arena, index->parts, index->part_count, part_capacity) = part;
        ARENA_PUSH(parser->arena, index->part_names, name_count, name_capacity) = name;
    } while (parser_accept(parser, TOKEN_COMMA));
    return true;
}

bool parse_index(struct arena *arena, struct str sql, struct index *index, struct err *err)
{
    struct parser parser;

    *index = (struct index){.sql = sql};
    parser_begin(&parser, arena, sql, err);
    return parser_head(&parser, KEYWORD_UNIQUE, KEYWORD_INDEX, &index->unique, &index->name) &&
           parser_expect(&parser, KEYWORD_ON) &&
           parser_expect_name(&parser, NAME_ANY, "the name of a table", &index->table) &&
           parser_expect(&parser, TOKEN_OPEN) && parse_parts(&parser, index) &&
           parser_expect(&parser, TOKEN_CLOSE) &&
           (!parser_accept(&parser, KEYWORD_WHERE) || parser_expr(&parser, &index->where)) &&
           parser_expect_end(&parser);
}

/* SQLite makes a text of a name in quotes that is no column, and indexes that. */
static struct expr *text_of(struct arena *arena, const struct name *name)
{
    struct expr *expr = ARENA_NEW(arena, struct expr);

    expr->kind = EXPR_TEXT;
    expr->text = name->text;
    expr->quote = name->quote;
    expr->sql = name->text;
    expr->height = 1;
    return expr;
}

/* TRUE and FALSE where no column has that name. */
static bool is_boolean(const struct name *name)
{
    return name->quote == QUOTE_NONE &&
           (str_is_nocase(name->text, "TRUE") || str_is_nocase(name->text, "FALSE"));
}

static struct expr *boolean_of(struct arena *arena, const struct name *name)
{
    struct expr *expr = ARENA_NEW(arena, struct expr);

    expr->kind = EXPR_BOOLEAN;
    expr->integer = str_is_nocase(name->text, "TRUE");
    expr->name = name->text;
    expr->sql = name->text;
    expr->height = 1;
    return expr;
}

bool index_resolve(struct arena *arena, struct index *index, const struct table *table, struct err *err)
{
    for (size_t i = 0; i < index->part_count; i++) {
        const struct name *name = &index->part_names[i];
        struct key_part *part = &index->parts[i];

        if (name->text.ptr == NULL)
            continue;
        part->column = table_column(table, name->text);
        if (part->column >= 0) {
            if (part->collation.ptr == NULL)
                part->collation = table->columns[part->column].collation;
            continue;
        }
        if (is_boolean(name)) {
            part->expr = boolean_of(arena, name);
            continue;
        }
        if (name->quote != QUOTE_DOUBLE && name->quote != QUOTE_SINGLE)
            return err_set(err, ERR_SYNTAX,
                           "index %.*s names the column %.*s, which table %.*s does not have",
                           STR_ARGS(index->name.text), STR_ARGS(name->text), STR_ARGS(table->name.text));
        part->expr = text_of(arena, name);
    }
    return true;
}
