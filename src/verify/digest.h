/*
 * digest.h: what a table holds, in a few sums, on either side.
 *
 * The hash of a cell has two lanes of 64 bits and comes from its canonical form (canonical.h) and the
 * column's place: in either lane a permutation where the form has 8 bytes, so that two numbers never have the
 * same hash, XXH3 (128 bits) for all others.  NULL has a hash of its own.  The hashes of a column are added
 * up, never XORed: two equal rows do not cancel out.  The hash of a row is a chain over the hashes of its
 * cells, added up as well.  So the order of rows does not matter, a value changed shows in its column, and
 * two values swapped between rows show in the sum of rows alone.
 *
 * Columns are those that are loaded: all of the plan's but the ones with generated_sql, in the plan's order.
 * "Place" counts these.
 *
 * Threads: a digester belongs to one thread; each thread has its own and the results are added.
 */
#ifndef PGRADE_VERIFY_DIGEST_H
#define PGRADE_VERIFY_DIGEST_H

#include "base/buf.h"
#include "engine/value.h"
#include "plan/plan.h"

/* Texts and bytes above this are known by their SHA-256, which a server can compute too: a value of hundreds
 * of megabytes need not come back whole. */
#define LARGE_VALUE ((size_t)8 * 1024 * 1024)

/* Two lanes, each modulo 2^64. */
struct digest_sum {
    uint64_t low;
    uint64_t high;
};

struct digest {
    int64_t rows;
    int64_t bytes;              /* of COPY; 0 of a source */
    struct digest_sum row;      /* of the hashes of rows */
    struct digest_sum *columns; /* of the hashes of cells, by place */
    size_t column_count;
};

struct digester;

/* In the arena, with buffers of its own: digester_free() before the arena goes.  `table` is kept. */
struct digester *digester_new(struct arena *arena, const struct plan_table *table) RETURNS_NONNULL MUST_USE;
void digester_free(struct digester *digester);

/*
 * One row of the source: a value for each loaded column.  ERR_DECISION: a value is a misfit; primary names
 * the column and the storage class, detail the reason, neither shows the value.  The row is not counted then
 * and the digester stays usable: whoever knows what became of the row (quarantined, set to NULL) goes on.
 */
bool digester_source_row(struct digester *digester, const struct value *cells, struct err *err) MUST_USE;

/*
 * The next bytes of COPY ... TO STDOUT (FORMAT binary), cut anywhere.  Text and bytea of any size are hashed
 * as they pass.  ERR_DIFFERENT: the stream has not the planned columns or types; ERR_FAILED: it is no such
 * stream.  After a failure nothing more is taken.
 */
bool digester_target_bytes(struct digester *digester, const void *bytes, size_t size,
                           struct err *err) MUST_USE;

/* Whether values of the column can be above LARGE_VALUE and are sent as they are. */
bool digest_may_be_large(const struct plan_column *column);

/* The stream has further fields behind the columns: for each of the first `columns` that may be large the
 * SHA-256 of a value above LARGE_VALUE, in whose place NULL was sent; else NULL. */
void digester_expect_hashes(struct digester *digester, size_t columns);

/* The stream has ended: fails when it is not complete. */
bool digester_target_end(struct digester *digester, struct err *err) MUST_USE;

/*
 * For comparing two databases, where a misfit is a difference like any other: a value without a form gets a
 * hash of its storage class and bytes, which no value of a target has.
 */
void digester_tolerate(struct digester *digester);

/* Both sides are SQLite: storage classes and bytes are compared, not forms. */
void digester_plain(struct digester *digester);

/* Is told of each row that has passed, before the next one is looked at. */
typedef void digest_watch(void *context, const struct digester *digester);
void digester_watch(struct digester *digester, digest_watch *watch, void *context);

/* Of the row that passed last: the hash of its first `count` cells as of a row, of one cell, and why that
 * cell has no form (NULL: it has one). */
struct digest_sum digester_row_hash(const struct digester *digester, size_t count);
struct digest_sum digester_cell_hash(const struct digester *digester, size_t place);
const char *digester_misfit(const struct digester *digester, size_t place);

/* What was eaten so far.  Belongs to the digester and goes on changing with it. */
const struct digest *digester_result(const struct digester *digester);

/* Both must be of the same table. */
void digest_add(struct digest *sum, const struct digest *more);
void digest_subtract(struct digest *sum, const struct digest *less);

/* In numbers, and back into a digest of so many columns; false: it is none. */
void digest_put_text(struct buf *out, const struct digest *digest);
bool digest_read_text(struct str text, struct digest *digest) MUST_USE;

struct digest_difference {
    bool rows;       /* not as many */
    size_t *columns; /* places of the columns whose values differ */
    size_t column_count;
    bool swapped; /* every column holds the same values, but not in the same rows */
};

/* Whether the digests are equal; `difference` is filled in either case, with `columns` in the arena. */
bool digest_compare(struct arena *arena, const struct digest *source, const struct digest *target,
                    struct digest_difference *difference);

#endif
