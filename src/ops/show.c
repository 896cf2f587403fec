#include <string.h>

#include "ops/show_intern.h"

bool show_ask(const struct show_question *question, const char *sql, struct str param, show_take *take,
              void *context, struct err *err)
{
    struct pgrade_value value = {
        .type = param.ptr == NULL ? PGRADE_NULL : PGRADE_TEXT, .bytes = param.ptr, .size = param.len};
    struct pgrade_error error;
    struct pgrade_rows *rows;
    bool found = true;
    bool done;

    if (!pgrade_run(question->db, sql, &value, param.ptr == NULL ? 0 : 1, &rows, &error))
        return core_failed(&error, err);
    while ((done = pgrade_next(rows, &found, &error)) && found)
        take(question->arena, pgrade_cell(rows, 0), context);
    done = pgrade_rows_close(rows, done ? &error : NULL) && done;
    return done || core_failed(&error, err);
}

struct str show_text(struct arena *arena, const struct pgrade_value *cell)
{
    if (cell->type != PGRADE_TEXT && cell->type != PGRADE_BLOB)
        return (struct str){NULL, 0};
    return str_dup(arena, (struct str){cell->bytes == NULL ? "" : cell->bytes, cell->size});
}

int64_t show_number(const struct pgrade_value *cell)
{
    return cell->type == PGRADE_INTEGER ? cell->integer : -1;
}

bool show_truth(const struct pgrade_value *cell)
{
    return cell->type == PGRADE_INTEGER && cell->integer != 0;
}

static void take_number(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    (void)arena;
    *(int64_t *)context = show_number(&cells[0]);
}

int64_t show_one_number(const struct show_question *question, const char *sql, struct str param)
{
    struct err ignored = {.code = ERR_NONE};
    int64_t number = -1;

    (void)!show_ask(question, sql, param, take_number, &number, &ignored);
    return number;
}

static bool is_sqlite(const struct pgrade_database *db)
{
    return strcmp(pgrade_engine(db), "sqlite") == 0;
}

bool show_read_databases(struct arena *arena, struct pgrade_database *db, const struct url *url,
                         struct show_databases *databases, struct err *err)
{
    struct show_question question = {.arena = arena, .db = db};

    *databases = (struct show_databases){.items = NULL};
    return is_sqlite(db) ? show_sqlite_databases(&question, url, databases, err)
                         : show_postgres_databases(&question, databases, err);
}

bool show_read_tables(struct arena *arena, struct pgrade_database *db, const struct show_options *options,
                      struct show_tables *tables, struct err *err)
{
    struct show_question question = {arena, db, options};

    *tables = (struct show_tables){.items = NULL};
    return is_sqlite(db) ? show_sqlite_tables(&question, tables, err)
                         : show_postgres_tables(&question, tables, err);
}

bool show_read_table(struct arena *arena, struct pgrade_database *db, struct str name,
                     const struct show_options *options, struct show_table *table, struct err *err)
{
    struct show_question question = {arena, db, options};
    const struct show_entry *entry;
    struct show_tables tables = {.items = NULL};

    *table = (struct show_table){.columns = NULL};
    if (!(is_sqlite(db) ? show_sqlite_names(&question, &tables, err)
                        : show_postgres_names(&question, &tables, err)) ||
        !show_find(arena, &tables, name, !is_sqlite(db), &entry, err))
        return false;
    table->entry = *entry;
    return is_sqlite(db) ? show_sqlite_entry(&question, &table->entry, err) &&
                               show_sqlite_table(&question, &table->entry, table, err)
                         : show_postgres_entry(&question, &table->entry, err) &&
                               show_postgres_table(&question, &table->entry, table, err);
}
