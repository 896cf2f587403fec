/* What publishing moves. */
#include "transfer/target.h"

bool target_next_published(const struct plan *plan, size_t *next, struct published *published)
{
    size_t views = plan->enum_count + plan->table_count;

    while (*next >= views && *next < views + plan->view_count && plan->views[*next - views].dropped)
        (*next)++;
    if (*next >= views + plan->view_count)
        return false;
    if (*next < plan->enum_count)
        *published = (struct published){"type", "TYPE", plan->enums[*next].type.name, *next};
    else if (*next < views)
        *published = (struct published){"table", "TABLE", plan->tables[*next - plan->enum_count].name,
                                        *next - plan->enum_count};
    else
        *published = (struct published){"view", "VIEW", plan->views[*next - views].name, *next - views};
    (*next)++;
    return true;
}
