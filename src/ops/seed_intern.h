/* seed_intern.h: what the files behind seed.h share. */
#ifndef PGRADE_OPS_SEED_INTERN_H
#define PGRADE_OPS_SEED_INTERN_H

#include "ops/seed.h"
#include "ops/show_intern.h"

enum seed_cell_kind {
    SEED_NULL,
    SEED_TEXT,
    SEED_NUMBER, /* as it is written */
    SEED_TRUE,
    SEED_FALSE,
    SEED_DOCUMENT /* an object or an array, as JSON */
};

struct seed_cell {
    enum seed_cell_kind kind;
    struct str text;
};

struct seed_row {
    size_t line;
    struct str *names;
    struct seed_cell *cells;
    size_t count;
};

/* A file of rows, read one after the other. */
struct seed_reader {
    struct arena *arena;
    const struct seed_file *file;
    struct str text;
    size_t at;
    size_t line;
    struct str *names; /* of a CSV file */
    size_t name_count;
    bool begun;
};

bool seed_open(struct arena *arena, const struct seed_file *file, struct seed_reader *reader,
               struct err *err) MUST_USE;
/* The row lives in `scratch`. */
bool seed_next(struct seed_reader *reader, struct arena *scratch, struct seed_row *row, bool *found,
               struct err *err) MUST_USE;

bool seed_csv_begin(struct seed_reader *reader, struct err *err) MUST_USE;
bool seed_csv_next(struct seed_reader *reader, struct arena *scratch, struct seed_row *row, bool *found,
                   struct err *err) MUST_USE;
bool seed_json_next(struct seed_reader *reader, struct arena *scratch, struct seed_row *row, bool *found,
                    struct err *err) MUST_USE;

struct seed_column {
    struct str name;
    struct str type;
    bool not_null;
    bool has_default;
    bool generated;
    bool always; /* GENERATED ALWAYS AS IDENTITY */
};

struct seed_key {
    struct str *columns;
    size_t count;
};

struct seed_table {
    struct str shown;  /* name, or schema.name */
    struct str quoted; /* for statements */
    struct seed_column *columns;
    size_t column_count;
    size_t column_capacity;
    struct seed_key *keys; /* the primary one first */
    size_t key_count;
    size_t key_capacity;
    bool plain;           /* a row of many by one statement is what it would be by itself */
    struct str *children; /* tables that refer to it, but itself; quoted */
    size_t child_count;
    size_t child_capacity;
};

/* What a run has at hand. */
struct seed_run {
    struct arena *arena;
    struct pgrade_database *db;
    const struct seed_options *options;
    struct seed *seed;
    bool sqlite;
    struct str search_path;      /* of PostgreSQL, before the first file */
    struct seed_table **touched; /* whose sequences are looked at in the end */
    size_t touched_count;
    size_t touched_capacity;
};

/* *found is false where there is no such table; ERR_REFUSED for what is no table. */
bool seed_table_find(struct seed_run *run, struct str name, struct seed_table **table, bool *found,
                     struct err *err) MUST_USE;
const struct seed_column *seed_table_column(const struct seed_table *table, struct str name);

/* What is sent for a cell; false: it cannot be of that type, and `why` says so. */
bool seed_value(const struct seed_run *run, struct arena *scratch, const struct seed_column *column,
                const struct seed_cell *cell, struct pgrade_value *value, const char **why) MUST_USE;

struct seed_queued {
    struct seed_row row;
    struct pgrade_value *values;
};

/* Rows that go together, all with the columns of the first. */
struct seed_batch {
    struct arena *arena;     /* of rows that come */
    struct arena *arenas[2]; /* in turn: the row that ends a batch is not yet in it, and outlives it */
    struct seed_queued *rows;
    size_t count;
    size_t most;
    size_t bytes;
    const char *find_sql; /* for so many as there may be; NULL: not made yet */
    const char *put_sql;
};

