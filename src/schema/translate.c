#include "schema/translate.h"

#include "schema/ident.h"
#include "schema/translate_json.h"
#include "schema/translate_query.h"

enum {
    INDEX_SQL_MAXIMUM = 3000
};

/* ---- columns ---- */

static enum collation collation_from(struct str name)
{
    if (str_is_nocase(name, "NOCASE"))
        return COLLATION_NOCASE;
    return str_is_nocase(name, "RTRIM") ? COLLATION_RTRIM : COLLATION_BINARY;
}

/* What the column holds in SQLite.  An affinity that does not go with the type leaves it open. */
static enum storage storage_of(const struct translate_column *column)
{
    enum pg_kind kind = column->type.kind;
    bool real = column->affinity == AFFINITY_REAL;

    if (kind == PG_BOOL || pg_kind_is_integer(kind))
        return real ? STORAGE_NUMBER : STORAGE_INTEGER;
    if (pg_kind_is_number(kind))
        return real ? STORAGE_REAL : STORAGE_NUMBER;
    if (pg_kind_is_textual(kind))
        return column->affinity > AFFINITY_TEXT ? STORAGE_OTHER : STORAGE_TEXT;
    return kind == PG_BYTEA && !column->texts ? STORAGE_BLOB : STORAGE_OTHER;
}

void term_make_plain(struct translator *tr, const struct translate_column *column, struct term *term)
{
    if (column->plain == NULL)
        return;
    term->sql = str_printf(tr->arena, "(%.*s%s)", STR_ARGS(term->sql), column->plain);
    term->level = LEVEL_ATOM;
}

bool term_of_column(struct translator *tr, const struct translate_column *column, struct term *out)
{
    struct buf quoted;

    if (column->collation.ptr != NULL && !str_is_nocase(column->collation, "BINARY") &&
        collation_from(column->collation) == COLLATION_BINARY)
        return refuse(tr, "its collation is the application's own", "column %.*s", STR_ARGS(column->name));
    buf_init(&quoted, BUF_TEXT_MAXIMUM);
    if (column->qualifier.ptr != NULL)
        buf_printf(&quoted, "%.*s.", STR_ARGS(column->qualifier));
    if (column->sql.ptr != NULL)
        buf_printf(&quoted, "(%.*s)", STR_ARGS(column->sql));
    else
        ident_quote(&quoted, column->name);
    *out =
        term_make(tr, column->type.kind, storage_of(column), LEVEL_ATOM, "%.*s", STR_ARGS(buf_view(&quoted)));
    buf_free(&quoted);
    term_make_plain(tr, column, out);
    out->type = column->type;
    out->affinity = column->affinity;
    out->collation = collation_from(column->collation);
    out->time_unit = column->time_unit;
    return true;
}

static bool find_column(struct translator *tr, const struct expr *expr, struct translate_column *found)
{
    return tr->scope->column != NULL && tr->scope->column(tr->scope->context, expr->table, expr->name, found);
}

static bool node_column(struct translator *tr, const struct expr *expr, struct term *out)
{
    struct translate_column column = {.type = pg_type_of(PG_TEXT)};

    if (tr->query != NULL)
        return query_column(tr, expr, out);
    if (find_column(tr, expr, &column))
        return term_of_column(tr, &column, out);
    /* "x" that names no column is the string 'x': "Quirks, Caveats, and Gotchas In SQLite", section 8. */
    if (expr->quote == QUOTE_DOUBLE && expr->table.ptr == NULL)
        return term_text(tr, expr->name, out);
    return refuse(tr, "there is no such column", "column %.*s", STR_ARGS(expr->name));
}

/* ---- the other nodes ---- */

static bool node_null(struct translator *tr, const struct expr *expr, struct term *out)
{
    (void)tr, (void)expr;
    *out = term_null();
    return true;
}

static bool node_integer(struct translator *tr, const struct expr *expr, struct term *out)
{
    *out = term_integer(tr, expr->integer);
    return true;
}

static bool node_real(struct translator *tr, const struct expr *expr, struct term *out)
{
    *out = term_real(tr, expr->real);
    return true;
}

static bool node_text(struct translator *tr, const struct expr *expr, struct term *out)
{
    return term_text(tr, expr->text, out);
}

static bool node_blob(struct translator *tr, const struct expr *expr, struct term *out)
{
    *out = term_blob(tr, expr->text);
    return true;
}

static bool node_current(struct translator *tr, const struct expr *expr, struct term *out)
{
    return now_term(tr, expr->name, out);
}

static bool node_isnull(struct translator *tr, const struct expr *expr, struct term *out)
{
    struct term operand;

    if (!translate_operand(tr, expr->items[0], &operand))
        return false;
    *out = term_make(tr, PG_BOOL, STORAGE_INTEGER, LEVEL_COMPARE, "%.*s IS %sNULL",
                     STR_ARGS(term_sql(tr, &operand, LEVEL_OPERATOR)), expr->negated ? "NOT " : "");
    return true;
}

