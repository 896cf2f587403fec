/*
 * translate_query.h: what the parts of the translation of SELECTs share.  Only translate_select*.c, and the
 * translator of expressions where it meets a SELECT, include it.
 *
 * A query is one SELECT core while it is being translated: the names that its expressions see.  An inner
 * query sees the outer ones behind it.
 */
#ifndef PGRADE_SCHEMA_TRANSLATE_QUERY_H
#define PGRADE_SCHEMA_TRANSLATE_QUERY_H

#include "schema/translate_select.h"
#include "schema/translate_term.h"

/* One table of FROM, by place. */
struct source {
    struct str alias;  /* in SQLite */
    struct str target; /* on PostgreSQL */
    const struct relation *relation;
    const struct from_item *item;
    bool *merged;  /* by column: USING and NATURAL hide it behind that of the left side */
    bool optional; /* the right side of a LEFT JOIN: its row may be missing */
};

/* An equality that holds for every row, in WHERE or ON. */
struct fact {
    size_t source; /* of a column */
    size_t column;
    bool fixed; /* the other side is the same for all rows */
    size_t other_source;
    size_t other_column;
    bool same_type;          /* equal values are the same value */
    const struct expr *only; /* the ON of a LEFT JOIN: it holds where there is a row of `source` */
};

struct group_term {
    const struct expr *expr;
    struct str sql; /* of the value */
    struct str key; /* what is grouped by: another text where the collation is not BINARY */
};

/* Names of common table expressions, the innermost first. */
struct cte_scope {
    const struct cte_scope *outer;
    struct str name;
    const struct relation *relation;
};

struct query {
    struct query *outer;
    const struct cte_scope *ctes;
    const struct select_core *core;
    struct source *sources;
    size_t source_count;
    size_t source_capacity;
    size_t visible;    /* sources that the expression at hand may name: fewer in ON */
    bool sees_aliases; /* of the result columns */
    bool is_aggregate; /* it has GROUP BY or an aggregate */
    bool in_argument;  /* within an aggregate, or before grouping: every column is at hand */
    struct group_term *groups;
    size_t group_count;
    struct str *extra_groups; /* columns that the groups determine and that are used beside them */
    size_t extra_count;
    size_t extra_capacity;
    struct fact *facts;
    size_t fact_count;
    size_t fact_capacity;
    bool **determined;      /* [source][column]: by the groups; NULL: not asked for yet */
    struct str extreme;     /* ORDER BY of the only min() or max(): columns beside it come from its row */
    bool outer_joins_right; /* a RIGHT or FULL JOIN is among them */
};

/* What one translation has in common. */
struct select_state {
    const struct select_scope *scope;
    unsigned doubts;
    unsigned names_made;
    unsigned cores; /* translated so far: some are more than once, and those within them more often yet */
};

/* A SELECT, translated within a query. */
struct subselect {
    struct str sql;
    struct relation *relation;
    struct term *terms; /* of its columns, without their SQL */
    bool single;        /* at most one row */
};

/* ---- translate_select.c ---- */

/* `limit_one`: only the first row is wanted.  `ctes` are those around it. */
bool subselect(struct translator *tr, const struct select *select, struct query *outer,
               const struct cte_scope *ctes, bool limit_one, struct subselect *out) MUST_USE;

/* ---- translate_select_settle.c ---- */

/* The same for all rows. */
bool is_literal(const struct term *term);

/* A value as a SELECT shows it: a time that may still become several types is its text. */
bool query_value(struct translator *tr, const struct expr *expr, struct term *term) MUST_USE;

/* ORDER BY of a window, an aggregate or a SELECT: terms with the place of NULLs written out. */
bool put_order(struct translator *tr, const struct order_term *terms, size_t count, struct buf *out) MUST_USE;

/* " DESC NULLS LAST": the place of NULLs is always written. */
const char *nulls_text(const struct order_term *order);

/* The text by which PostgreSQL sorts or groups as SQLite does. */
bool sort_key(struct translator *tr, const struct term *term, bool equality_only, struct str *key) MUST_USE;

/* ---- translate_select_core.c ---- */

/* The result columns of one core and the clauses behind them. */
struct core_result {
    struct query query;
    struct term *terms;  /* once settled: as they are written */
    struct term *plain;  /* before that */
    struct name *names;  /* as SQLite calls them */
    struct str *targets; /* as PostgreSQL does; not unique */
    bool *is_alias;
    bool *chances; /* group_concat() without an order */
    size_t count;
    struct term **rows; /* VALUES: the cells; terms is the first row */
    size_t row_count;
    struct str clauses; /* FROM and WHERE; then comes GROUP BY, put_groups() */
    struct str tail;    /* HAVING and WINDOW */
    struct relation_key *keys;
    size_t key_count;
    bool single;
};

