/* bring_back_intern.h: one table on its way back, for bring_back*.c only. */
#ifndef PGRADE_TRANSFER_BRING_BACK_INTERN_H
#define PGRADE_TRANSFER_BRING_BACK_INTERN_H

#include "engine/sqlite/write.h"
#include "transfer/bring_back.h"
#include "transfer/decode.h"
#include "transfer/old_rows.h"

enum match_way {
    MATCH_BY_ROWID, /* the key is the rowid: both sides are read in its order */
    MATCH_BY_HASH,
    MATCH_BY_KEY /* a table without rowids: all its rows are written anew */
};

struct waiting_row {
    struct value *values; /* as the INSERT takes them */
};

struct back_run {
    struct back *back;
    struct arena *arena; /* of the table */
    size_t place;
    const struct plan_table *table;
    struct decode_column *columns; /* the loaded ones */
    size_t *places;                /* of each in the plan's table */
    size_t width;
    enum match_way way;
    struct str locator; /* the name of the rowid; empty: there is none */
    int alias;          /* the loaded column that is the rowid; -1: none is */
    bool *in_key;       /* by loaded column; all, where there is no key */
    bool keyed;

    struct copy_rows rows;
    struct rows *old; /* of the old file: the rowid, unless MATCH_BY_KEY, then the loaded columns */
    bool old_found;
    struct old_rows index;
    uint64_t hash;      /* of the row at hand */
    struct value **odd; /* MATCH_BY_KEY: keys that are not spelled as their column's others, see `index` */
    size_t odd_count;
    size_t odd_capacity;
    struct buf encoded;
    struct value *values; /* of the row at hand, as it is to be; the rowid first where there is one */
    bool *differs;        /* by loaded column */

    struct back_batch *batch;
    struct sqlite_write *remove;
    struct sqlite_write **updates; /* by loaded column */
    struct waiting_row *waiting;   /* for another row to give up a value that has to be unique */
    size_t waiting_count;
    size_t waiting_capacity;
    struct back_counts *counts;
};

/* bring_back_batch.c: rows to be inserted, `width` values each; written at last by back_batch_flush(). */
struct back_batch *back_batch_new(struct arena *arena, size_t width) RETURNS_NONNULL MUST_USE;
void back_batch_free(struct back_batch *batch); /* NULL is allowed */
bool back_batch_add(struct back_run *run, const struct value *values, struct err *err) MUST_USE;
bool back_batch_flush(struct back_run *run, struct err *err) MUST_USE;
/* Writes it at once.  *taken: another row has a value that has to be unique. */
bool back_batch_one(struct back_run *run, const struct value *values, bool *taken, struct err *err) MUST_USE;

/* bring_back_write.c */
/* The values that make a row: the loaded columns, behind the rowid where no column is that. */
size_t back_value_count(const struct back_run *run);
/* Keeps a row until others have given up values that have to be unique. */
void back_wait(struct back_run *run, const struct value *values);
bool back_insert(struct back_run *run, struct err *err) MUST_USE;
bool back_update(struct back_run *run, int64_t rowid, struct err *err) MUST_USE;
bool back_remove(struct back_run *run, int64_t rowid, struct err *err) MUST_USE;
bool back_remove_all(struct back_run *run, struct err *err) MUST_USE;
bool back_insert_waiting(struct back_run *run, struct err *err) MUST_USE;
void back_write_free(struct back_run *run);

/* bring_back_match.c */
bool back_match_begin(struct back_run *run, struct err *err) MUST_USE;
/* The cells of the old row of the current one, loaded columns; NULL: it had none. */
bool back_match(struct back_run *run, const struct value **cells, int64_t *rowid, struct err *err) MUST_USE;
bool back_match_end(struct back_run *run, struct err *err) MUST_USE;
void back_match_free(struct back_run *run);
/* run->old is what the statement gives; frees `sql`. */
bool back_query(struct back_run *run, struct buf *sql, struct err *err) MUST_USE;
/* Of the key: of an old row's values, loaded columns, and of the row at hand. */
uint64_t back_hash_old(struct back_run *run, const struct value *cells);
uint64_t back_hash_row(const struct back_run *run);
/* The key's values are those of the row; all values, where there is no key. */
bool back_has_same_key(struct back_run *run, const struct value *cells);
/* Whether the old value is the field; *fits false: the column could not hold the old value. */
bool back_same_value(struct back_run *run, size_t column, const struct value *old, struct str field,
                     bool *fits);
/* bring_back_key.c: MATCH_BY_KEY */
bool back_key_begin(struct back_run *run, struct err *err) MUST_USE;
bool back_key_match(struct back_run *run, const struct value **cells, struct err *err) MUST_USE;
/* SELECT the rowid, if there is one and it is asked for, and the loaded columns FROM the table. */
void back_put_select(const struct back_run *run, bool with_rowid, struct buf *sql);

#endif
