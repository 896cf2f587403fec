/* CREATE VIRTUAL TABLE: the arguments are the module's own language, split at their commas as SQLite does. */
#include "schema/parse.h"
#include "schema/parser.h"
#include "schema/virtual.h"

/* The text up to the next comma or bracket that belongs to the list. */
static struct str take_argument(struct parser *parser)
{
    const char *start = parser_start(parser);
    int depth = 0;

    parser->end = start;
    while (!parser_at(parser, TOKEN_END)) {
        if (depth == 0 && (parser_at(parser, TOKEN_COMMA) || parser_at(parser, TOKEN_CLOSE)))
            break;
        depth += parser_at(parser, TOKEN_OPEN);
        depth -= parser_at(parser, TOKEN_CLOSE);
        (void)parser_take(parser);
    }
    return parser_since(parser, start);
}

static void take_arguments(struct parser *parser, struct str **arguments, size_t *count)
{
    size_t capacity = 0;

    if (!parser_accept(parser, TOKEN_OPEN))
        return;
    do {
        ARENA_PUSH(parser->arena, *arguments, *count, capacity) = take_argument(parser);
    } while (parser_accept(parser, TOKEN_COMMA));
}

bool parse_virtual_table(struct arena *arena, struct str sql, struct table *table, struct err *err)
{
    struct parser parser;
    struct name name;
    struct name module;
    struct str *arguments = NULL;
    size_t count = 0;
    bool is_virtual;

    parser_begin(&parser, arena, sql, err);
    if (!parser_head(&parser, KEYWORD_VIRTUAL, KEYWORD_TABLE, &is_virtual, &name))
        return false;
    if (!is_virtual)
        return parser_error(&parser, sql.ptr, "expected CREATE VIRTUAL TABLE");
    if (!parser_expect(&parser, KEYWORD_USING) ||
        !parser_expect_name(&parser, NAME_ANY, "the name of a module", &module))
        return false;
    take_arguments(&parser, &arguments, &count);
    table->name = name;
    table->virtual = virtual_understand(arena, module.text, arguments, count);
    table->rowid_column = -1;
    table->sql = sql;
    return true;
}
