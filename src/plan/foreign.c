/* Foreign keys. */
#include "plan/foreign.h"

static const char *const actions[] = {[FK_NO_ACTION] = NULL,
                                      [FK_RESTRICT] = "RESTRICT",
                                      [FK_CASCADE] = "CASCADE",
                                      [FK_SET_NULL] = "SET NULL",
                                      [FK_SET_DEFAULT] = "SET DEFAULT"};

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

        if (child->nocase == NOCASE_ICU && parent->nocase != NOCASE_ICU)
            return str_printf(maker->arena,
                              "its column %.*s compares without case, as another foreign key of it does, and "
                              "the parent's %.*s by bytes, between which PostgreSQL makes no foreign key",
                              STR_ARGS(child->name), STR_ARGS(parent->name));
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
    struct plan_object object = {.class = OBJECT_FOREIGN_KEY, .table = place, .key = key};
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
    buf_free(&sql);
    foreign_orphans(maker, &link, &object);
    maker_object(maker, object);
}

void maker_foreign_keys(struct maker *maker, size_t place)
{
    const struct table *source = maker->plan->tables[place].source;

    for (size_t i = 0; i < source->foreign_key_count; i++)
        add_foreign_key(maker, place, &source->foreign_keys[i]);
}