/* One file under way. */
struct seed_filling {
    struct seed_run *run;
    struct seed_file *file;
    struct seed_table *table;
    const struct seed_key *key; /* NULL: rows are inserted, whatever is there */
    struct str made_for;        /* the names for which the statements are made, joined */
    const char *find_sql;
    const char *put_sql;
    const struct seed_column **columns; /* of the row, in its order */
    const size_t *key_places;           /* of the key's columns in the row */
    struct seed_batch batch;
    struct seed_met *met; /* keys of the rows before; a power of two places */
    size_t met_count;
    size_t place_count;
};

/* By which columns rows are known again, for the first row of a file. */
bool seed_choose_key(struct seed_filling *filling, const struct seed_row *row, struct err *err) MUST_USE;
bool seed_has_all(const struct seed_key *key, const struct seed_row *row);

/* ERR_FAILED where an earlier row of the file has the same key. */
bool seed_check_twice(struct seed_filling *filling, const struct seed_row *row, struct err *err) MUST_USE;

/* ERR_USAGE for a --key whose table no file is of. */
bool seed_check_keys(const struct seed_options *options, const struct seed *seed, struct err *err) MUST_USE;

/* The statements, for rows of so many columns. */
const char *seed_insert_sql(const struct seed_filling *filling, struct arena *arena, size_t columns,
                            size_t rows);
const char *seed_find_sql(const struct seed_filling *filling);
/* How many rows have one of so many keys. */
const char *seed_count_sql(const struct seed_filling *filling, struct arena *arena, size_t keys);

/* seed_batch.c */
void seed_batch_open(struct seed_filling *filling);
void seed_batch_close(struct seed_filling *filling);
bool seed_batch_begin(struct seed_filling *filling, struct err *err) MUST_USE; /* of a file */
bool seed_batch_end(struct seed_filling *filling, struct err *err) MUST_USE;
/* From now on rows have so many columns; nothing waits. */
void seed_batch_shape(struct seed_filling *filling, size_t columns);
/* Row and values live in the batch's arena. */
bool seed_batch_add(struct seed_filling *filling, const struct seed_row *row, struct pgrade_value *values,
                    struct err *err) MUST_USE;
bool seed_batch_put(struct seed_filling *filling, struct err *err) MUST_USE;

/* One row, looked up and put by itself; and what puts one or more. */
bool seed_put_row(struct seed_filling *filling, const struct seed_queued *queued, struct err *err) MUST_USE;
bool seed_put(const struct seed_filling *filling, const char *sql, const struct pgrade_value *values,
              size_t count, int64_t *changed, struct pgrade_error *error) MUST_USE;

bool seed_rows(struct seed_run *run, struct seed_file *file, struct err *err) MUST_USE;

/* Before anything is done: what cannot be a part of one transaction is refused. */
bool seed_sql_check(struct seed_run *run, const struct seed_file *file, struct err *err) MUST_USE;
bool seed_sql(struct seed_run *run, struct seed_file *file, struct err *err) MUST_USE;
/* Calls for each table that a statement of the file inserts into. */
bool seed_sql_tables(struct seed_run *run, const struct seed_file *file,
                     bool (*each)(struct seed_run *run, struct str table, struct err *err),
                     struct err *err) MUST_USE;

bool seed_fresh(struct seed_run *run, struct err *err) MUST_USE;
bool seed_sequences(struct seed_run *run, struct err *err) MUST_USE;

/* One statement, without parameters or rows that matter; *changed may be NULL. */
bool seed_execute(struct seed_run *run, struct str sql, int64_t *changed, struct err *err) MUST_USE;

/* The error of a statement; with --hide-values without the server's words, which repeat values. */
bool seed_failed(const struct seed_run *run, const struct pgrade_error *error, struct err *err);

/* Texts are read alike whatever the server, the database, the role or an SQL file has set (dumps empty
 * search_path); until the transaction ends. */
bool seed_settle(struct seed_run *run, struct err *err) MUST_USE;

bool seed_is_interrupted(const struct seed_run *run);

#endif
