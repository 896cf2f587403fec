#include "plan/selection.h"

bool selection_matches(struct str pattern, struct str name)
{
    size_t p = 0;
    size_t n = 0;
    size_t star = SIZE_MAX; /* behind the last star, and what it stands for ends at `tried` */
    size_t tried = 0;

    while (n < name.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = ++p;
            tried = n;
        } else if (p < pattern.len &&
                   (pattern.ptr[p] == '?' || ascii_lower(pattern.ptr[p]) == ascii_lower(name.ptr[n]))) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star;
            n = ++tried;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

static const struct str *find(const struct str *patterns, size_t count, struct str table)
{
    for (size_t i = 0; i < count; i++)
        if (selection_matches(patterns[i], table))
            return &patterns[i];
    return NULL;
}

struct str selection_excludes(struct arena *arena, const struct selection *selection, struct str table)
{
    const struct str *exclude = find(selection->excludes, selection->exclude_count, table);

    if (exclude != NULL)
        return str_printf(arena, "excluded by the user (--exclude %.*s)", STR_ARGS(*exclude));
    if (selection->include_count > 0 && find(selection->includes, selection->include_count, table) == NULL)
        return str_from("excluded by the user (no --include names it)");
    return (struct str){NULL, 0};
}
