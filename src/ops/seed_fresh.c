/* Emptying the tables of the files beforehand, and the numbers that their sequences give next afterwards. */
#include <string.h>

#include "base/buf.h"
#include "ops/seed_intern.h"
#include "ops/sql_text.h"
#include "schema/ident.h"

static bool is_touched(const struct seed_run *run, struct str quoted)
{
    for (size_t i = 0; i < run->touched_count; i++)
        if (str_equal(run->touched[i]->quoted, quoted))
            return true;
    return false;
}

/* A table that an SQL file makes first is not there yet. */
static bool touch(struct seed_run *run, struct str name, struct err *err)
{
    struct seed_table *table;
    bool found;

    if (!seed_table_find(run, name, &table, &found, err))
        return false;
    if (found && !is_touched(run, table->quoted))
        ARENA_PUSH(run->arena, run->touched, run->touched_count, run->touched_capacity) = table;
    return true;
}

static bool touch_all(struct seed_run *run, struct err *err)
{
    for (size_t i = 0; i < run->seed->file_count; i++) {
        const struct seed_file *file = &run->seed->files[i];

        if (file->kind == SEED_SQL ? !seed_sql_tables(run, file, touch, err) : !touch(run, file->table, err))
            return false;
    }
    return true;
}

static void take_number(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    (void)arena;
    *(int64_t *)context = show_number(&cells[0]);
}

static bool ask_number(struct seed_run *run, const char *sql, int64_t *number, struct err *err)
{
    struct show_options none = {.exact = false};
    struct show_question question = {run->arena, run->db, &none};

    *number = -1;
    return show_ask(&question, sql, (struct str){NULL, 0}, take_number, number, err);
}

/* The child as the touched tables are quoted: PostgreSQL's own spelling quotes only where it must. */
static bool is_seeded_child(struct seed_run *run, struct str child, bool *seeded, struct err *err)
{
    struct seed_table *table;
    bool found;

    if (!seed_table_find(run, child, &table, &found, err))
        return false;
    *seeded = found && is_touched(run, table->quoted);
    return true;
}

static bool check_child(struct seed_run *run, const struct seed_table *table, struct str child,
                        struct err *err)
{
    bool seeded;
    int64_t rows;

    if (!is_seeded_child(run, child, &seeded, err))
        return false;
    if (seeded)
        return true;
    if (!ask_number(
            run,
            arena_printf(run->arena, "SELECT count(*) FROM (SELECT 1 FROM %.*s LIMIT 1) x", STR_ARGS(child)),
            &rows, err))
        return false;
    if (rows == 0)
        return true;
    err_set(err, ERR_REFUSED, "%.*s cannot be emptied: %.*s refers to it, has rows, and is not seeded",
            STR_ARGS(table->shown), STR_ARGS(child));
    return err_hint(
        err,
        "seed that table too, empty it yourself, or leave --fresh out: rows are then updated by their keys");
}

static bool check_children(struct seed_run *run, struct err *err)
{
    for (size_t i = 0; i < run->touched_count; i++)
        for (size_t k = 0; k < run->touched[i]->child_count; k++)
            if (!check_child(run, run->touched[i], run->touched[i]->children[k], err))
                return false;
    return true;
}

static bool count_rows(struct seed_run *run, struct err *err)
{
    struct seed *seed = run->seed;

    for (size_t i = 0; i < run->touched_count; i++) {
        struct seed_emptied emptied = {.table = run->touched[i]->shown};

        if (!ask_number(
                run, arena_printf(run->arena, "SELECT count(*) FROM %.*s", STR_ARGS(run->touched[i]->quoted)),
                &emptied.rows, err))
            return false;
        ARENA_PUSH(run->arena, seed->emptied, seed->emptied_count, seed->emptied_capacity) = emptied;
    }
    return true;
}

/*
 * All at once: tables may refer to each other in a circle, and no order would do.  PostgreSQL looks at
 * foreign keys when the whole statement is done, SQLite, so told, when the transaction is.
 */
static bool empty(struct seed_run *run, struct err *err)
{
    struct buf sql;
    bool done = true;

    if (run->sqlite)
        done = seed_execute(run, str_from("PRAGMA defer_foreign_keys = on"), NULL, err);
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; done && i < run->touched_count; i++) {
        bool last = i + 1 == run->touched_count;

        if (!run->sqlite && !last)
            buf_printf(&sql, "%s t%zu AS (", i == 0 ? "WITH" : ",", i);
        buf_printf(&sql, "DELETE FROM %.*s%s", STR_ARGS(run->touched[i]->quoted),
                   run->sqlite || last ? "" : ")");
        if (run->sqlite || last) {
            done = seed_execute(run, buf_view(&sql), NULL, err);
            buf_clear(&sql);
        }
    }
    if (run->sqlite && done)
        done = seed_execute(run, str_from("PRAGMA defer_foreign_keys = off"), NULL, err);
    buf_free(&sql);
    return done;
}

