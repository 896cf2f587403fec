/*
 * existing.h: the tables that a target has already, made by the application's own migrations.
 *
 * Only shapes: transfer/existing.h reads them from the target's catalog, fill.h matches a source with them.
 */
#ifndef PGRADE_PLAN_EXISTING_H
#define PGRADE_PLAN_EXISTING_H

#include <stdbool.h>
#include <stddef.h>

#include "schema/pgtype.h"

struct existing_column {
    struct str name;
    struct str type_text; /* as format_type() writes it */
    struct pg_type type;  /* of a domain: what it is made of; meaningful when `loadable` */
    bool loadable;        /* of a type that pgrade loads */
    bool not_null;
    bool has_default;
    bool identity;
    bool generated;
};

struct existing_table {
    struct str name;
    struct existing_column *columns;
    size_t column_count;
    size_t column_capacity;
    const char *obstacle; /* why its rows cannot be filled in; NULL: they can */
    bool has_rows;
    bool is_view; /* or a foreign table: no rows of its own */
};

struct existing {
    struct existing_table *tables;
    size_t count;
    size_t capacity;
};

#endif
