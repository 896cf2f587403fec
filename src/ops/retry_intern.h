/* retry_intern.h: what the files of upgrade --retry-quarantine share. */
#ifndef PGRADE_OPS_RETRY_INTERN_H
#define PGRADE_OPS_RETRY_INTERN_H

#include "ops/retry.h"
#include "ops/retry_row.h"
#include "transfer/commit.h"
#include "verify/digest.h"

struct retry_item {
    struct str run_id;
    struct str id; /* as text */
    int64_t number;
    size_t table;
    bool loaded;
    bool lacks_parent;  /* that alone kept it out, last time */
    struct str failure; /* in the server's words, last time */
    struct str reason;  /* the same, as it is told */
};

struct retry {
    struct arena *arena;
    const struct retry_options *options;
    struct retry_result *result;
    struct engine *target;
    struct commit commit;
    struct retry_table *tables;
    size_t table_count;
    size_t table_capacity;
    struct retry_item *rows;
    size_t row_count;
    size_t row_capacity;
};

/* Runs the step within a savepoint.  *loaded: it succeeded; if not, *failure says why, and it is taken back.
 * False: the transaction cannot go on. */
bool retry_attempt(struct retry *retry, bool (*step)(void *context, struct err *err), void *context,
                   bool *loaded, struct err *failure, struct err *err) MUST_USE;

/* What is told of it. */
struct str retry_reason(const struct retry *retry, struct err *failure);

/* An empty table of that name with the columns, into which rows go first; ON COMMIT DROP. */
bool retry_stage_make(struct retry *retry, const struct retry_table *table, const char *name,
                      struct err *err) MUST_USE;

/* Reads the row, encodes it, and puts it there.  `cells` is as wide as the table; its values are in the
 * arena. ERR_DECISION: it does not fit. */
bool retry_stage_row(struct retry *retry, const struct retry_item *row, struct arena *arena, const char *name,
                     struct value *cells, struct err *err) MUST_USE;

/* INSERT INTO the table ... RETURNING `returning`, of what is staged. */
void retry_put_insert(struct buf *sql, const struct retry_table *table, const char *name,
                      const char *returning);

/* Digests what the COPY ... TO STDOUT gives, and compares. */
bool retry_compare(struct retry *retry, const struct retry_table *table, struct str copy,
                   const struct digest *sent, struct err *err) MUST_USE;

/*
 * Rows that need each other, in one statement: PostgreSQL looks for their parents at its end, also where no
 * key is deferrable.  Those that lack a parent even then are left; so are all when something else keeps them
 * out together, which their reasons tell.
 */
bool retry_load_together(struct retry *retry, struct err *err) MUST_USE;

#endif
