/* Foreign keys. */
#include "plan/private.h"

static const char *const actions[] = {[FK_NO_ACTION] = NULL,
                                      [FK_RESTRICT] = "RESTRICT",
                                      [FK_CASCADE] = "CASCADE",
                                      [FK_SET_NULL] = "SET NULL",
                                      [FK_SET_DEFAULT] = "SET DEFAULT"};

bool key_parts_are(const struct key_part *parts, size_t part_count, const int *columns, size_t count)
{
    if (part_count != count)
        return false;
    for (size_t i = 0; i < part_count; i++) {
        bool found = false;

        for (size_t j = 0; j < count; j++)
            found = found || columns[j] == parts[i].column;
        if (!found)
            return false;
    }
    return true;
}

/* SQLite wants the parent's columns to be its primary key, or under a unique constraint or index of their
 * own. */
static bool is_unique(const struct table *parent, const int *columns, size_t count)
{
    if (parent->primary != NULL &&
        key_parts_are(parent->primary->parts, parent->primary->part_count, columns, count))
        return true;
    for (size_t i = 0; i < parent->unique_count; i++)
        if (key_parts_are(parent->uniques[i].parts, parent->uniques[i].part_count, columns, count))
            return true;
    for (size_t i = 0; i < parent->index_count; i++)
        if (parent->indexes[i].unique && parent->indexes[i].where == NULL &&
            key_parts_are(parent->indexes[i].parts, parent->indexes[i].part_count, columns, count))
            return true;
    return false;
}

static bool implicit_columns(const struct table *parent, const struct foreign_key *key, int *found,
                             const char **why)
{
    *why = "it names no columns, and the parent's primary key does not have as many";
    if (parent->primary == NULL || parent->primary->part_count != key->column_count)
        return false;
    for (size_t i = 0; i < key->column_count; i++)
        found[i] = parent->primary->parts[i].column;
    return true;
}

static bool named_columns(const struct table *parent, const struct foreign_key *key, int *found,
                          const char **why)
{
    for (size_t i = 0; i < key->column_count; i++) {
        found[i] = table_column(parent, key->parent_columns[i].text);
        *why = "the parent has no column of that name";
        if (found[i] < 0)
            return false;
    }
    *why =
        "the parent's columns are not unique, so SQLite itself could not enforce it (foreign key mismatch)";
    return is_unique(parent, found, key->column_count);
}

bool foreign_key_target(const struct schema *schema, const struct foreign_key *key,
                        const struct table **parent, const int **columns, struct arena *arena,
                        const char **why)
{
    int *found = ARENA_ARRAY(arena, int, key->column_count + 1);

    *columns = found;
    *parent = schema_table(schema, key->parent.text);
    *why = "its parent table does not exist";
    if (*parent == NULL || (*parent)->kind != TABLE_ORDINARY)
        return false;
    *why = "its parent table has more columns than PostgreSQL takes";
    if ((*parent)->column_count > TABLE_COLUMNS_MAXIMUM)
        return false;
    *why = "PostgreSQL takes at most 32 columns in a key";
    if (key->column_count > KEY_COLUMNS_MAXIMUM)
        return false;
    for (size_t i = 0; i < key->column_count; i++) {
        *why = "a column of it does not exist";
        if (key->columns[i] < 0)
            return false;
    }
    return key->parent_columns == NULL ? implicit_columns(*parent, key, found, why)
                                       : named_columns(*parent, key, found, why);
}

bool plan_parent_column(const struct plan *plan, const struct foreign_key *key, size_t part, size_t *table,
                        int *column)
{
    struct arena *arena = arena_new();
    const struct table *parent;
    const int *columns;
    const char *why;
    bool found = foreign_key_target(plan->schema, key, &parent, &columns, arena, &why);

    bool planned = false;

    for (size_t i = 0; found && !planned && i < plan->table_count; i++) {
        if (plan->tables[i].source != parent)
            continue;
        planned = true;
        found = !(*table == i && *column == columns[part]);
        *table = i;
        *column = columns[part];
    }
    arena_free(arena);
    return found && planned;
}

