/* fill_intern.h: what the files share that fill tables which are there. */
#ifndef PGRADE_TRANSFER_FILL_INTERN_H
#define PGRADE_TRANSFER_FILL_INTERN_H

#include "transfer/fill.h"

/* The tables that are filled: $1 their schema, $2 their names as a JSON array. */
#define FILLED                                                                                               \
    "SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1"        \
    " AND c.relkind IN ('r', 'p') AND c.relname IN (SELECT jsonb_array_elements_text($2::jsonb))"

/* These, and the partitions in which their rows lie. */
#define FILLED_PARTS                                                                                         \
    "SELECT coalesce(t.relid::oid, f.oid) FROM (" FILLED ") f LEFT JOIN pg_partition_tree(f.oid) t ON true"

/* Foreign keys, each with those that it has of partitions on either side: (root, oid, depth). */
#define KEY_TREE                                                                                             \
    "tree AS (SELECT oid AS root, oid, 0 AS depth FROM pg_constraint WHERE contype = 'f' AND conparentid = " \
    "0 UNION ALL SELECT t.root, k.oid, t.depth + 1 FROM tree t JOIN pg_constraint k ON k.conparentid = "     \
    "t.oid AND k.contype = 'f')"

/* The table with its schema, ONLY before one that has no partitions. */
void fill_put_name(const struct filling *filling, size_t place, struct buf *sql);

/* fill_clear.c: takes foreign keys out of the way, triggers of users, and the indexes of large tables; gives
 * them back as they were. */
bool fill_clear_the_way(struct filling *filling, struct err *err) MUST_USE;
bool fill_give_back(struct filling *filling, struct err *err) MUST_USE;

/* fill_parts.c: the names and comments that foreign keys have in partitions, which the server chooses anew.
 */
bool fill_parts_read(struct filling *filling, struct err *err) MUST_USE;
bool fill_parts_give_back(struct filling *filling, struct err *err) MUST_USE;

/* fill_sequences.c: whatever gives a column of these tables its numbers.  ERR_REFUSED: it may not be set. */
bool fill_find_sequences(struct filling *filling, struct err *err) MUST_USE;
/* ... goes on behind them. */
bool fill_set_sequences(struct filling *filling, struct err *err) MUST_USE;

/* fill_rows.c: looks that the tables hold no rows but those that may go, and which keys of other tables have
 * to be taken away for them to go; `fill_empty` lets them go. */
bool fill_check_rows(struct filling *filling, bool replace, struct err *err) MUST_USE;
bool fill_empty(struct filling *filling, struct err *err) MUST_USE;

#endif
