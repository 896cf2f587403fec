/* show_intern.h: what the files behind show.h share. */
#ifndef PGRADE_OPS_SHOW_INTERN_H
#define PGRADE_OPS_SHOW_INTERN_H

#include "ops/show.h"

struct show_question {
    struct arena *arena;
    struct pgrade_database *db;
    const struct show_options *options;
};

/* Calls `take` for each row. */
typedef void show_take(struct arena *arena, const struct pgrade_value *cells, void *context);
bool show_ask(const struct show_question *question, const char *sql, struct str param, show_take *take,
              void *context, struct err *err) MUST_USE;

/* Cells: a text copied to the arena (NULL ptr: NULL), a number (-1: NULL), a truth. */
struct str show_text(struct arena *arena, const struct pgrade_value *cell);
int64_t show_number(const struct pgrade_value *cell);
bool show_truth(const struct pgrade_value *cell);

/* The single number that a statement gives; -1: it gives none, or fails. */
int64_t show_one_number(const struct show_question *question, const char *sql, struct str param);

bool show_sqlite_databases(const struct show_question *question, const struct url *url,
                           struct show_databases *databases, struct err *err) MUST_USE;
bool show_sqlite_tables(const struct show_question *question, struct show_tables *tables,
                        struct err *err) MUST_USE;
bool show_sqlite_table(const struct show_question *question, const struct show_entry *entry,
                       struct show_table *table, struct err *err) MUST_USE;
bool show_postgres_databases(const struct show_question *question, struct show_databases *databases,
                             struct err *err) MUST_USE;
bool show_postgres_tables(const struct show_question *question, struct show_tables *tables,
                          struct err *err) MUST_USE;
/* Without sizes and rows; and those of one. */
bool show_postgres_names(const struct show_question *question, struct show_tables *tables,
                         struct err *err) MUST_USE;
bool show_postgres_entry(const struct show_question *question, struct show_entry *entry,
                         struct err *err) MUST_USE;
bool show_sqlite_names(const struct show_question *question, struct show_tables *tables,
                       struct err *err) MUST_USE;
bool show_sqlite_entry(const struct show_question *question, struct show_entry *entry,
                       struct err *err) MUST_USE;
bool show_postgres_table(const struct show_question *question, const struct show_entry *entry,
                         struct show_table *table, struct err *err) MUST_USE;

/* Which of them the name means; false: none, or several. */
bool show_find(struct arena *arena, const struct show_tables *tables, struct str name, bool folds,
               const struct show_entry **entry, struct err *err) MUST_USE;

#endif
