/*
 * reading.h: one side of a comparison: the rows of a table, read whole and in any order.
 *
 * Both sides have a shape of as many columns, which belong together by place; each side reads its own names
 * and types.  PostgreSQL's rows come by COPY in binary, SQLite's as it stores them.
 */
#ifndef PGRADE_VERIFY_READING_H
#define PGRADE_VERIFY_READING_H

#include "engine/engine.h"
#include "plan/plan.h"
#include "verify/digest.h"

/* Takes the rows of a SQLite side; the cells are those of the shape. */
typedef bool reading_take(void *taker, const struct value *cells, struct err *err);

/* Hands over each row that is to be compared, in place of the table's own: what a load made of them. */
struct reading_feed {
    bool (*rows)(void *context, reading_take *take, void *taker, struct err *err);
    void *context;
};

struct reading {
    struct engine *engine;
    bool is_sqlite;
    bool plain; /* both sides are SQLite: storage classes are compared */
    bool large; /* PostgreSQL: there may be values above LARGE_VALUE */
    struct str schema;
    const struct plan_table *shape; /* all of its columns are read, generated ones too */
    const bool *as_text;            /* PostgreSQL, by place: no form of its own, so its text is compared */
    struct str where; /* PostgreSQL's condition; empty: all rows (SQLite's is the table's filter) */
    const struct reading_feed *feed; /* SQLite; NULL: the rows are compared as they are stored */
    struct str sample; /* chooses rows that stand for all, which still are counted; empty: none */
};

/* A digester of this side, which tolerates misfits. */
struct digester *reading_digester(struct arena *arena,
                                  const struct reading *reading) RETURNS_NONNULL MUST_USE;

/* Reads all rows into it. */
bool reading_digest(const struct reading *reading, struct digester *digester, struct err *err) MUST_USE;

/* Counted by a statement of its own; all rows, whatever the sample. */
bool reading_count(const struct reading *reading, int64_t *rows, struct err *err) MUST_USE;

/* SQLite: each row, a cell for each column of the shape. */
bool reading_each_row(const struct reading *reading, reading_take *take, void *taker,
                      struct err *err) MUST_USE;

/* PostgreSQL: the columns of the shape, as COPY (SELECT ...) has them: expressions, separated by commas. */
void reading_put_columns(struct buf *sql, const struct reading *reading);
/* ... behind them, with `large`, the hashes of large values; see digester_expect_hashes(). */
void reading_put_hashes(struct buf *sql, const struct reading *reading);
/* ... and what stands behind them. */
void reading_put_from(struct buf *sql, const struct reading *reading);

#endif
