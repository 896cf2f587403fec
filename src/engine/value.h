/* value.h: one cell of a row, as an engine hands it over. */
#ifndef PGRADE_ENGINE_VALUE_H
#define PGRADE_ENGINE_VALUE_H

#include <stdint.h>

#include "base/str.h"

/* SQLite's storage classes, which are enough for every engine's results. */
enum value_kind {
    VALUE_NULL,
    VALUE_INTEGER,
    VALUE_REAL,
    VALUE_TEXT, /* bytes; UTF-8 if the writer kept to it, which SQLite does not check */
    VALUE_BLOB
};

struct value {
    enum value_kind kind;
    int64_t integer;
    double real;
    struct str bytes; /* TEXT and BLOB: belongs to the engine, valid until the next row */
};

#endif
