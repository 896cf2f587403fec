/* WITH: common table expressions, also those that read themselves. */
#include "schema/ident.h"
#include "schema/translate_query.h"

static bool names_table(const struct from_item *items, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++) {
        if (items[i].kind == FROM_TABLE && items[i].schema.ptr == NULL &&
            str_equal_nocase(items[i].name.text, name))
            return true;
        if (items[i].kind == FROM_GROUP && names_table(items[i].items, items[i].item_count, name))
            return true;
        for (size_t j = 0; items[i].kind == FROM_SELECT && j < items[i].select->core_count; j++)
            if (names_table(items[i].select->cores[j].from, items[i].select->cores[j].from_count, name))
                return true;
    }
    return false;
}

/* The first core that reads the expression itself; core_count when none does. */
static size_t first_recursive(const struct cte *cte)
{
    size_t i = 0;

    while (i < cte->select->core_count &&
           !names_table(cte->select->cores[i].from, cte->select->cores[i].from_count, cte->name.text))
        i++;
    return i;
}

static bool check_recursive(struct translator *tr, const struct cte *cte, size_t first)
{
    const struct select *select = cte->select;

    if (first == 0)
        return refuse(tr, "it reads itself", "common table expression %.*s", STR_ARGS(cte->name.text));
    if (first + 1 < select->core_count || select->order_count > 0 || select->limit != NULL ||
        select->cte_count > 0)
        return refuse(tr, "PostgreSQL has no ORDER BY, LIMIT or second part in one that reads itself",
                      "common table expression %.*s", STR_ARGS(cte->name.text));
    return select->cores[first].compound == COMPOUND_UNION ||
           select->cores[first].compound == COMPOUND_UNION_ALL ||
           refuse(tr, "it reads itself other than by UNION", "common table expression %.*s",
                  STR_ARGS(cte->name.text));
}

static bool same_types(const struct relation *a, const struct relation *b)
{
    for (size_t i = 0; i < a->column_count; i++)
        if (!pg_type_equal(&a->columns[i].target.type, &b->columns[i].target.type) ||
            a->columns[i].storage != b->columns[i].storage)
            return false;
    return true;
}

/* The types of what it reads are its own: begun with those of the first part, until they stay. */
static bool translate_recursive(struct translator *tr, const struct cte *cte, struct query *outer,
                                struct cte_scope *scope, struct str target, struct buf *out)
{
    enum {
        ROUNDS = 5
    };
    size_t first = first_recursive(cte);
    const struct name *names = cte->column_count > 0 ? cte->columns : NULL;
    struct relation *relation;
    struct body body;

    if (!check_recursive(tr, cte, first) ||
        !translate_body(tr, cte->select, first, outer, scope->outer, &body))
        return false;
    relation = relation_of(tr, &body, names);
    for (int round = 0; round < ROUNDS; round++) {
        struct relation *next;

        relation->name = target;
        relation->key_count = 0;
        scope->relation = relation;
        if (!translate_body(tr, cte->select, cte->select->core_count, outer, scope, &body))
            return false;
        next = relation_of(tr, &body, names);
        if (same_types(relation, next))
            return put_body(tr, &body, relation, false, out);
        relation = next;
    }
    return refuse(tr, "its columns have no types of their own", "common table expression %.*s",
                  STR_ARGS(cte->name.text));
}

static bool translate_plain_cte(struct translator *tr, const struct cte *cte, struct query *outer,
                                struct cte_scope *scope, struct str target, struct buf *out)
{
    struct subselect inner;

    if (!subselect(tr, cte->select, outer, scope->outer, false, &inner))
        return false;
    if (cte->column_count > 0) {
        for (size_t i = 0; i < inner.relation->column_count; i++) {
            inner.relation->columns[i].name = cte->columns[i].text;
            inner.relation->columns[i].target.name =
                free_name(tr, inner.relation, i, target_name(tr, cte->columns[i]), true);
        }
    }
    inner.relation->name = target;
    scope->relation = inner.relation;
    buf_str(out, inner.sql);
    return true;
}

/* An expression may read those that come after it in SQLite; here it may not, unless PostgreSQL is told so.
 */
static bool put_cte(struct translator *tr, const struct cte *cte, struct query *outer,
                    struct cte_scope *scope, bool *recursive, struct buf *out)
{
    struct str target =
        str_printf(tr->arena, "%.*s", STR_ARGS(str_utf8_clip(target_name(tr, cte->name), IDENT_MAXIMUM)));
    struct buf text;
    bool done;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    if (first_recursive(cte) < cte->select->core_count) {
        *recursive = true;
        done = translate_recursive(tr, cte, outer, scope, target, &text);
    } else {
        done = translate_plain_cte(tr, cte, outer, scope, target, &text);
    }
    if (done) {
        ident_quote(out, target);
        for (size_t i = 0; i < scope->relation->column_count; i++) {
            buf_text(out, i == 0 ? " (" : ", ");
            ident_quote(out, scope->relation->columns[i].target.name);
        }
        buf_printf(out, ") AS (%.*s)", STR_ARGS(buf_view(&text)));
    }
    buf_free(&text);
    return done;
}

bool put_ctes(struct translator *tr, const struct select *select, struct query *outer,
              const struct cte_scope **ctes, struct buf *out)
{
    bool recursive = false;
    struct buf all;
    bool done = true;

    buf_init(&all, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; done && i < select->cte_count; i++) {
        struct cte_scope *scope = ARENA_NEW(tr->arena, struct cte_scope);

        *scope = (struct cte_scope){.outer = *ctes, .name = select->ctes[i].name.text};
        buf_text(&all, i > 0 ? ", " : "");
        done = put_cte(tr, &select->ctes[i], outer, scope, &recursive, &all);
        *ctes = scope;
    }
    if (done && select->cte_count > 0)
        buf_printf(out, "WITH %s%.*s ", recursive ? "RECURSIVE " : "", STR_ARGS(buf_view(&all)));
    buf_free(&all);
    return done;
}
