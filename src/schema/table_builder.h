/* table_builder.h: a table while its CREATE TABLE is being read; shared by parse_table.c and its helpers. */
#ifndef PGRADE_SCHEMA_TABLE_BUILDER_H
#define PGRADE_SCHEMA_TABLE_BUILDER_H

#include "schema/parser.h"

struct table_builder {
    struct parser parser;
    struct table table;
    size_t column_capacity;
    size_t unique_capacity;
    size_t foreign_key_capacity;
    size_t check_capacity;
    struct name constraint; /* CONSTRAINT name, waiting for its constraint; NULL ptr: none */
    bool *is_integer;       /* for each column: declared INTEGER and nothing else */
    size_t is_integer_count;
    size_t is_integer_capacity;
};

/* The name that was written before the constraint at hand, which uses it up. */
struct name table_builder_name(struct table_builder *builder);

/* parse_column.c: name, type, constraints */
bool table_builder_column(struct table_builder *builder) MUST_USE;

/* parse_constraint.c: a constraint of the table; and what those of columns and of tables have in common,
 * `column` being -1 for one of the table */
bool table_builder_constraint(struct table_builder *builder) MUST_USE;
bool table_builder_at_constraint(struct table_builder *builder);
bool table_builder_name_constraint(struct table_builder *builder) MUST_USE;
bool table_builder_check(struct table_builder *builder) MUST_USE;
bool table_builder_on_conflict(struct table_builder *builder) MUST_USE;

/* parse_foreign_key.c: from REFERENCES on, and what a column or table constraint may say afterwards */
bool table_builder_references(struct table_builder *builder, int *columns, size_t count) MUST_USE;
bool table_builder_defer(struct table_builder *builder) MUST_USE; /* [NOT] DEFERRABLE ... */

/* Makes `parts` the primary key.  False when there is one already. */
bool table_builder_primary(struct table_builder *builder, struct key key, bool autoincrement, bool is_rowid,
                           const char *place) MUST_USE;
void table_builder_unique(struct table_builder *builder, struct key key);

#endif
