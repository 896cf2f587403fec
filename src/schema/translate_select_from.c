/* FROM: sources and joins.  SQLite joins from left to right, the comma too; each join is written with its own
 * condition, so that PostgreSQL does the same. */
#include "schema/ident.h"
#include "schema/translate_query.h"

/* A name that no source around has, so that none hides another. */
static bool name_is_taken(const struct query *query, struct str name)
{
    for (; query != NULL; query = query->outer)
        for (size_t i = 0; i < query->source_count; i++)
            if (str_equal(query->sources[i].target, name))
                return true;
    return false;
}

static struct str name_source(struct translator *tr, const struct query *query, struct str wanted)
{
    struct str name = str_dup(tr->arena, str_utf8_clip(wanted, IDENT_MAXIMUM));

    while (name.len == 0 || name_is_taken(query, name))
        name = str_printf(tr->arena, "%.*s_%u", STR_ARGS(str_utf8_clip(wanted, IDENT_MAXIMUM - 11)),
                          ++tr->select->names_made);
    return name;
}

static const struct relation *find_cte(const struct query *query, const struct from_item *item)
{
    for (const struct cte_scope *cte = item->schema.ptr == NULL ? query->ctes : NULL; cte != NULL;
         cte = cte->outer)
        if (str_equal_nocase(cte->name, item->name.text))
            return cte->relation;
    return NULL;
}

static bool find_relation(struct translator *tr, const struct query *query, const struct from_item *item,
                          const struct relation **relation)
{
    const struct select_scope *scope = tr->select->scope;
    const char *why = "there is no such table";

    *relation = find_cte(query, item);
    if (*relation == NULL && (item->schema.ptr == NULL || str_is_nocase(item->schema, "main")))
        *relation = scope->relation(scope->context, item->name.text, &why);
    return *relation != NULL || refuse(tr, why, "table %.*s", STR_ARGS(item->name.text));
}

static void add_source(struct translator *tr, struct query *query, const struct from_item *item,
                       const struct relation *relation)
{
    struct str alias = item->alias.text.ptr != NULL ? item->alias.text : item->name.text;
    struct source source = {.alias = alias, .relation = relation, .item = item};

    source.merged = ARENA_ARRAY(tr->arena, bool, relation->column_count + 1);
    source.optional = item->join == JOIN_LEFT;
    if (item->alias.text.ptr != NULL)
        source.target = name_source(tr, query, target_name(tr, item->alias));
    else
        source.target = name_source(tr, query, relation->name.len > 0 ? relation->name : str_from("q"));
    query->outer_joins_right =
        query->outer_joins_right || item->join == JOIN_RIGHT || item->join == JOIN_FULL;
    ARENA_PUSH(tr->arena, query->sources, query->source_count, query->source_capacity) = source;
}

static bool put_table(struct translator *tr, struct query *query, const struct from_item *item,
                      struct buf *out)
{
    const struct relation *relation;
    struct str name;

    if (!find_relation(tr, query, item, &relation))
        return false;
    add_source(tr, query, item, relation);
    name = query->sources[query->source_count - 1].target;
    if (relation->schema.ptr == NULL)
        ident_quote(out, relation->name);
    else
        ident_quote_qualified(out, relation->schema, relation->name);
    if (!str_equal(name, relation->name)) {
        buf_text(out, " AS ");
        ident_quote(out, name);
    }
    return true;
}

static bool put_subselect(struct translator *tr, struct query *query, const struct from_item *item,
                          struct buf *out)
{
    struct subselect inner;

    if (!subselect(tr, item->select, query->outer, query->ctes, false, &inner))
        return false;
    add_source(tr, query, item, inner.relation);
    buf_printf(out, "(%.*s) AS ", STR_ARGS(inner.sql));
    ident_quote(out, query->sources[query->source_count - 1].target);
    for (size_t i = 0; i < inner.relation->column_count; i++) {
        buf_text(out, i == 0 ? "(" : ", ");
        ident_quote(out, inner.relation->columns[i].target.name);
    }
    buf_byte(out, ')');
    return true;
}

static bool put_items(struct translator *tr, struct query *query, const struct from_item *items, size_t count,
                      struct buf *out);

