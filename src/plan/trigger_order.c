/* When a trigger fires: before or after others, and the checks of foreign keys. */
#include "plan/triggers.h"

static bool is_beside(const struct trigger *one, const struct trigger *other)
{
    return one != other && str_equal_nocase(one->table.text, other->table.text) && one->body != NULL &&
           other->body != NULL && one->body->event == other->body->event &&
           one->body->timing == other->body->timing;
}

bool trigger_is_alone(const struct maker *maker, const struct trigger *trigger)
{
    for (size_t i = 0; i < maker->schema->trigger_count; i++)
        if (is_beside(trigger, &maker->schema->triggers[i]))
            return false;
    return true;
}

/* SQLite fires the trigger that was made last first, though it promises no order; PostgreSQL goes by name. */
static void note_order(struct maker *maker, const struct trigger *trigger)
{
    for (const struct trigger *other = maker->schema->triggers; other < trigger; other++)
        if (is_beside(trigger, other) && str_compare(trigger->name.text, other->name.text) > 0) {
            maker_note(maker, trigger->name.text,
                       "fires after %.*s, by their names; SQLite fired it before, being the newer one",
                       STR_ARGS(other->name.text));
            return;
        }
}

static bool refers_to(const struct foreign_key *key, struct str table)
{
    return str_equal_nocase(key->parent.text, table);
}

/* The step takes away rows that refer to those which the trigger's table loses, and would be in the way. */
static bool clears_children(const struct trigger *trigger, const struct trigger_step *step,
                            const struct table *child)
{
    for (size_t i = 0; i < child->foreign_key_count; i++) {
        const struct foreign_key *key = &child->foreign_keys[i];
        enum fk_action action = trigger->body->event == TRIGGER_DELETE ? key->on_delete : key->on_update;

        if (refers_to(key, trigger->table.text) && action == FK_NO_ACTION && step->kind != STEP_INSERT &&
            trigger->body->event != TRIGGER_INSERT)
            return true;
    }
    return false;
}

/* The step makes the rows that new rows of the trigger's table refer to. */
static bool makes_parents(const struct maker *maker, const struct trigger *trigger,
                          const struct trigger_step *step)
{
    const struct table *own = schema_table(maker->schema, trigger->table.text);

    for (size_t i = 0; i < own->foreign_key_count; i++)
        if (refers_to(&own->foreign_keys[i], step->table.text) && step->kind != STEP_DELETE &&
            trigger->body->event != TRIGGER_DELETE)
            return true;
    return false;
}

/* The triggers that the steps fire join the queue; each once. */
static void queue_fired(const struct maker *maker, const struct trigger_step *step,
                        const struct trigger **queue, size_t *queued, bool *known)
{
    for (size_t i = 0; step->kind != STEP_SELECT && i < maker->schema->trigger_count; i++) {
        const struct trigger *next = &maker->schema->triggers[i];

        if (known[i] || next->body == NULL || !str_equal_nocase(next->table.text, step->table.text))
            continue;
        known[i] = true;
        queue[(*queued)++] = next;
    }
}

/* The step, or a trigger that it fires, makes the rows that new rows of the trigger's table refer to. */
static bool brings_parents(const struct maker *maker, const struct trigger *trigger,
                           const struct trigger_step *step)
{
    size_t count = maker->schema->trigger_count;
    const struct trigger **queue = ARENA_ARRAY(maker->arena, const struct trigger *, count + 1);
    bool *known = ARENA_ARRAY(maker->arena, bool, count + 1);
    size_t queued = 0;

    if (makes_parents(maker, trigger, step))
        return true;
    queue_fired(maker, step, queue, &queued, known);
    for (size_t i = 0; i < queued; i++)
        for (size_t j = 0; j < queue[i]->body->step_count; j++) {
            if (makes_parents(maker, trigger, &queue[i]->body->steps[j]))
                return true;
            queue_fired(maker, &queue[i]->body->steps[j], queue, &queued, known);
        }
    return false;
}

/* PostgreSQL looks at a foreign key by a trigger of its own, RI_ConstraintTrigger_..., by its place in the
 * order of names; SQLite when the statement is done, and what the key asks for may be there, or gone, by
 * then. */
bool trigger_precedes_keys(const struct maker *maker, const struct trigger *trigger)
{
    const struct trigger_body *body = trigger->body;

    for (size_t i = 0; body->timing == TRIGGER_AFTER && i < body->step_count; i++) {
        const struct trigger_step *step = &body->steps[i];
        const struct table *target =
            step->kind == STEP_SELECT ? NULL : schema_table(maker->schema, step->table.text);

        if (target != NULL &&
            (clears_children(trigger, step, target) || brings_parents(maker, trigger, step)))
            return true;
    }
    return false;
}

