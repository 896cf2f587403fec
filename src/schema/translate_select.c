/* A whole SELECT: compounds, names of columns, LIMIT. */
#include "schema/translate_select.h"

#include "schema/ident.h"
#include "schema/translate_query.h"

/* ---- cores ---- */

static bool settle(struct translator *tr, struct body *body)
{
    size_t rows = 0;
    struct term **terms;

    body->column_count = body->cores[0].count;
    body->columns = ARENA_ARRAY(tr->arena, struct term, body->column_count + 1);
    for (size_t i = 0; i < body->count; i++) {
        struct core_result *core = &body->cores[i];

        if (core->count != body->column_count)
            return refuse(tr, "its SELECTs have different numbers of columns", "a compound SELECT");
        core->plain = ARENA_ARRAY(tr->arena, struct term, core->count + 1);
        for (size_t j = 0; j < core->count; j++)
            core->plain[j] = core->terms[j];
        rows += core->row_count > 0 ? core->row_count : 1;
    }
    terms = ARENA_ARRAY(tr->arena, struct term *, rows);
    for (size_t j = 0; j < body->column_count; j++) {
        size_t count = 0;

        for (size_t i = 0; i < body->count; i++) {
            if (body->cores[i].row_count == 0)
                terms[count++] = &body->cores[i].terms[j];
            for (size_t k = 0; k < body->cores[i].row_count; k++)
                terms[count++] = &body->cores[i].rows[k][j];
        }
        if (!settle_column(tr, terms, count, &body->columns[j]))
            return false;
    }
    return true;
}

bool compound_compares(const struct body *body)
{
    for (size_t i = 1; i < body->count; i++)
        if (body->cores[i].query.core->compound != COMPOUND_UNION_ALL)
            return true;
    return false;
}

static bool check_compound(struct translator *tr, const struct body *body)
{
    bool compares = compound_compares(body);

    for (size_t j = 0; compares && j < body->column_count; j++) {
        struct term term = body->columns[j];
        struct str key;

        term.sql = str_from("x");
        term.form = FORM_EXPRESSION;
        if (!sort_key(tr, &term, true, &key))
            return false;
        if (!str_is(key, "x"))
            return refuse(tr, "of texts that its collation calls equal SQLite keeps one of several spellings",
                          "UNION, INTERSECT or EXCEPT");
    }
    return true;
}

bool translate_body(struct translator *tr, const struct select *select, size_t cores, struct query *outer,
                    const struct cte_scope *ctes, struct body *body)
{
    *body = (struct body){.select = select, .count = cores};
    body->cores = ARENA_ARRAY(tr->arena, struct core_result, cores);
    for (size_t i = 0; i < cores; i++)
        if (!translate_core(tr, &select->cores[i], outer, ctes, &body->cores[i]))
            return false;
    body->single = cores == 1 && body->cores[0].row_count <= 1 &&
                   (body->cores[0].single || select->cores[0].from_count == 0);
    return settle(tr, body) && check_compound(tr, body);
}

/* ---- names ---- */

static bool is_taken(const struct relation *relation, size_t count, struct str name, bool on_target)
{
    for (size_t i = 0; i < count; i++)
        if (on_target ? str_equal(relation->columns[i].target.name, name)
                      : str_equal_nocase(relation->columns[i].name, name))
            return true;
    return false;
}

/* The second `a` is a:1. */
struct str free_name(struct translator *tr, const struct relation *relation, size_t count, struct str wanted,
                     bool on_target)
{
    struct str clipped = on_target ? str_utf8_clip(wanted, IDENT_MAXIMUM) : wanted;
    struct str name = clipped;

    for (unsigned n = 1; name.len == 0 || is_taken(relation, count, name, on_target); n++)
        name = str_printf(tr->arena, "%.*s:%u", STR_ARGS(str_utf8_clip(clipped, IDENT_MAXIMUM - 11)), n);
    return str_dup(tr->arena, name);
}

struct str target_name(struct translator *tr, struct name name)
{
    return tr->select->scope->spell(tr->select->scope->context, name);
}

static bool is_true_or_false(struct str name)
{
    return str_is_nocase(name, "true") || str_is_nocase(name, "false");
}

static void name_columns(struct translator *tr, const struct body *body, const struct name *names,
                         struct relation *relation)
{
    const struct core_result *first = &body->cores[0];