bool translate_core(struct translator *tr, const struct select_core *core, struct query *outer,
                    const struct cte_scope *ctes, struct core_result *out) MUST_USE;

/* The terms in one type each: the columns of VALUES and of compound SELECTs too. */
bool settle_column(struct translator *tr, struct term **terms, size_t count, struct term *result) MUST_USE;

/* ---- translate_select_columns.c ---- */

/* The result columns; the rows of VALUES, and their columns. */
bool core_columns(struct translator *tr, struct core_result *result) MUST_USE;
bool core_values(struct translator *tr, struct core_result *result) MUST_USE;

/* ---- translate_select.c: the whole ---- */

/* The cores of a SELECT with their columns in common types. */
struct body {
    const struct select *select;
    struct core_result *cores;
    size_t count;
    struct term *columns; /* in common */
    size_t column_count;
    bool single;
};

bool translate_body(struct translator *tr, const struct select *select, size_t cores, struct query *outer,
                    const struct cte_scope *ctes, struct body *body) MUST_USE;

/* UNION, INTERSECT and EXCEPT look for equal rows. */
bool compound_compares(const struct body *body);

/* `names` NULL: its own.  Keys of a compound are not known. */
struct relation *relation_of(struct translator *tr, const struct body *body, const struct name *names);
struct str target_name(struct translator *tr, struct name name);

/* The name, or one like it that none of the first `count` columns has: in SQLite, or on the target. */
struct str free_name(struct translator *tr, const struct relation *relation, size_t count, struct str wanted,
                     bool on_target);
void put_cores(struct translator *tr, const struct body *body, struct buf *out);
bool put_body(struct translator *tr, const struct body *body, const struct relation *relation, bool limit_one,
              struct buf *out) MUST_USE;

/* translate_select_order.c: the cores and ORDER BY. */
bool put_sorted(struct translator *tr, const struct body *body, const struct relation *relation,
                struct buf *out) MUST_USE;

/* translate_select_cte.c: WITH; *ctes has those then that the SELECT sees. */
bool put_ctes(struct translator *tr, const struct select *select, struct query *outer,
              const struct cte_scope **ctes, struct buf *out) MUST_USE;

/* ---- translate_select_from.c ---- */

bool put_from(struct translator *tr, struct query *query, struct buf *out) MUST_USE;

/* The conjuncts of a condition, each on its own. */
bool put_condition(struct translator *tr, const struct expr *expr, struct buf *out) MUST_USE;

/* ---- translate_select_name.c ---- */

struct found_column {
    struct query *query;
    size_t source;
    size_t column;
};

/* Looks the name up in the query alone.  False: it is not there, or (*ambiguous) there twice. */
bool query_find(const struct query *query, const struct expr *expr, struct found_column *found,
                bool *ambiguous);
bool source_column(struct translator *tr, const struct query *query, size_t source, size_t column,
                   struct term *term) MUST_USE;
bool query_column(struct translator *tr, const struct expr *expr, struct term *out) MUST_USE;

/* The result column that the bare name is an alias of, or -1. */
int query_alias(const struct select_core *core, const struct expr *expr);

/* ---- translate_select_group.c ---- */

bool is_aggregate_call(const struct expr *expr);
bool has_aggregate(const struct expr *expr);
bool query_groups(struct translator *tr, struct query *query) MUST_USE;
bool query_extreme(struct translator *tr, struct query *query) MUST_USE;

/* The whole expression is one of the groups. */
bool query_is_group(struct translator *tr, const struct expr *expr, struct term *out);

/* A column of a query that has groups, used outside of its aggregates. */
bool query_bare_column(struct translator *tr, struct query *query, size_t source, size_t column,
                       struct term *term) MUST_USE;
void put_groups(const struct query *query, struct buf *out);

/* ---- translate_select_facts.c ---- */

void note_facts(struct translator *tr, struct query *query, const struct expr *condition,
                const struct expr *left_join);
void note_equal(struct translator *tr, struct query *query, size_t left_source, size_t left_column,
                size_t right_source, size_t right_column, const struct expr *left_join);
bool **query_closure(struct translator *tr, const struct query *query, bool **determined);

/* Whether the columns determine a row of each source. */
bool query_is_unique(struct translator *tr, const struct query *query, bool **determined);

/* ---- translate_select_call.c, translate_select_expr.c ---- */

bool query_call(struct translator *tr, const struct expr *expr, struct term *out) MUST_USE;
bool put_windows(struct translator *tr, const struct select_core *core, struct buf *out) MUST_USE;
bool query_exists(struct translator *tr, const struct expr *expr, struct term *out) MUST_USE;
bool query_scalar(struct translator *tr, const struct expr *expr, struct term *out) MUST_USE;
bool query_in(struct translator *tr, const struct expr *expr, struct term *out) MUST_USE;

#endif
