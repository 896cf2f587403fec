/* One SELECT core: its clauses, and what is unique in its rows; its columns are made in
 * translate_select_columns.c. */
#include "schema/ident.h"
#include "schema/translate_query.h"

/* ---- clauses ---- */

static bool uses_aggregates(const struct select_core *core)
{
    bool found = core->group_count > 0 || (core->having != NULL && has_aggregate(core->having));

    for (size_t i = 0; i < core->column_count && !found; i++)
        found = core->columns[i].expr != NULL && has_aggregate(core->columns[i].expr);
    return found;
}

static bool put_where(struct translator *tr, struct query *query, struct buf *out)
{
    bool done;

    if (query->core->where == NULL)
        return true;
    query->in_argument = true;
    query->sees_aliases = true;
    buf_text(out, " WHERE ");
    done = put_condition(tr, query->core->where, out);
    note_facts(tr, query, query->core->where, NULL);
    query->in_argument = false;
    query->sees_aliases = false;
    return done;
}

static bool put_having(struct translator *tr, struct query *query, struct buf *out)
{
    struct term term;

    if (query->core->having == NULL)
        return true;
    query->sees_aliases = true;
    if (!translate_condition(tr, query->core->having, &term))
        return false;
    query->sees_aliases = false;
    buf_printf(out, " HAVING %.*s", STR_ARGS(term.sql));
    return true;
}

/* GROUP BY is written last: the columns beside it are known by then. */
static bool put_clauses(struct translator *tr, struct core_result *result, struct buf *clauses,
                        struct buf *having)
{
    struct query *query = &result->query;
    const struct select_core *core = query->core;

    if (core->from_count > 0) {
        buf_text(clauses, " FROM ");
        if (!put_from(tr, query, clauses))
            return false;
    }
    if (!put_where(tr, query, clauses))
        return false;
    if (query->is_aggregate && (!query_groups(tr, query) || !query_extreme(tr, query)))
        return false;
    return core_columns(tr, result) && put_having(tr, query, having) && put_windows(tr, core, having);
}

/* ---- keys of the result ---- */

static void add_key(struct translator *tr, struct core_result *result, const size_t *columns, size_t count,
                    size_t *capacity)
{
    ARENA_PUSH(tr->arena, result->keys, result->key_count, *capacity) =
        (struct relation_key){.columns = columns, .count = count};
}

static int place_of(const struct core_result *result, struct str sql)
{
    for (size_t i = 0; i < result->count; i++)
        if (str_equal(result->terms[i].sql, sql))
            return (int)i;
    return -1;
}

static void key_of_groups(struct translator *tr, struct core_result *result, size_t *capacity)
{
    size_t *columns = ARENA_ARRAY(tr->arena, size_t, result->query.group_count + 1);

    for (size_t i = 0; i < result->query.group_count; i++) {
        int place = place_of(result, result->query.groups[i].sql);

        if (place < 0 || !str_equal(result->query.groups[i].sql, result->query.groups[i].key))
            return;
        columns[i] = (size_t)place;
    }
    add_key(tr, result, columns, result->query.group_count, capacity);
}

/* A key of one table that determines the rows of all others. */
static void key_of_source(struct translator *tr, struct core_result *result, size_t source,
                          const struct relation_key *key, size_t *capacity)
{
    const struct query *query = &result->query;
    bool **given = ARENA_ARRAY(tr->arena, bool *, query->source_count);
    size_t *columns = ARENA_ARRAY(tr->arena, size_t, key->count + 1);

    for (size_t i = 0; i < query->source_count; i++)
        given[i] = ARENA_ARRAY(tr->arena, bool, query->sources[i].relation->column_count + 1);
    for (size_t i = 0; i < key->count; i++) {
        struct term term;
        int place =
            source_column(tr, query, source, key->columns[i], &term) ? place_of(result, term.sql) : -1;

        if (place < 0)
            return;
        columns[i] = (size_t)place;
        given[source][key->columns[i]] = true;
    }
    if (query_is_unique(tr, query, given))
        add_key(tr, result, columns, key->count, capacity);
}

static void find_keys(struct translator *tr, struct core_result *result)
{
    const struct query *query = &result->query;
    size_t capacity = 0;

    result->single = query->is_aggregate ? query->core->group_count == 0 : query_is_unique(tr, query, NULL);
    if (result->single)
        add_key(tr, result, NULL, 0, &capacity);
    else if (query->is_aggregate)
        key_of_groups(tr, result, &capacity);
    else
        for (size_t i = 0; i < query->source_count; i++)
            for (size_t j = 0; j < query->sources[i].relation->key_count; j++)
                if (!query->sources[i].optional && !query->sources[i].relation->keys[j].nullable)
                    key_of_source(tr, result, i, &query->sources[i].relation->keys[j], &capacity);
}

/* DISTINCT compares as the columns' collations say, and PostgreSQL as their types do. */
static bool check_distinct(struct translator *tr, const struct core_result *result)
{
    for (size_t i = 0; i < result->count && result->query.core->distinct; i++) {
        struct str key;

        if (!sort_key(tr, &result->terms[i], true, &key))
            return false;
        if (!str_equal(key, result->terms[i].sql))
            return refuse(tr, "of texts that its collation calls equal SQLite keeps one of several spellings",
                          "DISTINCT");
    }
    return true;
}

static bool translate_core_within(struct translator *tr, struct core_result *out)
{
    struct query *query = &out->query;
    struct buf clauses;
    struct buf having;
    bool done;

    if (query->core->row_count > 0)
        return core_values(tr, out);
    query->is_aggregate = uses_aggregates(query->core);
    buf_init(&clauses, BUF_TEXT_MAXIMUM);
    buf_init(&having, BUF_TEXT_MAXIMUM);
    done = put_clauses(tr, out, &clauses, &having);
    if (done) {
        out->clauses = buf_to_str(tr->arena, &clauses);
        out->tail = buf_to_str(tr->arena, &having);
        find_keys(tr, out);
        done = check_distinct(tr, out);
    }
    buf_free(&having);
    buf_free(&clauses);
    return done;
}

bool translate_core(struct translator *tr, const struct select_core *core, struct query *outer,
                    const struct cte_scope *ctes, struct core_result *out)
{
    enum {
        CORES_MAXIMUM = 20000
    };
    struct query *before = tr->query;
    bool done;

    if (++tr->select->cores > CORES_MAXIMUM)
        return refuse(tr, "it is nested too deeply", "a SELECT");
    *out = (struct core_result){.query = {.outer = outer, .ctes = ctes, .core = core}};
    tr->query = &out->query;
    done = translate_core_within(tr, out);
    tr->query = before;
    return done;
}
