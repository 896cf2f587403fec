/* --include, --exclude and --where. */
#include <string.h>

#include "cli/place.h"
#include "cli/settings.h"

/* A table has one condition: the command line's replaces that of a file. */
static void keep(struct row_filter *filters, size_t *count, struct row_filter filter)
{
    for (size_t i = 0; i < *count; i++) {
        if (!str_equal_nocase(filters[i].table, filter.table))
            continue;
        filters[i] = filter;
        return;
    }
    filters[(*count)++] = filter;
}

bool settings_selection(struct invocation *invocation, struct plan_options *plan, struct err *err)
{
    struct row_filter *filters =
        ARENA_ARRAY(invocation->arena, struct row_filter, invocation->given_count + 1);

    plan->selection.includes = option_values(invocation, "include", &plan->selection.include_count);
    plan->selection.excludes = option_values(invocation, "exclude", &plan->selection.exclude_count);
    for (size_t i = 0; i < invocation->given_count; i++) {
        const char *text = invocation->given[i].value;
        struct place place;

        if (strcmp(invocation->given[i].option->name, "where") != 0)
            continue;
        if (!place_read(invocation->arena, str_from(text), &place) || place.column.ptr != NULL) {
            err_set(err, ERR_USAGE, "--where %s: not of the form TABLE=CONDITION", text);
            return err_hint(err, "--where \"posts=deleted = 0\"; a name with dots stands in double quotes");
        }
        if (place_is_repeated(invocation, i)) {
            err_set(err, ERR_USAGE, "--where is given twice for the table %.*s", STR_ARGS(place.table));
            return err_hint(err, "one condition holds both: --where \"TABLE=(...) AND (...)\"");
        }
        keep(filters, &plan->filter_count, (struct row_filter){place.table, place.value});
    }
    plan->filters = filters;
    return true;
}