static bool node_case(struct translator *tr, const struct expr *expr, struct term *out)
{
    return translate_case(tr, expr, NULL, out);
}

bool term_collate(struct translator *tr, const struct expr *expr, struct term *out)
{
    if (!str_is_nocase(expr->name, "BINARY") && collation_from(expr->name) == COLLATION_BINARY)
        return refuse(tr, "it is the application's own", "collation %.*s", STR_ARGS(expr->name));
    out->collation = collation_from(expr->name);
    out->collation_explicit = true;
    return true;
}

static bool node_collate(struct translator *tr, const struct expr *expr, struct term *out)
{
    return translate_node(tr, expr->items[0], out) && term_collate(tr, expr, out);
}

static bool node_function(struct translator *tr, const struct expr *expr, struct term *out)
{
    if (tr->query != NULL && (expr->windowed || is_aggregate_call(expr)))
        return query_call(tr, expr, out);
    return translate_function(tr, expr, NULL, out);
}

typedef bool node_handler(struct translator *tr, const struct expr *expr, struct term *out);

/* A subquery of an expression that is in no SELECT: the names that it does not find are the expression's. */
static bool within_selects(struct translator *tr, const struct expr *expr, node_handler *handler,
                           struct term *out)
{
    struct select_state state = {.scope = tr->scope->selects};
    struct query nothing = {.in_argument = true};
    bool done;

    tr->query = &nothing;
    tr->select = &state;
    done = handler(tr, expr, out);
    tr->query = NULL;
    tr->select = NULL;
    return done && ((state.doubts & ~(unsigned)SELECT_CURRENT_TIME) == 0 ||
                    refuse(tr, "which of several rows it takes is not defined", "a subquery"));
}

/* Whether there is a row does not depend on how many are taken, nor on which is the first. */
static bool exists_within_selects(struct translator *tr, const struct expr *expr, struct term *out)
{
    struct select select = *expr->select;
    struct expr plain = *expr;

    if (select.limit != NULL && select.offset == NULL && select.limit->kind == EXPR_INTEGER &&
        select.limit->integer > 0) {
        select.limit = NULL;
        select.order_count = 0;
    }
    plain.select = &select;
    return within_selects(tr, &plain, query_exists, out);
}

static bool node_exists(struct translator *tr, const struct expr *expr, struct term *out)
{
    if (tr->query == NULL && tr->scope->selects != NULL)
        return exists_within_selects(tr, expr, out);
    if (tr->query == NULL)
        return refuse(tr, "it reads other rows", "EXISTS");
    return query_exists(tr, expr, out);
}

static bool node_in(struct translator *tr, const struct expr *expr, struct term *out)
{
    if (tr->query == NULL && tr->scope->selects != NULL && (expr->in_table || expr->select != NULL))
        return within_selects(tr, expr, query_in, out);
    return translate_in(tr, expr, out);
}

static bool node_subquery(struct translator *tr, const struct expr *expr, struct term *out)
{
    if (tr->query == NULL && tr->scope->selects != NULL)
        return within_selects(tr, expr, query_scalar, out);
    if (tr->query == NULL)
        return refuse(tr, "it reads other rows", "a subquery");
    return query_scalar(tr, expr, out);
}

static const struct {
    node_handler *handler;
    const char *what; /* without a handler: what is refused, and why */
    const char *why;
} nodes[] = {
    [EXPR_NULL] = {node_null, NULL, NULL},
    [EXPR_INTEGER] = {node_integer, NULL, NULL},
    [EXPR_REAL] = {node_real, NULL, NULL},
    [EXPR_TEXT] = {node_text, NULL, NULL},
    [EXPR_BLOB] = {node_blob, NULL, NULL},
    [EXPR_BOOLEAN] = {node_integer, NULL, NULL},
    [EXPR_CURRENT] = {node_current, NULL, NULL},
    [EXPR_COLUMN] = {node_column, NULL, NULL},
    [EXPR_VARIABLE] = {NULL, "a parameter", "it has no value outside a statement"},
    [EXPR_UNARY] = {translate_unary, NULL, NULL},
    [EXPR_BINARY] = {translate_binary, NULL, NULL},
    [EXPR_ISNULL] = {node_isnull, NULL, NULL},
    [EXPR_LIKE] = {translate_like, NULL, NULL},
    [EXPR_BETWEEN] = {translate_between, NULL, NULL},
    [EXPR_IN] = {node_in, NULL, NULL},
    [EXPR_CASE] = {node_case, NULL, NULL},
    [EXPR_CAST] = {translate_cast, NULL, NULL},
    [EXPR_COLLATE] = {node_collate, NULL, NULL},
    [EXPR_FUNCTION] = {node_function, NULL, NULL},
    [EXPR_EXISTS] = {node_exists, NULL, NULL},
    [EXPR_SUBQUERY] = {node_subquery, NULL, NULL},
    [EXPR_ROW] = {NULL, "a row value", "its parts are compared one by one, by SQLite's rules"},
    [EXPR_RAISE] = {NULL, "RAISE()", "it belongs to a trigger"},
};