/* A table whose rows are changed by a foreign key when the trigger's event happens; NULL: there is none.
 * `from` is where the search begins. */
static const struct table *acted_upon(const struct maker *maker, const struct trigger *trigger, size_t *from)
{
    for (; *from < maker->schema->table_count; (*from)++) {
        const struct table *child = &maker->schema->tables[*from];

        for (size_t i = 0; i < child->foreign_key_count; i++) {
            const struct foreign_key *key = &child->foreign_keys[i];
            enum fk_action action = trigger->body->event == TRIGGER_DELETE ? key->on_delete : key->on_update;

            if (refers_to(key, trigger->table.text) && action != FK_NO_ACTION && action != FK_RESTRICT) {
                (*from)++;
                return child;
            }
        }
    }
    return NULL;
}

bool trigger_follows_keys(const struct maker *maker, const struct trigger *trigger)
{
    size_t from = 0;

    return trigger->body->timing == TRIGGER_AFTER && trigger->body->event != TRIGGER_INSERT &&
           acted_upon(maker, trigger, &from) != NULL;
}

/* A row that refers to one which is not there yet is an error in PostgreSQL when the statement of the trigger
 * is done, in SQLite only when the whole is. */
bool trigger_refers_too_early(const struct maker *maker, const struct trigger *trigger)
{
    const struct trigger_body *body = trigger->body;

    for (size_t i = 0; body->timing == TRIGGER_BEFORE && i < body->step_count; i++) {
        const struct trigger_step *step = &body->steps[i];
        const struct table *target = step->kind == STEP_INSERT || step->kind == STEP_UPDATE
                                         ? schema_table(maker->schema, step->table.text)
                                         : NULL;

        for (size_t j = 0; target != NULL && j < target->foreign_key_count; j++)
            if (refers_to(&target->foreign_keys[j], trigger->table.text) && body->event != TRIGGER_DELETE)
                return true;
    }
    return false;
}

static bool writes(const struct trigger *trigger, struct str table)
{
    for (size_t i = 0; i < trigger->body->step_count; i++)
        if (trigger->body->steps[i].kind != STEP_SELECT &&
            str_equal_nocase(trigger->body->steps[i].table.text, table))
            return true;
    return false;
}

/* SQLite runs BEFORE and AFTER triggers row by row; PostgreSQL the BEFORE ones of all rows, then the others.
 */
static void note_turns(struct maker *maker, const struct trigger *trigger)
{
    const struct trigger_body *body = trigger->body;

    for (size_t i = 0; body->timing == TRIGGER_AFTER && i < maker->schema->trigger_count; i++) {
        const struct trigger *other = &maker->schema->triggers[i];

        if (other->body == NULL || other->body->timing != TRIGGER_BEFORE ||
            other->body->event != body->event || !str_equal_nocase(other->table.text, trigger->table.text))
            continue;
        for (size_t j = 0; j < body->step_count; j++)
            if (body->steps[j].kind != STEP_SELECT && writes(other, body->steps[j].table.text)) {
                maker_note(
                    maker, trigger->name.text,
                    "writes %.*s as %.*s does: of a statement that changes several rows SQLite ran both "
                    "for each row, PostgreSQL runs the latter for all rows first",
                    STR_ARGS(body->steps[j].table.text), STR_ARGS(other->name.text));
                return;
            }
    }
}

/* What a foreign key does to children fires their AFTER triggers: in SQLite at once, in PostgreSQL when those
 * of the parent have fired. */
static void note_children(struct maker *maker, const struct trigger *trigger)
{
    const struct table *child;
    size_t from = 0;

    if (!trigger_follows_keys(maker, trigger))
        return;
    while ((child = acted_upon(maker, trigger, &from)) != NULL)
        for (size_t i = 0; i < maker->schema->trigger_count; i++) {
            const struct trigger *other = &maker->schema->triggers[i];

            if (other == trigger || other->body == NULL || other->body->timing != TRIGGER_AFTER ||
                other->body->event == TRIGGER_INSERT ||
                !str_equal_nocase(other->table.text, child->name.text))
                continue;
            maker_note(maker, trigger->name.text,
                       "fires before %.*s of the rows of %.*s that a foreign key changes along with its own; "
                       "SQLite fired it after",
                       STR_ARGS(other->name.text), STR_ARGS(child->name.text));
            return;
        }
}

void trigger_note_order(struct maker *maker, const struct trigger *trigger)
{
    note_order(maker, trigger);
    note_turns(maker, trigger);
    note_children(maker, trigger);
}
