/* That nothing was forgotten. */
#include "plan/private.h"

static bool is_named(const struct plan *plan, struct str name)
{
    for (size_t i = 0; i < plan->not_carried_count; i++) {
        const struct not_carried *object = &plan->not_carried[i];

        if ((object->class == OBJECT_TABLE || object->class == OBJECT_VIRTUAL_TABLE) &&
            str_equal(object->name, name))
            return true;
    }
    return false;
}

/* A full-text index that became one of PostgreSQL's, which is a note. */
static bool is_noted(const struct plan *plan, struct str name)
{
    for (size_t i = 0; i < plan->note_count; i++)
        if (str_equal(plan->notes[i].about, name))
            return true;
    return false;
}

static bool is_accounted_for(const struct maker *maker, struct str name)
{
    const struct table *table = schema_table(maker->schema, name);

    if (table != NULL && (table->kind == TABLE_SHADOW || maker_planned(maker, table) != NULL))
        return true;
    return is_named(maker->plan, name) ||
           (table != NULL && table->virtual != NULL && is_noted(maker->plan, name));
}

bool maker_check_account(const struct maker *maker, struct err *err)
{
    for (size_t i = 0; i < maker->schema->entry_count; i++) {
        struct str name = maker->schema->entries[i];

        if (is_accounted_for(maker, name))
            continue;
        err_set(err, ERR_FAILED, "%.*s: the plan neither carries the table nor names it", STR_ARGS(name));
        err_detail(err, "this is a fault of pgrade; nothing was written");
        return err_hint(err, "--exclude names it as left behind and brings the others; please report it");
    }
    return true;
}