/* Stops at the first COLLATE, which comes out in `context`. */
static bool is_no_collate(void *context, const struct expr *node)
{
    const struct expr **found = context;

    if (node->kind != EXPR_COLLATE)
        return true;
    *found = node;
    return false;
}

/* Stops at the first call of random() or randomblob(). */
static bool is_no_draw(void *context, const struct expr *node)
{
    (void)context;
    return node->kind != EXPR_FUNCTION ||
           (!str_is_nocase(node->name, "random") && !str_is_nocase(node->name, "randomblob"));
}

/* A COLLATE reaches the comparison above it from anywhere below: sqlite3ExprCollSeq() in SQLite's expr.c. */
static void inherit_collation(const struct expr *expr, struct term *out)
{
    const struct expr *found = NULL;

    if (out->collation_explicit || expr_walk(expr, is_no_collate, &found))
        return;
    out->collation = collation_from(found->name);
    out->collation_explicit = true;
}

bool translate_node(struct translator *tr, const struct expr *expr, struct term *out)
{
    if (!translate_operand(tr, expr, out))
        return false;
    return out->json == JSON_NONE ||
           refuse(tr, "whether it is a text or a number is not known before its value is",
                  "a value out of JSON");
}

bool translate_operand(struct translator *tr, const struct expr *expr, struct term *out)
{
    if (tr->too_long)
        return refuse(tr, "its PostgreSQL form is too long", "an expression");
    if (tr->draws && random_text(tr, expr, out))
        return true;
    if (nodes[expr->kind].handler == NULL)
        return refuse(tr, nodes[expr->kind].why, "%s", nodes[expr->kind].what);
    if (tr->query != NULL && query_is_group(tr, expr, out))
        return true;
    if (!nodes[expr->kind].handler(tr, expr, out))
        return false;
    if (tr->collates)
        inherit_collation(expr, out);
    return !tr->draws || random_is_drawn_once(tr, expr, out);
}

bool translate_condition(struct translator *tr, const struct expr *expr, struct term *out)
{
    return translate_node(tr, expr, out) && term_to_condition(tr, out);
}

/* ---- what is wanted of the whole ---- */

/* DEFAULT word: where there are no columns, SQLite takes a bare word as a string. */
static bool is_default_word(struct translator *tr, const struct expr *expr)
{
    return tr->scope->column == NULL && expr->kind == EXPR_COLUMN && expr->table.ptr == NULL;
}

static bool translate_key(struct translator *tr, const struct expr *expr, bool search, struct term *out)
{
    struct err ignored = {.code = ERR_NONE};
    struct err *err = tr->err;
    bool json;

    /* What is refused here is refused below, and named. */
    tr->err = &ignored;
    json =
        search && expr->kind != EXPR_COLLATE && translate_operand(tr, expr, out) && out->json == JSON_VALUE;
    tr->err = err;
    if (json)
        return true;
    return translate_node(tr, expr, out) && (expr->kind != EXPR_COLLATE || term_family(out) != FAMILY_TEXT ||
                                             term_fold(tr, out->collation, out));
}

static bool translate_wanted(struct translator *tr, const struct expr *expr, enum translate_want want,
                             const struct pg_type *type, struct term *out)
{
    if (want == TRANSLATE_CONDITION)
        return translate_condition(tr, expr, out);
    if (want == TRANSLATE_VALUE)
        return translate_node(tr, expr, out);
    if (want == TRANSLATE_KEY || want == TRANSLATE_SEARCH)
        return translate_key(tr, expr, want == TRANSLATE_SEARCH, out);
    if (is_default_word(tr, expr))
        return term_text(tr, expr->name, out) && term_store(tr, out, type);
    return translate_as(tr, expr, type, out);
}

bool translate_expr(const struct expr *expr, const struct translate_scope *scope, enum translate_want want,
                    const struct pg_type *type, struct buf *out, struct err *err)
{
    struct translator tr = {.scope = scope, .arena = arena_new(), .err = err};
    const struct expr *collate = NULL;
    struct term term = term_null();
    bool done;

    tr.collates = !expr_walk(expr, is_no_collate, &collate);
    tr.draws = !expr_walk(expr, is_no_draw, NULL);
    done = translate_wanted(&tr, expr, want, type, &term);

    if (done && tr.too_long)
        done = refuse(&tr, "its PostgreSQL form is too long", "an expression");
    /* The expressions of an index share one row of PostgreSQL's catalog, and the tree takes more than the
     * text. */
    if (done && scope->immutable && term.sql.len > INDEX_SQL_MAXIMUM)
        done = refuse(&tr, "its PostgreSQL form is too long for an index", "an expression");
    /* The grammar of DEFAULT takes no AND, IN or LIKE outside of brackets. */
    if (done)
        buf_str(out, want == TRANSLATE_OF_TYPE ? term_sql(&tr, &term, LEVEL_OPERATOR) : term.sql);
    if (done && out->failed)
        done = err_set(err, ERR_OUT_OF_MEMORY, "no memory for the translation of an expression");
    arena_free(tr.arena);
    return done;
}
