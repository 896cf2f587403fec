/*
 * What the statements of a trigger lead to: other triggers and the actions of foreign keys.
 *
 * SQLite runs a trigger as each row is changed and never within itself (recursive_triggers is off);
 * PostgreSQL runs AFTER triggers when the statement is done, and a trigger within itself.  Where a trigger's
 * statements come back to its own table the two differ, unless they write the very row alone.
 */
#include "plan/triggers.h"

enum {
    UNKNOWN_TABLE = -1
};

struct visit {
    int table;
    enum trigger_event event;
    const struct trigger_step *step; /* NULL: of a foreign key's action */
};

struct walk {
    const struct maker *maker;
    const struct trigger *trigger;
    int own; /* place of the trigger's table in the schema; -1: it is a view */
    struct visit *visits;
    size_t visit_count;
    size_t visit_capacity;
    struct arena *arena;
    struct trigger_reach reach;
};

static int place_of(const struct maker *maker, struct str name)
{
    const struct table *table = schema_table(maker->schema, name);

    return table == NULL ? UNKNOWN_TABLE : (int)(table - maker->schema->tables);
}

static enum trigger_event event_of(const struct trigger_step *step)
{
    return step->kind == STEP_UPDATE   ? TRIGGER_UPDATE
           : step->kind == STEP_DELETE ? TRIGGER_DELETE
                                       : TRIGGER_INSERT;
}

static void visit(struct walk *walk, int table, enum trigger_event event, const struct trigger_step *step,
                  bool from_own);

static void visit_step(struct walk *walk, const struct trigger_step *step, bool from_own)
{
    int table = step->kind == STEP_SELECT ? UNKNOWN_TABLE : place_of(walk->maker, step->table.text);

    if (table == UNKNOWN_TABLE)
        return;
    visit(walk, table, event_of(step), step, from_own);
    if (step->conflict == CONFLICT_REPLACE)
        visit(walk, table, TRIGGER_DELETE, step, from_own);
}

static bool writes_column(const struct trigger_step *step, const struct table *table, int column)
{
    for (size_t i = 0; i < step->assignment_count; i++)
        if (step->assignments[i].several || table_column(table, step->assignments[i].column.text) == column)
            return true;
    return false;
}

/* Does the step change what the key refers to? */
static bool touches(const struct walk *walk, const struct trigger_step *step, const struct foreign_key *key)
{
    struct arena *arena = arena_new();
    const struct table *parent;
    const int *columns;
    const char *why;
    bool touched = false;

    if (foreign_key_target(walk->maker->schema, key, &parent, &columns, arena, &why))
        for (size_t i = 0; i < key->column_count; i++)
            touched = touched || step == NULL || writes_column(step, parent, columns[i]);
    arena_free(arena);
    return touched;
}

static void visit_keys(struct walk *walk, int table, enum trigger_event event,
                       const struct trigger_step *step)
{
    const struct schema *schema = walk->maker->schema;
    bool deletes = event == TRIGGER_DELETE;

    for (size_t i = 0; event != TRIGGER_INSERT && i < schema->table_count; i++) {
        for (size_t j = 0; j < schema->tables[i].foreign_key_count; j++) {
            const struct foreign_key *key = &schema->tables[i].foreign_keys[j];
            enum fk_action action = deletes ? key->on_delete : key->on_update;

            if (place_of(walk->maker, key->parent.text) != table || action == FK_NO_ACTION ||
                action == FK_RESTRICT || (!deletes && !touches(walk, step, key)))
                continue;
            visit(walk, (int)i, deletes && action == FK_CASCADE ? TRIGGER_DELETE : TRIGGER_UPDATE, NULL,
                  false);
        }
    }
}

static bool fires(const struct trigger *trigger, const struct table *table, enum trigger_event event,
                  const struct trigger_step *step)
{
    const struct trigger_body *body = trigger->body;

    if (!str_equal_nocase(trigger->table.text, table->name.text) || (body != NULL && body->event != event))
        return false;
    if (body == NULL || body->column_count == 0 || step == NULL)
        return true;
    for (size_t i = 0; i < body->column_count; i++)
        if (writes_column(step, table, table_column(table, body->columns[i].text)))
            return true;
    return false;
}

