/* Children without a parent: the statements that count, show, take out and mend them. */
#include "plan/foreign.h"

/* "c"."x", "c"."y" */
static void put_child_columns(struct buf *out, const struct link *link)
{
    for (size_t i = 0; i < link->key->column_count; i++) {
        buf_text(out, i > 0 ? ", c." : "c.");
        ident_quote(out, link->child->columns[link->key->columns[i]].name);
    }
}

static void put_columns_text(struct buf *out, const struct link *link)
{
    struct buf names;

    buf_init(&names, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < link->key->column_count; i++)
        buf_printf(&names, "%s%.*s", i > 0 ? ", " : "(",
                   STR_ARGS(link->child->columns[link->key->columns[i]].name));
    buf_text(&names, ") = ");
    literal_quote(out, buf_view(&names));
    buf_free(&names);
}

static const struct plan_column *parent_column(const struct link *link, size_t part)
{
    return &link->parent->columns[link->parent_columns[part]];
}

/* The foreign key's own: citext without its schema in the search path would be compared as text. */
static void put_equals(struct buf *out, const struct maker *maker, const struct plan_column *parent)
{
    if (parent->nocase != NOCASE_CITEXT || maker->plan->citext_schema.len == 0) {
        buf_text(out, " = ");
        return;
    }
    buf_text(out, " OPERATOR(");
    ident_quote(out, maker->plan->citext_schema);
    buf_text(out, ".=) ");
}

/* The parent's collation decides in SQLite ("Foreign Key Support", 3); `folded` does so here too. */
static void put_match(struct buf *out, const struct maker *maker, const struct link *link, bool folded)
{
    for (size_t i = 0; i < link->key->column_count; i++) {
        const struct plan_column *parent = parent_column(link, i);
        const char *before = "";
        const char *after = "";

        if (folded)
            (void)collation_folds(parent->source->collation, parent, &before, &after);
        buf_printf(out, "%s%sp.", i > 0 ? " AND " : "", before);
        ident_quote(out, parent->name);
        buf_text(out, after);
        put_equals(out, maker, parent);
        buf_printf(out, "%sc.", before);
        ident_quote(out, link->child->columns[link->key->columns[i]].name);
        buf_text(out, after);
    }
}

static void put_parent(struct buf *out, const struct maker *maker, const struct link *link, bool folded)
{
    buf_text(out, "EXISTS (SELECT FROM ");
    ident_quote_qualified(out, maker->plan->load_schema, link->parent->name);
    buf_text(out, " AS p WHERE ");
    put_match(out, maker, link, folded);
    buf_byte(out, ')');
}

/* " WHERE ..." of the children without a parent; one with a NULL needs none. */
static void put_orphan_condition(struct buf *out, const struct maker *maker, const struct link *link)
{
    buf_text(out, " AS c WHERE NOT ");
    put_parent(out, maker, link, false);
    for (size_t i = 0; i < link->key->column_count; i++) {
        buf_text(out, " AND c.");
        ident_quote(out, link->child->columns[link->key->columns[i]].name);
        buf_text(out, " IS NOT NULL");
    }
}

/* For --orphans quarantine. */
static void set_orphans(struct maker *maker, const struct link *link, struct plan_object *object)
{
    struct buf sql;

    object->parent = (size_t)(link->parent - maker->plan->tables);
    object->parent_columns = link->parent_columns;
    object->part_count = link->key->column_count;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "DELETE FROM ");
    ident_quote_qualified(&sql, maker->plan->load_schema, link->child->name);
    put_orphan_condition(&sql, maker, link);
    buf_text(&sql, " RETURNING ");
    plan_column_list(&sql, link->child);
    object->orphans_sql = buf_to_str(maker->arena, &sql);
    buf_clear(&sql);
    for (size_t i = 0; i < link->key->column_count; i++)
        buf_printf(&sql, "%s%.*s", i > 0 ? ", " : "",
                   STR_ARGS(link->child->columns[link->key->columns[i]].source->name.text));
    object->columns = buf_to_str(maker->arena, &sql);
    buf_free(&sql);
    object->orphan_reason = str_printf(maker->arena, "foreign key %.*s: no row of %.*s has this value",
                                       STR_ARGS(object->name), STR_ARGS(link->parent->source->name.text));
}