static bool put_item(struct translator *tr, struct query *query, const struct from_item *item,
                     struct buf *out)
{
    switch (item->kind) {
    case FROM_TABLE: return put_table(tr, query, item, out);
    case FROM_SELECT: return put_subselect(tr, query, item, out);
    case FROM_GROUP:
        if (item->alias.text.ptr != NULL || item->using_count > 0 || item->natural)
            return refuse(tr, "its columns are named in a way that PostgreSQL does not know",
                          "a join in brackets");
        /* What holds within the brackets does not hold for the rows that an outer join adds. */
        query->outer_joins_right =
            query->outer_joins_right || (item->join != JOIN_NONE && item->join > JOIN_CROSS);
        buf_byte(out, '(');
        if (!put_items(tr, query, item->items, item->item_count, out))
            return false;
        buf_byte(out, ')');
        return true;
    case FROM_FUNCTION: break;
    }
    return refuse(tr, "PostgreSQL has no such function", "table-valued function %.*s()",
                  STR_ARGS(item->name.text));
}

/* ---- conditions ---- */

/* A text that looks like a number is one when it is compared with a number: "Datatypes In SQLite", section
 * 4.2.  Any other is equal to none. */
static bool number_and_text(struct translator *tr, const struct expr *expr, struct term *out, bool *taken)
{
    struct term sides[2];
    struct str number;
    size_t text;

    *taken = false;
    if (expr->kind != EXPR_BINARY || !str_is(str_from(expr->op), "=") ||
        expr->items[0]->kind != EXPR_COLUMN || expr->items[1]->kind != EXPR_COLUMN)
        return true;
    if (!translate_node(tr, expr->items[0], &sides[0]) || !translate_node(tr, expr->items[1], &sides[1]))
        return false;
    text = term_family(&sides[0]) == FAMILY_TEXT ? 0 : 1;
    if (term_family(&sides[text]) != FAMILY_TEXT || term_family(&sides[1 - text]) != FAMILY_NUMBER ||
        sides[1 - text].affinity < AFFINITY_NUMERIC || sides[text].storage != STORAGE_TEXT)
        return true;
    *taken = true;
    number = number_of_whole_text(
        tr, &sides[text], sides[1 - text].type.kind == PG_FLOAT8 || sides[1 - text].type.kind == PG_FLOAT4);
    *out = term_make(tr, PG_BOOL, STORAGE_INTEGER, LEVEL_COMPARE, "%.*s = %.*s",
                     STR_ARGS(sides[1 - text].sql), STR_ARGS(number));
    return true;
}

static bool put_conjunct(struct translator *tr, const struct expr *expr, bool first, struct buf *out)
{
    struct term term;
    bool taken;

    if (expr->kind == EXPR_BINARY && str_is(str_from(expr->op), "AND"))
        return put_conjunct(tr, expr->items[0], first, out) && put_conjunct(tr, expr->items[1], false, out);
    if (!number_and_text(tr, expr, &term, &taken) || (!taken && !translate_condition(tr, expr, &term)))
        return false;
    buf_printf(out, "%s%.*s", first ? "" : " AND ", STR_ARGS(term_sql(tr, &term, LEVEL_AND)));
    return true;
}

bool put_condition(struct translator *tr, const struct expr *expr, struct buf *out)
{
    return put_conjunct(tr, expr, true, out);
}

/* The first source on the left that has the column: tableAndColumnIndex() of SQLite's select.c. */
static bool find_left(const struct query *query, size_t right, struct str name, size_t *source,
                      size_t *column)
{
    for (size_t i = 0; i < right; i++)
        for (size_t j = 0; j < query->sources[i].relation->column_count; j++)
            if (str_equal_nocase(query->sources[i].relation->columns[j].name, name)) {
                *source = i;
                *column = j;
                return true;
            }
    return false;
}

static bool put_equal(struct translator *tr, struct query *query, size_t right, size_t column,
                      struct str name, struct buf *out)
{
    bool left_join = query->sources[right].item->join == JOIN_LEFT;
    size_t left = 0;
    size_t left_column = 0;
    struct term sides[2];
    struct term equal;