/* One foreign key with both ends resolved. */
struct link {
    const struct foreign_key *key;
    const struct plan_table *child;
    const struct plan_table *parent;
    const int *parent_columns;
};

static void put_list(struct buf *out, const struct plan_table *table, const int *columns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_text(out, ", ");
        ident_quote(out, table->columns[columns[i]].name);
    }
}

static void put_action(struct buf *out, const char *event, enum fk_action action)
{
    if (actions[action] != NULL)
        buf_printf(out, " ON %s %s", event, actions[action]);
}

static void put_alter(struct buf *out, const struct maker *maker, const struct plan_table *table)
{
    buf_text(out, "ALTER TABLE ");
    ident_quote_qualified(out, maker->plan->load_schema, table->name);
}

static void put_foreign_key(struct buf *out, const struct maker *maker, const struct link *link,
                            struct str name)
{
    const struct foreign_key *key = link->key;

    put_alter(out, maker, link->child);
    buf_text(out, " ADD CONSTRAINT ");
    ident_quote(out, name);
    buf_text(out, " FOREIGN KEY (");
    put_list(out, link->child, key->columns, key->column_count);
    buf_text(out, ") REFERENCES ");
    ident_quote_qualified(out, maker->plan->load_schema, link->parent->name);
    buf_text(out, " (");
    put_list(out, link->parent, link->parent_columns, key->column_count);
    buf_byte(out, ')');
    put_action(out, "UPDATE", key->on_update);
    put_action(out, "DELETE", key->on_delete);
    if (key->deferrable)
        buf_printf(out, " DEFERRABLE%s", key->initially_deferred ? " INITIALLY DEFERRED" : "");
    /* Validated in a step of its own, which takes weaker locks, so that several run at once. */
    buf_text(out, " NOT VALID");
}

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

/* The parent's collation decides in SQLite ("Foreign Key Support", 3); `folded` does so here too. */
static void put_match(struct buf *out, const struct link *link, bool folded)
{
    for (size_t i = 0; i < link->key->column_count; i++) {
        const struct plan_column *parent = parent_column(link, i);
        const char *before = "";
        const char *after = "";

        if (folded)
            (void)collation_folds(parent->source->collation, &parent->type, &before, &after);
        buf_printf(out, "%s%sp.", i > 0 ? " AND " : "", before);
        ident_quote(out, parent->name);
        buf_printf(out, "%s = %sc.", after, before);
        ident_quote(out, link->child->columns[link->key->columns[i]].name);
        buf_text(out, after);
    }
}

