/* --nocase. */
#include <string.h>

#include "cli/place.h"
#include "cli/settings.h"

/* "FORM", "TABLE=FORM" or "TABLE.COLUMN=FORM". */
static bool read_rule(struct invocation *invocation, struct str text, struct nocase_rule *rule)
{
    struct place place;

    *rule = (struct nocase_rule){.form = NOCASE_NONE};
    if (nocase_form_parse(text, &rule->form))
        return true;
    if (!place_read(invocation->arena, text, &place))
        return false;
    rule->table = place.table;
    rule->column = place.column;
    return nocase_form_parse(str_trim(place.value), &rule->form);
}

bool settings_nocase(struct invocation *invocation, struct plan_options *plan, struct err *err)
{
    struct nocase_rule *rules =
        ARENA_ARRAY(invocation->arena, struct nocase_rule, invocation->given_count + 1);

    for (size_t i = 0; i < invocation->given_count; i++) {
        const struct given *given = &invocation->given[i];

        if (strcmp(given->option->name, "nocase") != 0)
            continue;
        if (!read_rule(invocation, str_from(given->value), &rules[plan->nocase_count++])) {
            err_set(err, ERR_USAGE,
                    "--nocase %s: it is lower, citext or icu, for all, TABLE=... or TABLE.COLUMN=...",
                    given->value);
            return err_hint(err, "pgrade %s --help", invocation->command->name);
        }
    }
    plan->nocase = rules;
    return true;
}