/* Children without a parent: how many in all, the values that miss one, the most frequent first, and how many
 * rows have one by the parent's collation. */
static void put_probe(struct buf *out, const struct maker *maker, const struct link *link, bool folds)
{
    buf_text(out, "SELECT (sum(\"n?\") OVER ())::bigint, ");
    put_columns_text(out, link);
    buf_text(out, " || ROW(");
    put_child_columns(out, link);
    buf_text(out, ")::text || ': ' || \"n?\" || CASE \"n?\" WHEN 1 THEN ' row' ELSE ' rows' END"
                  " || CASE WHEN \"folded?\" THEN ', with a parent by its collation' ELSE '' END,"
                  " coalesce((sum(\"n?\") FILTER (WHERE \"folded?\") OVER ())::bigint, 0) FROM (SELECT ");
    put_child_columns(out, link);
    buf_text(out, ", count(*) AS \"n?\", ");
    if (folds)
        put_parent(out, maker, link, true);
    else
        buf_text(out, "false");
    buf_text(out, " AS \"folded?\" FROM ");
    ident_quote_qualified(out, maker->plan->load_schema, link->child->name);
    put_orphan_condition(out, maker, link);
    buf_text(out, " GROUP BY ");
    put_child_columns(out, link);
    buf_text(out, ") AS c ORDER BY \"n?\" DESC LIMIT 20");
}

/* The collation of the first of the parent's columns that takes unlike values for equal. */
static struct str find_collation(const struct link *link)
{
    const char *before;
    const char *after;

    for (size_t i = 0; i < link->key->column_count; i++) {
        const struct plan_column *parent = parent_column(link, i);

        if (!nocase_is_native(parent) && collation_folds(parent->source->collation, parent, &before, &after))
            return parent->source->collation;
    }
    return (struct str){NULL, 0};
}

static void put_parent_values(struct buf *out, const struct link *link, bool value)
{
    const struct plan_column *parent = parent_column(link, 0);

    buf_text(out, "(SELECT ");
    if (value)
        ident_quote_qualified(out, (struct str)STR("p"), parent->source->name.text);
    else
        buf_byte(out, '1');
    buf_text(out, " FROM ");
    ident_quote(out, link->parent->source->name.text);
    buf_text(out, " AS p WHERE ");
    ident_quote_qualified(out, (struct str)STR("p"), parent->source->name.text);
    buf_text(out, " = ");
    ident_quote_qualified(out, link->child->source->name.text,
                          link->child->columns[link->key->columns[0]].source->name.text);
    buf_byte(out, ')');
}

/* For SQLite, where the operand on the left gives the collation of a comparison. */
static struct str mending(struct maker *maker, const struct link *link)
{
    struct str made;
    struct buf sql;

    if (link->key->column_count != 1 || link->child == link->parent)
        return (struct str){NULL, 0};
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "UPDATE ");
    ident_quote(&sql, link->child->source->name.text);
    buf_text(&sql, " SET ");
    ident_quote(&sql, link->child->columns[link->key->columns[0]].source->name.text);
    buf_text(&sql, " = ");
    put_parent_values(&sql, link, true);
    buf_text(&sql, " WHERE EXISTS ");
    put_parent_values(&sql, link, false);
    made = buf_to_str(maker->arena, &sql);
    buf_free(&sql);
    return made;
}

static void note_collation(struct maker *maker, const struct link *link, struct plan_object *object)
{
    object->collation = find_collation(link);
    if (object->collation.ptr == NULL)
        return;
    object->mend_sql = mending(maker, link);
    maker_note(maker, maker_path(maker, link->child->source->name.text, object->name),
               "compares exactly; in SQLite it finds its parent by the parent's collation %.*s",
               STR_ARGS(object->collation));
}

void foreign_orphans(struct maker *maker, const struct link *link, struct plan_object *object)
{
    struct buf sql;

    note_collation(maker, link, object);
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    put_probe(&sql, maker, link, object->collation.ptr != NULL);
    object->probe_sql = buf_to_str(maker->arena, &sql);
    buf_free(&sql);
    set_orphans(maker, link, object);
}