    for (size_t j = 0; j < body->column_count; j++) {
        struct name name = names != NULL ? names[j] : first->names[j];
        struct str target =
            names == NULL && first->targets[j].ptr != NULL ? first->targets[j] : target_name(tr, name);
        struct relation_column *column = &relation->columns[j];

        if (name.text.len == 0 || (names == NULL && is_true_or_false(name.text)))
            target = name.text = str_printf(tr->arena, "column%zu", j + 1);
        column->name = free_name(tr, relation, j, name.text, false);
        column->target.name = free_name(tr, relation, j, target, true);
    }
}

static struct str collation_name(enum collation collation)
{
    return collation == COLLATION_NOCASE  ? str_from("NOCASE")
           : collation == COLLATION_RTRIM ? str_from("RTRIM")
                                          : (struct str){NULL, 0};
}

struct relation *relation_of(struct translator *tr, const struct body *body, const struct name *names)
{
    struct relation *relation = ARENA_NEW(tr->arena, struct relation);

    *relation = (struct relation){.column_count = body->column_count, .rowid = -1};
    relation->columns = ARENA_ARRAY(tr->arena, struct relation_column, body->column_count + 1);
    for (size_t j = 0; j < body->column_count; j++) {
        const struct term *term = &body->columns[j];
        struct relation_column *column = &relation->columns[j];

        column->target = (struct translate_column){.type = term->type,
                                                   .affinity = term->affinity,
                                                   .collation = collation_name(term->collation),
                                                   .time_unit = term->time_unit};
        column->computed = true;
        column->storage = (int)term->storage;
        for (size_t i = 0; i < body->count; i++)
            column->order_is_chances = column->order_is_chances || body->cores[i].chances[j];
    }
    name_columns(tr, body, names, relation);
    if (body->count == 1) {
        relation->keys = body->cores[0].keys;
        relation->key_count = body->cores[0].key_count;
    }
    return relation;
}

/* ---- writing ---- */

static void put_rows(const struct core_result *core, struct buf *out)
{
    for (size_t i = 0; i < core->row_count; i++) {
        buf_text(out, i == 0 ? "VALUES (" : ", (");
        for (size_t j = 0; j < core->count; j++)
            buf_printf(out, "%s%.*s", j > 0 ? ", " : "", STR_ARGS(core->rows[i][j].sql));
        buf_byte(out, ')');
    }
}

static void put_core(const struct core_result *core, struct buf *out)
{
    if (core->row_count > 0) {
        put_rows(core, out);
        return;
    }
    buf_text(out, core->query.core->distinct ? "SELECT DISTINCT " : "SELECT ");
    for (size_t j = 0; j < core->count; j++)
        buf_printf(out, "%s%.*s", j > 0 ? ", " : "", STR_ARGS(core->terms[j].sql));
    buf_str(out, core->clauses);
    put_groups(&core->query, out);
    buf_str(out, core->tail);
}

/* SQLite takes all operators from left to right; in PostgreSQL INTERSECT binds tighter. */
void put_cores(struct translator *tr, const struct body *body, struct buf *out)
{
    static const char *const words[] = {[COMPOUND_UNION] = " UNION ",
                                        [COMPOUND_UNION_ALL] = " UNION ALL ",
                                        [COMPOUND_INTERSECT] = " INTERSECT ",
                                        [COMPOUND_EXCEPT] = " EXCEPT "};

    for (size_t i = 0; i < body->count; i++) {
        enum compound compound = body->cores[i].query.core->compound;

        if (i > 1 && compound != body->cores[i - 1].query.core->compound) {
            struct str left = buf_to_str(tr->arena, out);

            buf_clear(out);
            buf_printf(out, "(%.*s)", STR_ARGS(left));
        }
        if (i > 0)
            buf_text(out, words[compound]);
        put_core(&body->cores[i], out);
    }
}

/* ---- LIMIT ---- */

static bool limit_value(struct translator *tr, const struct expr *expr, const char *what, int64_t *value)
{
    int64_t sign = 1;

    if (expr != NULL && expr->kind == EXPR_UNARY && str_is(str_from(expr->op), "-")) {
        sign = -1;
        expr = expr->items[0];
    }
    if (expr != NULL && expr->kind != EXPR_INTEGER)
        return refuse(tr, "it is no whole number, written as such", "%s", what);
    if (expr != NULL)
        *value = sign * expr->integer;
    return true;
}

