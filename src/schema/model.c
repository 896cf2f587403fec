#include "schema/model.h"

#include "schema/ident.h"

struct table *schema_table(const struct schema *schema, struct str name)
{
    for (size_t i = 0; i < schema->table_count; i++)
        if (str_equal_nocase(schema->tables[i].name.text, name))
            return &schema->tables[i];
    return NULL;
}

void table_put_from(struct buf *sql, const struct table *table)
{
    if (table->read_sql.ptr != NULL) {
        buf_str(sql, table->read_sql);
        return;
    }
    ident_quote(sql, table->name.text);
    if (table->virtual == NULL)
        buf_text(sql, " NOT INDEXED");
}

void table_put_filter(struct buf *sql, const struct table *table, const char *word)
{
    /* The line end closes a comment. */
    if (table->filter.ptr != NULL)
        buf_printf(sql, "%s(%.*s\n)", word, STR_ARGS(table->filter));
}

int table_column(const struct table *table, struct str name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (str_equal_nocase(table->columns[i].name.text, name))
            return (int)i;
    return -1;
}

enum affinity affinity_of(struct str declared)
{
    if (str_contains_nocase(declared, "INT"))
        return AFFINITY_INTEGER;
    if (str_contains_nocase(declared, "CHAR") || str_contains_nocase(declared, "CLOB") ||
        str_contains_nocase(declared, "TEXT"))
        return AFFINITY_TEXT;
    if (declared.len == 0 || str_contains_nocase(declared, "BLOB"))
        return AFFINITY_BLOB;
    if (str_contains_nocase(declared, "REAL") || str_contains_nocase(declared, "FLOA") ||
        str_contains_nocase(declared, "DOUB"))
        return AFFINITY_REAL;
    return AFFINITY_NUMERIC;
}
