#include "schema/table_builder.h"

static bool parse_action(struct parser *parser, enum fk_action *action)
{
    static const struct {
        enum token_kind first;
        enum token_kind second; /* TOKEN_END: none */
        enum fk_action action;
    } actions[] = {
        {KEYWORD_SET, KEYWORD_NULL, FK_SET_NULL},   {KEYWORD_SET, KEYWORD_DEFAULT, FK_SET_DEFAULT},
        {KEYWORD_CASCADE, TOKEN_END, FK_CASCADE},   {KEYWORD_RESTRICT, TOKEN_END, FK_RESTRICT},
        {KEYWORD_NO, KEYWORD_ACTION, FK_NO_ACTION},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(actions); i++) {
        bool found = actions[i].second == TOKEN_END
                         ? parser_accept(parser, actions[i].first)
                         : parser_accept_pair(parser, actions[i].first, actions[i].second);

        *action = actions[i].action;
        if (found)
            return true;
    }
    return parser_expected(parser, "SET NULL, SET DEFAULT, CASCADE, RESTRICT or NO ACTION");
}

/* ON DELETE, ON UPDATE, MATCH, in any order, the last of each counting.  ON INSERT is read and ignored. */
static bool parse_arguments(struct parser *parser, struct foreign_key *key)
{
    enum fk_action ignored;

    for (;;) {
        if (parser_accept(parser, KEYWORD_MATCH)) {
            struct name match;

            if (!parser_expect_name(parser, NAME_ANY, "FULL, SIMPLE or PARTIAL", &match))
                return false;
            key->match_full = str_is_nocase(match.text, "FULL");
        } else if (parser_accept_pair(parser, KEYWORD_ON, KEYWORD_DELETE)) {
            if (!parse_action(parser, &key->on_delete))
                return false;
        } else if (parser_accept_pair(parser, KEYWORD_ON, KEYWORD_UPDATE)) {
            if (!parse_action(parser, &key->on_update))
                return false;
        } else if (parser_accept_pair(parser, KEYWORD_ON, KEYWORD_INSERT)) {
            if (!parse_action(parser, &ignored))
                return false;
        } else {
            return true;
        }
    }
}

bool table_builder_references(struct table_builder *builder, int *columns, size_t count)
{
    struct parser *parser = &builder->parser;
    struct foreign_key key = {.name = table_builder_name(builder), .columns = columns, .column_count = count};
    const char *place = parser_start(parser);
    size_t parent_count = count;

    if (!parser_expect(parser, KEYWORD_REFERENCES) ||
        !parser_expect_name(parser, NAME_ANY, "the name of a table", &key.parent))
        return false;
    if (parser_at(parser, TOKEN_OPEN) &&
        !parser_name_list(parser, "the name of a column", &key.parent_columns, &parent_count))
        return false;
    if (parent_count != count)
        return parser_error(parser, place, "a foreign key of %zu columns references %zu", count,
                            parent_count);
    if (!parse_arguments(parser, &key))
        return false;
    ARENA_PUSH(parser->arena, builder->table.foreign_keys, builder->table.foreign_key_count,
               builder->foreign_key_capacity) = key;
    return true;
}

/* SQLite applies it to the foreign key read last, whatever stands between them. */
bool table_builder_defer(struct table_builder *builder)
{
    struct parser *parser = &builder->parser;
    struct table *table = &builder->table;
    bool deferrable = !parser_accept(parser, KEYWORD_NOT);
    bool deferred = false;

    if (!parser_expect(parser, KEYWORD_DEFERRABLE))
        return false;
    if (parser_accept(parser, KEYWORD_INITIALLY)) {
        deferred = parser_at(parser, KEYWORD_DEFERRED);
        if (!parser_accept(parser, KEYWORD_DEFERRED) && !parser_accept(parser, KEYWORD_IMMEDIATE))
            return parser_expected(parser, "DEFERRED or IMMEDIATE");
    }
    if (table->foreign_key_count > 0) {
        struct foreign_key *last = &table->foreign_keys[table->foreign_key_count - 1];

        last->deferrable = deferrable;
        last->initially_deferred = deferrable && deferred;
    }
    return true;
}