static bool put_limit(struct translator *tr, const struct body *body, bool limit_one, struct buf *out)
{
    int64_t limit = -1;
    int64_t offset = 0;

    if (!limit_value(tr, body->select->limit, "LIMIT", &limit) ||
        !limit_value(tr, body->select->offset, "OFFSET", &offset))
        return false;
    if (limit_one && !body->single && (limit < 0 || limit > 1))
        limit = 1;
    if (limit >= 0)
        buf_printf(out, " LIMIT %lld", (long long)limit);
    if (offset > 0)
        buf_printf(out, " OFFSET %lld", (long long)offset);
    if ((limit > 0 || offset > 0) && body->select->order_count == 0 && !body->single)
        tr->select->doubts |= SELECT_ANY_LIMIT;
    return true;
}

bool put_body(struct translator *tr, const struct body *body, const struct relation *relation, bool limit_one,
              struct buf *out)
{
    return put_sorted(tr, body, relation, out) && put_limit(tr, body, limit_one, out);
}

/* ---- the whole ---- */

static bool translate_named(struct translator *tr, const struct select *select, struct query *outer,
                            const struct cte_scope *ctes, bool limit_one, const struct name *names,
                            size_t name_count, struct subselect *out)
{
    struct body body;
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    done = put_ctes(tr, select, outer, &ctes, &sql) &&
           translate_body(tr, select, select->core_count, outer, ctes, &body) &&
           (names == NULL || name_count == body.column_count ||
            refuse(tr, "it names another number of columns than its SELECT has", "the view"));
    if (done) {
        struct buf text;

        out->relation = relation_of(tr, &body, names);
        out->terms = body.columns;
        out->single = body.single;
        buf_init(&text, BUF_TEXT_MAXIMUM);
        done = put_body(tr, &body, out->relation, limit_one, &text);
        buf_str(&sql, buf_view(&text));
        buf_free(&text);
        out->sql = buf_to_str(tr->arena, &sql);
    }
    if (done && sql.failed)
        done = refuse(tr, "its PostgreSQL form is too long", "a SELECT");
    buf_free(&sql);
    return done;
}

bool subselect(struct translator *tr, const struct select *select, struct query *outer,
               const struct cte_scope *ctes, bool limit_one, struct subselect *out)
{
    return translate_named(tr, select, outer, ctes, limit_one, NULL, 0, out);
}

static void copy_relation(struct arena *arena, const struct relation *from, struct relation *to)
{
    struct relation_key *keys = ARENA_ARRAY(arena, struct relation_key, from->key_count + 1);

    *to = *from;
    to->columns = arena_copy(arena, from->columns, from->column_count * sizeof(*from->columns));
    for (size_t i = 0; i < from->column_count; i++) {
        to->columns[i].name = str_dup(arena, from->columns[i].name);
        to->columns[i].target.name = str_dup(arena, from->columns[i].target.name);
    }
    for (size_t i = 0; i < from->key_count; i++) {
        keys[i] = from->keys[i];
        keys[i].columns =
            arena_copy(arena, from->keys[i].columns == NULL ? (const void *)"" : from->keys[i].columns,
                       from->keys[i].count * sizeof(*from->keys[i].columns));
    }
    to->keys = keys;
}

static bool depends_on_now(struct str sql)
{
    return str_contains_nocase(sql, "CURRENT_TIMESTAMP") || str_contains_nocase(sql, "random(") ||
           str_contains_nocase(sql, "gen_random_");
}

bool translate_select(struct arena *arena, const struct select *select, const struct name *names,
                      size_t name_count, const struct select_scope *scope, struct translated_select *out,
                      struct err *err)
{
    struct translate_scope expressions = {.collate_c = scope->collate_c, .utf16 = scope->utf16};
    struct select_state state = {.scope = scope};
    struct query nothing = {.in_argument = true};
    struct translator tr = {.scope = &expressions,
                            .arena = arena_new(),
                            .err = err,
                            .collates = true,
                            .draws = true,
                            .query = &nothing,
                            .select = &state};
    struct subselect whole;
    bool done = translate_named(&tr, select, NULL, NULL, false, names, name_count, &whole);

    if (done && tr.too_long)
        done = refuse(&tr, "its PostgreSQL form is too long", "a SELECT");
    if (done) {
        out->sql = str_dup(arena, whole.sql);
        copy_relation(arena, whole.relation, &out->relation);
        out->doubts = state.doubts | (depends_on_now(out->sql) ? SELECT_CURRENT_TIME : 0);
        for (size_t i = 0; i < out->relation.column_count; i++)
            out->doubts |= out->relation.columns[i].order_is_chances ? SELECT_ANY_ORDER : 0;
    }
    arena_free(tr.arena);
    return done;
}
