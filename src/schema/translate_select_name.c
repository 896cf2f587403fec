/* Names within a SELECT: lookupName() of SQLite's resolve.c. */
#include "schema/ident.h"
#include "schema/translate_query.h"

static int column_of(const struct relation *relation, struct str name)
{
    for (size_t i = 0; i < relation->column_count; i++)
        if (str_equal_nocase(relation->columns[i].name, name))
            return (int)i;
    return -1;
}

static bool is_in_using(const struct source *source, struct str name)
{
    int column = column_of(source->relation, name);

    return column >= 0 && source->merged != NULL && source->merged[column];
}

static bool is_rowid(struct str name)
{
    return str_is_nocase(name, "rowid") || str_is_nocase(name, "_rowid_") || str_is_nocase(name, "oid");
}

/* The sources that the qualifier means. */
static bool is_meant(const struct source *source, const struct expr *expr)
{
    return expr->table.ptr == NULL || str_equal_nocase(source->alias, expr->table);
}

static bool find_rowid(const struct query *query, const struct expr *expr, struct found_column *found)
{
    size_t count = 0;

    for (size_t i = 0; i < query->visible; i++) {
        if (!is_meant(&query->sources[i], expr))
            continue;
        count++;
        found->source = i;
    }
    if (count != 1 || query->sources[found->source].relation->rowid < 0)
        return false;
    found->column = (size_t)query->sources[found->source].relation->rowid;
    return true;
}

bool query_find(const struct query *query, const struct expr *expr, struct found_column *found,
                bool *ambiguous)
{
    size_t count = 0;

    *ambiguous = false;
    for (size_t i = 0; i < query->visible; i++) {
        const struct source *source = &query->sources[i];
        int column = is_meant(source, expr) ? column_of(source->relation, expr->name) : -1;

        if (column < 0)
            continue;
        if (count > 0 && is_in_using(source, expr->name)) {
            if (source->item->join != JOIN_RIGHT)
                continue; /* the one on the left stands for both */
            count = 0;
        }
        if (count++ > 0)
            continue;
        found->source = i;
        found->column = (size_t)column;
    }
    *ambiguous = count > 1;
    return count == 1 || (count == 0 && is_rowid(expr->name) && find_rowid(query, expr, found));
}

bool source_column(struct translator *tr, const struct query *query, size_t source, size_t column,
                   struct term *term)
{
    const struct source *from = &query->sources[source];
    const struct relation_column *target = &from->relation->columns[column];
    struct buf sql;

    if (!term_of_column(tr, &target->target, term))
        return false;
    if (target->computed)
        term->storage = (enum storage)target->storage;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    ident_quote_qualified(&sql, from->target, target->target.name);
    term->sql = buf_to_str(tr->arena, &sql);
    buf_free(&sql);
    term_make_plain(tr, &target->target, term);
    return true;
}

int query_alias(const struct select_core *core, const struct expr *expr)
{
    if (expr->kind != EXPR_COLUMN || expr->table.ptr != NULL)
        return -1;
    for (size_t i = 0; i < core->column_count; i++)
        if (core->columns[i].alias.text.ptr != NULL &&
            str_equal_nocase(core->columns[i].alias.text, expr->name))
            return (int)i;
    return -1;
}

/* An alias stands for its expression, which sees the columns alone. */
static bool translate_alias(struct translator *tr, struct query *query, int alias, struct term *out)
{
    struct query *inner = tr->query;
    bool sees = query->sees_aliases;
    bool done;

    query->sees_aliases = false;
    tr->query = query;
    done = translate_node(tr, query->core->columns[alias].expr, out);
    tr->query = inner;
    query->sees_aliases = sees;
    return done;
}

static bool is_full_join(const struct query *query, const struct expr *expr)
{
    for (size_t i = 0; i < query->visible; i++)
        if (query->sources[i].item->join == JOIN_FULL && is_in_using(&query->sources[i], expr->name))
            return true;
    return false;
}

/* A FULL JOIN ... USING: whichever of the two is there. */
static bool merged_column(struct translator *tr, struct query *query, const struct expr *expr,
                          struct term *out)
{
    struct term *terms = ARENA_ARRAY(tr->arena, struct term, query->visible);
    struct buf sql;
    size_t count = 0;

    for (size_t i = 0; i < query->visible; i++) {
        int column = column_of(query->sources[i].relation, expr->name);

        if (column < 0)
            continue;
        if (!source_column(tr, query, i, (size_t)column, &terms[count]) ||
            (query->is_aggregate && !query->in_argument &&
             !query_bare_column(tr, query, i, (size_t)column, &terms[count])))
            return false;
        count++;
    }
    *out = terms[0];
    if (!terms_unify(tr, terms, count, "USING", out))
        return false;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < count; i++)
        buf_printf(&sql, "%s%.*s", i == 0 ? "coalesce(" : ", ", STR_ARGS(terms[i].sql));
    buf_byte(&sql, ')');
    out->sql = buf_to_str(tr->arena, &sql);
    buf_free(&sql);
    return true;
}

static bool found_here(struct translator *tr, struct query *query, const struct expr *expr, bool *found,
                       struct term *out)
{
    struct found_column place = {.query = query};
    bool ambiguous;
    int alias;

    *found = true;
    if (expr->table.ptr == NULL && is_full_join(query, expr))
        return merged_column(tr, query, expr, out);
    if (query_find(query, expr, &place, &ambiguous)) {
        return source_column(tr, query, place.source, place.column, out) &&
               (!query->is_aggregate || query->in_argument ||
                query_bare_column(tr, query, place.source, place.column, out));
    }
    if (ambiguous)
        return refuse(tr, "several tables have one", "column %.*s", STR_ARGS(expr->name));
    alias = query->sees_aliases ? query_alias(query->core, expr) : -1;
    *found = alias >= 0;
    return alias < 0 || translate_alias(tr, query, alias, out);
}

static bool is_known_table(const struct query *query, const struct expr *expr)
{
    for (; query != NULL; query = query->outer)
        for (size_t i = 0; i < query->visible; i++)
            if (is_meant(&query->sources[i], expr))
                return true;
    return false;
}

bool query_column(struct translator *tr, const struct expr *expr, struct term *out)
{
    struct translate_column column;

    for (struct query *query = tr->query; query != NULL; query = query->outer) {
        bool found;

        if (!found_here(tr, query, expr, &found, out))
            return false;
        if (found)
            return true;
    }
    if (tr->scope->column != NULL && tr->scope->column(tr->scope->context, expr->table, expr->name, &column))
        return term_of_column(tr, &column, out);
    /* "x" that names no column is the string 'x', as outside of SELECTs. */
    if (expr->quote == QUOTE_DOUBLE && expr->table.ptr == NULL)
        return term_text(tr, expr->name, out);
    if (is_rowid(expr->name) && is_known_table(tr->query, expr))
        return refuse(tr, "PostgreSQL has no rowid, and no column stands for it", "column %.*s",
                      STR_ARGS(expr->name));
    return refuse(tr, "there is no such column, or it is of a table that is joined later", "column %.*s",
                  STR_ARGS(expr->name));
}
