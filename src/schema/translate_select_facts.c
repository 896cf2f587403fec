/* Which columns determine which: equalities and unique keys.  By these a column beside GROUP BY has one value
 * in its group, and a subquery has one row. */
#include "schema/translate_query.h"

static bool is_plain(const struct relation_column *column)
{
    return column->target.collation.ptr == NULL || str_is_nocase(column->target.collation, "BINARY");
}

static const struct relation_column *column_at(const struct query *query, size_t source, size_t column)
{
    return &query->sources[source].relation->columns[column];
}

static void add_fact(struct translator *tr, struct query *query, struct fact fact)
{
    ARENA_PUSH(tr->arena, query->facts, query->fact_count, query->fact_capacity) = fact;
}

void note_equal(struct translator *tr, struct query *query, size_t left_source, size_t left_column,
                size_t right_source, size_t right_column, const struct expr *left_join)
{
    const struct relation_column *left = column_at(query, left_source, left_column);
    const struct relation_column *right = column_at(query, right_source, right_column);
    bool same = left->target.type.kind == right->target.type.kind;

    if (!is_plain(left) || !is_plain(right))
        return;
    add_fact(tr, query,
             (struct fact){left_source, left_column, false, right_source, right_column, same, left_join});
    add_fact(tr, query,
             (struct fact){right_source, right_column, false, left_source, left_column, same, left_join});
}

struct search {
    const struct query *query;
    bool found;
};

/* Stops at a column of the query itself, and at what may hide one. */
static bool is_of_outside(void *context, const struct expr *node)
{
    struct search *search = context;
    struct found_column found;
    bool ambiguous;

    if (node->select != NULL || node->kind == EXPR_FUNCTION || node->kind == EXPR_COLLATE)
        search->found = true;
    if (node->kind == EXPR_COLUMN && (query_find(search->query, node, &found, &ambiguous) || ambiguous))
        search->found = true;
    return !search->found;
}

static bool is_fixed(const struct query *query, const struct expr *expr)
{
    struct search search = {query, false};

    return expr_walk(expr, is_of_outside, &search);
}

/* column = column, column = value: other conditions only make rows fewer. */
static void note_side(struct translator *tr, struct query *query, const struct expr *side,
                      const struct expr *other, bool first, const struct expr *left_join)
{
    struct found_column found;
    struct found_column second;
    bool ambiguous;

    if (side->kind != EXPR_COLUMN || !query_find(query, side, &found, &ambiguous))
        return;
    if (is_fixed(query, other) && is_plain(column_at(query, found.source, found.column)))
        add_fact(tr, query, (struct fact){found.source, found.column, true, 0, 0, true, left_join});
    else if (other->kind == EXPR_COLUMN && first && query_find(query, other, &second, &ambiguous))
        note_equal(tr, query, found.source, found.column, second.source, second.column, left_join);
}

void note_facts(struct translator *tr, struct query *query, const struct expr *condition,
                const struct expr *left_join)
{
    if (condition == NULL || condition->kind != EXPR_BINARY)
        return;
    if (str_is(str_from(condition->op), "AND")) {
        note_facts(tr, query, condition->items[0], left_join);
        note_facts(tr, query, condition->items[1], left_join);
    } else if (str_is(str_from(condition->op), "=")) {
        const struct expr *left = condition->items[0];
        const struct expr *other = condition->items[1];

        note_side(tr, query, left, other, true, left_join);
        note_side(tr, query, other, left, false, left_join);
    }
}

struct on_check {
    const struct query *query;
    bool **determined;
    size_t source;
    bool all;
};

static bool on_is_determined(void *context, const struct expr *node)
{
    struct on_check *check = context;
    struct found_column found;
    bool ambiguous;

    if (node->select != NULL)
        check->all = false;
    if (node->kind == EXPR_COLUMN && query_find(check->query, node, &found, &ambiguous) &&
        found.source != check->source && !check->determined[found.source][found.column])
        check->all = false;
    return check->all;
}

/* Whether the fact says that the column has one value for the rows that the determined columns choose. */
static bool fact_applies(const struct query *query, const struct fact *fact, bool **determined)
{
    struct on_check check = {query, determined, fact->source, true};

    if (!fact->fixed && !determined[fact->other_source][fact->other_column])
        return false;
    /* Whether there is a row at all must not depend on anything else either. */
    return fact->only == NULL || expr_walk(fact->only, on_is_determined, &check);
}

static bool is_determined(const struct query *query, bool **determined, size_t source, size_t column)
{
    if (determined[source][column])
        return true;
    for (size_t i = 0; i < query->fact_count; i++) {
        const struct fact *fact = &query->facts[i];

        if (fact->source == source && fact->column == column &&
            (fact->only == NULL || query->sources[source].optional) && fact_applies(query, fact, determined))
            return true;
    }
    return false;
}

static bool has_key(const struct query *query, bool **determined, size_t source)
{
    const struct relation *relation = query->sources[source].relation;

    for (size_t i = 0; i < relation->key_count; i++) {
        const struct relation_key *key = &relation->keys[i];
        bool all = true;

        for (size_t j = 0; all && j < key->count; j++)
            all = (!key->nullable || !determined[source][key->columns[j]]) &&
                  is_determined(query, determined, source, key->columns[j]);
        if (all)
            return true;
    }
    return false;
}

static bool determine_source(const struct query *query, bool **determined, size_t source)
{
    size_t count = query->sources[source].relation->column_count;

    /* The place behind the columns says that its row is determined. */
    if (determined[source][count] || !has_key(query, determined, source))
        return false;
    for (size_t j = 0; j <= count; j++)
        determined[source][j] = true;
    return true;
}

static bool determine_equal(const struct query *query, bool **determined)
{
    bool changed = false;

    for (size_t i = 0; i < query->fact_count; i++) {
        const struct fact *fact = &query->facts[i];

        if (fact->only != NULL || !fact->same_type || determined[fact->source][fact->column] ||
            !fact_applies(query, fact, determined))
            continue;
        determined[fact->source][fact->column] = true;
        changed = true;
    }
    return changed;
}

bool **query_closure(struct translator *tr, const struct query *query, bool **given)
{
    bool **determined = ARENA_ARRAY(tr->arena, bool *, query->source_count + 1);
    bool changed = !query->outer_joins_right;

    for (size_t i = 0; i < query->source_count; i++) {
        size_t count = query->sources[i].relation->column_count;

        determined[i] = ARENA_ARRAY(tr->arena, bool, count + 1);
        for (size_t j = 0; j < count; j++)
            determined[i][j] = given != NULL && given[i][j];
    }
    while (changed) {
        changed = determine_equal(query, determined);
        for (size_t i = 0; i < query->source_count; i++)
            changed = determine_source(query, determined, i) || changed;
    }
    return determined;
}

bool query_is_unique(struct translator *tr, const struct query *query, bool **given)
{
    bool **determined = query_closure(tr, query, given);

    if (query->outer_joins_right)
        return false;
    for (size_t i = 0; i < query->source_count; i++)
        if (!determined[i][query->sources[i].relation->column_count])
            return false;
    return true;
}