    if (!find_left(query, right, name, &left, &left_column))
        return refuse(tr, "no table on its left has that column", "USING (%.*s)", STR_ARGS(name));
    if (query->outer_joins_right && right > 1)
        return refuse(tr, "which column is meant depends on the joins before it",
                      "USING beside a RIGHT JOIN");
    if (!source_column(tr, query, left, left_column, &sides[0]) ||
        !source_column(tr, query, right, column, &sides[1]) ||
        !compare_terms(tr, COMPARE_EQUAL, sides[0], sides[1], &equal))
        return false;
    buf_printf(out, "%s%.*s", out->len > 0 ? " AND " : "", STR_ARGS(term_sql(tr, &equal, LEVEL_AND)));
    query->sources[right].merged[column] = true;
    if (!left_join)
        note_equal(tr, query, left, left_column, right, column, NULL);
    return true;
}

static bool put_using(struct translator *tr, struct query *query, const struct from_item *item,
                      struct buf *out)
{
    size_t right = query->source_count - 1;
    const struct relation *relation = query->sources[right].relation;
    size_t found = 0;

    for (size_t i = 0; i < relation->column_count; i++) {
        struct str name = relation->columns[i].name;
        bool wanted = false;
        size_t source;
        size_t column;

        for (size_t j = 0; j < item->using_count; j++)
            wanted = wanted || str_equal_nocase(item->using_columns[j].text, name);
        if (item->natural)
            wanted = find_left(query, right, name, &source, &column);
        if (wanted && !put_equal(tr, query, right, i, name, out))
            return false;
        found += wanted;
    }
    return item->natural || found == item->using_count ||
           refuse(tr, "the table has no such column", "USING of %.*s", STR_ARGS(item->name.text));
}

static const char *join_text(enum join join, bool conditional)
{
    switch (join) {
    case JOIN_LEFT: return " LEFT JOIN ";
    case JOIN_RIGHT: return " RIGHT JOIN ";
    case JOIN_FULL: return " FULL JOIN ";
    default: return conditional ? " JOIN " : " CROSS JOIN ";
    }
}

static bool put_join_condition(struct translator *tr, struct query *query, const struct from_item *item,
                               struct buf *condition)
{
    bool done;

    if (item->using_count > 0 || item->natural)
        return put_using(tr, query, item, condition);
    if (item->on == NULL)
        return true;
    query->visible = query->source_count;
    done = put_condition(tr, item->on, condition);
    if (done && item->join == JOIN_LEFT)
        note_facts(tr, query, item->on, item->on);
    else if (done && item->join != JOIN_RIGHT && item->join != JOIN_FULL)
        note_facts(tr, query, item->on, NULL);
    return done;
}

static bool put_joined(struct translator *tr, struct query *query, const struct from_item *item, bool first,
                       struct buf *out)
{
    struct buf condition;
    struct buf text;
    bool done;

    buf_init(&condition, BUF_TEXT_MAXIMUM);
    buf_init(&text, BUF_TEXT_MAXIMUM);
    done = put_item(tr, query, item, &text) && put_join_condition(tr, query, item, &condition);
    if (done) {
        bool outer = item->join == JOIN_LEFT || item->join == JOIN_RIGHT || item->join == JOIN_FULL;

        buf_printf(out, "%s%.*s", first ? "" : join_text(item->join, condition.len > 0),
                   STR_ARGS(buf_view(&text)));
        if (!first && (outer || condition.len > 0))
            buf_printf(out, " ON %.*s",
                       STR_ARGS(condition.len > 0 ? buf_view(&condition) : str_from("true")));
        if (first && condition.len > 0)
            done = refuse(tr, "there is nothing that it joins", "ON at the first table");
    }
    buf_free(&condition);
    buf_free(&text);
    return done;
}

static bool put_items(struct translator *tr, struct query *query, const struct from_item *items, size_t count,
                      struct buf *out)
{
    for (size_t i = 0; i < count; i++)
        if (!put_joined(tr, query, &items[i], i == 0, out))
            return false;
    return true;
}

bool put_from(struct translator *tr, struct query *query, struct buf *out)
{
    bool argument = query->in_argument;
    bool done;

    query->in_argument = true; /* rows are not grouped yet */
    done = put_items(tr, query, query->core->from, query->core->from_count, out);
    query->visible = query->source_count;
    query->in_argument = argument;
    return done;
}
