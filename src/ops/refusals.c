#include "ops/refusals.h"

#include <string.h>

#include "ops/failing_row.h"
#include "ops/long_keys.h"

static bool is_of_class(const struct err *failure, const char *class)
{
    return strncmp(failure->sqlstate, class, 2) == 0;
}

/* insufficient_privilege is of class 42 too, and is about the run. */
static bool is_about_expression(const struct err *failure)
{
    return is_of_class(failure, "22") || is_of_class(failure, "0A") ||
           (is_of_class(failure, "42") && strcmp(failure->sqlstate, "42501") != 0);
}

bool refusals_is(const struct plan_object *object, const struct err *failure)
{
    return object->class == OBJECT_CHECK
               ? is_about_expression(failure)
               : long_keys_is(failure) || (object->row_sql.ptr != NULL && is_about_expression(failure));
}

void refusals_note(struct work *work, const struct plan_object *object, const struct err *failure)
{
    struct upgrade_result *result = work->result;

    (void)pthread_mutex_lock(&work->lock);
    ARENA_PUSH(work->arena, result->refusals, result->refusal_count, result->refusal_capacity) =
        (struct refusal){object, *failure};
    (void)pthread_mutex_unlock(&work->lock);
}

bool refusals_build(struct work *work, struct engine *target, const struct plan_object *const *objects,
                    size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct err failure = {.code = ERR_NONE};

        if (finish_objects(target, &objects[i], 1, &failure))
            continue;
        if (!refusals_is(objects[i], &failure)) {
            *err = failure;
            return false;
        }
        refusals_note(work, objects[i], &failure);
    }
    return true;
}

static void leave(struct arena *arena, struct plan *plan, const struct plan_object *object, struct str reason,
                  struct str bare_reason)
{
    ARENA_PUSH(arena, plan->not_carried, plan->not_carried_count, plan->not_carried_capacity) =
        (struct not_carried){.class = object->class,
                             .table = plan->tables[object->table].source->name.text,
                             .name = object->name,
                             .reason = reason,
                             .bare_reason = bare_reason,
                             .sql = object->source_sql};
}

static bool has_column(const struct plan_object *key, int column)
{
    for (size_t i = 0; i < key->part_count; i++)
        if (key->parts[i].column == column)
            return true;
    return false;
}

static bool needs(const struct plan_object *foreign, const struct plan_object *key)
{
    if (foreign->class != OBJECT_FOREIGN_KEY ||
        (key->class != OBJECT_PRIMARY_KEY && key->class != OBJECT_UNIQUE) || foreign->parent != key->table ||
        foreign->part_count != key->part_count)
        return false;
    for (size_t i = 0; i < foreign->part_count; i++)
        if (!has_column(key, foreign->parent_columns[i]))
            return false;
    return true;
}

/* Why, with the row where it can be told; `bare` without what the row holds. */
static bool explain(struct arena *arena, struct upgrade_result *result, const struct refusal *refusal,
                    struct str *reason, struct str *bare, struct err *err)
{
    const struct err *why = &refusal->why;
    struct str row = {NULL, 0};

    *bare = (struct str){NULL, 0};
    if (long_keys_is(why))
        return long_keys_explain(arena, result, refusal->object, reason, err);
    if (!is_of_class(why, "22")) {
        *reason = str_printf(arena, "the server does not take it: %s", why->detail);
        return true;
    }
    if (!failing_row_find(arena, result, refusal->object, &row, err))
        return false;
    *reason = str_printf(arena, "PostgreSQL cannot compute it for a row that SQLite could%s%.*s: %s",
                         row.len > 0 ? ", " : "", STR_ARGS(row), why->detail);
    *bare = str_printf(arena, "PostgreSQL cannot compute it for a row that SQLite could (SQLSTATE %s)",
                       why->sqlstate);
    return true;
}

/* The object of the plan stays where it is: others point to it. */
static bool settle_one(struct arena *arena, struct upgrade_result *result, const struct refusal *refusal,
                       bool *lost, struct err *err)
{
    struct plan *plan = &result->prepared.plan;
    const struct plan_object *object = refusal->object;
    struct str reason = {NULL, 0};
    struct str bare;
    bool done = explain(arena, result, refusal, &reason, &bare, err);

    lost[object - plan->objects] = true;
    leave(arena, plan, object, reason, bare);
    for (size_t i = 0; i < plan->object_count; i++) {
        if (lost[i] || !needs(&plan->objects[i], object))
            continue;
        lost[i] = true;
        leave(arena, plan, &plan->objects[i],
              str_printf(arena, "it references %.*s, whose %s %.*s cannot be made",
                         STR_ARGS(plan->tables[object->table].source->name.text),
                         object_class_name(object->class), STR_ARGS(object->name)),
              (struct str){NULL, 0});
    }
    return done;
}

bool refusals_settle(struct arena *arena, struct upgrade_result *result, struct err *err)
{
    struct plan *plan = &result->prepared.plan;
    bool *lost = ARENA_ARRAY(arena, bool, plan->object_count + 1);
    struct plan_object *left;
    size_t count = 0;

    for (size_t i = 0; i < result->refusal_count; i++)
        if (!settle_one(arena, result, &result->refusals[i], lost, err))
            return false;
    if (result->refusal_count == 0)
        return true;
    left = ARENA_ARRAY(arena, struct plan_object, plan->object_count + 1);
    for (size_t i = 0; i < plan->object_count; i++)
        if (!lost[i])
            left[count++] = plan->objects[i];
    plan->objects = left;
    plan->object_count = plan->object_capacity = count;
    result->refusal_count = 0;
    return true;
}
