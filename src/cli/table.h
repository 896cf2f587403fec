/* table.h: text in columns, for a terminal. */
#ifndef PGRADE_CLI_TABLE_H
#define PGRADE_CLI_TABLE_H

#include "base/buf.h"

enum table_align {
    ALIGN_LEFT,
    ALIGN_RIGHT
};

struct text_table {
    struct arena *arena;
    size_t columns;
    size_t indent; /* spaces before each line */
    const enum table_align *align;
    struct str *cells; /* row by row, the heading first */
    size_t count;
    size_t capacity;
    size_t width; /* of the terminal: the widest columns are folded until a line fits; 0: it is as long as it
                     is */
    size_t maximum; /* of a column's width in characters; longer cells are cut with "..."; 0: none */
};

void text_table_cell(struct text_table *table, struct str text);
void text_table_cellf(struct text_table *table, const char *format, ...) PRINTF_LIKE(2, 3);
/* The heading is underlined; `color` makes it bold instead of plain. */
void text_table_write(const struct text_table *table, bool color, struct buf *out);

/* Numbers for people. */
struct str show_count(struct arena *arena, int64_t number); /* 1,234,567 */
struct str show_bytes(struct arena *arena, int64_t bytes);  /* 12.3 MB */
struct str show_seconds(struct arena *arena, int64_t us);   /* 0.042 s, 3.1 s, 2 min 5 s */

#endif
