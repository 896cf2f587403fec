/* CREATE TRIGGER, with the statements of its body. */
#include "schema/parse.h"
#include "schema/parser.h"
#include "schema/trigger.h"

/* Words that are no keywords of this lexer: they mean something in triggers only. */
static bool at_word(struct parser *parser, const char *word)
{
    const struct token *token = parser_peek(parser, 0);

    return token->kind == TOKEN_ID && token->quote == QUOTE_NONE && str_is_nocase(token->text, word);
}

static bool accept_word(struct parser *parser, const char *word)
{
    if (!at_word(parser, word))
        return false;
    (void)parser_take(parser);
    return true;
}

static bool expect_word(struct parser *parser, const char *word)
{
    return accept_word(parser, word) || parser_expected(parser, word);
}

/* ---- the head ---- */

static bool parse_event(struct parser *parser, struct trigger_body *body)
{
    if (parser_accept_pair(parser, KEYWORD_INSTEAD, KEYWORD_OF))
        body->timing = TRIGGER_INSTEAD_OF;
    else if (parser_accept(parser, KEYWORD_AFTER))
        body->timing = TRIGGER_AFTER;
    else
        (void)parser_accept(parser, KEYWORD_BEFORE);
    if (parser_accept(parser, KEYWORD_DELETE)) {
        body->event = TRIGGER_DELETE;
        return true;
    }
    if (parser_accept(parser, KEYWORD_INSERT))
        return true;
    if (!parser_accept(parser, KEYWORD_UPDATE))
        return parser_expected(parser, "DELETE, INSERT or UPDATE");
    body->event = TRIGGER_UPDATE;
    return !parser_accept(parser, KEYWORD_OF) ||
           parser_names(parser, "the name of a column", &body->columns, &body->column_count);
}

/* ---- the statements ---- */

static bool parse_conflict(struct parser *parser, struct trigger_step *step)
{
    static const struct {
        enum token_kind word;
        enum on_conflict conflict;
    } words[] = {
        {KEYWORD_ABORT, CONFLICT_ABORT},     {KEYWORD_ROLLBACK, CONFLICT_ROLLBACK},
        {KEYWORD_FAIL, CONFLICT_FAIL},       {KEYWORD_IGNORE, CONFLICT_IGNORE},
        {KEYWORD_REPLACE, CONFLICT_REPLACE},
    };

    if (!parser_accept(parser, KEYWORD_OR))
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (parser_accept(parser, words[i].word)) {
            step->conflict = words[i].conflict;
            return true;
        }
    return parser_expected(parser, "ABORT, FAIL, IGNORE, REPLACE or ROLLBACK");
}

static bool parse_assignment(struct parser *parser, struct assignment *assignment)
{
    struct name *names = NULL;
    size_t count = 0;

    *assignment = (struct assignment){.several = parser_at(parser, TOKEN_OPEN)};
    if (assignment->several) {
        if (!parser_name_list(parser, "the name of a column", &names, &count))
            return false;
        assignment->column = names[0];
    } else if (!parser_expect_name(parser, NAME_ANY, "the name of a column", &assignment->column)) {
        return false;
    }
    return parser_expect(parser, TOKEN_EQUAL) && parser_expr(parser, &assignment->value);
}

static bool parse_target(struct parser *parser, struct trigger_step *step)
{
    struct name ignored;

    if (!parser_expect_name(parser, NAME_ANY, "the name of a table", &step->table))
        return false;
    if (parser_accept_pair(parser, KEYWORD_NOT, KEYWORD_INDEXED))
        return true;
    return !parser_accept(parser, KEYWORD_INDEXED) ||
           (parser_expect(parser, KEYWORD_BY) &&
            parser_expect_name(parser, NAME_ANY, "the name of an index", &ignored));
}

static bool parse_update(struct parser *parser, struct trigger_step *step)
{
    size_t capacity = 0;

    if (!parse_conflict(parser, step) || !parse_target(parser, step) || !parser_expect(parser, KEYWORD_SET))
        return false;
    do {
        struct assignment assignment;

        if (!parse_assignment(parser, &assignment))
            return false;
        ARENA_PUSH(parser->arena, step->assignments, step->assignment_count, capacity) = assignment;
    } while (parser_accept(parser, TOKEN_COMMA));
    if (parser_accept(parser, KEYWORD_FROM) && !parser_from(parser, &step->from, &step->from_count))
        return false;
    return !parser_accept(parser, KEYWORD_WHERE) || parser_expr(parser, &step->where);
}