static void put_parent(struct buf *out, const struct maker *maker, const struct link *link, bool folded)
{
    buf_text(out, "EXISTS (SELECT FROM ");
    ident_quote_qualified(out, maker->plan->load_schema, link->parent->name);
    buf_text(out, " AS p WHERE ");
    put_match(out, link, folded);
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

        if (collation_folds(parent->source->collation, &parent->type, &before, &after))
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

static struct str key_name(struct maker *maker, size_t place, const struct link *link)
{
    const struct foreign_key *key = link->key;
    struct columns child = {link->child, key->columns, key->column_count};
    struct columns parent = {link->parent, link->parent_columns, key->column_count};
    struct buf columns;
    struct str wanted;

    if (key->name.text.len > 0)
        return names_take(&maker->constraints[place], maker_name(maker, key->name));
    wanted = framework_foreign_name(maker->arena, maker->plan->framework.id, &child, &parent);
    if (wanted.ptr != NULL)
        return names_take(&maker->constraints[place], wanted);
    buf_init(&columns, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < key->column_count; i++) {
        if (i > 0)
            buf_byte(&columns, '_');
        buf_str(&columns, link->child->columns[key->columns[i]].name);
    }
    wanted = names_compose(maker->arena, link->child->name, buf_view(&columns), "fkey");
    buf_free(&columns);
    return names_take(&maker->constraints[place], wanted);
}

/* The first pair of columns that PostgreSQL cannot compare, in words; NULL ptr: there is none. */
static struct str find_unlike(struct maker *maker, const struct link *link)
{
    for (size_t i = 0; i < link->key->column_count; i++) {
        const struct plan_column *child = &link->child->columns[link->key->columns[i]];
        const struct plan_column *parent = &link->parent->columns[link->parent_columns[i]];

        if (!key_types_fit(&child->type, &parent->type))
            return str_printf(maker->arena,
                              "its column %.*s is %.*s and the parent's %.*s is %.*s, between which "
                              "PostgreSQL makes no foreign key",
                              STR_ARGS(child->name), STR_ARGS(pg_type_text(maker->arena, &child->type)),
                              STR_ARGS(parent->name), STR_ARGS(pg_type_text(maker->arena, &parent->type)));
    }
    return (struct str){NULL, 0};
}

/* PostgreSQL writes no generated column: ATAddForeignKeyConstraint() in tablecmds.c refuses what would. */
static struct str find_impossible_action(struct maker *maker, const struct link *link)
{
    const struct foreign_key *key = link->key;
    bool writes_on_update = key->on_update != FK_NO_ACTION && key->on_update != FK_RESTRICT;
    bool writes_on_delete = key->on_delete == FK_SET_NULL || key->on_delete == FK_SET_DEFAULT;

    for (size_t i = 0; i < key->column_count; i++) {
        const struct plan_column *child = &link->child->columns[key->columns[i]];

        if (child->generated_sql.ptr != NULL && (writes_on_update || writes_on_delete))
            return str_printf(maker->arena, "ON %s %s would write the generated column %.*s",
                              writes_on_update ? "UPDATE" : "DELETE",
                              actions[writes_on_update ? key->on_update : key->on_delete],
                              STR_ARGS(child->name));
    }
    return (struct str){NULL, 0};
}

static void leave_key(struct maker *maker, const struct plan_table *child, const struct foreign_key *key,
                      struct str why)
{
    maker_not_carried(
        maker, OBJECT_FOREIGN_KEY, child->source->name.text,
        key->name.text.len > 0 ? key->name.text
                               : str_printf(maker->arena, "references %.*s", STR_ARGS(key->parent.text)),
        (struct str){NULL, 0}, "references %.*s: %.*s", STR_ARGS(key->parent.text), STR_ARGS(why));
}

static void add_foreign_key(struct maker *maker, size_t place, const struct foreign_key *key)
{
    struct plan *plan = maker->plan;
    struct link link = {.key = key, .child = &plan->tables[place]};
    struct plan_object object = {.class = OBJECT_FOREIGN_KEY, .table = place};
    const struct table *parent;
    const char *why;
    struct str impossible;
    struct buf sql;

    if (!foreign_key_target(maker->schema, key, &parent, &link.parent_columns, maker->arena, &why)) {
        leave_key(maker, link.child, key, str_from(why));
        return;
    }
    link.parent = maker_planned(maker, parent);
    if (link.parent == NULL) {
        leave_key(maker, link.child, key, str_from("the user excluded that table"));
        plan->not_carried[plan->not_carried_count - 1].allowed = true;
        return;
    }
    impossible = find_unlike(maker, &link);
    if (impossible.ptr == NULL)
        impossible = find_impossible_action(maker, &link);
    if (impossible.ptr != NULL) {
        leave_key(maker, link.child, key, impossible);
        return;
    }
    object.name = key_name(maker, place, &link);
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    put_foreign_key(&sql, maker, &link, object.name);
    object.sql = buf_to_str(maker->arena, &sql);
    buf_clear(&sql);
    put_alter(&sql, maker, link.child);
    buf_text(&sql, " VALIDATE CONSTRAINT ");
    ident_quote(&sql, object.name);
    object.then_sql = buf_to_str(maker->arena, &sql);
    buf_clear(&sql);
    note_collation(maker, &link, &object);
    put_probe(&sql, maker, &link, object.collation.ptr != NULL);
    object.probe_sql = buf_to_str(maker->arena, &sql);
    set_orphans(maker, &link, &object);
    buf_free(&sql);
    maker_object(maker, object);
}

void maker_foreign_keys(struct maker *maker, size_t place)
{
    const struct table *source = maker->plan->tables[place].source;

    for (size_t i = 0; i < source->foreign_key_count; i++)
        add_foreign_key(maker, place, &source->foreign_keys[i]);
}
