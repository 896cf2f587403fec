/* What the user can do without. */
#include "ops/accept.h"

bool upgrade_accepts(const struct upgrade_options *options, const struct not_carried *object)
{
    struct arena *arena;
    bool accepted = options->accept_all || object->allowed;

    arena = arena_new();
    for (size_t i = 0; !accepted && i < options->accept_count; i++) {
        struct str word = options->accept[i];
        struct str full = str_printf(arena, "%.*s.%.*s", STR_ARGS(object->table), STR_ARGS(object->name));

        accepted = str_is_nocase(word, object_class_name(object->class)) ||
                   str_equal_nocase(word, object->name) || str_equal_nocase(word, full);
    }
    arena_free(arena);
    return accepted;
}

bool accept_check(const struct upgrade_options *options, struct upgrade_result *result,
                  const char *what_was_done, struct err *err)
{
    const struct plan *plan = &result->prepared.plan;

    result->not_accepted = 0;
    for (size_t i = 0; i < plan->not_carried_count; i++)
        result->not_accepted += !upgrade_accepts(options, &plan->not_carried[i]);
    if (result->not_accepted == 0)
        return true;
    err_set(err, ERR_DECISION, "%zu object%s of the source cannot be carried", result->not_accepted,
            result->not_accepted == 1 ? "" : "s");
    err_detail(err, "they are named above, each with its reason; nothing was %s", what_was_done);
    return err_hint(err, "--accept all, or --accept CLASS or NAME for some of them, goes on without them");
}
