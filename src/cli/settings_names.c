/* --names and --rename. */
#include <string.h>

#include "cli/place.h"
#include "cli/settings.h"
#include "schema/ident.h"

static const struct {
    const char *name;
    enum names_mode mode;
} modes[] = {
    {"as-written", NAMES_AS_WRITTEN},
    {"preserve", NAMES_PRESERVE},
    {"lower", NAMES_LOWER},
    {"snake", NAMES_SNAKE},
};

static bool wrong(const struct invocation *invocation, struct err *err)
{
    return err_hint(err, "pgrade %s --help", invocation->command->name);
}

static bool read_mode(const struct invocation *invocation, struct plan_options *plan, struct err *err)
{
    const char *given = option_value(invocation, "names");

    plan->names = NAMES_AS_WRITTEN;
    if (given == NULL)
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(modes); i++) {
        if (strcmp(given, modes[i].name) != 0)
            continue;
        plan->names = modes[i].mode;
        return true;
    }
    err_set(err, ERR_USAGE, "--names %s: it is as-written, preserve, lower or snake", given);
    return wrong(invocation, err);
}

static bool read_rename(const struct invocation *invocation, const char *text, struct rename *rename,
                        struct err *err)
{
    struct place place;

    if (!place_read(invocation->arena, str_from(text), &place)) {
        err_set(err, ERR_USAGE, "--rename %s: not of the form TABLE=NAME or TABLE.COLUMN=NAME", text);
        return wrong(invocation, err);
    }
    *rename = (struct rename){place.table, place.column, place.value};
    if (place.value.len > IDENT_MAXIMUM) {
        err_set(err, ERR_USAGE, "--rename %s: names hold %d bytes in PostgreSQL", text, IDENT_MAXIMUM);
        return wrong(invocation, err);
    }
    if (str_utf8_valid_prefix(place.value) == place.value.len)
        return true;
    err_set(err, ERR_USAGE, "--rename %s: the new name is not UTF-8", text);
    return wrong(invocation, err);
}

bool settings_names(struct invocation *invocation, struct plan_options *plan, struct err *err)
{
    struct rename *renames = ARENA_ARRAY(invocation->arena, struct rename, invocation->given_count + 1);

    if (!read_mode(invocation, plan, err))
        return false;
    for (size_t i = 0; i < invocation->given_count; i++) {
        if (strcmp(invocation->given[i].option->name, "rename") != 0)
            continue;
        if (!read_rename(invocation, invocation->given[i].value, &renames[plan->rename_count], err))
            return false;
        if (place_is_repeated(invocation, i)) {
            err_set(err, ERR_USAGE, "--rename %s: that table or column is renamed twice",
                    invocation->given[i].value);
            return wrong(invocation, err);
        }
        plan->rename_count++;
    }
    plan->renames = renames;
    return true;
}
