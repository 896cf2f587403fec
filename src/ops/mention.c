#include "ops/mention.h"

bool mention_check(const struct schema *schema, const char *option, struct str table, struct str column,
                   struct err *err)
{
    return mention_check_from(schema, &(const struct table *){NULL}, option, table, column, err);
}

bool mention_check_from(const struct schema *schema, const struct table **last, const char *option,
                        struct str table, struct str column, struct err *err)
{
    const struct table *found =
        *last != NULL && str_equal_nocase((*last)->name.text, table) ? *last : schema_table(schema, table);

    *last = found;
    if (found != NULL && (column.ptr == NULL || table_column(found, column) >= 0))
        return true;
    if (found == NULL)
        err_set(err, ERR_USAGE, "%s: the source has no table %.*s", option, STR_ARGS(table));
    else
        err_set(err, ERR_USAGE, "%s: the source has no column %.*s.%.*s", option, STR_ARGS(table),
                STR_ARGS(column));
    return err_hint(err, "`pgrade plan` shows the names of all tables and columns");
}