bool seed_fresh(struct seed_run *run, struct err *err)
{
    return touch_all(run, err) && check_children(run, err) && count_rows(run, err) && empty(run, err);
}

struct owned {
    struct seed_run *run;
    struct str *pairs; /* column, sequence */
    size_t count;
    size_t capacity;
};

static void take_owned(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct owned *owned = context;

    ARENA_PUSH(arena, owned->pairs, owned->count, owned->capacity) = show_text(arena, &cells[0]);
    ARENA_PUSH(arena, owned->pairs, owned->count, owned->capacity) = show_text(arena, &cells[1]);
}

/* Only forward: whoever inserted meanwhile has got numbers already. */
static bool set_sequence(struct seed_run *run, const struct seed_table *table, struct str column,
                         struct str sequence, struct err *err)
{
    struct seed *seed = run->seed;
    struct buf sql;
    int64_t last = -1;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    if (run->options->dry_run)
        buf_text(&sql, "SELECT m");
    else
        buf_str(&sql, sql_text(run->arena, "SELECT pg_catalog.setval(%L::regclass, m)", sequence));
    buf_text(&sql, " FROM (SELECT max(");
    ident_quote(&sql, column);
    buf_printf(&sql,
               ")::bigint AS m FROM %.*s) x, %.*s s WHERE m > s.last_value OR (m = s.last_value AND NOT "
               "s.is_called)",
               STR_ARGS(table->quoted), STR_ARGS(sequence));
    done = ask_number(run, str_cstr(run->arena, buf_view(&sql)), &last, err);
    buf_free(&sql);
    if (!done && err->code == ERR_PERMISSION)
        err_hint(err,
                 "GRANT SELECT, UPDATE ON SEQUENCE %.*s, or seed as its owner: the next row without a "
                 "number would get one that is taken",
                 STR_ARGS(sequence));
    if (done && last > 0)
        ARENA_PUSH(run->arena, seed->sequences, seed->sequence_count, seed->sequence_capacity) =
            (struct seed_sequence){
                str_printf(run->arena, "%.*s.%.*s", STR_ARGS(table->shown), STR_ARGS(column)), last};
    return done;
}

bool seed_sequences(struct seed_run *run, struct err *err)
{
    static const char sequences[] =
        "SELECT a.attname::text, s.oid::regclass::text FROM (SELECT d.objid AS oid, d.refobjsubid AS attnum "
        "FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass "
        "AND d.refclassid = d.classid AND d.refobjid = $1::regclass AND d.deptype IN ('a', 'i') "
        "UNION SELECT d.refobjid, f.adnum FROM pg_catalog.pg_attrdef f JOIN pg_catalog.pg_depend d "
        "ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = f.oid "
        "AND d.refclassid = 'pg_catalog.pg_class'::regclass WHERE f.adrelid = $1::regclass) s "
        "JOIN pg_catalog.pg_class c ON c.oid = s.oid AND c.relkind = 'S' "
        "JOIN pg_catalog.pg_attribute a ON a.attrelid = $1::regclass AND a.attnum = s.attnum "
        "JOIN pg_catalog.pg_type t ON t.oid = a.atttypid AND t.typcategory = 'N' ORDER BY 1, 2";
    struct show_options none = {.exact = false};
    struct show_question question = {run->arena, run->db, &none};

    if (run->sqlite) /* its own numbers follow the greatest rowid, AUTOINCREMENT too */
        return true;
    for (size_t i = 0; i < run->seed->file_count; i++)
        if (run->seed->files[i].kind == SEED_SQL && !seed_sql_tables(run, &run->seed->files[i], touch, err))
            return false;
    for (size_t i = 0; i < run->touched_count; i++) {
        struct owned owned = {.run = run};

        if (!show_ask(&question, sequences, run->touched[i]->quoted, take_owned, &owned, err))
            return false;
        for (size_t k = 0; k + 1 < owned.count; k += 2)
            if (!set_sequence(run, run->touched[i], owned.pairs[k], owned.pairs[k + 1], err))
                return false;
    }
    return true;
}
