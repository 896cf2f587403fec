/* CREATE VIEW. */
#include "schema/parse.h"
#include "schema/parser.h"

static void parse_view_select(struct parser *parser, struct view *view)
{
    struct err failure = {0};

    parser->err = &failure;
    if (parser_select(parser, &view->select) && parser_expect_end(parser))
        return;
    view->select = NULL;
    view->damage = str_dup(parser->arena, str_from(failure.primary));
}

bool parse_view(struct arena *arena, struct str sql, struct view *view, struct err *err)
{
    struct parser parser;
    bool temporary;

    *view = (struct view){.sql = sql};
    parser_begin(&parser, arena, sql, err);
    if (!parser_head(&parser, KEYWORD_TEMP, KEYWORD_VIEW, &temporary, &view->name))
        return false;
    if (parser_at(&parser, TOKEN_OPEN) &&
        !parser_name_list(&parser, "the name of a column", &view->columns, &view->column_count))
        return false;
    if (!parser_expect(&parser, KEYWORD_AS))
        return false;
    parse_view_select(&parser, view);
    return true;
}
