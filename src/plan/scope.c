#include "plan/scope.h"

int scope_exactness(struct scope rule, struct str table, struct str column)
{
    if ((rule.table.ptr != NULL && !str_equal_nocase(rule.table, table)) ||
        (rule.column.ptr != NULL && !str_equal_nocase(rule.column, column)))
        return -1;
    return (rule.table.ptr != NULL) + (rule.column.ptr != NULL);
}