static void visit_triggers(struct walk *walk, int table, enum trigger_event event,
                           const struct trigger_step *step)
{
    const struct schema *schema = walk->maker->schema;

    for (size_t i = 0; i < schema->trigger_count; i++) {
        const struct trigger *trigger = &schema->triggers[i];

        if (!fires(trigger, &schema->tables[table], event, step))
            continue;
        if (trigger == walk->trigger) {
            walk->reach.itself = true;
            continue;
        }
        if (trigger->body == NULL)
            walk->reach.why = "its statements fire a trigger that could not be read";
        for (size_t j = 0; trigger->body != NULL && j < trigger->body->step_count; j++)
            visit_step(walk, &trigger->body->steps[j], table == walk->own);
    }
}

static bool was_visited(const struct walk *walk, struct visit visit)
{
    for (size_t i = 0; i < walk->visit_count; i++)
        if (walk->visits[i].table == visit.table && walk->visits[i].event == visit.event &&
            walk->visits[i].step == visit.step)
            return true;
    return false;
}

static void visit(struct walk *walk, int table, enum trigger_event event, const struct trigger_step *step,
                  bool from_own)
{
    struct visit visit = {table, event, step};

    if (table == walk->own) {
        walk->reach.own_table = true;
        if (!from_own)
            walk->reach.why = "its statements come back to its own table, by other triggers or foreign keys";
    }
    if (was_visited(walk, visit))
        return;
    ARENA_PUSH(walk->arena, walk->visits, walk->visit_count, walk->visit_capacity) = visit;
    visit_keys(walk, table, event, step);
    visit_triggers(walk, table, event, step);
}

struct trigger_reach trigger_reach(const struct maker *maker, const struct trigger *trigger)
{
    struct arena *arena = arena_new();
    struct walk walk = {
        .maker = maker, .trigger = trigger, .arena = arena, .own = place_of(maker, trigger->table.text)};

    for (size_t i = 0; i < trigger->body->step_count; i++)
        visit_step(&walk, &trigger->body->steps[i], true);
    arena_free(arena);
    return walk.reach;
}

/* ---- the row itself ---- */

static bool is_own_column(const struct plan_table *table, const struct expr *expr, int column)
{
    return expr->kind == EXPR_COLUMN && trigger_column(table, expr->name) == column &&
           (expr->table.ptr == NULL || str_equal_nocase(expr->table, table->source->name.text));
}

static bool is_row_column(const struct plan_table *table, const struct expr *expr, int column, bool old)
{
    return (trigger_is_row(expr, "NEW") || (old && trigger_is_row(expr, "OLD"))) &&
           trigger_column(table, expr->name) == column;
}

static bool pins(const struct plan_table *table, const struct expr *expr, int column, bool old)
{
    bool equal =
        expr->kind == EXPR_BINARY && (str_is(str_from(expr->op), "=") || str_is(str_from(expr->op), "IS"));

    if (expr->kind == EXPR_BINARY && str_is(str_from(expr->op), "AND"))
        return pins(table, expr->items[0], column, old) || pins(table, expr->items[1], column, old);
    return equal && ((is_own_column(table, expr->items[0], column) &&
                      is_row_column(table, expr->items[1], column, old)) ||
                     (is_own_column(table, expr->items[1], column) &&
                      is_row_column(table, expr->items[0], column, old)));
}

bool trigger_is_pinned(const struct plan_table *table, const struct expr *where, bool old, bool exactly)
{
    if (where == NULL || table->key_count == 0 ||
        (exactly &&
         (table->key_count > 1 || where->kind != EXPR_BINARY || str_is(str_from(where->op), "AND"))))
        return false;
    for (size_t i = 0; i < table->key_count; i++)
        if (!table->columns[table->key[i]].not_null || !pins(table, where, table->key[i], old))
            return false;
    return true;
}
