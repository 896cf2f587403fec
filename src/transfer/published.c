/* What publishing moves. */
#include "transfer/target.h"

bool target_next_published(const struct plan *plan, size_t *next, struct published *published)
{
    size_t enums = plan->uses_icu ? 1 : 0; /* behind the collation, which columns of the tables have */
    size_t tables = enums + plan->enum_count;
    size_t views = tables + plan->table_count;

    while (*next >= views && *next < views + plan->view_count && plan->views[*next - views].dropped)
        (*next)++;
    if (*next >= views + plan->view_count)
        return false;
    if (*next < enums)
        *published = (struct published){"collation", "COLLATION", str_from(NOCASE_COLLATION), 0};
    else if (*next < tables)
        *published = (struct published){"type", "TYPE", plan->enums[*next - enums].type.name, *next - enums};
    else if (*next < views)
        *published = (struct published){"table", "TABLE", plan->tables[*next - tables].name, *next - tables};
    else
        *published = (struct published){"view", "VIEW", plan->views[*next - views].name, *next - views};
    (*next)++;
    return true;
}