static bool parse_delete(struct parser *parser, struct trigger_step *step)
{
    return parser_expect(parser, KEYWORD_FROM) && parse_target(parser, step) &&
           (!parser_accept(parser, KEYWORD_WHERE) || parser_expr(parser, &step->where));
}

static bool parse_insert(struct parser *parser, struct trigger_step *step)
{
    if (!parser_expect(parser, KEYWORD_INTO) ||
        !parser_expect_name(parser, NAME_ANY, "the name of a table", &step->table))
        return false;
    if (parser_at(parser, TOKEN_OPEN) &&
        !parser_name_list(parser, "the name of a column", &step->columns, &step->column_count))
        return false;
    if (!parser_at_select(parser, 0))
        return parser_expected(parser, "VALUES or SELECT");
    if (!parser_select(parser, &step->select))
        return false;
    step->upsert = parser_at(parser, KEYWORD_ON);
    while (step->upsert && !parser_at(parser, TOKEN_SEMICOLON) && !parser_at(parser, TOKEN_END))
        (void)parser_take(parser);
    return true;
}

static bool parse_statement(struct parser *parser, struct trigger_step *step)
{
    if (parser_accept(parser, KEYWORD_UPDATE)) {
        step->kind = STEP_UPDATE;
        return parse_update(parser, step);
    }
    if (parser_accept(parser, KEYWORD_DELETE)) {
        step->kind = STEP_DELETE;
        return parse_delete(parser, step);
    }
    if (parser_accept(parser, KEYWORD_REPLACE)) {
        step->conflict = CONFLICT_REPLACE;
        return parse_insert(parser, step);
    }
    if (parser_accept(parser, KEYWORD_INSERT))
        return parse_conflict(parser, step) && parse_insert(parser, step);
    step->kind = STEP_SELECT;
    if (!parser_at_select(parser, 0))
        return parser_expected(parser, "INSERT, UPDATE, DELETE or SELECT");
    return parser_select(parser, &step->select);
}

static bool parse_body(struct parser *parser, struct trigger_body *body)
{
    size_t capacity = 0;

    if (accept_word(parser, "FOR") && (!expect_word(parser, "EACH") || !parser_expect(parser, KEYWORD_ROW)))
        return false;
    if (parser_accept(parser, KEYWORD_WHEN) && !parser_expr(parser, &body->when))
        return false;
    if (!expect_word(parser, "BEGIN"))
        return false;
    do {
        const char *start = parser_start(parser);
        struct trigger_step step = {.kind = STEP_INSERT};

        if (!parse_statement(parser, &step))
            return false;
        step.sql = parser_since(parser, start);
        ARENA_PUSH(parser->arena, body->steps, body->step_count, capacity) = step;
        if (!parser_expect(parser, TOKEN_SEMICOLON))
            return false;
    } while (!parser_at(parser, KEYWORD_END));
    return parser_expect(parser, KEYWORD_END) && parser_expect_end(parser);
}

bool parse_trigger(struct arena *arena, struct str sql, struct trigger *trigger, struct err *err)
{
    struct err failure = {.code = ERR_NONE};
    struct trigger_body *body = ARENA_NEW(arena, struct trigger_body);
    struct parser parser;
    struct str schema;
    bool temporary;

    *trigger = (struct trigger){.sql = sql};
    parser_begin(&parser, arena, sql, err);
    if (!parser_head(&parser, KEYWORD_TEMP, KEYWORD_TRIGGER, &temporary, &trigger->name) ||
        !parse_event(&parser, body) || !parser_expect(&parser, KEYWORD_ON) ||
        !parser_expect_qualified(&parser, "the name of a table", &schema, &trigger->table))
        return false;
    parser.err = &failure;
    if (parse_body(&parser, body))
        trigger->body = body;
    else
        trigger->damage = str_dup(arena, str_from(failure.primary));
    return true;
}
