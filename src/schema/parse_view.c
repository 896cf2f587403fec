/* CREATE VIEW, CREATE TRIGGER. */
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

static bool parse_event(struct parser *parser)
{
    struct name *columns = NULL;
    size_t count = 0;

    if (!parser_accept_pair(parser, KEYWORD_INSTEAD, KEYWORD_OF) && !parser_accept(parser, KEYWORD_BEFORE))
        (void)parser_accept(parser, KEYWORD_AFTER);
    if (parser_accept(parser, KEYWORD_DELETE) || parser_accept(parser, KEYWORD_INSERT))
        return true;
    if (!parser_accept(parser, KEYWORD_UPDATE))
        return parser_expected(parser, "DELETE, INSERT or UPDATE");
    if (!parser_accept(parser, KEYWORD_OF))
        return true;
    return parser_names(parser, "the name of a column", &columns, &count);
}

bool parse_trigger(struct arena *arena, struct str sql, struct trigger *trigger, struct err *err)
{
    struct parser parser;
    struct str schema;
    bool temporary;

    *trigger = (struct trigger){.sql = sql};
    parser_begin(&parser, arena, sql, err);
    return parser_head(&parser, KEYWORD_TEMP, KEYWORD_TRIGGER, &temporary, &trigger->name) &&
           parse_event(&parser) && parser_expect(&parser, KEYWORD_ON) &&
           parser_expect_qualified(&parser, "the name of a table", &schema, &trigger->table);
}
